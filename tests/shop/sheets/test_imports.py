"""Imports from upload to undo, as a producer meets them."""

import hashlib
import io
import re
import zipfile
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select

from shop.accounts.models import AuditEntry
from shop.catalogue.invariants import INVARIANTS as CATALOGUE
from shop.catalogue.models import Product, ProductFacets, ProductRevision, Variant
from shop.core import clock
from shop.core.db import Database
from shop.core.workbook_cells import with_cells
from shop.sheets import jobs, queries
from shop.sheets.models import SheetChange, SheetImport
from shop.sheets.workbooks import read_sheet
from shop.stock import queries as stock
from shop.stock.invariants import INVARIANTS as STOCK
from shop.traceability.models import Lot
from tests.conftest import post
from tests.factories.accounts import make_member
from tests.factories.catalogue import make_photo, make_producer, make_product, make_variant
from tests.factories.stock import make_stock
from tests.factories.traceability import make_lot
from tests.shop.sheets.conftest import Desk, Shop, sheet

NEW = ("SKU", "Tên", "Quy cách", "Giá", "Khối lượng", "Nhóm", "Tồn kho", "Số lô")
NEW_ROWS = (
    ["MO-1", "Mơ ngâm", "Lọ 500 g", "85k", "0,7 kg", "F33", "", ""],
    ["MO-2", "Mơ ngâm", "Lọ 1 kg", "150k", "1,3 kg", "", "", ""],
)


def assert_sound(database: Database) -> None:
    """Nothing that must always hold is broken."""
    from sqlalchemy import text

    with database.read() as db:
        for name, query in (CATALOGUE | STOCK).items():
            assert db.execute(text(query)).all() == [], name


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
    with database.read() as db:
        facets = db.get_one(ProductFacets, shop.published_id)
        assert (facets.price_min_vnd, facets.price_max_vnd) == (70_000, 120_000)
        actions = set(db.scalars(select(AuditEntry.action)))
        assert {"variant.edited", "catalogue.imported"} <= actions
    assert desk.do(row, "hoan-tac").status_code == 303
    assert desk.find(row.public_id).state == "undone"
    assert desk.variant(shop.small_id).price_vnd == 65_000
    with database.read() as db:
        assert db.get_one(ProductFacets, shop.published_id).price_min_vnd == 65_000
    assert_sound(database)


def test_new_products_are_drafts_and_undo_removes_them(
    desk: Desk, shop: Shop, database: Database
) -> None:
    row = desk.committed(sheet(*NEW_ROWS, header=NEW))
    with database.read() as db:
        product = db.scalars(select(Product).where(Product.name == "Mơ ngâm")).one()
        sizes = db.scalars(
            select(Variant).where(Variant.product_id == product.id).order_by(Variant.position)
        ).all()
        assert (product.state, product.is_lot_tracked) == ("draft", True)
        assert [size.packed_weight_g for size in sizes] == [700, 1300]
    desk.do(row, "hoan-tac")
    with database.read() as db:
        assert db.scalars(select(Product).where(Product.name == "Mơ ngâm")).first() is None
        assert db.scalars(select(Variant).where(Variant.sku == "MO-1")).first() is None
        left = set(db.scalars(select(SheetChange.undo)))
        assert left == {"done"}
    again = desk.committed(sheet(*NEW_ROWS, header=NEW))
    assert again.public_id != row.public_id
    assert_sound(database)


def test_a_new_product_somebody_worked_on_stays(desk: Desk, shop: Shop, database: Database) -> None:
    row = desk.committed(sheet(*NEW_ROWS, header=NEW))
    with database.write() as db:
        product = db.scalars(select(Product).where(Product.name == "Mơ ngâm")).one()
        make_photo(db, product)
        db.commit()
    desk.do(row, "hoan-tac")
    with database.read() as db:
        assert db.scalars(select(Product).where(Product.name == "Mơ ngâm")).first() is not None
        notes = set(db.scalars(select(SheetChange.undo_note).where(SheetChange.undo == "refused")))
        assert notes


