"""The demo loads through the services, once, and never in production."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from livestream.demo.bookings import WEEKS
from livestream.demo.results import PASTS
from livestream.demo.sessions import PLANS as SESSIONS
from livestream.sessions.models import LiveSession
from shop.catalogue.models import Product, ProductFacets
from shop.core.db import Database
from shop.demo import wiring
from shop.demo.orders import PLANS
from shop.demo.reviews import SAID
from shop.demo.seed_rows import SeedProduct, load_products
from shop.orders.models import Order
from shop.reviews.models import Review

NEEDED = ("HTX Tài Hoan", "HTX Tây Bắc")


def few_products() -> list[SeedProduct]:
    """The two demo producers' goods, one craft without lots, one visit, one lapsed recognition."""
    rows = load_products()
    wanted = [row for row in rows if row.producer_name in NEEDED]
    others = (next(r for r in rows if r.ocop_group == g) for g in ("handicraft", "tourism"))
    return [*wanted, *others]


@pytest.fixture
def load(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[[], str]:
    monkeypatch.setattr(wiring, "load_products", few_products)

    def run() -> str:
        done = app.test_cli_runner().invoke(args=["demo", "load"])
        assert done.exit_code == 0, done.output
        return done.output

    return run


@pytest.mark.slow
def test_demo_loads_once_and_everything_holds(
    app: Flask, database: Database, load: Callable[[], str]
) -> None:
    assert f"{len(few_products())} of them new" in load()
    counts = counted(database)
    assert "0 of them new" in load()
    assert counted(database) == counts
    assert counts["orders"] >= len(PLANS) + len(SAID), (
        "recalls and the like bring some of their own"
    )
    assert counts["reviews"] == len(SAID)
    assert counts["sessions"] == len(SESSIONS) + len(PASTS) + WEEKS + 2, "two of them wait"
    with database.read() as db:
        broken = {
            name: rows
            for name, query in app.extensions["invariants"].items()
            if (rows := db.execute(text(query)).fetchmany(2))
        }
        listed = db.scalars(select(Product.name).where(Product.state == "published")).all()
        rows = db.execute(select(ProductFacets.name, ProductFacets.stars))
        stars = {row.name: row.stars for row in rows}
    assert broken == {}
    assert set(listed) == {row.name_vi for row in few_products()}
    assert stars["Miến dong Tài Hoan"] is None, "a recognition of 2021 has run out"


def counted(database: Database) -> dict[str, Any]:
    with database.read() as db:
        return {
            "products": db.scalar(select(func.count()).select_from(Product)),
            "orders": db.scalar(select(func.count()).select_from(Order)),
            "reviews": db.scalar(select(func.count()).select_from(Review)),
            "sessions": db.scalar(select(func.count()).select_from(LiveSession)),
        }


def test_demo_is_refused_in_production(make_app: Callable[..., Flask], database: Database) -> None:
    app = make_app(app_env="production", secret_key="k" * 40, public_url="https://phien.vn")
    done = app.test_cli_runner().invoke(args=["demo", "load"])
    assert done.exit_code == 1
    assert "refused in production" in done.output
    assert counted(database)["products"] == 0
