"""Plugs: one kind of journal event a file."""
