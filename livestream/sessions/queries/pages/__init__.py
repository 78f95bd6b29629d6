"""Rows as pages and calendars show them; each reader needs a fixed number of statements."""
