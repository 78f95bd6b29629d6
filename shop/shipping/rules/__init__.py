"""Decisions about parcels, files of carriers and their settlements; plain values only."""
