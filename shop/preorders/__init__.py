"""Buying a harvest before it is in: ship windows with room for so many, deposits, moves."""
