"""``flask reviews``: compute ratings anew, erase what a person typed."""

import click
from flask import Flask
from flask.cli import AppGroup
from sqlalchemy import select

from shop.accounts.forms import parse_login
from shop.accounts.queries import person_of_login
from shop.catalogue.models import ProductFacets
from shop.catalogue.pictures import drop_picture
from shop.orders.queries import order_by_code
from shop.orders.rules import read_code
from shop.reviews import services
from shop.web.request import database, house

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


@reviews_cli.command("erase")
@click.argument("who")
def erase(who: str) -> None:
    """Erase what WHO (an e-mail, a phone, or an order's code for a guest) typed and photographed.

    Stars, dates and digests stay.
    """
    login, code = parse_login(who), read_code(who)
    with database().write() as db:
        person = person_of_login(db, login) if login else None
        order = order_by_code(db, code) if code else None
        if person is not None:
            erased = services.erase_person(db, person_id=person.id)
        elif order is not None:
            erased = services.erase_order(db, order_id=order.id)
        else:
            raise click.ClickException("nobody signs in so, and no order has this code")
        db.commit()
    for sha in erased.pictures:
        drop_picture(house().storage, sha)
    click.echo(f"{erased.number} emptied")


def init_app(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(reviews_cli)
