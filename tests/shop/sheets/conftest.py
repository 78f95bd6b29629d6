"""A producer with three sizes, and what makes an import go from upload to its end."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from shop.catalogue.models import Producer, Variant
from shop.catalogue.services.facets import refresh_facets
from shop.core import clock, tasks
from shop.core.db import Database
from shop.core.tables import csv_bytes
from shop.sheets.models import SheetImport
from tests.conftest import NOW, post
from tests.factories.accounts import make_member
from tests.factories.catalogue import make_producer, make_product, make_variant, variant_of
from tests.factories.stock import make_stock


@dataclass(frozen=True)
class Shop:
    """Ids of what there is: a published product of two sizes, a draft of one, their owner."""

    producer_id: int
    slug: str
    owner_id: int
    login: str
    published_id: int
    draft_id: int
    small_id: int
    large_id: int
    other_id: int


SKUS = ("MIEN-500", "MIEN-1000", "CHE-100")


@pytest.fixture
def shop(database: Database) -> Shop:
    with database.write() as db:
        producer: Producer = make_producer(db)
        owner = make_member(db, "producer", producer.id)
        published = make_product(
            db, producer=producer, name="Miến dong Tài Hoan", is_lot_tracked=False
        )
        small = variant_of(db, published)
        small.sku = SKUS[0]
        large = make_variant(
            db,
            published,
            sku=SKUS[1],
            label="Gói 1 kg",
            price_vnd=120_000,
            net_weight_g=1000,
            packed_weight_g=1080,
        )
        draft = make_product(
            db,
            producer=producer,
            name="Chè shan tuyết",
            subgroup="F51",
            published=False,
            photo=False,
            is_lot_tracked=False,
        )
        other = variant_of(db, draft)
        other.sku = SKUS[2]
        refresh_facets(db, published.id, now=NOW)
        make_stock(db, small.id, 20)
        db.commit()
        return Shop(
            producer_id=producer.id,
            slug=producer.slug,
            owner_id=owner.id,
            login=str(owner.email),
            published_id=published.id,
            draft_id=draft.id,
            small_id=small.id,
            large_id=large.id,
            other_id=other.id,
        )


@pytest.fixture
def seller(shop: Shop, signed_in: Callable[..., FlaskClient]) -> FlaskClient:
    """The owner, signed in."""
    return signed_in(shop.login)


def sheet(*rows: list[Any], header: tuple[str, ...] = ("Mã hàng", "Giá bán")) -> bytes:
    """A csv of these rows."""
    return csv_bytes(header, rows)


class Desk:
    """What a person does with imports, over HTTP, with the worker run in between."""

    def __init__(self, client: FlaskClient, app: Flask, database: Database, shop: Shop) -> None:
        self.client, self.app, self.database, self.shop = client, app, database, shop
        self._uploads = 0

    def work(self) -> None:
        """Do what waits in the background."""
        while tasks.run_next(self.app.extensions["house"].database, clock.now()):
            continue

    def upload(
        self, content: bytes, *, name: str = "bang-gia.csv", mode: str = "keep", **over: Any
    ) -> Any:
        """Send a file as a browser does."""
        self._uploads += 1
        data = {
            "sheet": (io.BytesIO(content), name),
            "stock_mode": mode,
            "submit_key": f"upload-key-{self._uploads:06}",
            **over,
        }
        return post(self.client, "/ban-hang/nhap-xuat", data, content_type="multipart/form-data")

    def judged(self, content: bytes, **kw: Any) -> SheetImport:
        """The import after its dry run."""
        answer = self.upload(content, **kw)
        assert answer.status_code == 303, answer.get_data(as_text=True)
        self.work()
        return self.find(answer.headers["Location"].rsplit("/", 1)[1])

    def find(self, public_id: str) -> SheetImport:
        """The import as it is now."""
        with self.database.read() as db:
            return db.scalars(select(SheetImport).where(SheetImport.public_id == public_id)).one()

    def do(self, row: SheetImport, verb: str, **data: Any) -> Any:
        """Press a button of the import's page, and let the worker do it."""
        fields = {"digest": row.plan_digest} if verb == "xac-nhan" else {}
        answer = post(
            self.client, f"/ban-hang/nhap-xuat/{row.public_id}/{verb}", {**fields, **data}
        )
        self.work()
        return answer

    def committed(self, content: bytes, **kw: Any) -> SheetImport:
        """The import after it was written."""
        row = self.judged(content, **kw)
        answer = self.do(row, "xac-nhan")
        assert answer.status_code == 303, answer.get_data(as_text=True)
        row = self.find(row.public_id)
        assert row.state == "committed"
        return row

    def variant(self, variant_id: int) -> Variant:
        """A size as it is now."""
        with self.database.read() as db:
            return db.get_one(Variant, variant_id)


@pytest.fixture
def desk(seller: FlaskClient, app: Flask, database: Database, shop: Shop) -> Desk:
    return Desk(seller, app, database, shop)
