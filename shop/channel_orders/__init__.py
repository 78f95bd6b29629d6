"""Orders that came in on marketplaces, taken from their export files, so that stock is whole."""
