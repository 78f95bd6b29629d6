"""Plugs: one reason why a session cannot (or should not) be, a file."""