def test_texts_of_a_published_product_wait_in_its_revision(
    desk: Desk, shop: Shop, database: Database
) -> None:
    header = ("SKU", "Giới thiệu ngắn", "Giá")
    row = desk.committed(sheet(["MIEN-500", "Sợi mới", "71k"], header=header))
    with database.read() as db:
        assert db.get_one(Product, shop.published_id).summary != "Sợi mới"
        revision = db.scalars(select(ProductRevision)).one()
        assert revision.changes == {"summary": "Sợi mới"}
    assert desk.variant(shop.small_id).price_vnd == 71_000
    desk.do(row, "hoan-tac")
    with database.read() as db:
        assert db.scalars(select(ProductRevision)).first() is None


def test_undo_leaves_alone_what_others_changed_since(
    desk: Desk, shop: Shop, database: Database
) -> None:
    row = desk.committed(sheet(["MIEN-500", 70_000], ["MIEN-1000", 130_000]))
    with database.write() as db:
        db.get_one(Variant, shop.small_id).price_vnd = 72_000
        db.commit()
    desk.do(row, "hoan-tac")
    assert desk.variant(shop.small_id).price_vnd == 72_000
    assert desk.variant(shop.large_id).price_vnd == 120_000
    page = desk.client.get(f"/ban-hang/nhap-xuat/{row.public_id}").get_data(as_text=True)
    assert "Đã được sửa sau lần nhập này." in page


def test_undo_is_for_a_day_and_once(desk: Desk, shop: Shop, database: Database) -> None:
    row = desk.committed(sheet(["MIEN-500", 70_000]))
    with database.write() as db:
        held = db.get_one(SheetImport, row.id)
        held.committed_at = clock.now() - timedelta(hours=25)
        db.commit()
    assert desk.do(row, "hoan-tac").status_code == 409
    assert desk.variant(shop.small_id).price_vnd == 70_000
    with database.write() as db:
        db.get_one(SheetImport, row.id).committed_at = clock.now()
        db.commit()
    assert desk.do(row, "hoan-tac").status_code == 303
    assert desk.do(row, "hoan-tac").status_code == 409


@pytest.mark.parametrize(("mode", "left", "after"), [("add", 27, 20), ("count", 7, 20)])
def test_stock_is_added_or_counted_by_explicit_choice(
    desk: Desk, shop: Shop, database: Database, mode: str, left: int, after: int
) -> None:
    content = sheet(["MIEN-500", 7], header=("SKU", "Tồn kho"))

    def on_hand() -> int:
        with database.read() as db:
            return stock.levels(db, [shop.small_id])[shop.small_id].on_hand

    kept = desk.judged(content, mode="keep")
    assert kept.counts["unchanged"] == 1
    row = desk.committed(content, mode=mode)
    assert on_hand() == left
    desk.do(row, "hoan-tac")
    assert on_hand() == after
    assert_sound(database)


def test_undo_never_takes_what_was_sold(desk: Desk, shop: Shop, database: Database) -> None:
    row = desk.committed(sheet(["MIEN-500", 10], header=("SKU", "Tồn kho")), mode="add")
    with database.write() as db:
        from shop.stock.rules import Want
        from shop.stock.services import reserve

        wants = [Want("order_line:1", shop.small_id, 25)]
        reserve(db, wants=wants, expires_at=None, now=clock.now())
        db.commit()
    desk.do(row, "hoan-tac")
    with database.read() as db:
        level = stock.levels(db, [shop.small_id])[shop.small_id]
        assert (level.on_hand, level.reserved) == (30, 25)
        note = db.scalars(select(SheetChange.undo_note)).one()
        assert "Không đủ hàng" in note


def test_nothing_goes_back_into_a_lot_that_was_stopped(
    desk: Desk, shop: Shop, database: Database
) -> None:
    with database.write() as db:
        product = db.get_one(Product, shop.published_id)
        product.is_lot_tracked = True
        lot = make_lot(
            db,
            product=product,
            variant_id=shop.large_id,
            lot_no="L24",
            quantity=40,
            released=True,
        )
        lot_id = lot.id
        db.commit()
    content = sheet(["MIEN-1000", 30, "l24"], header=("SKU", "Tồn kho", "Số lô"))
    row = desk.committed(content, mode="count")
    with database.write() as db:
        assert stock.levels(db, [shop.large_id])[shop.large_id].on_hand == 30
        db.get_one(Lot, lot_id).state = "on_hold"
        db.commit()
    desk.do(row, "hoan-tac")
    with database.read() as db:
        assert stock.levels(db, [shop.large_id])[shop.large_id].on_hand == 30
        assert "Lô này không còn được bán" in db.scalars(select(SheetChange.undo_note)).one()


