"""On air: what is shown now, at which price, and how comments become orders."""
