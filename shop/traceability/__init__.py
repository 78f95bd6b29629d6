"""Lots, their journal, codes and labels, and the page a QR code leads to."""
