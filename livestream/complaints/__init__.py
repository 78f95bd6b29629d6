"""Viewers complain about a session; what was planned, shown and said is kept as evidence."""