def test_data_that_changed_meanwhile_is_judged_again_and_shown(
    desk: Desk, shop: Shop, database: Database
) -> None:
    row = desk.judged(sheet(["MIEN-500", 70_000]))
    with database.write() as db:
        db.get_one(Variant, shop.small_id).price_vnd = 66_000
        db.commit()
    assert desk.do(row, "xac-nhan").status_code == 303
    again = desk.find(row.public_id)
    assert (again.state, again.is_rejudged) == ("judged", True)
    assert again.plan_digest != row.plan_digest
    assert desk.variant(shop.small_id).price_vnd == 66_000
    page = desk.client.get(f"/ban-hang/nhap-xuat/{row.public_id}").get_data(as_text=True)
    assert "Dữ liệu vừa thay đổi" in page
    assert "66.000" in page
    assert desk.do(row, "xac-nhan").status_code == 409, "the old digest is good no more"
    assert desk.do(again, "xac-nhan").status_code == 303
    assert desk.variant(shop.small_id).price_vnd == 70_000


def test_the_file_comes_back_with_a_column_of_faults(desk: Desk) -> None:
    header = ("Ghi chú", "SKU", "Giá", "Tên")
    content = sheet(
        ["=cmd|'/c calc'!A1", "MIEN-500", "12%", ""], ["b", "MIEN-1000", 1, ""], header=header
    )
    row = desk.judged(content)
    answer = desk.client.get(f"/ban-hang/nhap-xuat/{row.public_id}/tep-loi")
    assert answer.headers["Content-Disposition"].endswith('.csv"')
    table = read_sheet(answer.data, "csv").table
    assert table.rows[0] == [*header, "Lỗi cần sửa"]
    assert table.rows[1][1:3] == ["MIEN-500", "12%"]
    assert "Không nhận phần trăm" in str(table.rows[1][4])
    assert "1.000" in str(table.rows[2][4])
    assert not answer.data.decode("utf-8-sig").split("\r\n")[1].startswith("=")
    back = desk.judged(answer.data)
    assert back.counts == row.counts, "the returned file is judged like the first"


def test_the_same_workbook_comes_back_with_one_more_column(desk: Desk) -> None:
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.add_worksheet("Ghi chép riêng").write(0, 0, "Sổ chợ phiên")
    page = book.add_worksheet("Sản phẩm")
    page.data_validation("C2:C9", {"validate": "integer", "criteria": ">", "value": 0})
    page.write_row(0, 0, ["Riêng", "SKU", "Giá"], book.add_format({"bold": True}))
    page.write_row(1, 0, ["x", "MIEN-500", -4])
    page.write_row(2, 0, ["y", "MIEN-1000", 130_000])
    page.write_comment(1, 2, "giá âm?")
    book.close()
    first = desk.judged(out.getvalue(), name="gia.xlsx")
    answer = desk.client.get(f"/ban-hang/nhap-xuat/{first.public_id}/tep-loi")
    table = read_sheet(answer.data, "xlsx").table
    assert table.rows[0] == ["Riêng", "SKU", "Giá", "Lỗi cần sửa"]
    assert table.rows[1] == ["x", "MIEN-500", -4, "Giá: Không nhận số âm."]
    assert table.rows[2][:3] == ["y", "MIEN-1000", 130_000]
    with zipfile.ZipFile(out) as old, zipfile.ZipFile(io.BytesIO(answer.data)) as new:
        assert new.namelist() == old.namelist()
        differing = [name for name in old.namelist() if old.read(name) != new.read(name)]
        assert differing == ["xl/worksheets/sheet2.xml"]
    again = desk.judged(answer.data, name="gia.xlsx")
    assert again.counts == first.counts
    mended = with_cells(answer.data, "xl/worksheets/sheet2.xml", {1: {2: "45000"}})
    right = desk.judged(mended, name="gia.xlsx")
    assert not right.counts.get("error")
    answer = desk.client.get(f"/ban-hang/nhap-xuat/{right.public_id}/tep-loi")
    assert read_sheet(answer.data, "xlsx").table.rows[1] == ["x", "MIEN-500", "45000", None]


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1Workbook", "a.xls", ".xls đời cũ"),
        (b"%PDF-1.7", "a.pdf", "Chỉ nhận tệp"),
        (b"", "a.csv", "Tệp không có dòng nào"),
    ],
    ids=["xls", "pdf", "empty"],
)
def test_a_wrong_file_is_refused_at_once(desk: Desk, content: bytes, name: str, words: str) -> None:
    answer = desk.upload(content, name=name)
    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"PK\x03\x04rubbish", "b.xlsx", "damaged"),
        (b"a;b\n1;2\n", "a.csv", "no_header"),
        (b"SKU;Gia;Gia ban\nA;1;2\n", "a.csv", "twice_headed"),
        (b"SKU;Gia\n", "a.csv", "empty"),
    ],
    ids=["damaged", "no header", "twice headed", "empty"],
)
def test_a_file_that_cannot_be_judged_says_why(
    desk: Desk, content: bytes, name: str, code: str
) -> None:
    row = desk.judged(content, name=name)
    assert (row.state, row.refusal) == ("refused", code)
    page = desk.client.get(f"/ban-hang/nhap-xuat/{row.public_id}")
    assert page.status_code == 200
    assert desk.do(row, "xac-nhan").status_code in {409, 422}


