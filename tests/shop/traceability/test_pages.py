"""What the producer and everybody else see: content, refusals, hostile input."""

import hashlib
import importlib.util
import io
import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from flask.testing import FlaskClient
from PIL import Image
from pypdf import PdfReader
from sqlalchemy import event, func, select, update
from sqlalchemy.orm import Session

from shop.catalogue.models import Certificate
from shop.core import clock
from shop.core.db import Database
from shop.traceability import queries, services
from shop.traceability.models import LabelBatch, Lot, LotEvent, ScanReport, ScanStat
from shop.traceability.rules import codes
from tests.conftest import post
from tests.factories.accounts import make_member, make_person
from tests.factories.catalogue import make_certificate, make_producer, make_product, variant_of
from tests.factories.traceability import NOW, make_lot

SignIn = Callable[..., FlaskClient]

VERIFIER = Path(__file__).resolve().parents[3] / "docs/verify_journal.py"


@pytest.fixture
def lot(db: Session) -> Lot:
    """A released lot of a producer whose owner can sign in."""
    producer = make_producer(db, name="HTX Tài Hoan")
    owner = make_member(db, "producer", producer.id, email="owner@example.test")
    product = make_product(
        db, producer=producer, name="Miến dong Tài Hoan", name_en="Tai Hoan vermicelli", stars=4
    )
    made = make_lot(db, product=product, released=True, actor_id=owner.id, lot_no="MD-2611")
    make_person(db, email="nobody@example.test")
    other = make_producer(db)
    make_member(db, "producer", other.id, email="other@example.test")
    db.commit()
    return made


def body(answer: Any) -> str:
    return str(answer.get_data(as_text=True))


def scans(database: Database) -> int:
    with database.read() as db:
        return db.scalar(select(func.sum(ScanStat.count))) or 0


# The page behind a code


@pytest.mark.parametrize("address", ["/t/{}", "/T/{}", "/en/t/{}", "/en/T/{}"])
def test_a_code_shows_product_lot_and_journey(client: FlaskClient, lot: Lot, address: str) -> None:
    answer = client.get(address.format(lot.code))
    page = body(answer)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-store"
    is_english = address.startswith("/en")
    assert ("Tai Hoan vermicelli" if is_english else "Miến dong Tài Hoan") in page
    for wanted in ("MD-2611", "HTX Tài Hoan", "Củ dong riềng", "Túi 500 g hàn kín", "4 "):
        assert wanted in page
    assert 'data-verdict="genuine"' in page
    assert page.index('data-verdict="genuine"') < page.index('class="verdict') < page.index("Củ")
    assert f'<html lang="{"en" if is_english else "vi"}"' in page
    assert len(answer.data) <= 30_000


def test_a_code_is_read_as_people_type_it(client: FlaskClient, lot: Lot) -> None:
    typed = f"{lot.code[:5].lower()}-{lot.code[5:].lower()}"
    assert client.get(f"/t/{typed}").status_code == 200
    found = client.get("/t", query_string={"ma": typed})
    assert (found.status_code, found.headers["Location"]) == (303, f"/t/{lot.code}")


def test_gets_are_counted_and_heads_are_not(
    client: FlaskClient, database: Database, lot: Lot
) -> None:
    client.head(f"/T/{lot.code}")
    assert scans(database) == 0
    assert "lần quét thứ 1 " in body(client.get(f"/T/{lot.code}"))
    assert "lần quét thứ 2 " in body(client.get(f"/t/{lot.code}"))
    assert scans(database) == 2


