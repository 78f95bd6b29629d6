"""Sales here and elsewhere in one table, and the platform listing rate by the newest word."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from shop.channel_orders.models import ChannelOrder, ChannelOrderLine
from shop.channel_sheets.models import ListingResult, ResultFile
from shop.core import clock
from shop.core.db import Database
from shop.marketplaces.models import ListingSighting
from shop.reports import queries
from shop.reports.rules import Brought, Word, last_months, listed_by_channel, sales_table
from tests.factories.accounts import make_member, make_staff
from tests.factories.catalogue import make_producer, make_product, variant_of
from tests.factories.orders import make_order

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)


def test_months_begin_at_midnight_in_vietnam() -> None:
    january, december = last_months(date(2027, 1, 31), 2)
    assert (january.name, december.name) == ("2027-01", "2026-12")
    assert january.starts_at == december.ends_at == datetime(2026, 12, 31, 17, tzinfo=UTC)


def test_the_table_adds_up_what_lies_within() -> None:
    months = last_months(date(2026, 11, 22), 2)
    table = sales_table(
        months,
        [
            Brought("2026-11", "", 2, 200),
            Brought("2026-11", "shopee", 1, 50),
            Brought("2026-10", "shopee", 3, 70),
            Brought("2025-10", "lazada", 9, 999),
            Brought("2026-10", "tiktok", 0, 0),
        ],
    )
    assert table.channels == ("", "shopee")
    assert [(row[0], row[2], row[3]) for row in table.rows] == [
        ("2026-11", 3, 250),
        ("2026-10", 3, 70),
    ]
    assert (table.totals["shopee"].orders, table.orders, table.revenue_vnd) == (4, 6, 320)


def test_the_newest_word_counts() -> None:
    later = NOW + timedelta(days=1)
    words = [
        Word(1, "shopee", NOW, True),
        Word(1, "shopee", later, False),
        Word(2, "shopee", later, True),
        Word(2, "shopee", NOW, False),
        Word(1, "voso", NOW, True),
    ]
    assert listed_by_channel(words) == {"shopee": {2}, "voso": {1}}


def fill(db: Session) -> Any:
    """Three products: one seen elsewhere, one told by the channel's file, one gone; orders."""
    producer = make_producer(db, name="HTX Tài Hoan")
    owner = make_member(db, "producer", producer.id)
    goods = [make_product(db, producer=producer, name=f"Hàng {n}") for n in range(3)]
    about = {"address": "https://x.test/1", "on_day": NOW.date(), "helped_by": ""}
    file = ResultFile(
        public_id="r" * 26,
        producer_id=producer.id,
        channel="shopee",
        file_name="a.xlsx",
        file_sha="0" * 64,
        unmatched=[],
        read_by=owner.id,
        read_at=NOW,
    )
    db.add(file)
    db.flush()
    for product, what in ((goods[0], "listed"), (goods[2], "gone")):
        db.add(
            ListingSighting(
                product_id=product.id,
                channel="voso",
                what=what,
                recorded_by=owner.id,
                recorded_at=NOW,
                **about,
            )
        )
    for product, state in ((goods[1], "published"), (goods[2], "rejected")):
        db.add(
            ListingResult(
                file_id=file.id,
                variant_id=variant_of(db, product).id,
                channel="shopee",
                state=state,
                told_at=NOW,
            )
        )
    order = ChannelOrder(
        producer_id=producer.id,
        channel="shopee",
        number="A1",
        state="completed",
        told_state="",
        ordered_at=clock.now(),
        month=f"{clock.today_vn(clock.now()):%Y-%m}",
        changed_at=NOW,
    )
    db.add(order)
    db.flush()
    db.add(
        ChannelOrderLine(
            order_id=order.id, line_key="1", sku="x", name="x", quantity=2, revenue_vnd=123_000
        )
    )
    placed = make_order(db, variant=variant_of(db, goods[0]), now=clock.now())
    db.flush()
    return producer, owner, placed


def test_both_reports_say_the_same(
    db: Session, app: Flask, signed_in: Callable[..., FlaskClient]
) -> None:
    producer, owner, placed = fill(db)
    staff = make_staff(db, producer.province_code)
    other = make_staff(db, "01" if producer.province_code != "01" else "04")
    placed.cut_vnd = placed.total_vnd // 2  # the rest of it will not be sent
    goods_vnd = (placed.subtotal_vnd - placed.discount_vnd) * placed.due_vnd // placed.total_vnd
    db.commit()
    page = signed_in(owner.email).get("/ban-hang/bao-cao").get_data(as_text=True)
    assert 'data-products="3" data-listed="2"' in page
    assert "123.000" in page
    assert f"{goods_vnd + 123_000:,}".replace(",", ".") in page
    seen = signed_in(staff.email).get("/can-bo/bao-cao").get_data(as_text=True)
    assert f'data-producer="{producer.slug}"' in seen
    assert "2/3" in seen
    assert "123.000" in seen
    hidden = signed_in(other.email).get("/can-bo/bao-cao?trang=9999999").get_data(as_text=True)
    assert f'data-producer="{producer.slug}"' not in hidden


def test_statements_stay_the_same_for_more_producers(
    db: Session, database: Database, count_statements: Callable[..., Any]
) -> None:
    fill(db)
    db.commit()
    months = last_months(date(2026, 11, 22), 12)
    counts = []
    for more in range(2):
        with database.transaction() as writing:
            for n in range(6 * more):
                make_product(writing, producer=make_producer(writing, name=f"HTX {n}"))
        with database.read() as reading, count_statements(database) as sent:
            producers, _total = queries.producers_in(reading, None, limit=30, offset=0)
            assert len(queries.figures_of(reading, producers, months)) == len(producers)
            counts.append(len(sent))
    assert counts[0] == counts[1]
