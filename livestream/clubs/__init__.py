"""Streamer clubs, hosts, channel accounts, studios and kit, availability."""
