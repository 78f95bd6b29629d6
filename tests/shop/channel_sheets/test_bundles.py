"""The shop's own template inside bundles, and large templates filled in the background."""

import io
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.channel_sheets.models import ChannelTemplate, FilledSheet
from shop.channel_sheets.routes import fills
from shop.channel_sheets.rules.book import book_of
from shop.channel_sheets.rules.reading import find_layout
from shop.core import jobs
from shop.marketplaces.models import ExportRun
from shop.sheets.workbooks import read_book
from tests.conftest import post
from tests.factories import templates
from tests.factories.accounts import make_member
from tests.factories.catalogue import make_producer
from tests.factories.marketplaces import make_goods

HOME = "/ban-hang/mau-kenh"
RAW = templates.shopee(seed=5)


@pytest.fixture
def desk(db: Session, app: Flask, signed_in: Callable[..., FlaskClient]) -> Any:
    """Honey with its category chosen, tea without; a template answered; the owner signed in."""
    producer = make_producer(db, name="HTX Tài Hoan")
    owner = make_member(db, "producer", producer.id)
    storage = app.extensions["house"].storage
    honey = make_goods(db, storage, producer=producer, name="Mật ong hoa bạc hà")
    tea = make_goods(db, storage, producer=producer, name="Chè shan tuyết")
    db.commit()
    client = signed_in(owner.email)
    address = post(client, HOME, {"sheet": (io.BytesIO(RAW), "Shopee_basic.xlsx")}).location
    key = "cot:ps_product_global_attribute.100095"
    post(client, f"{address}/lua-chon", {"delivery": "channel_id.5001", key: "12 tháng"})
    post(client, f"{address}/nganh", {f"nganh-{honey.id}": "100785"})
    return honey, tea, client, address


def work(app: Flask) -> None:
    jobs.run_once("tasks.run", app.extensions["house"].database, datetime.now(UTC))


def exported(client: FlaskClient, app: Flask, key: str) -> tuple[str, bytes]:
    """The page of a finished export, and its bundle."""
    run = post(client, "/ban-hang/kenh-ban/shopee/xuat", {"submit_key": key}).location
    work(app)
    with client.get(f"{run}/tai-ve") as answer:
        return client.get(run).get_data(as_text=True), answer.data


def test_the_bundle_holds_the_filled_template(desk: Any, app: Flask, db: Session) -> None:
    _honey, _tea, client, _address = desk
    page, bundle = exported(client, app, "a" * 22)
    files = zipfile.ZipFile(io.BytesIO(bundle))
    assert "Shopee_basic.xlsx" in files.namelist()
    assert not [name for name in files.namelist() if name.startswith("ban-nhap")]
    content = files.read("Shopee_basic.xlsx")
    layout = find_layout(book_of(read_book(RAW)))
    sheet = book_of(read_book(content)).called("Template")
    assert sheet is not None
    names = [
        sheet.text(row, column.index)
        for column in layout.columns
        if column.key == "ps_product_name"
        for row in range(layout.data_row, len(sheet.rows))
    ]
    assert len(names) == 1, "the tea has no category, so it stays behind"
    assert names[0].startswith("Mật ong hoa bạc hà")
    run = db.scalars(select(ExportRun)).one()
    template = db.scalars(select(ChannelTemplate)).one()
    assert run.template_sha == template.file_sha
    assert run.report is not None
    assert run.report["sheet"]["rows"] == 1
    assert template.file_sha[:16] in page
    assert template.file_sha in files.read("README.txt").decode()
    assert template.file_sha[:8] in client.get("/ban-hang/kenh-ban/shopee").get_data(as_text=True)
    db.rollback()
    assert exported(client, app, "b" * 22)[1] == bundle, "same goods, same bytes"


def test_a_template_that_cannot_be_filled_leaves_the_draft(
    desk: Any, app: Flask, db: Session
) -> None:
    _honey, _tea, client, address = desk
    post(client, f"{address}/lua-chon", {})
    page, bundle = exported(client, app, "c" * 22)
    files = zipfile.ZipFile(io.BytesIO(bundle))
    assert "ban-nhap-shopee.xlsx" in files.namelist()
    assert "Chưa điền được mẫu của gian hàng" in page
    assert "Chưa điền được mẫu" in files.read("README.txt").decode()
    assert db.scalars(select(ExportRun)).one().template_sha is None


@pytest.mark.parametrize("name", ["../../x.xlsx", "README.txt", ".xlsx", "a\\b.xlsx"])
def test_a_hostile_file_name_never_leaves_the_bundle(
    desk: Any, app: Flask, db: Session, name: str
) -> None:
    _honey, _tea, client, _address = desk
    template = db.scalars(select(ChannelTemplate)).one()
    template.file_name = name
    db.commit()
    _page, bundle = exported(client, app, "d" * 22)
    assert "mau-cua-gian-hang.xlsx" in zipfile.ZipFile(io.BytesIO(bundle)).namelist()


@pytest.mark.parametrize("bound", ["AT_ONCE", "CELLS_AT_ONCE", "BYTES_AT_ONCE"])
def test_long_work_is_done_in_the_background(
    desk: Any, app: Flask, db: Session, monkeypatch: pytest.MonkeyPatch, bound: str
) -> None:
    _honey, _tea, client, address = desk
    monkeypatch.setattr(fills, bound, 1)
    assert post(client, f"{address}/dien").status_code == 422, "a press needs its key"
    asked = {"submit_key": "e" * 22}
    page = post(client, f"{address}/dien", asked).location
    assert post(client, f"{address}/dien", asked).location == page, "twice the same press"
    assert 'data-state="queued"' in client.get(page).get_data(as_text=True)
    stranger = make_member(db, "producer", make_producer(db, name="HTX khác").id)
    db.commit()
    strange = app.test_client()
    post(strange, "/dang-nhap", {"login": stranger.email, "password": "chophien-demo"})
    assert strange.get(page).status_code == 404
    work(app)
    made = client.get(page)
    assert made.status_code == 303
    assert 'data-state="filled"' in client.get(made.location).get_data(as_text=True)
    assert client.get(page, headers={"HX-Request": "true"}).headers["HX-Redirect"] == made.location
    assert db.scalars(select(FilledSheet)).one().report["rows"] == 1
    db.rollback()
    post(client, f"{address}/lua-chon", {})
    page = post(client, f"{address}/dien", {"submit_key": "f" * 22}).location
    work(app)
    assert "Chưa điền được mẫu này" in client.get(page).get_data(as_text=True)