def test_a_kept_page_is_drawn_once_and_follows_what_changes(
    client: FlaskClient, database: Database, lot: Lot, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = []
    target_of = queries.target_of
    monkeypatch.setattr(queries, "target_of", lambda *a: drawn.append(a[1]) or target_of(*a))

    def look(query: str = "") -> str:
        return body(client.get(f"/t/{lot.code}{query}"))

    first, again = look(), look()
    assert len(drawn) == 1
    assert again == first.replace("lần quét thứ 1 ", "lần quét thứ 2 ")
    assert "\ue000" not in first
    with database.transaction() as db:
        services.record_event(
            db,
            lot_id=lot.id,
            kind="processing",
            facts={"step": "Đã kiểm tra độ ẩm từng túi"},
            actor_id=1,
            submit_key="a new entry",
            now=clock.now(),
        )
    assert "Đã kiểm tra độ ẩm từng túi" in look()
    with database.transaction() as db:
        services.hold_lot(db, lot_id=lot.id, reason="Chờ kiểm nghiệm", actor_id=1, now=clock.now())
    assert 'data-verdict="on_hold"' in look()
    assert len(drawn) == 3
    look("?da_gui=1")
    client.set_cookie("basket", "x.1")
    look()
    assert len(drawn) == 5, "an address with a query and a visitor with a cookie are served apart"


def test_stars_leave_the_page_and_the_label_at_midnight(
    client: FlaskClient, database: Database, lot: Lot, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.transaction() as db:
        db.execute(update(Certificate).values(expires_on=date(2026, 11, 30)))
    midnight = datetime(2026, 11, 30, 17, 0, tzinfo=UTC)  # in Vietnam
    instant = [midnight - timedelta(seconds=1)]
    monkeypatch.setattr(clock, "now", lambda: instant[0])

    def stars() -> tuple[bool, Any]:
        page = body(client.get(f"/t/{lot.code}"))
        with database.read() as db:
            target = queries.target_of(db, lot.code)
            assert target is not None
            facts = queries.label_facts(db, target, today=clock.today_vn(clock.now()))
        return 'class="stars s4"' in page, facts["stars"]

    assert stars() == (True, 4)
    instant[0] = midnight
    assert stars() == (False, None)


def test_a_busy_database_skips_the_count_and_shows_the_page(
    client: FlaskClient, database: Database, lot: Lot
) -> None:
    if not database.is_sqlite:
        pytest.skip("only SQLite has one writer")
    with database.write() as busy:
        busy.execute(update(Lot).values(site="x"))
        assert client.get(f"/T/{lot.code}").status_code == 200
    assert scans(database) == 0


def test_a_wrong_check_symbol_is_told_apart_from_an_unknown_code(
    client: FlaskClient, database: Database, lot: Lot
) -> None:
    wrong = lot.code[:3] + ("0" if lot.code[3] != "0" else "1") + lot.code[4:]
    answer = client.get(f"/t/{wrong}")
    assert answer.status_code == 404
    assert "gõ sai" in body(answer)
    assert f'href="/t/{lot.code}"' in body(answer)
    unknown = client.get(f"/t/{codes.new_code()}")
    assert unknown.status_code == 404
    assert 'data-verdict="unknown"' in body(unknown)
    shape = client.get("/t/xin-chao")
    assert shape.status_code == 404
    assert 'data-verdict="shape"' in body(shape)
    assert scans(database) == 0


@pytest.mark.parametrize(
    "typed",
    ["%00", "a" * 5000, "%F0%9F%98%80", "..%2f", "0000000000%0d%0aX", "ＯＯＯＯＯＯＯＯＯＯ"],
)
def test_hostile_codes_are_404(client: FlaskClient, lot: Lot, typed: str) -> None:
    for address in ("/t/", "/T/", "/lo/", "/en/t/"):
        assert client.get(address + typed).status_code in {404, 400, 308}
    assert client.get("/t", query_string={"ma": typed}).status_code in {200, 303, 404}


def test_held_and_expired_lots_say_so_first(client: FlaskClient, db: Session, lot: Lot) -> None:
    services.hold_lot(db, lot_id=lot.id, reason="Chờ kiểm lại độ ẩm", actor_id=1, now=clock.now())
    db.commit()
    page = body(client.get(f"/t/{lot.code}"))
    assert 'data-verdict="on_hold"' in page
    assert "Chờ kiểm lại độ ẩm" in page
    assert "Mua sản phẩm này" not in page
    late = make_lot(db, best_before=clock.today_vn(clock.now()) - timedelta(days=1))
    recalled = make_lot(db, released=True)
    recalled.state = "recalled"
    fresh = make_lot(db)
    db.commit()
    for other, verdict in ((late, "expired"), (recalled, "recalled"), (fresh, "early")):
        assert f'data-verdict="{verdict}"' in body(client.get(f"/t/{other.code}"))


def test_a_product_code_says_honestly_that_no_lot_is_recorded(
    client: FlaskClient, db: Session
) -> None:
    product = make_product(db, is_lot_tracked=False, name="Quạt tre")
    code = services.ensure_product_code(db, product_id=product.id, now=clock.now())
    db.commit()
    page = body(client.get(f"/T/{code}"))
    assert 'data-verdict="lotless"' in page
    assert "không ghi theo từng lô" in page
    assert "Hành trình của lô" not in page


def test_lots_that_come_later_keep_the_printed_product_code_alive(
    client: FlaskClient, db: Session
) -> None:
    product = make_product(db, is_lot_tracked=False, name="Quạt tre")
    code = services.ensure_product_code(db, product_id=product.id, now=clock.now())
    maker = make_person(db).id
    services.make_labels(db, code=code, count=24, template="a4-24", actor_id=maker, now=clock.now())
    product.is_lot_tracked = True
    lot = make_lot(db, product=product, released=True, lot_no="QT-01")
    assert services.ensure_product_code(db, product_id=product.id, now=clock.now()) == code
    db.commit()
    page = body(client.get(f"/T/{code}"))
    assert 'data-verdict="lotless"' in page
    assert "không nói tới lô" in page, "the old code still says what it cannot say"
    assert f'href="/t/{lot.code}"' in page, "and leads on to the lots of today"
    assert 'data-verdict="genuine"' in body(client.get(f"/T/{lot.code}"))


def test_stars_show_only_while_their_paper_counts(
    client: FlaskClient, db: Session, lot: Lot
) -> None:
    assert "OCOP<span" in body(client.get(f"/t/{lot.code}"))
    old = make_product(db)
    today = clock.today_vn(clock.now())
    make_certificate(
        db, old, issued_on=today - timedelta(days=1100), expires_on=today - timedelta(days=1)
    )
    lapsed = make_lot(db, product=old, released=True)
    db.commit()
    page = body(client.get(f"/t/{lapsed.code}"))
    assert "OCOP<span" not in page
    assert "Chưa có giấy tờ nào" in page


def test_illustrations_are_called_so(client: FlaskClient, lot: Lot) -> None:
    assert "Hồ sơ minh họa" in body(client.get(f"/t/{lot.code}"))


def test_the_page_asks_the_database_little(
    client: FlaskClient, database: Database, lot: Lot
) -> None:
    client.get(f"/t/{lot.code}")
    asked: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("PRAGMA", "SET")):
            asked.append(statement)

    engine = client.application.extensions["house"].database.engine
    event.listen(engine, "before_cursor_execute", note)
    client.get(f"/t/{lot.code}")
    assert len(asked) <= 6, asked


def test_a_suspicion_is_kept(client: FlaskClient, database: Database, lot: Lot) -> None:
    answer = post(client, f"/t/{lot.code}/nghi-van", {"words": "Tem bị bóc, nhãn mờ"})
    assert answer.status_code == 303
    assert "Cảm ơn bạn" in body(client.get(answer.headers["Location"]))
    with database.read() as db:
        assert db.scalars(select(ScanReport.words)).all() == ["Tem bị bóc, nhãn mờ"]


@pytest.mark.parametrize("words", ["", "x", " \u200b ", "y" * 1001, "z" * 500_000, "\x00"])
def test_an_empty_or_endless_suspicion_is_sent_back(
    client: FlaskClient, lot: Lot, words: str
) -> None:
    answer = post(client, f"/t/{lot.code}/nghi-van", {"words": words})
    assert answer.status_code == 422
    assert 'id="words-err"' in body(answer)


# The journal


def verifier() -> Any:
    spec = importlib.util.spec_from_file_location("verify_journal", VERIFIER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_published_journal_satisfies_the_stand_alone_verifier(
    client: FlaskClient, db: Session, lot: Lot, tmp_path: Path
) -> None:
    now = clock.now()
    services.record_event(
        db,
        lot_id=lot.id,
        kind="note",
        facts={"text": "chuyện trong nhà"},
        actor_id=1,
        submit_key="inner note",
        now=now,
    )
    db.commit()
    answer = client.get(f"/lo/{lot.code}/nhat-ky.json")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "chuyện trong nhà" not in body(answer)
    assert "salt" not in body(answer)
    journal = answer.get_json()
    assert journal["genesis"] == hashlib.sha256(f"lot:{lot.code}".encode()).hexdigest()
    assert verifier().first_fault(journal) is None
    for place in range(len(journal["entries"])):
        forged = json.loads(json.dumps(journal))
        forged["entries"][place]["body"]["facts"]["crop"] = "khác"
        assert f"entry {place + 1} " in verifier().first_fault(forged)
        shorter = json.loads(json.dumps(journal))
        del shorter["entries"][place]
        assert verifier().first_fault(shorter) is not None


def test_the_verifier_runs_by_itself(client: FlaskClient, lot: Lot, tmp_path: Path) -> None:
    import subprocess
    import sys

    file = tmp_path / "nhat-ky.json"
    file.write_bytes(client.get(f"/lo/{lot.code}/nhat-ky.json").data)

    def verify(*files: Path) -> tuple[int, str]:
        run = [sys.executable, "-I", str(VERIFIER), str(file), *map(str, files)]
        done = subprocess.run(run, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout.strip()

    assert verify() == (0, "the journal is whole, checked against 0 roots")
    file.write_text(file.read_text("utf-8").replace("Củ dong riềng", "Củ sắn"), "utf-8")
    assert verify() == (1, "entry 1 was changed")


def test_the_stand_alone_verifier_checks_published_roots(
    client: FlaskClient, db: Session, lot: Lot, tmp_path: Path
) -> None:
    [anchor] = services.publish_anchors(db, now=NOW + timedelta(days=1))
    db.commit()
    root = tmp_path / "moc.json"
    root.write_bytes(client.get(f"/moc/{anchor.day.isoformat()}.json").data)
    told = json.loads(root.read_bytes())
    journal = json.loads(client.get(f"/lo/{lot.code}/nhat-ky.json").data)
    check = verifier().anchor_fault
    assert check(journal, told) is None
    rewritten = json.loads(json.dumps(journal))
    rewritten["entries"][-1]["hash"] = "0" * 64
    seq = len(rewritten["entries"])
    assert check(rewritten, told) == f"entry {seq} differs from the root of {anchor.day}"
    last = told["leaves"][-1]
    told["leaves"][-1] = last[:-1] + ("1" if last.endswith("0") else "0")
    assert check(journal, told) == f"the root of {anchor.day} does not cover its leaves"


def test_the_check_names_the_exact_broken_entry(
    client: FlaskClient, database: Database, lot: Lot
) -> None:
    assert 'data-check="whole"' in body(client.get(f"/lo/{lot.code}/kiem-tra"))
    with database.engine.begin() as connection:
        tail = "" if database.is_sqlite else " ON lot_event"
        connection.exec_driver_sql(f"DROP TRIGGER lot_event_no_update{tail}")
        connection.execute(
            update(LotEvent)
            .where(LotEvent.lot_id == lot.id, LotEvent.seq == 2)
            .values(facts={"step": "khác"})
        )
    page = body(client.get(f"/en/lo/{lot.code}/kiem-tra"))
    assert 'data-check="broken" data-broken-seq="2"' in page


def test_the_journal_page_lists_every_entry(client: FlaskClient, lot: Lot) -> None:
    page = body(client.get(f"/lo/{lot.code.lower()}"))
    assert page.count('id="muc-') == 4
    assert client.get("/lo/0000000000").status_code == 404


def test_daily_roots_are_published(client: FlaskClient, db: Session, lot: Lot) -> None:
    [made] = services.publish_anchors(db, now=clock.now() + timedelta(days=1))
    db.commit()
    answer = client.get(f"/moc/{made.day.isoformat()}.json")
    if made.leaves:
        assert answer.get_json()["merkle_root"] == made.merkle_root
    for wrong in ("2026-13-01", "x", "0001-01-01", "%00"):
        assert client.get(f"/moc/{wrong}.json").status_code == 404


def test_the_qr_picture_decodes(client: FlaskClient, lot: Lot) -> None:
    svg = body(client.get(f"/lo/{lot.code}/qr.svg"))
    assert re.search(r'viewBox="0 0 \d+ \d+"', svg)


# The producer's pages


def test_a_lot_is_opened_told_released_and_labelled(
    signed_in: SignIn, database: Database, db: Session, lot: Lot, tmp_path: Path
) -> None:
    client = signed_in("owner@example.test")
    variant_id = variant_of(db, _product(db, lot)).id
    db.rollback()
    page = body(client.get("/ban-hang/lo/moi"))
    assert f'<option value="{variant_id}"' in page
    today = clock.today_vn(clock.now())
    fields = {
        "variant_id": variant_id,
        "quantity": "240",
        "made_on": (today - timedelta(days=3)).isoformat(),
        "lot_no": "td-01",
        "site": "Xưởng HTX",
        "submit_key": "k" * 22,
    }
    answer = owner_post(client, "/ban-hang/lo", fields)
    assert answer.status_code == 303, body(answer)
    address = answer.headers["Location"]
    assert owner_post(client, "/ban-hang/lo", fields).headers["Location"] == address
    code = address.rsplit("/", 1)[1]
    happened = (clock.now().astimezone(clock.VN) - timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    for kind, facts in (
        ("harvest", {"crop": "Củ dong riềng", "quantity_kg": "1.250,5"}),
        ("processing", {"step": "Tráng, phơi"}),
        ("packing", {"units": "240", "package": "Túi 500 g"}),
    ):
        data: dict[str, Any] = {**facts, "happened_at": happened, "submit_key": f"key-{kind}-1"}
        if kind == "harvest":
            data["photos"] = [(io.BytesIO(picture()), "a.jpg"), (io.BytesIO(picture()), "b.jpg")]
        answer = owner_post(client, f"{address}/ghi/{kind}", data)
        assert answer.status_code == 303, body(answer)
    answer = owner_post(
        client,
        f"{address}/ghi/packing",
        {"units": "240", "package": "Túi", "happened_at": happened, "submit_key": "key-packing-1"},
    )
    assert answer.status_code == 303
    page = body(client.get(address))
    assert 'data-entries="3"' in page
    assert "-640.webp" in page
    assert owner_post(client, f"{address}/mo-ban").status_code == 303
    answer = owner_post(client, f"{address}/nhan", {"mau": "50x40", "so": "2"})
    assert answer.status_code == 303
    sheet = client.get(answer.headers["Location"])
    assert sheet.mimetype == "application/pdf"
    assert len(PdfReader(io.BytesIO(sheet.data)).pages) == 2
    with database.read() as reading:
        made = queries.get_lot(reading, code)
        assert (made.lot_no, made.state, made.head_seq) == ("TD-01", "released", 4)
        batch = reading.scalars(select(LabelBatch)).one()
        assert (batch.count, batch.template, batch.lot_id) == (2, "50x40", made.id)
        first = queries.events_of(reading, made.id)[0]
        assert first.facts["quantity_kg"] == "1250.5"
        assert len(first.attachments) == 2
        assert queries.check_lot(reading, made).fault is None
    media = re.search(r"/media/[0-9a-f]{64}-640.webp", page)
    assert media
    with client.get(media.group()) as photo:
        assert photo.status_code == 200


def _product(db: Session, lot: Lot) -> Any:
    from shop.catalogue.models import Product

    return db.get_one(Product, lot.product_id)


def owner_post(client: FlaskClient, path: str, data: dict[str, Any] | None = None) -> Any:
    """Post with the token of the signed-in person, found on one of their pages."""
    page = body(client.get("/ban-hang/lo/moi"))
    token = page.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
    return client.post(
        path,
        data={"csrf_token": token, **(data or {})},
        headers={"Sec-Fetch-Site": "same-origin"},
    )


def picture(size: tuple[int, int] = (80, 60)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (40, 120, 60)).save(out, "JPEG")
    return out.getvalue()


def test_the_qr_of_the_downloaded_sheet_leads_to_the_page(
    signed_in: SignIn, lot: Lot, tmp_path: Path
) -> None:
    from tests.shop.traceability.test_labels import pages

    client = signed_in("owner@example.test")
    answer = client.get(f"/ban-hang/lo/{lot.code}/nhan.pdf?mau=a4-24&so=24")
    assert answer.status_code == 200
    [page] = pages(answer.data, tmp_path)
    found = zxingcpp.read_barcodes(page, formats=zxingcpp.BarcodeFormat.QRCode)
    assert {code.text for code in found} == {f"http://localhost/T/{lot.code}".upper()}
    assert len(found) == 24
    assert client.get(f"/T/{lot.code}").status_code == 200


def test_a_sheet_without_choices_is_a_full_page(signed_in: SignIn, lot: Lot) -> None:
    client = signed_in("owner@example.test")
    assert client.get(f"/ban-hang/lo/{lot.code}/nhan.pdf").status_code == 200
    for wrong in ("mau=a3", "so=0", "so=1001", "so=x", f"so={2**40}", "bo_qua=24", "so=%00"):
        assert client.get(f"/ban-hang/lo/{lot.code}/nhan.pdf?{wrong}").status_code == 422, wrong


def test_goods_without_lots_get_a_code_and_labels(signed_in: SignIn, db: Session, lot: Lot) -> None:
    product = make_product(
        db, producer=_producer(db, lot), is_lot_tracked=False, name="Quạt tre thủ công"
    )
    db.commit()
    client = signed_in("owner@example.test")
    assert "Quạt tre thủ công" in body(client.get("/ban-hang/lo"))
    answer = owner_post(client, f"/ban-hang/ma-san-pham/{product.id}")
    assert answer.status_code == 303
    address = answer.headers["Location"]
    assert client.get(address).status_code == 200
    assert owner_post(client, f"{address}/nhan", {"mau": "a4-24", "so": "24"}).status_code == 303
    assert client.get(f"{address}/nhan.pdf").mimetype == "application/pdf"
    for wrong in (lot.product_id + 999, 2**60):
        answer = owner_post(client, f"/ban-hang/ma-san-pham/{wrong}")
        assert answer.status_code == 404


def _producer(db: Session, lot: Lot) -> Any:
    from shop.catalogue.models import Producer

    return db.get_one(Producer, lot.producer_id)


def test_a_mistake_is_corrected_by_a_new_entry(
    signed_in: SignIn, database: Database, lot: Lot
) -> None:
    client = signed_in("owner@example.test")
    address = f"/ban-hang/lo/{lot.code}/dinh-chinh/1"
    assert 'value="Củ dong riềng"' in body(client.get(address))
    answer = owner_post(
        client,
        address,
        {"crop": "Củ dong riềng đỏ", "reason": "Nhầm giống", "submit_key": "fix" * 5},
    )
    assert answer.status_code == 303, body(answer)
    page = body(client.get(f"/t/{lot.code}"))
    assert "Củ dong riềng đỏ" in page
    assert "Nhầm giống" in page
    assert client.get(f"/ban-hang/lo/{lot.code}/dinh-chinh/99").status_code == 404
    assert client.get(f"/ban-hang/lo/{lot.code}/dinh-chinh/{2**63}").status_code == 404
    assert client.get(f"/ban-hang/lo/{lot.code}/dinh-chinh/4").status_code == 404


def test_the_form_fills_like_the_last_time(signed_in: SignIn, lot: Lot) -> None:
    client = signed_in("owner@example.test")
    address = f"/ban-hang/lo/{lot.code}/ghi/packing"
    assert 'value="240"' not in body(client.get(address))
    assert 'value="240"' in body(client.get(f"{address}?nhu_truoc=1"))


def test_holding_and_closing(signed_in: SignIn, database: Database, lot: Lot) -> None:
    client = signed_in("owner@example.test")
    address = f"/ban-hang/lo/{lot.code}"
    assert owner_post(client, f"{address}/tam-giu", {"reason": ""}).status_code == 422
    refused = owner_post(client, f"{address}/tam-giu", {"reason": "Gọi 0912345678 nhé"})
    assert refused.status_code == 422
    assert owner_post(client, f"{address}/tam-giu", {"reason": "Kiểm lại"}).status_code == 303
    assert owner_post(client, f"{address}/dong").status_code == 303
    assert owner_post(client, f"{address}/mo-ban").status_code == 409
    with database.read() as db:
        assert queries.get_lot(db, lot.code).state == "closed"


OWN_PAGES = (
    "/ban-hang/lo/{code}",
    "/ban-hang/lo/{code}/ghi/harvest",
    "/ban-hang/lo/{code}/dinh-chinh/1",
    "/ban-hang/lo/{code}/nhan.pdf",
    "/ban-hang/ma/{code}",
)
OWN_POSTS = (
    "/ban-hang/lo/{code}/ghi/harvest",
    "/ban-hang/lo/{code}/dinh-chinh/1",
    "/ban-hang/lo/{code}/mo-ban",
    "/ban-hang/lo/{code}/tam-giu",
    "/ban-hang/lo/{code}/dong",
    "/ban-hang/lo/{code}/nhan",
)


def test_other_producers_find_nothing(signed_in: SignIn, database: Database, lot: Lot) -> None:
    client = signed_in("other@example.test")
    for address in OWN_PAGES:
        assert client.get(address.format(code=lot.code)).status_code == 404, address
    valid = {
        "crop": "x",
        "reason": "lý do",
        "happened_at": "2026-11-20T10:00",
        "submit_key": "k" * 20,
        "mau": "a4-24",
        "so": "1",
    }
    for address in OWN_POSTS:
        answer = owner_post(client, address.format(code=lot.code), valid)
        assert answer.status_code == 404, address
    product = owner_post(client, f"/ban-hang/ma-san-pham/{lot.product_id}")
    assert product.status_code == 404
    with database.read() as db:
        assert db.get_one(Lot, lot.id).head_seq == 4
        variant_id = db.get_one(Lot, lot.id).variant_id
    answer = owner_post(
        client,
        "/ban-hang/lo",
        {
            "variant_id": variant_id,
            "quantity": "1",
            "made_on": "2026-11-01",
            "submit_key": "z" * 20,
        },
    )
    assert answer.status_code == 422


def test_people_who_are_no_producers_are_kept_out(
    client: FlaskClient, signed_in: SignIn, lot: Lot
) -> None:
    assert client.get("/ban-hang/lo").status_code == 303
    signed_in("nobody@example.test")
    assert client.get("/ban-hang/lo").status_code == 403


HOSTILE = ["", "\x00", str(2**63), "-1", "1e9", "x" * 300_000, "Nguye\u0302\u0303n", "<b>", "😀"]


REFUSED = {413, 422}
"""Beside the field; or, for megabytes of text, before any form is read."""


@pytest.mark.parametrize("value", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_fields_never_break_a_form(signed_in: SignIn, lot: Lot, value: str) -> None:
    client = signed_in("owner@example.test")
    lot_fields = ("variant_id", "quantity", "made_on", "packed_on", "best_before", "lot_no", "site")
    answer = owner_post(client, "/ban-hang/lo", dict.fromkeys((*lot_fields, "submit_key"), value))
    assert answer.status_code in REFUSED
    for kind in ("harvest", "receipt", "processing", "test", "packing", "note"):
        plug = queries.kind_of(kind)
        data = {item.name: value for item in plug.fields}
        data |= {"happened_at": value, "submit_key": value}
        answer = owner_post(client, f"/ban-hang/lo/{lot.code}/ghi/{kind}", data)
        assert answer.status_code in REFUSED, kind
    data = {"reason": value, "crop": value, "submit_key": value}
    address = f"/ban-hang/lo/{lot.code}"
    assert owner_post(client, f"{address}/dinh-chinh/1", data).status_code in {303, *REFUSED}
    assert owner_post(client, f"{address}/tam-giu", data).status_code in {303, *REFUSED}
    answer = owner_post(client, f"{address}/nhan", {"mau": value, "so": value, "bo_qua": value})
    assert answer.status_code in REFUSED


@pytest.mark.parametrize("raw", [b"", b"not a picture", b"\x89PNG\r\n\x1a\n" + b"0" * 50])
def test_what_is_no_picture_is_refused_beside_its_field(
    signed_in: SignIn, database: Database, lot: Lot, raw: bytes
) -> None:
    client = signed_in("owner@example.test")
    answer = owner_post(
        client,
        f"/ban-hang/lo/{lot.code}/ghi/harvest",
        {
            "crop": "Củ",
            "happened_at": "2026-11-20T10:00",
            "submit_key": "k" * 20,
            "photos": (io.BytesIO(raw), "a.jpg"),
        },
    )
    assert answer.status_code == 422
    assert 'value="Củ"' in body(answer)
    assert "photos-err" in body(answer)
    with database.read() as db:
        assert db.get_one(Lot, lot.id).head_seq == 4


@pytest.mark.parametrize("kind", ["nothing", "release", "correction", "hold", "closing"])
def test_kinds_that_nobody_records_by_hand_are_not_found(
    signed_in: SignIn, lot: Lot, kind: str
) -> None:
    client = signed_in("owner@example.test")
    assert client.get(f"/ban-hang/lo/{lot.code}/ghi/{kind}").status_code == 404
    assert owner_post(client, f"/ban-hang/lo/{lot.code}/ghi/{kind}").status_code == 404
