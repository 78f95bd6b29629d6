"""Livestream sales: who sells on air, when, how it went."""
