"""Plugs: one payment provider a file."""
