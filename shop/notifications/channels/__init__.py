"""Plugs: one way to reach a person a file."""