def test_a_second_click_uploads_once_and_a_dropped_one_is_not_written(
    desk: Desk, shop: Shop, database: Database
) -> None:
    content = sheet(["MIEN-500", 70_000])
    key = "one-and-the-same-key"
    first, second = (desk.upload(content, submit_key=key) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    desk.work()
    row = desk.find(first.headers["Location"].rsplit("/", 1)[1])
    assert desk.do(row, "bo").status_code == 303
    assert desk.do(row, "xac-nhan").status_code == 409
    assert desk.variant(shop.small_id).price_vnd == 65_000


def test_no_more_than_three_wait(desk: Desk) -> None:
    content = sheet(["MIEN-500", 70_000])
    assert [desk.upload(content).status_code for _ in range(4)] == [303, 303, 303, 409]


def test_exports_are_logged_and_come_back_unchanged(
    desk: Desk, shop: Shop, database: Database
) -> None:
    for kind in ("xlsx", "csv"):
        answer = post(desk.client, "/ban-hang/nhap-xuat/xuat", {"kind": kind})
        assert answer.status_code == 200
        row = desk.judged(answer.data, name=f"a.{kind}", mode="count")
        assert row.counts == {"new": 0, "changed": 0, "unchanged": 3, "error": 0, "example": 0}
        with database.read() as db:
            entry = db.scalars(
                select(AuditEntry)
                .where(AuditEntry.action == "catalogue.exported")
                .order_by(AuditEntry.id.desc())
                .limit(1)
            ).one()
            assert entry.detail["sha256"] == hashlib.sha256(answer.data).hexdigest()
            assert entry.actor_id == shop.owner_id
    assert post(desk.client, "/ban-hang/nhap-xuat/xuat", {"kind": "exe"}).status_code == 422


@pytest.fixture
def stranger(app: Flask, database: Database) -> FlaskClient:
    """The owner of another producer."""
    with database.write() as db:
        other = make_producer(db)
        make_product(db, producer=other)
        login = str(make_member(db, "producer", other.id).email)
        db.commit()
    client = app.test_client()
    answer = post(client, "/dang-nhap", {"login": login, "password": "chophien-demo"})
    assert answer.status_code == 303
    return client


def test_other_producers_things_are_not_found(
    desk: Desk, shop: Shop, stranger: FlaskClient, app: Flask
) -> None:
    """Over every route of the feature."""
    row = desk.judged(sheet(["MIEN-500", 70_000]))
    values = {"public_id": row.public_id, "variant_id": shop.small_id}
    seen = 0
    for rule in app.url_map.iter_rules():
        if not rule.endpoint.startswith("sheets."):
            continue
        path = re.sub(r"<[^>]*?(\w+)>", lambda found: str(values[found[1]]), rule.rule)
        names_thing = "<" in rule.rule or rule.endpoint != "sheets.template"
        for method in (rule.methods or set()) & {"GET", "POST"}:
            if not names_thing:
                continue
            address = path if "<" in rule.rule else f"{path}?co_so={shop.slug}"
            if method == "GET":
                answer = stranger.get(address)
            else:
                data = {"kind": "csv", "digest": row.plan_digest, "co_so": shop.slug}
                answer = post(stranger, address, data)
            assert answer.status_code == 404, (method, address, answer.status_code)
            seen += 1
    assert seen >= 11
    assert desk.find(row.public_id).state == "judged"


def test_people_who_left_write_nothing(desk: Desk, shop: Shop, database: Database) -> None:
    """Membership is judged again when the worker writes."""
    from shop.accounts.models import Membership

    row = desk.judged(sheet(["MIEN-500", 70_000]))
    answer = post(
        desk.client,
        f"/ban-hang/nhap-xuat/{row.public_id}/xac-nhan",
        {"digest": row.plan_digest},
    )
    assert answer.status_code == 303
    with database.write() as db:
        for membership in db.scalars(
            select(Membership).where(Membership.person_id == shop.owner_id)
        ):
            db.delete(membership)
        db.commit()
    desk.work()
    assert desk.variant(shop.small_id).price_vnd == 65_000


def test_old_files_are_deleted_and_the_history_stays(
    desk: Desk, app: Flask, database: Database
) -> None:
    old = desk.judged(sheet(["MIEN-500", 70_000]))
    same = desk.judged(sheet(["MIEN-500", 70_000]))
    storage = app.extensions["house"].storage
    with database.write() as db:
        db.get_one(SheetImport, old.id).made_at = clock.now() - timedelta(days=31)
        db.commit()
    jobs.clean_files(app.extensions["house"].database, clock.now())
    gone = desk.find(old.public_id)
    assert (gone.upload_name, gone.cells_name, gone.plan_name) == (None, None, None)
    assert gone.counts["changed"] == 1
    assert storage.has(str(same.upload_name)), "another import still needs the same file"
    page = desk.client.get(f"/ban-hang/nhap-xuat/{old.public_id}")
    assert page.status_code == 200
    assert desk.client.get(f"/ban-hang/nhap-xuat/{old.public_id}/tep-loi").status_code == 404
    jobs.clean_files(app.extensions["house"].database, clock.now() + timedelta(days=31))
    assert not storage.has(str(same.upload_name))


def counted(database: Database, do: Callable[[], object]) -> int:
    count = 0

    def note(*_a: object) -> None:
        nonlocal count
        count += 1

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        do()
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
    return count


def test_statements_do_not_grow_with_the_catalogue(
    desk: Desk, shop: Shop, app: Flask, database: Database
) -> None:
    """The shelf, the dry run, a commit of prices and stock, the pages: 3 sizes or 33."""
    house = app.extensions["house"].database

    def commit(price: int, skus: list[str]) -> int:
        rows = [[sku, price, 1] for sku in skus]
        content = sheet(*rows, header=("SKU", "Giá", "Tồn kho"))
        answer = desk.upload(content, mode="add")
        dry = counted(house, desk.work)
        public_id = answer.headers["Location"].rsplit("/", 1)[1]
        page = counted(house, lambda: desk.client.get(f"/ban-hang/nhap-xuat/{public_id}"))
        row = desk.find(public_id)
        post(desk.client, f"/ban-hang/nhap-xuat/{public_id}/xac-nhan", {"digest": row.plan_digest})
        written = counted(house, desk.work)
        assert desk.find(public_id).state == "committed"
        return dry + page + written

    few = commit(70_000, ["MIEN-500", "MIEN-1000"])
    with database.write() as db:
        product = db.get_one(Product, shop.published_id)
        for number in range(28):
            extra = make_variant(db, product, sku=f"X-{number}", label=f"Gói {number}")
            make_stock(db, extra.id, 1)
        db.commit()
    many = commit(71_000, ["MIEN-500", "MIEN-1000", *(f"X-{n}" for n in range(28))])
    assert many <= few + 2, (few, many)


def test_the_history_keeps_its_statements(desk: Desk, app: Flask, database: Database) -> None:
    house = app.extensions["house"].database
    desk.judged(sheet(["MIEN-500", 70_000]))
    one = counted(house, lambda: desk.client.get("/ban-hang/nhap-xuat"))
    for _ in range(5):
        desk.judged(sheet(["MIEN-500", 70_000]))
    assert counted(house, lambda: desk.client.get("/ban-hang/nhap-xuat")) == one
    with database.read() as db:
        assert db.scalar(select(func.count()).select_from(SheetImport)) == 6
        assert queries.unconfirmed_imports(db, []) == 0
