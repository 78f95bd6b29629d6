"""Registers the shop's part of the demo: accounts, then products with lots and stock."""

from datetime import datetime, timedelta

from flask import Flask

from shop.accounts.passwords import hash_password
from shop.demo.channels import load_channels, read_template
from shop.demo.cli import Loader
from shop.demo.desk import load_desk
from shop.demo.exchange import load_exchange
from shop.demo.imports import load_imports
from shop.demo.lots import load_stock
from shop.demo.orders import load_order, load_payees, missing_orders
from shop.demo.parcels import load_parcels
from shop.demo.people import PASSWORD, load_people
from shop.demo.pictures import load_covers, load_drawings
from shop.demo.preorders import load_preorders
from shop.demo.products import load_product, missing
from shop.demo.recalls import load_recalls
from shop.demo.refunds import load_refunds
from shop.demo.returns import load_returns
from shop.demo.reviews import load_reviews
from shop.demo.seed_rows import load_products
from shop.demo.selling import load_selling
from shop.demo.showing import load_showing, wanted_drawings
from shop.demo.states import load_states
from shop.demo.stock import load_stock_work
from shop.demo.traces import load_traces
from shop.demo.transfers import load_transfers
from shop.demo.wholesale import load_wholesale
from shop.payments.configuration import config_of
from shop.web.access import sign
from shop.web.request import House


def init_app(app: Flask) -> None:
    """Add the loaders; livestream adds its own after them."""
    loaders = app.extensions["demo_loaders"]
    loaders["people"] = Loader("people", _load_people)
    loaders["products"] = Loader("products", _load_products)
    loaders["traces"] = Loader("traces", _load_traces)
    loaders["orders"] = Loader("orders", _load_orders)
    loaders["preorders"] = Loader("preorders", _load_preorders)

    loaders["stock"] = Loader("stock", _load_stock_work)
    loaders["selling"] = Loader("selling", _load_selling)
    loaders["wholesale"] = Loader("wholesale", _load_wholesale)
    loaders["states"] = Loader("states", _load_states)
    loaders["recalls"] = Loader("recalls", _load_recalls)
    loaders["imports"] = Loader("imports", _load_imports)
    loaders["reviews"] = Loader("reviews", _load_reviews)
    loaders["refunds"] = Loader("refunds", _load_refunds)
    loaders["returns"] = Loader("returns", _load_returns)
    loaders["exchange"] = Loader("exchange", _load_exchange)
    loaders["showing"] = Loader("showing", _load_showing)
    loaders["desk"] = Loader("desk", _load_desk)
    loaders["parcels"] = Loader("parcels", _load_parcels)
    loaders["transfers"] = Loader("transfers", _load_transfers)
    loaders["channels"] = Loader("channels", _load_channels)


def _load_people(house: House, now: datetime, _is_plain: bool) -> str:
    password_hash = hash_password(PASSWORD)
    with house.database.transaction() as db:
        return f"{load_people(db, password_hash=password_hash, now=now)} accounts"


def _load_products(house: House, now: datetime, is_plain: bool) -> str:
    rows = load_products()
    with house.database.read() as db:
        wanted = missing(db, rows)
    for row, cover in load_covers(house.storage, wanted, is_plain=is_plain):
        with house.database.transaction() as db:
            product = load_product(db, row, cover=cover, now=now)
            load_stock(db, product, row, now=now)
    return f"{len(rows)} products, {len(wanted)} of them new"


def _load_traces(house: House, now: datetime, _is_plain: bool) -> str:
    with house.database.transaction() as db:
        made = load_traces(db, house.storage, public_url=house.public_url, now=now)
    return f"{made} lots with templates, boxes and codes of single jars"


def _load_orders(house: House, now: datetime, _is_plain: bool) -> str:
    config = config_of(house.database)
    with house.database.transaction() as db:
        # Long enough ago for the oldest demo order to have been paid to it.
        load_payees(db, now=now - timedelta(days=10))
        plans = missing_orders(db)
        for plan in plans:
            load_order(db, plan, config=config, now=now)
    return f"{len(plans)} new orders"


def _load_preorders(house: House, now: datetime, _is_plain: bool) -> str:
    config = config_of(house.database)
    with house.database.transaction() as db:
        made = load_preorders(db, config=config, now=now)
    return f"{made} new harvests to order ahead"


def _load_states(house: House, now: datetime, _is_plain: bool) -> str:
    config = config_of(house.database)
    with house.database.transaction() as db:
        return f"{load_states(db, config=config, now=now)} new orders in every state"


def _load_stock_work(house: House, now: datetime, _is_plain: bool) -> str:
    config = config_of(house.database)
    with house.database.transaction() as db:
        return load_stock_work(db, config=config, now=now)


def _load_selling(house: House, now: datetime, _is_plain: bool) -> str:
    with house.database.transaction() as db:
        return load_selling(db, now=now)


def _load_returns(house: House, now: datetime, _is_plain: bool) -> str:
    config = config_of(house.database)
    with house.database.transaction() as db:
        return f"{load_returns(db, config=config, now=now)} new return requests"


def _load_transfers(house: House, now: datetime, _is_plain: bool) -> str:
    with house.database.transaction() as db:
        return f"{load_transfers(db, now=now)} transfers without a code"


def _load_refunds(house: House, now: datetime, _is_plain: bool) -> str:
    with house.database.transaction() as db:
        return f"{load_refunds(db, now=now)} new refunds"


def _load_wholesale(house: House, now: datetime, _is_plain: bool) -> str:
    with house.database.transaction() as db:
        return f"{load_wholesale(db, now=now)} new wholesale enquiries"


def _load_recalls(house: House, now: datetime, _is_plain: bool) -> str:
    with house.database.transaction() as db:
        made = load_recalls(db, sign=lambda code: sign("recall", code), now=now)
    return f"{made} new recalls and drills"


def _load_imports(house: House, now: datetime, _is_plain: bool) -> str:
    return f"{load_imports(house, now)} new imports"


def _load_reviews(house: House, now: datetime, _is_plain: bool) -> str:
    config = config_of(house.database)
    with house.database.transaction() as db:
        made = load_reviews(db, house.storage, config=config, now=now)
    return f"{made} new reviews, questions and reports"


def _load_desk(house: House, now: datetime, _is_plain: bool) -> str:
    with house.database.transaction() as db:
        return f"{load_desk(db, now=now)} new files under way"


def _load_channels(house: House, now: datetime, _is_plain: bool) -> str:
    template = read_template()
    with house.database.transaction() as db:
        made = load_channels(db, house.storage, template=template, now=now)
    return f"{made} new files of marketplaces"


def _load_parcels(house: House, now: datetime, _is_plain: bool) -> str:
    made = load_parcels(house, config_of(house.database), now)
    return f"{made} new settlements of money on delivery"


def _load_exchange(house: House, now: datetime, _is_plain: bool) -> str:
    with house.database.transaction() as db:
        return f"{load_exchange(db, now=now)} new partner documents"


def _load_showing(house: House, now: datetime, _is_plain: bool) -> str:
    with house.database.read() as db:
        wanted = wanted_drawings(db)
    drawn = list(zip(wanted, load_drawings(house.storage, wanted), strict=True))
    with house.database.transaction() as db:
        return ", ".join(load_showing(db, drawn, now=now)) or "nothing new"
