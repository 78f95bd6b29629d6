"""Registers livestream's part of the demo, after the shop's."""

from datetime import datetime

from flask import Flask

from livestream.demo.loading import load_demo_clubs, load_demo_sessions
from livestream.demo.results import load_demo_results
from shop.demo.cli import Loader
from shop.web.request import House


def init_app(app: Flask) -> None:
    """Add the loaders."""
    loaders = app.extensions["demo_loaders"]
    loaders["clubs"] = Loader("clubs", _load_clubs)
    loaders["sessions"] = Loader("sessions", _load_sessions)
    loaders["results"] = Loader("results", _load_results)


def _load_clubs(house: House, now: datetime, _is_plain: bool) -> str:
    with house.database.transaction() as db:
        return f"{load_demo_clubs(db, now=now)} new clubs"


def _load_sessions(house: House, now: datetime, _is_plain: bool) -> str:
    with house.database.transaction() as db:
        return f"{load_demo_sessions(db, now=now)} new sessions"


def _load_results(house: House, now: datetime, _is_plain: bool) -> str:
    with house.database.transaction() as db:
        return f"{load_demo_results(db, now=now)} settled sessions"
