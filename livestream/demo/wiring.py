"""Registers livestream's part of the demo, after the shop's."""

from datetime import datetime

from flask import Flask

from livestream.demo.bookings import load_demo_bookings
from livestream.demo.buying import load_demo_buying
from livestream.demo.clubs import load_demo_clubs
from livestream.demo.results import load_demo_results
from livestream.demo.sessions import load_demo_sessions
from shop.demo.cli import Loader
from shop.payments.configuration import config_of
from shop.web.request import House


def init_app(app: Flask) -> None:
    """Add the loaders."""
    loaders = app.extensions["demo_loaders"]
    loaders["clubs"] = Loader("clubs", _load_clubs)
    loaders["sessions"] = Loader("sessions", _load_sessions)
    loaders["bookings"] = Loader("bookings", _load_bookings)
    loaders["buying"] = Loader("buying", _load_buying)
    loaders["results"] = Loader("results", _load_results)


def _load_clubs(house: House, now: datetime, _is_plain: bool) -> str:
    with house.database.transaction() as db:
        return f"{load_demo_clubs(db, now=now)} new clubs"


def _load_sessions(house: House, now: datetime, _is_plain: bool) -> str:
    with house.database.transaction() as db:
        return f"{load_demo_sessions(db, now=now)} new sessions"


def _load_bookings(house: House, now: datetime, _is_plain: bool) -> str:
    with house.database.transaction() as db:
        return f"{load_demo_bookings(db, now=now)} new requests for a slot, a series, a queue"


def _load_buying(house: House, now: datetime, _is_plain: bool) -> str:
    config = config_of(house.database)
    with house.database.transaction() as db:
        return f"{load_demo_buying(db, config=config, now=now)} new orders of viewers"


def _load_results(house: House, now: datetime, _is_plain: bool) -> str:
    with house.database.transaction() as db:
        return f"{load_demo_results(db, now=now)} settled sessions"
