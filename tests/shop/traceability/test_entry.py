"""Templates of entries, what a phone's queue is answered, and the worker that keeps forms."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.core.db import Database
from shop.traceability.models import EntryTemplate, Lot, LotEvent
from tests.conftest import post
from tests.factories.accounts import make_member
from tests.factories.catalogue import make_producer, make_product
from tests.factories.traceability import make_lot

SignIn = Callable[..., FlaskClient]
PACKING = {"title": "Đóng túi", "units": "240", "package": "Túi 500 g", "place": "Xưởng"}


@pytest.fixture
def lot(db: Session) -> Lot:
    producer = make_producer(db)
    owner = make_member(db, "producer", producer.id, email="owner@example.test")
    make_member(db, "producer", make_producer(db).id, email="other@example.test")
    made = make_lot(db, product=make_product(db, producer=producer), actor_id=owner.id)
    db.commit()
    return made


def body(answer: Any) -> str:
    return str(answer.get_data(as_text=True))


def make(client: FlaskClient, lot: Lot, **over: Any) -> Any:
    fields = PACKING | {"product_id": str(lot.product_id)} | over
    return post(client, "/ban-hang/mau-ghi/moi/packing", fields)


def count(database: Database, model: Any) -> int:
    with database.read() as db:
        return db.scalar(select(func.count()).select_from(model)) or 0


def test_a_template_is_made_used_changed_and_deleted(
    signed_in: SignIn, database: Database, lot: Lot
) -> None:
    client = signed_in("owner@example.test")
    assert make(client, lot, units="").status_code == 303, "what changes each time stays open"
    with database.read() as db:
        template = db.scalars(select(EntryTemplate)).one()
    assert template.facts == {"package": "Túi 500 g", "place": "Xưởng"}
    assert "Đóng túi" in body(client.get("/ban-hang/mau-ghi"))
    assert "Đóng túi" in body(client.get(f"/ban-hang/ghi?lo={lot.code}"))
    form = body(client.get(f"/ban-hang/ghi/packing?mau={template.id}&lo={lot.code}"))
    assert 'value="Túi 500 g"' in form
    assert form.index('name="photos"') < form.index('name="package"'), "the photo comes first"
    assert "capture" in form
    address = f"/ban-hang/mau-ghi/{template.id}"
    assert 'value="Xưởng"' in body(client.get(address))
    assert post(client, address, PACKING | {"title": "Đóng túi 1 kg"}).status_code == 303
    assert make(client, lot).status_code == 303
    assert post(client, address, PACKING | {"title": "Đóng túi"}).status_code == 409
    assert post(client, f"{address}/xoa").status_code == 303
    assert client.get(address).status_code == 404


def test_an_entry_becomes_a_template(signed_in: SignIn, lot: Lot) -> None:
    page = body(signed_in("owner@example.test").get(f"/ban-hang/mau-ghi/moi?lo={lot.code}&muc=1"))
    assert 'value="Củ dong riềng"' in page


@pytest.mark.parametrize(
    ("over", "status"),
    [
        ({"title": ""}, 422),
        ({"title": "x" * 61}, 422),
        ({"title": "x" * 300_000}, 422),
        ({"units": "x"}, 422),
        ({"units": str(2**40)}, 422),
        ({"package": "Gọi 0912 345 678"}, 422),
        ({"product_id": "999"}, 404),
        ({"product_id": str(2**70)}, 404),
        ({"product_id": "\0"}, 404),
        ({"product_id": ""}, 404),
    ],
)
def test_a_template_that_cannot_be_is_refused(
    signed_in: SignIn, database: Database, lot: Lot, over: dict[str, str], status: int
) -> None:
    assert make(signed_in("owner@example.test"), lot, **over).status_code == status
    assert count(database, EntryTemplate) == 0


def test_no_more_than_twenty_templates_a_product(signed_in: SignIn, lot: Lot) -> None:
    client = signed_in("owner@example.test")
    answers = [make(client, lot, title=f"Mẫu {n}").status_code for n in range(21)]
    assert answers == [303] * 20 + [422]


def test_other_people_s_templates_and_lots_are_not_found(
    signed_in: SignIn, client: FlaskClient, database: Database, lot: Lot
) -> None:
    make(signed_in("owner@example.test"), lot)
    with database.read() as db:
        template_id = db.scalars(select(EntryTemplate.id)).one()
    post(client, "/dang-xuat")
    signed_in("other@example.test")
    assert make(client, lot).status_code == 404
    for path in ("", "/xoa"):
        assert post(client, f"/ban-hang/mau-ghi/{template_id}{path}", PACKING).status_code == 404
    for path in (
        f"/ban-hang/mau-ghi/{template_id}",
        f"/ban-hang/mau-ghi/moi?lo={lot.code}&muc=1",
        f"/ban-hang/mau-ghi/moi?san_pham={lot.product_id}&loai=packing",
        f"/ban-hang/mau-ghi/{2**40}",
    ):
        assert client.get(path).status_code == 404, path
    assert "Đóng túi" not in body(client.get("/ban-hang/mau-ghi"))
    entry = {"lo": lot.code, "crop": "Củ", "happened_at": "2026-11-20T07:30", "submit_key": "k" * 9}
    assert post(client, "/ban-hang/ghi/harvest", entry).status_code == 404
    assert lot.lot_no not in body(client.get(f"/ban-hang/ghi?lo={lot.code}"))


# What the phone's queue asks


def queued(client: FlaskClient, lot: Lot, **over: Any) -> Any:
    """As queue.js sends it: own key, own time, a fresh token, asking for JSON."""
    ticket = client.get("/ban-hang/ve-gui").get_json()
    fields = {
        "lo": lot.code,
        "crop": "Củ dong",
        "happened_at": "2026-03-01T07:30",
        "submit_key": "9b2e8a44-1111-4222-8333-444455556666",
        "who": str(ticket["person"]),
        "csrf_token": ticket["csrf_token"],
    } | over
    headers = {"Accept": "application/json", "Sec-Fetch-Site": "same-origin"}
    return client.post("/ban-hang/ghi/harvest", data=fields, headers=headers)


def picture() -> Any:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "green").save(out, "JPEG")
    out.seek(0)
    return out, "a.jpg"


def test_what_waited_is_taken_once_with_its_own_time(
    signed_in: SignIn, database: Database, lot: Lot
) -> None:
    client = signed_in("owner@example.test")
    first = queued(client, lot, photos=[picture()])
    assert (first.status_code, first.get_json()) == (200, {"lot": lot.code, "seq": 4})
    assert queued(client, lot).get_json() == first.get_json()
    with database.read() as db:
        entry = db.scalars(select(LotEvent).where(LotEvent.seq == 4)).one()
    assert entry.happened_at.isoformat() == "2026-03-01T00:30:00+00:00"
    assert len(entry.attachments) == 1
    assert count(database, LotEvent) == 4


@pytest.mark.parametrize(
    ("over", "status"),
    [
        ({"crop": ""}, 422),
        ({"happened_at": "2036-01-01T00:00"}, 422),
        ({"lo": ""}, 422),
        ({"lo": "X" * 10}, 404),
        ({"csrf_token": "old"}, 403),
    ],
)
def test_what_cannot_be_taken_says_why(
    signed_in: SignIn, database: Database, lot: Lot, over: dict[str, str], status: int
) -> None:
    answer = queued(signed_in("owner@example.test"), lot, **over)
    assert answer.status_code == status
    if "crop" in over or "happened_at" in over:
        assert answer.get_json()["errors"]
    assert count(database, LotEvent) == 3


def test_a_ticket_is_for_producers_who_are_signed_in(client: FlaskClient, lot: Lot) -> None:
    answer = client.get("/ban-hang/ve-gui")
    assert answer.status_code != 200
    assert answer.mimetype != "application/json"


def test_an_entry_sent_by_a_page_leads_back_to_the_start(signed_in: SignIn, lot: Lot) -> None:
    client = signed_in("owner@example.test")
    fields = {
        "lo": lot.code,
        "crop": "Củ dong",
        "happened_at": "2026-11-01T07:30",
        "submit_key": "from-the-page",
    }
    answer = post(client, "/ban-hang/ghi/harvest", fields)
    assert answer.headers["Location"] == f"/ban-hang/ghi?lo={lot.code}"
    wrong = post(client, "/ban-hang/ghi/harvest", fields | {"crop": "", "submit_key": "again-one"})
    assert wrong.status_code == 422
    assert "data-refused" in body(wrong)


# The worker


def test_the_worker_names_its_version_and_shell(client: FlaskClient) -> None:
    answer = client.get("/sw.js")
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Cache-Control"] == "no-cache"
    script = body(answer)
    assert script.startswith("const VERSION = '")
    for line in script.splitlines()[0].split('"')[1::2]:
        with client.get(line) as kept:
            assert kept.status_code == 200, line
    assert "no-store" not in client.get("/khong-mang").headers["Cache-Control"]


def test_only_signed_in_people_get_it(signed_in: SignIn, client: FlaskClient, lot: Lot) -> None:
    assert 'data-sw="' not in body(client.get("/"))
    signed_in("owner@example.test")
    assert 'data-sw="/sw.js"' in body(client.get("/ban-hang/ghi"))


def test_the_kill_switch_removes_it(make_app: Callable[..., Flask]) -> None:
    client = make_app(service_worker=False).test_client()
    script = body(client.get("/sw.js"))
    assert "unregister" in script
    assert "fetch" not in script
    assert 'data-sw="' not in body(client.get("/"))


def test_scripts_stay_light() -> None:
    import gzip
    from pathlib import Path

    import shop

    static = Path(shop.__file__).parent / "static"
    names = ("app.js", "queue.js", "sw.js", "vendor/htmx.min.js")
    weight = sum(len(gzip.compress((static / name).read_bytes())) for name in names)
    assert weight <= 25_000
