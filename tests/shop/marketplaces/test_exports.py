"""From the page and from the command: the same bundle, and only for its producer."""

import io
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalogue.models import Producer, Product, ProductPhoto
from shop.core import jobs
from shop.core.db import Database
from shop.core.storage import Storage
from shop.core.tasks import Task
from shop.marketplaces import registry, services
from shop.marketplaces.models import ExportRun, Listing
from tests.conftest import post
from tests.factories.accounts import make_member
from tests.factories.catalogue import make_producer, make_product
from tests.factories.marketplaces import make_goods, make_listing

CHANNELS = sorted(registry.all_profiles())
KEY = "k" * 22


def storage_of(app: Flask) -> Storage:
    found: Storage = app.extensions["house"].storage
    return found


@pytest.fixture
def desk(db: Session, app: Flask, signed_in: Callable[..., FlaskClient]) -> Any:
    """A producer with one sound product and one draft, its owner signed in."""
    producer = make_producer(db, name="HTX Tài Hoan")
    owner = make_member(db, "producer", producer.id)
    product = make_goods(db, storage_of(app), producer=producer)
    make_product(db, producer=producer, published=False, name="Miến chưa duyệt")
    db.commit()
    return producer, product, owner, signed_in(owner.email)


def ask(client: FlaskClient, channel: str, key: str = KEY) -> str:
    """Press the export button; the address of the run."""
    answer = post(client, f"/ban-hang/kenh-ban/{channel}/xuat", {"submit_key": key})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return str(answer.headers["Location"])


def work(app: Flask) -> None:
    """The scheduler's tick, in the application's own database."""
    jobs.run_once("tasks.run", app.extensions["house"].database, datetime.now(UTC))


@pytest.mark.parametrize("channel", ["shopee", "voso", "meta", "sendo"])
def test_the_page_and_the_command_make_the_same_bytes(
    database: Database, app: Flask, desk: Any, channel: str, tmp_path: Path
) -> None:
    producer, _product, _owner, client = desk
    run = ask(client, channel)
    assert 'data-state="queued"' in client.get(run).get_data(as_text=True)
    work(app)
    page = client.get(run).get_data(as_text=True)
    assert 'data-state="done"' in page
    assert "PRODUCT_NOT_PUBLISHED" in page
    with client.get(f"{run}/tai-ve") as answer:
        assert answer.mimetype == "application/zip"
        assert "attachment" in answer.headers["Content-Disposition"]
        bundle = answer.data
    result = app.test_cli_runner().invoke(
        args=[
            "marketplaces",
            "export",
            channel,
            "--producer",
            producer.slug,
            "--out",
            str(tmp_path),
        ]
    )
    assert result.exit_code == 0, result.output
    assert "1 ready, 1 blocked" in result.output
    assert "PRODUCT_NOT_PUBLISHED" in result.output
    written = list(tmp_path.glob("*.zip"))
    assert [path.read_bytes() for path in written] == [bundle]
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        unpacked = written[0].with_suffix("")
        for name in archive.namelist():
            assert (unpacked / name).read_bytes() == archive.read(name)
    assert client.get(f"{run}/bao-cao.json").get_json() == json.loads(
        (unpacked / "report.json").read_text(encoding="utf-8")
    )


def test_a_double_click_makes_one_export(database: Database, app: Flask, desk: Any) -> None:
    client = desk[3]
    first = ask(client, "shopee")
    assert ask(client, "shopee") == first
    assert ask(client, "shopee", "another-key-1234") == first, "one at a time"
    work(app)
    assert ask(client, "shopee") == first, "the same key for ever"
    assert ask(client, "shopee", "another-key-1234") != first
    assert ask(client, "lazada") != first


def test_an_export_needs_its_key(desk: Any) -> None:
    answer = post(desk[3], "/ban-hang/kenh-ban/shopee/xuat", {"submit_key": "no"})
    assert answer.status_code == 422


def test_a_report_never_changes_afterwards(
    database: Database, app: Flask, desk: Any, db: Session
) -> None:
    _producer, product, _owner, client = desk
    run = ask(client, "shopee")
    work(app)
    before = client.get(f"{run}/bao-cao.json").get_json()
    with database.transaction() as writing:
        writing.get_one(Product, product.id).name = "Tên khác"
        row = writing.scalars(select(ExportRun)).one()
        services.finish_export(
            writing, task_id=row.task_id or 0, made=services.Made("x.zip", {"changed": True})
        )
    assert client.get(f"{run}/bao-cao.json").get_json() == before


