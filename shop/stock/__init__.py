"""Levels, movements, reservations, set-asides and live price windows."""
