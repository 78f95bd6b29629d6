"""Buying by the hundred: an enquiry, a quote that holds for some days, one order out of it."""
