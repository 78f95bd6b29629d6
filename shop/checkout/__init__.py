"""Basket, delivery quotes, and the one transaction that makes orders."""
