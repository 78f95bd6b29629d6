"""The producer's sheets: price and stock in a grid, the catalogue in and out as xlsx and csv."""
