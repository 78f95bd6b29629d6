"""Selling elsewhere, for the demo producer: orders of a marketplace, a shop's own template.

Both are made up and say so; no shop on a marketplace is invented: order numbers and category ids
are those of no channel.
"""

import csv
import io
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import xlsxwriter
from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalogue.models import Producer, Product, Variant
from shop.channel_orders import services as orders
from shop.channel_orders.models import OrderImport
from shop.channel_orders.rules import guess, read_lines, without_buyers
from shop.channel_sheets import services as sheets
from shop.channel_sheets.models import ChannelTemplate
from shop.channel_sheets.rules.book import book_of
from shop.channel_sheets.rules.layout import Layout
from shop.channel_sheets.rules.reading import find_layout
from shop.core.clock import VN
from shop.core.storage import Storage
from shop.demo.people import person_id
from shop.demo.products import OWNERS
from shop.sheets.rules.cells import Cell
from shop.sheets.services import previews
from shop.sheets.workbooks import read_book

LOGIN: Final = "producer@demo.test"
TEMPLATE: Final = "Shopee_mau_minh_hoa.xlsx"
ORDERS: Final = "Don_hang_Shopee_minh_hoa.csv"
_COLUMNS: Final = (
    ("ps_category|0|1", "Ngành hàng", "Bắt buộc có điều kiện", "Mã ngành"),
    ("ps_product_name|1|0", "Tên sản phẩm", "Bắt buộc", "10 - 120 ký tự"),
    ("ps_product_description|1|0", "Mô tả sản phẩm", "Bắt buộc", ""),
    ("et_title_variation_integration_no|0|0", "Mã phân loại", "Bắt buộc có điều kiện", ""),
    ("et_title_variation_1|0|0", "Nhóm phân loại 1", "Bắt buộc có điều kiện", ""),
    ("et_title_option_for_variation_1|0|0", "Phân loại 1", "Bắt buộc có điều kiện", ""),
    ("ps_price|1|1", "Giá", "Bắt buộc", "VND"),
    ("ps_stock|0|1", "Kho hàng", "Bắt buộc", ""),
    ("ps_sku_short|0|0", "SKU phân loại", "Không bắt buộc", ""),
    ("ps_item_cover_image|0|3", "Ảnh bìa", "Không bắt buộc", "Đường dẫn https"),
    ("ps_weight|1|1", "Cân nặng", "Bắt buộc", "Đơn vị: g"),
    ("ps_length|0|1", "Chiều dài", "Không bắt buộc", "cm"),
    ("ps_width|0|1", "Chiều rộng", "Không bắt buộc", "cm"),
    ("ps_height|0|1", "Chiều cao", "Không bắt buộc", "cm"),
    ("channel_id.5001|0|0", "Nhanh", "Bắt buộc có điều kiện", "Giá tối đa VND 20,000,000"),
    ("channel_id.5000|0|0", "Hỏa Tốc", "Bắt buộc có điều kiện", ""),
    ("ps_product_global_attribute.900001|0|0", "Hạn sử dụng", "Bắt buộc có điều kiện", ""),
    ("ps_product_global_attribute.900002|0|0", "Xuất xứ", "Không bắt buộc", ""),
)
_HEADS: Final = (
    "Mã đơn hàng",
    "Ngày đặt hàng",
    "Trạng Thái Đơn Hàng",
    "SKU phân loại hàng",
    "Tên sản phẩm",
    "Số lượng",
    "Tổng giá bán (sản phẩm)",
)
_CATEGORIES: Final = (
    ("Minh họa/Thực phẩm/Mì, miến, bún khô", "9000001"),
    ("Minh họa/Thực phẩm/Trà, cà phê", "9000002"),
    ("Minh họa/Thực phẩm/Mật ong, siro", "9000003"),
    ("Minh họa/Nhà cửa/Đồ thủ công", "9000004"),
)
_MADE: Final = datetime(2026, 11, 1, tzinfo=UTC).replace(tzinfo=None)
_FOOD: Final = 3


@dataclass(frozen=True)
class OwnTemplate:
    """An empty template with what was understood of it."""

    content: bytes
    layout: Layout


def read_template() -> OwnTemplate:
    """The template, read as an upload is read: before anything is written."""
    content = template_file()
    return OwnTemplate(content, find_layout(book_of(read_book(content))))


def load_channels(db: Session, storage: Storage, *, template: OwnTemplate, now: datetime) -> int:
    """Once: an order file of last month recorded, one that waits for its columns, a template with
    a category for one product. Says how many files are new."""
    name = next(name for name, login in OWNERS.items() if login == LOGIN)
    producer = db.scalars(select(Producer).where(Producer.name == name)).one_or_none()
    if producer is None:
        return 0
    owner = person_id(db, LOGIN)
    about = {"producer_id": producer.id, "actor_id": owner}
    return _orders(db, storage, about, now) + _template(db, storage, template, about, now)


def _has(db: Session, model: Any, producer_id: int) -> bool:
    found = select(model.id).where(model.producer_id == producer_id).limit(1)
    return db.scalar(found) is not None


