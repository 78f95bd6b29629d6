"""Plugs: one carrier a file."""
