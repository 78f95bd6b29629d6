"""``flask reviews``: compute ratings anew."""

import click
from flask import Flask
from flask.cli import AppGroup
from sqlalchemy import select

from shop.catalogue.models import ProductFacets
from shop.reviews import services
from shop.web.request import database

reviews_cli = AppGroup("reviews", help="Reviews, questions, violation reports.")


@reviews_cli.command("recompute")
def recompute() -> None:
    """Give the catalogue every product's rating anew, from the reviews that are shown."""
    with database().read() as db:
        ids = db.scalars(select(ProductFacets.product_id).order_by(ProductFacets.product_id)).all()
    for product_id in ids:
        with database().write() as db:
            services.hold_product(db, product_id)
            services.tell_rating(db, product_id)
            db.commit()
    click.echo(f"{len(ids)} products")


def init_app(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(reviews_cli)