def test_a_frozen_report_is_read_in_english_while_its_code_says_the_same(
    database: Database, app: Flask, desk: Any
) -> None:
    client = desk[3]
    run = ask(client, "voso")
    work(app)
    assert "This channel: Reportedly stopped (source: sales plan" in read_in_english(client, run)
    with database.transaction() as writing:
        kept = writing.scalars(select(ExportRun)).one()
        told = json.loads(json.dumps(kept.report))
        for row in told["channel_findings"]:
            row["why"] += " Câu của ngày đó."
        kept.report = told
    assert "Câu của ngày đó." in read_in_english(client, run), "what the code no longer says"


def read_in_english(client: FlaskClient, path: str) -> str:
    return client.get(f"/en{path}").get_data(as_text=True)


def test_other_producers_see_nothing(
    database: Database, app: Flask, db: Session, desk: Any
) -> None:
    _producer, product, _owner, client = desk
    run = ask(client, "voso")
    work(app)
    stranger = make_producer(db, name="HTX Khác")
    other = make_member(db, "producer", stranger.id)
    db.commit()
    theirs = app.test_client()
    post(theirs, "/dang-nhap", {"login": other.email, "password": "chophien-demo"})
    listing = f"/ban-hang/kenh-ban/voso/{product.id}"
    for path in (run, f"{run}/tai-ve", f"{run}/bao-cao.json", f"{run}/phieu-ban-giao.pdf", listing):
        assert theirs.get(path).status_code == 404, path
    assert post(theirs, listing, {"title": "x"}).status_code == 404
    assert post(theirs, f"{listing}/dua-len", {"is_included": "0"}).status_code == 404
    foreign = {"co_so": desk[0].slug, "submit_key": KEY}
    assert post(theirs, "/ban-hang/kenh-ban/voso/xuat", foreign).status_code == 404
    assert theirs.get(f"/ban-hang/kenh-ban?co_so={desk[0].slug}").status_code == 404
    assert app.test_client().get(run).status_code == 303
    with database.read() as reading:
        assert reading.scalars(select(Listing)).all() == []


def test_bundles_are_not_served_as_media(database: Database, app: Flask, desk: Any) -> None:
    ask(desk[3], "voso")
    work(app)
    with database.read() as reading:
        name = reading.scalars(select(ExportRun.bundle_name)).one()
    assert name is not None
    assert app.test_client().get(f"/media/{name}").status_code == 404


def test_the_channels_page_counts(desk: Any) -> None:
    body = desk[3].get("/ban-hang/kenh-ban").get_data(as_text=True)
    for channel in CHANNELS:
        assert f'data-channel="{channel}" data-ready="1" data-blocked="1"' in body
    assert "Được cho là đã đổi tên" in body
    assert "Được cho là đã ngừng" in body


def test_a_title_of_ones_own(database: Database, desk: Any) -> None:
    _producer, product, _owner, client = desk
    path = f"/ban-hang/kenh-ban/shopee/{product.id}"
    assert "Miến dong Tài Hoan 500 g" in client.get(path).get_data(as_text=True)
    fields = {
        "is_included": "y",
        "title": "Miến dong GIẢM GIÁ\u0000 ",
        "price_percent": "110",
        "stock_reserve": "5",
    }
    assert post(client, path, fields).status_code == 303
    page = client.get(path).get_data(as_text=True)
    assert 'value="Miến dong GIẢM GIÁ"' in page
    assert "WORDS_PROMO" in page
    assert "18/120" in page
    assert "72.000" in page
    with database.read() as reading:
        row = reading.scalars(select(Listing)).one()
    assert (row.overrides, row.price_percent, row.stock_reserve) == (
        {"title": "Miến dong GIẢM GIÁ"},
        110,
        5,
    )
    post(client, f"{path}/dua-len", {"is_included": "0"})
    desk_page = client.get("/ban-hang/kenh-ban/shopee").get_data(as_text=True)
    assert f'data-product="{product.id}" data-status="excluded"' in desk_page
    post(client, f"{path}/dua-len", {"is_included": "1"})
    with database.read() as reading:
        row = reading.scalars(select(Listing)).one()
    assert row.is_included
    assert row.overrides == {"title": "Miến dong GIẢM GIÁ"}


HOSTILE: list[dict[str, str]] = [
    {"title": "a" * 501},
    {"title": "a" * 400_000},
    {"price_percent": "99999999999999999999"},
    {"price_percent": "49"},
    {"price_percent": "110.5"},
    {"price_floor_vnd": str(2**63)},
    {"price_floor_vnd": "-1"},
    {"stock_reserve": "-5"},
    {"stock_reserve": "4294967296"},
    {"stock_reserve": "năm"},
]


