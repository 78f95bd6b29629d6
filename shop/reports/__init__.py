"""Figures over everything a producer sells, here and elsewhere."""
