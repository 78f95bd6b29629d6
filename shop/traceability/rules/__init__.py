"""Decisions about codes, journals, event kinds and lots, as plain functions over plain values."""
