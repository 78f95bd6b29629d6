"""Order files of a marketplace recorded by several hands at once take stock once."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from shop.channel_orders import services
from shop.channel_orders.models import ChannelOrderLine, OrderImport
from shop.channel_orders.rules import guess, read_lines
from shop.core.db import Database
from shop.sheets.services.previews import digest_of
from shop.stock.models import StockLevel
from tests.at_once import BROKE, Act, at_once, carelessly
from tests.factories.accounts import make_member
from tests.factories.catalogue import make_producer, make_product, variant_of
from tests.factories.stock import make_stock

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
HEAD = ["Mã đơn hàng", "Trạng Thái Đơn Hàng", "SKU phân loại hàng", "Tên sản phẩm", "Số lượng"]


@pytest.fixture
def world(database: Database) -> dict[str, Any]:
    """Ten units of honey, and two files that tell of the same two orders of three units each."""
    with database.transaction() as db:
        producer = make_producer(db)
        owner = make_member(db, "producer", producer.id)
        variant = variant_of(db, make_product(db, producer=producer, name="Mật ong"))
        make_stock(db, variant.id, 10)
        rows: list[list[Any]] = [
            HEAD,
            ["SP001A", "Đang giao", variant.sku, "Mật ong", 3],
            ["SP002B", "Đang giao", variant.sku, "Mật ong", 3],
        ]
        layout = guess(rows)
        files = [
            services.take_import(
                db,
                producer_id=producer.id,
                channel="shopee",
                actor_id=owner.id,
                file_name=f"{n}.csv",
                content=bytes([n]),
                cells_name="0" * 64 + ".json",
                layout=layout,
                now=NOW,
            )
            for n in range(2)
        ]
        return {
            "files": [file.id for file in files],
            "lines": read_lines(rows, layout),
            "owner": owner.id,
            "variant": variant.id,
        }


def recording(world: dict[str, Any], file_id: int) -> Act:
    def act(db: Any) -> None:
        row = db.get_one(OrderImport, file_id)
        services.record_import(
            db,
            row=row,
            lines=world["lines"],
            digest=digest_of(row),
            actor_id=world["owner"],
            now=NOW,
        )

    return act


def left(database: Database, world: dict[str, Any]) -> tuple[int, int]:
    """Units on hand, and lines that took some."""
    with database.read() as db:
        on_hand = db.scalar(
            select(StockLevel.on_hand).where(StockLevel.variant_id == world["variant"])
        )
        took = db.scalar(select(func.count()).where(ChannelOrderLine.taken > 0))
        return on_hand or 0, took or 0


def test_one_file_recorded_by_four_hands_counts_once(
    database: Database, world: dict[str, Any]
) -> None:
    outcomes = at_once(database, [recording(world, world["files"][0])] * 4)
    assert sorted(outcomes) == ["PreviewChanged"] * 3 + ["done"]
    assert left(database, world) == (4, 2)


def test_two_files_with_the_same_orders_take_stock_once(
    database: Database, world: dict[str, Any]
) -> None:
    assert at_once(database, [recording(world, one) for one in world["files"]]) == ["done"] * 2
    assert left(database, world) == (4, 2)


@pytest.mark.control
def test_without_the_lock_two_files_break_on_each_other(
    database: Database, world: dict[str, Any]
) -> None:
    assert BROKE in carelessly(database, [recording(world, one) for one in world["files"]])
