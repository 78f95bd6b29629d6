"""``flask demo load``: refused in production."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from shop.core import clock
from shop.demo import synthetic
from shop.web.request import House

demo_cli = AppGroup("demo", help="Real OCOP products with illustrative figures.")


@dataclass(frozen=True)
class Loader:
    """One part of the demo; loaders run in the order in which the packages registered them."""

    name: str
    load: Callable[[House, datetime, bool], str]
    """Loads what is missing and says what there is; the last argument asks for plain covers."""


def loaders() -> dict[str, Loader]:
    """The registered loaders of this application."""
    found: dict[str, Loader] = current_app.extensions["demo_loaders"]
    return found


@demo_cli.command("load")
@click.option("--products", default=0, help="Synthetic products besides, for benchmarks.")
@click.option("--plain-covers", is_flag=True, help="One drawing a subgroup: quicker, for tests.")
def load(products: int, plain_covers: bool) -> None:
    """Load the demo: products, lots, clubs, sessions around today, orders. Run again, it adds
    nothing twice."""
    house: House = current_app.extensions["house"]
    if house.is_production:
        raise click.ClickException("demo data and demo accounts are refused in production")
    now = clock.now()
    for loader in loaders().values():
        click.echo(f"{loader.name}: {loader.load(house, now, plain_covers)}")
    if products:
        with house.database.transaction() as db:
            synthetic.load(db, products, now=now)
        click.echo(f"synthetic: {products} products")


def init_app(app: Flask) -> None:
    """Add the command."""
    app.extensions.setdefault("demo_loaders", {})
    app.cli.add_command(demo_cli)
