"""Campaigns: a window, products, clubs and goals."""