def test_answers_for_the_hand_over_form_are_kept_and_printed(app: Flask, desk: Any) -> None:
    _producer, product, owner, client = desk
    path = f"/ban-hang/kenh-ban/voso/{product.id}"
    fields = {"price_percent": "100", "is_included": "y", "cot:gia_si": "45000", "cot:la": "x"}
    assert post(client, path, fields).status_code == 303
    page = client.get(path).get_data(as_text=True)
    assert 'name="cot:gia_si" value="45000"' in page
    assert "gia_si: 45000" not in page, "it has a field of its own"
    run = ask(client, "voso")
    assert client.get(f"{run}/phieu-ban-giao.pdf").status_code == 404, "not made yet"
    work(app)
    assert f"{run}/phieu-ban-giao.pdf" in client.get(run).get_data(as_text=True)
    form = client.get(f"{run}/phieu-ban-giao.pdf")
    words = "".join(page.extract_text() for page in PdfReader(io.BytesIO(form.data)).pages)
    assert (form.mimetype, "45000" in words, owner.name in words) == ("application/pdf", True, True)

    absurd = post(client, path, fields | {"cot:gia_si": "9" * 500})
    assert absurd.status_code == 422
    assert post(client, path, fields | {"cot:gia_si": ""}).status_code == 303
    assert 'name="cot:gia_si" value=""' in client.get(path).get_data(as_text=True)
    sheet = ask(client, "shopee", "s" * 22)
    work(app)
    assert client.get(f"{sheet}/phieu-ban-giao.pdf").status_code == 404, "no hand-over pack"


def test_absurd_input_is_refused_beside_its_field(desk: Any) -> None:
    _producer, product, _owner, client = desk
    for fields in HOSTILE:
        answer = post(client, f"/ban-hang/kenh-ban/shopee/{product.id}", fields)
        name = next(iter(fields))
        assert answer.status_code == 422, fields
        assert f'id="{name}-err"' in answer.get_data(as_text=True), fields


def test_what_is_not_there_is_not_found(desk: Any) -> None:
    for path in (
        "/ban-hang/kenh-ban/nowhere",
        "/ban-hang/kenh-ban/shopee/999999",
        "/ban-hang/kenh-ban/shopee/99999999999999999999",
        "/ban-hang/kenh-ban/xuat/none",
        "/ban-hang/kenh-ban/xuat/none/tai-ve",
        "/ban-hang/kenh-ban/%00",
        "/ban-hang/kenh-ban/xuat/%00",
        "/ban-hang/kenh-ban?co_so=%00",
        "/ban-hang/kenh-ban?co_so=khong-co",
    ):
        assert desk[3].get(path).status_code == 404, path


def test_a_page_far_away_is_empty_not_broken(desk: Any) -> None:
    assert desk[3].get("/ban-hang/kenh-ban/shopee?trang=9999&trang_thai=x").status_code == 200


def test_the_desk_needs_as_many_statements_for_many_products(
    database: Database, app: Flask, db: Session, desk: Any, count_statements: Any
) -> None:
    producer, _product, _owner, client = desk
    with count_statements(database) as few:
        client.get("/ban-hang/kenh-ban/shopee")
    with database.transaction() as writing:
        again = writing.get_one(Producer, producer.id)
        for number in range(12):
            make_goods(writing, storage_of(app), producer=again, name=f"Hàng {number}", photos=1)
    with count_statements(database) as many:
        client.get("/ban-hang/kenh-ban/shopee")
    assert len(many) == len(few)


def test_a_run_whose_task_fails_says_so(database: Database, desk: Any) -> None:
    client = desk[3]
    run = ask(client, "shopee")
    with database.transaction() as writing:
        task = writing.scalars(select(Task)).one()
        task.state = "failed"
    page = client.get(run).get_data(as_text=True)
    assert 'data-state="failed"' in page
    assert client.get(f"{run}/tai-ve").status_code == 404
    assert ask(client, "shopee", "a-new-key-123") != run


def test_the_command_names_what_it_does_not_know(app: Flask, desk: Any, tmp_path: Path) -> None:
    runner = app.test_cli_runner()
    for arguments in (
        ["marketplaces", "export", "nowhere", "--producer", desk[0].slug],
        ["marketplaces", "export", "shopee", "--producer", "nobody"],
    ):
        result = runner.invoke(args=[*arguments, "--out", str(tmp_path)])
        assert result.exit_code == 1
        assert "Error" in result.output
    listed = runner.invoke(args=["marketplaces", "list"]).output
    assert all(channel in listed for channel in CHANNELS)


