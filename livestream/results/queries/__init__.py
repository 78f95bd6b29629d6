"""Reading results; each reader needs a fixed number of statements."""
