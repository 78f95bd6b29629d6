"""Complaints and evidence."""
