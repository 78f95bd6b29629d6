"""On air without a database: presses replayed into a board, comments read into wishes."""
