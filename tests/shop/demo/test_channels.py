"""The demo's files of marketplaces go in once and show every page something."""

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, select

from shop.channel_orders.models import ChannelOrder, OrderImport
from shop.channel_sheets.models import ChannelTemplate
from shop.core.db import Database
from shop.core.storage import Storage
from shop.demo.channels import LOGIN, load_channels, read_template
from shop.demo.products import OWNERS
from shop.marketplaces.models import Listing
from tests.factories.accounts import make_person
from tests.factories.catalogue import make_producer, make_product, variant_of
from tests.factories.stock import make_stock

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)


def test_loading_twice_adds_nothing(database: Database, tmp_path: Path) -> None:
    storage = Storage(tmp_path)
    name = next(name for name, login in OWNERS.items() if login == LOGIN)
    with database.transaction() as db:
        producer = make_producer(db, name=name)
        make_person(db, email=LOGIN)
        product = make_product(db, producer=producer, name="Miến dong")
        make_stock(db, variant_of(db, product).id, 50)
    template = read_template()
    assert read_template().content == template.content
    for fresh in (3, 0):
        with database.transaction() as db:
            assert load_channels(db, storage, template=template, now=NOW) == fresh
    with database.read() as db:
        states = db.scalars(select(OrderImport.state)).all()
        assert sorted(states) == ["open", "recorded"]
        assert db.scalar(select(func.count()).select_from(ChannelOrder)) == 5
        layout = db.scalars(select(ChannelTemplate.layout)).one()
        assert len(layout["categories"]) == 4
        assert db.scalars(select(Listing.overrides)).one()["category_id"] == "9000001"
