"""Imports from upload to undo, as a producer meets them."""

from sqlalchemy import select

from shop.catalogue.models import Product, Variant
from shop.core.db import Database
from shop.stock import queries as stock
from tests.shop.sheets.conftest import Desk, Shop, sheet


def test_dry_run_then_commit_then_undo(desk: Desk, shop: Shop, database: Database) -> None:
    row = desk.judged(sheet(["MIEN-500", "70.000"], ["MIEN-1000", "120000"], ["CHE-100", "12%"]))
    assert row.state == "judged"
    assert row.counts == {"new": 0, "changed": 1, "unchanged": 1, "error": 1, "example": 0}
    page = desk.client.get(f"/ban-hang/nhap-xuat/{row.public_id}").get_data(as_text=True)
    assert "Không nhận phần trăm" in page
    assert "B · Giá bán" in page
    assert desk.variant(shop.small_id).price_vnd == 65_000
    assert desk.do(row, "xac-nhan").status_code == 303
    assert desk.find(row.public_id).state == "committed"
    assert desk.variant(shop.small_id).price_vnd == 70_000
    assert desk.do(row, "hoan-tac").status_code == 303
    assert desk.find(row.public_id).state == "undone"
    assert desk.variant(shop.small_id).price_vnd == 65_000


def test_new_products_are_drafts_and_undo_removes_them(
    desk: Desk, shop: Shop, database: Database
) -> None:
    header = ("SKU", "Tên", "Quy cách", "Giá", "Khối lượng", "Nhóm", "Tồn kho", "Số lô")
    content = sheet(
        ["MO-1", "Mơ ngâm", "Lọ 500 g", "85k", "0,7 kg", "F33", "", ""],
        ["MO-2", "Mơ ngâm", "Lọ 1 kg", "150k", "1,3 kg", "", "12", "không lô"],
        header=header,
    )
    row = desk.committed(content, mode="add")
    with database.read() as db:
        product = db.scalars(select(Product).where(Product.name == "Mơ ngâm")).one()
        sizes = db.scalars(select(Variant).where(Variant.product_id == product.id)).all()
        assert product.state == "draft"
        assert [size.packed_weight_g for size in sizes] == [700, 1300]
        assert stock.levels(db, [sizes[1].id])[sizes[1].id].on_hand == 12
    desk.do(row, "hoan-tac")
    assert desk.find(row.public_id).state == "undone"
