"""Slips and labels of parcels as PDF: ``layout`` fits a parcel's pages, ``pdf`` draws them."""

from shop.shipping.papers.pdf import make_papers

__all__ = ["make_papers"]
