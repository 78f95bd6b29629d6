"""What livestream adds to an application, on top of the shop."""

from pathlib import Path

from flask import Flask
from jinja2 import ChoiceLoader, FileSystemLoader

import livestream
from config import Settings
from shop.wiring import add_features


def init_app(app: Flask, settings: Settings) -> None:
    """Put livestream into ``app``; shop is there already."""
    own = FileSystemLoader(str(Path(__file__).resolve().parent / "templates"))
    loaders = [app.jinja_loader] if app.jinja_loader else []
    app.jinja_loader = ChoiceLoader([*loaders, own])
    app.extensions["session_hold_hours"] = settings.session_hold_hours
    app.extensions["session_evidence_months"] = settings.session_evidence_months
    add_features(app, livestream)
