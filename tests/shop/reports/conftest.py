"""Counting statements."""

from tests.shop.marketplaces.conftest import count_statements

__all__ = ["count_statements"]
