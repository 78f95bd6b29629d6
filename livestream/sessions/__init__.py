"""Livestream sessions: line-up, booking handshake, holds, document gate, feeds."""