def _orders(db: Session, storage: Storage, about: dict[str, int], now: datetime) -> int:
    if _has(db, OrderImport, about["producer_id"]):
        return 0
    sizes = db.execute(
        select(Variant.sku, Product.name, Variant.price_vnd)
        .join(Product, Product.id == Variant.product_id)
        .where(
            Product.producer_id == about["producer_id"],
            Product.state == "published",
            Product.is_service.is_(False),
            Variant.is_active,
        )
        .order_by(Variant.id)
        .limit(3)
    ).all()
    states = ("Hoàn thành", "Đang giao", "Đã hủy", "Hoàn thành")
    rows: list[list[Cell]] = [list(_HEADS)]
    for number, state in enumerate(states, start=1):
        ordered = (now - timedelta(days=9 - 2 * number)).astimezone(VN).strftime("%d/%m/%Y %H:%M")
        for sku, product, price in sizes[: 1 + number % 2]:
            rows.append([f"MINHHOA{number:04d}", ordered, state, sku, product, 1, price])
    rows.append(["MINHHOA0005", ordered, "Hoàn thành", "SKU-LA", "Hàng không có ở đây", 1, 50_000])
    _bring(db, storage, about, rows, name=ORDERS, is_recorded=True, now=now)
    waiting = [rows[0], ["MINHHOA0006", ordered, "Chờ giao", *rows[1][3:]]]
    _bring(db, storage, about, waiting, name=f"Moi_{ORDERS}", is_recorded=False, now=now)
    return 2


def _bring(
    db: Session,
    storage: Storage,
    about: dict[str, int],
    rows: list[list[Cell]],
    *,
    name: str,
    is_recorded: bool,
    now: datetime,
) -> None:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    layout = guess(rows)
    row = orders.take_import(
        db,
        **about,
        channel="shopee",
        file_name=name,
        content=text.getvalue().encode(),
        cells_name=previews.keep_cells(storage, without_buyers(rows, layout.header)),
        layout=layout,
        now=now,
    )
    if is_recorded:
        orders.record_import(
            db,
            row=row,
            lines=read_lines(rows, layout),
            digest=previews.digest_of(row),
            actor_id=about["actor_id"],
            now=now,
        )


def _template(
    db: Session, storage: Storage, own: OwnTemplate, about: dict[str, int], now: datetime
) -> int:
    if _has(db, ChannelTemplate, about["producer_id"]):
        return 0
    template = sheets.take_template(
        db,
        **about,
        actor_producers=[about["producer_id"]],
        shop_label="",
        file_name=TEMPLATE,
        file_sha=sheets.digest_of(own.content),
        stored_name=storage.put(own.content, "xlsx"),
        layout=own.layout,
        now=now - timedelta(days=3),
    )
    sheets.save_choices(
        db,
        template=template,
        unit="",
        is_shared=False,
        numbers_as_text=False,
        deliveries=["channel_id.5001"],
        constants={"ps_product_global_attribute.900002": "Việt Nam"},
    )
    first = db.scalars(
        select(Product.id)
        .where(Product.producer_id == about["producer_id"], Product.name.contains("iến"))
        .order_by(Product.id)
        .limit(1)
    ).one_or_none()
    wanted = {} if first is None else {first: _CATEGORIES[0][1]}
    sheets.choose_categories(db, template=template, wanted=wanted, now=now)
    return 1


def template_file() -> bytes:
    """An empty mass-upload workbook as public descriptions tell of it, marked as an illustration;
    the same bytes each time."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        book.set_properties({"title": "Mẫu minh họa", "created": _MADE})
        sheet = book.add_worksheet("Template")
        meta = ("basic", "0" * 32, "0", "MINH-HOA")
        for column, told in enumerate(_COLUMNS):
            for row, words in zip((0, 2, 3, 4), told, strict=True):
                sheet.write_string(row, column, words)
        for column, words in enumerate(meta):
            sheet.write_string(1, column, words)
        for column in (14, 15):
            sheet.data_validation(6, column, 999, column, _list("Mở", "Tắt"))
        sheet.data_validation(6, 16, 999, 16, _list("6 tháng", "12 tháng", "24 tháng"))
        _categories(book)
    return buffer.getvalue()


def _list(*words: str) -> dict[str, Any]:
    return {"validate": "list", "source": list(words)}


def _categories(book: Any) -> None:
    ranges = book.add_worksheet("Pre-order DTS Range")
    heads = ("et_title_category_name", "et_title_category_id", "et_title_dts_range")
    for column, head in enumerate(heads):
        ranges.write_string(0, column, head)
    props = book.add_worksheet("HiddenCatProps")
    props.hide()
    for column, told in enumerate(_COLUMNS):
        props.write_string(0, column, told[0])
    for row, (path, number) in enumerate(_CATEGORIES, start=1):
        for column, words in enumerate((path, number, "7 - 15" if row <= _FOOD else "")):
            ranges.write_string(row, column, words)
        props.write_string(row, 0, f"{number}-{path}")
        if row <= _FOOD:
            props.write_string(row, 16, "MANDATORY")
