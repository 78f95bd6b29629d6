"""What results add to an application."""

from flask import Flask

from livestream.results import models

__all__ = ["init_app", "models"]


def init_app(_app: Flask) -> None:
    """Bring the tables in."""