def test_many_products_change_at_once_and_only_ones_own(
    database: Database, db: Session, app: Flask, desk: Any
) -> None:
    producer, product, _owner, client = desk
    second = make_goods(db, storage_of(app), producer=producer, name="Miến sợi nhỏ")
    foreign = make_goods(db, storage_of(app), producer=make_producer(db, name="HTX Khác"))
    make_listing(db, product, "shopee", overrides={"title": "Tên riêng"}, price_floor_vnd=1_000)
    db.commit()
    path = "/ban-hang/kenh-ban/shopee/sua-nhieu"
    fields = {
        "product": [str(product.id), str(second.id)],
        "price_percent": "112",
        "price_fixed_vnd": "5.000",
        "price_step_vnd": "500",
        "price_floor_vnd": "0",
        "photo_fit": "crop",
    }
    assert post(client, path, fields).status_code == 303
    with database.read() as reading:
        rows = {row.product_id: row for row in reading.scalars(select(Listing))}
    assert set(rows) == {product.id, second.id}
    assert rows[product.id].overrides == {"title": "Tên riêng", "photo_fit": "crop"}
    assert rows[product.id].price_floor_vnd is None
    assert [rows[second.id].price_percent, rows[second.id].price_step_vnd] == [112, 500]
    assert "78.000" in client.get(f"/ban-hang/kenh-ban/shopee/{second.id}").get_data(as_text=True)

    mixed = {"product": [str(second.id), str(foreign.id)], "stock_reserve": "3"}
    assert post(client, path, mixed).status_code == 404
    for wrong in (
        {"product": [], "stock_reserve": "3"},
        {"product": [str(second.id)]},
        {"product": [str(second.id)], "price_step_vnd": "7"},
        {"product": [str(second.id)], "price_percent": str(2**63)},
        {"product": ["x", "9" * 40], "stock_reserve": "3"},
    ):
        assert post(client, path, wrong).status_code == 422, wrong
    with database.read() as reading:
        assert set(reading.scalars(select(Listing.stock_reserve))) == {0}


def test_photos_are_chosen_and_ordered_by_numbers(database: Database, desk: Any) -> None:
    _producer, product, _owner, client = desk
    own = select(ProductPhoto.sha).where(ProductPhoto.product_id == product.id)
    with database.read() as reading:
        shas = list(reading.scalars(own.order_by(ProductPhoto.position)))
    path = f"/ban-hang/kenh-ban/shopee/{product.id}"

    def kept() -> Any:
        with database.read() as reading:
            return reading.scalars(select(Listing)).one().overrides.get("photos", [])

    assert post(client, path, {"photo": shas, "place": ["2", "", "1"]}).status_code == 303
    assert kept() == [shas[2], shas[0]]
    assert post(client, path, {"photo": shas, "place": ["1", "2", "3"]}).status_code == 303
    assert kept() == []
    foreign = {"photo": ["f" * 64, *shas], "place": ["1", "2", "3", "4"]}
    assert post(client, path, foreign).status_code == 422
    words = {"attributes": "Xuất xứ Việt Nam"}
    assert post(client, path, words).status_code == 422


def test_the_grid_tells_each_product_on_each_channel(desk: Any) -> None:
    _producer, product, _owner, client = desk
    page = client.get("/ban-hang/kenh-ban/bang").get_data(as_text=True)
    for slug in CHANNELS:
        assert f'href="/ban-hang/kenh-ban/{slug}/{product.id}"' in page
    assert page.count('data-status="ready"') + page.count('data-status="blocked"') == 2 * len(
        CHANNELS
    )


def test_only_what_changed_goes_out_again(database: Database, app: Flask, desk: Any) -> None:
    """The second bundle holds prices and units that changed, and no product told as before."""
    _producer, product, _owner, client = desk
    ask(client, "shopee")
    work(app)
    post(
        client,
        f"/ban-hang/kenh-ban/shopee/{product.id}",
        {"is_included": "y", "price_percent": "110"},
    )
    page = client.get("/ban-hang/kenh-ban/shopee").get_data(as_text=True)
    assert 'name="scope" value="changed"' in page
    answer = post(
        client, "/ban-hang/kenh-ban/shopee/xuat", {"submit_key": "c" * 22, "scope": "changed"}
    )
    run = answer.headers["Location"]
    work(app)
    shown = client.get(run).get_data(as_text=True)
    assert 'id="thay-doi"' in shown
    assert "→ 72.000" in shown
    with client.get(f"{run}/tai-ve") as download:
        content = download.data
    with zipfile.ZipFile(io.BytesIO(content)) as bundle:
        names = bundle.namelist()
        update = bundle.read("cap-nhat-gia-ton.csv").decode("utf-8-sig")
        (call,) = [name for name in names if name.startswith("cap-nhat/")]
        assert json.loads(bundle.read(call))["price_list"] == [
            {"model_id": 0, "original_price": 72_000}
        ]
        readme = bundle.read("README.txt").decode()
        assert "/api/v2/product/update_price" in readme
        assert "Chắc chắn: bản lưu công khai" in readme
    assert "72000,65000" in update
    assert not [name for name in names if name.startswith("anh/")]
    with database.read() as reading:
        assert list(reading.scalars(select(ExportRun.scope).order_by(ExportRun.id))) == [
            "all",
            "changed",
        ]
