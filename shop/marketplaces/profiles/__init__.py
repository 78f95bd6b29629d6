"""Plugs: one marketplace a file."""
