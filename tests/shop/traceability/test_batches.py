"""Codes for single jars and for boxes: made in the background, printed, taken back."""

import io
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import zxingcpp
from flask.testing import FlaskClient
from PIL import Image
from pypdf import PdfReader
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from shop.core import clock
from shop.core.db import Database
from shop.core.tasks import run_next
from shop.traceability import queries
from shop.traceability.invariants import INVARIANTS
from shop.traceability.models import BoxLine, LabelBatch, Lot, TraceCode
from shop.traceability.queries import batches as batch_queries
from shop.traceability.rules import codes
from shop.traceability.services import batches, boxes
from tests.conftest import post
from tests.factories.accounts import make_member
from tests.factories.catalogue import make_producer, make_product
from tests.factories.traceability import NOW, make_lot

SignIn = Callable[..., FlaskClient]


@pytest.fixture
def lot(db: Session) -> Iterator[Lot]:
    producer = make_producer(db, name="HTX Tài Hoan")
    owner = make_member(db, "producer", producer.id, email="owner@example.test")
    make_member(db, "producer", make_producer(db).id, email="other@example.test")
    product = make_product(db, producer=producer)
    made = make_lot(db, product=product, released=True, actor_id=owner.id, lot_no="MD-2611")
    db.commit()
    yield made
    for name, query in INVARIANTS.items():
        assert db.execute(text(query)).all() == [], name


def run(client: FlaskClient) -> None:
    """Let the worker do what waits."""
    assert run_next(client.application.extensions["house"].database, clock.now())


def ask(client: FlaskClient, lot: Lot, **over: Any) -> Any:
    fields = {"mau": "50x30", "so": "5", "dang": "pdf", "submit_key": "batch-key-1"} | over
    return post(client, f"/ban-hang/lo/{lot.code}/ma-tung-goi", fields)


def states(database: Database) -> set[str]:
    with database.read() as db:
        return set(db.scalars(select(TraceCode.state).where(TraceCode.level == "unit")))


def test_a_batch_is_made_printed_and_taken_back(
    signed_in: SignIn, database: Database, lot: Lot
) -> None:
    client = signed_in("owner@example.test")
    address = ask(client, lot).headers["Location"]
    assert ask(client, lot).headers["Location"] == address
    page = client.get(address).get_data(as_text=True)
    assert 'data-state="waiting"' in page
    assert client.get(f"{address}/tep").status_code == 409
    assert post(client, f"{address}/in").status_code == 409
    run(client)
    page = client.get(address).get_data(as_text=True)
    assert 'data-state="ready"' in page
    assert states(database) == {"unprinted"}
    assert client.get(f"{address}/tep").status_code == 409
    assert post(client, f"{address}/in").headers["Location"] == f"{address}/tep"
    assert states(database) == {"active"}
    sheet = client.get(f"{address}/tep")
    assert sheet.mimetype == "application/pdf"
    assert len(PdfReader(io.BytesIO(sheet.data)).pages) == 5
    with database.read() as db:
        code = batch_queries.codes_of(db, 1)[0]
    assert client.get(f"/T/{code}").status_code == 200
    assert post(client, f"{address}/huy").status_code == 303
    assert states(database) == {"void"}
    assert 'data-verdict="void"' in client.get(f"/T/{code}").get_data(as_text=True)
    assert post(client, f"{address}/in").status_code == 409
    again = {"mau": "a4-24", "dang": "pdf"}
    assert post(client, f"{address}/kho-khac", again).status_code == 409


def test_another_size_keeps_the_codes(signed_in: SignIn, database: Database, lot: Lot) -> None:
    client = signed_in("owner@example.test")
    address = ask(client, lot).headers["Location"]
    run(client)
    with database.read() as db:
        before = batch_queries.codes_of(db, 1)
    answer = post(client, f"{address}/kho-khac", {"mau": "a4-40x30", "dang": "png", "bo_qua": "42"})
    assert answer.status_code == 303
    run(client)
    post(client, f"{address}/in")
    made = client.get(f"{address}/tep")
    assert made.mimetype == "application/zip"
    found = []
    with zipfile.ZipFile(io.BytesIO(made.data)) as bundle:
        for name in bundle.namelist():
            with Image.open(bundle.open(name)) as image:
                found += [code.text for code in zxingcpp.read_barcodes(image)]
    assert sorted(found) == [f"HTTP://LOCALHOST/T/{code}" for code in before]


@pytest.mark.parametrize(
    "over",
    [
        *({"so": wrong} for wrong in ("0", "10001", "-1", "x", str(2**40), "\0", "")),
        {"mau": "a3"},
        {"dang": "gif"},
        {"bo_qua": "1"},
        {"dang": "png", "so": "1001"},
        {"submit_key": ""},
    ],
)
def test_a_batch_that_cannot_be_is_refused(
    signed_in: SignIn, database: Database, lot: Lot, over: dict[str, str]
) -> None:
    answer = ask(signed_in("owner@example.test"), lot, **over)
    assert answer.status_code == 422
    with database.read() as db:
        assert db.scalar(select(func.count()).select_from(LabelBatch)) == 0


def test_other_people_s_batches_are_not_found(
    signed_in: SignIn, client: FlaskClient, database: Database, lot: Lot
) -> None:
    address = ask(signed_in("owner@example.test"), lot).headers["Location"]
    post(client, "/dang-xuat")
    signed_in("other@example.test")
    assert ask(client, lot).status_code == 404
    for path in ("", "/tep"):
        assert client.get(address + path).status_code == 404
    for path in ("/in", "/huy", "/kho-khac"):
        assert post(client, address + path, {"mau": "50x30", "dang": "pdf"}).status_code == 404
    for number in (2**31, 2**63, 999):
        assert client.get(f"/ban-hang/loat-nhan/{number}").status_code == 404


def test_ten_thousand_codes_are_made_in_steps_and_resumed(db: Session, lot: Lot) -> None:
    batch = request(db, lot, 10_000)
    assert batches.add_codes(db, batch_id=batch.id, now=NOW, most=9_000) == 1_000
    assert batches.add_codes(db, batch_id=batch.id, now=NOW, most=9_000) == 0
    made = batch_queries.codes_of(db, batch.id)
    assert len(made) == 10_000
    assert all(codes.is_right(code) for code in made)
    assert batches.add_codes(db, batch_id=batch.id, now=NOW) == 0


def request(db: Session, lot: Lot, count: int, key: str = "direct-key") -> LabelBatch:
    return batches.request_units(
        db,
        lot_id=lot.id,
        count=count,
        template="50x30",
        form="pdf",
        skip=0,
        submit_key=key,
        actor_id=1,
        now=NOW,
    )


def test_only_finished_lots_that_live_get_codes(db: Session, lot: Lot) -> None:
    raw = make_lot(db, kind="raw", material="Củ dong", uom="kg", events=False)
    closed = make_lot(db, released=True)
    closed.state = "closed"
    for one in (raw, closed):
        with pytest.raises(batches.NotCoded):
            request(db, one, 5, key=f"key-of-{one.id}")
    db.rollback()


def pack(db: Session, lot: Lot, **over: Any) -> LabelBatch:
    values: dict[str, Any] = {
        "lot_id": lot.id,
        "boxes": 4,
        "units": 24,
        "template": "50x30",
        "form": "pdf",
        "submit_key": "boxes-key",
        "actor_id": 1,
        "now": NOW,
    }
    return boxes.make_boxes(db, **(values | over))


def fill(db: Session, lot: Lot, box: str, **over: Any) -> None:
    values: dict[str, Any] = {
        "box_code": box,
        "producer_ids": [lot.producer_id],
        "units_by_lot": {},
        "submit_key": "fill-key",
        "actor_id": 1,
        "now": NOW,
    }
    boxes.add_to_box(db, **(values | over))


def boxed(db: Session, lot: Lot) -> int:
    return batch_queries.boxed_of(db, lot.id)


def test_boxes_hold_units_of_the_lot_and_the_journal_says_so(db: Session, lot: Lot) -> None:
    batch = pack(db, lot)
    assert pack(db, lot).id == batch.id
    assert boxed(db, lot) == 96
    entry = queries.events_of(db, lot.id)[-1]
    assert (entry.kind, entry.facts) == ("boxing", {"boxes": 4, "units": 24})
    with pytest.raises(boxes.NotBoxed), db.begin_nested():
        pack(db, lot, boxes=7, submit_key="too many")
    pack(db, lot, boxes=6, submit_key="the rest")
    assert boxed(db, lot) == 240
    for wrong in ({"boxes": 0}, {"boxes": 201}, {"units": 0}, {"units": 1001}):
        with pytest.raises(boxes.BadBoxes):
            pack(db, lot, submit_key="wrong key", **wrong)


def test_a_box_takes_units_of_other_lots_and_single_jars(db: Session, lot: Lot) -> None:
    other = make_lot(db, product=make_product(db, producer=_producer(db, lot)), released=True)
    box = batch_queries.codes_of(db, pack(db, lot, boxes=1).id)[0]
    for _ in range(2):
        fill(db, lot, box, units_by_lot={other.id: 6})
    inside = {one.lot.id: one.quantity for one in batch_queries.in_box(db, box)}
    assert inside == {lot.id: 24, other.id: 6}
    batch = request(db, other, 8)
    batches.add_codes(db, batch_id=batch.id, now=NOW)
    jars = batch_queries.codes_of(db, batch.id)
    fill(db, lot, box, unit_codes=jars, submit_key="eight jars")
    inside = {one.lot.id: one.quantity for one in batch_queries.in_box(db, box)}
    assert inside == {lot.id: 24, other.id: 8}, "eight jars with codes, six of them known before"
    assert [e.facts["units"] for e in queries.events_of(db, other.id) if e.kind == "boxing"] == [
        6,
        2,
    ]
    second = batch_queries.codes_of(db, pack(db, lot, boxes=1, submit_key="second").id)[0]
    with pytest.raises(boxes.UnitTaken):
        fill(db, lot, second, unit_codes=jars[:1], submit_key="taken jar")
    batches.void_code(db, code=jars[0], actor_id=1, now=NOW)
    for wrong in (jars[0], lot.code, codes.new_code()):
        with pytest.raises(boxes.WrongUnit):
            fill(db, lot, second, unit_codes=[wrong], submit_key="wrong jar")
    assert queries.check_lot(db, db.get_one(Lot, other.id)).fault is None


def _producer(db: Session, lot: Lot) -> Any:
    from shop.catalogue.models import Producer

    return db.get_one(Producer, lot.producer_id)


def test_boxes_over_http(
    signed_in: SignIn, client: FlaskClient, database: Database, lot: Lot
) -> None:
    signed_in("owner@example.test")
    address = f"/ban-hang/lo/{lot.code}/thung"
    assert client.get(address).status_code == 200
    fields = {"so": "2", "goi": "24", "mau": "50x30", "dang": "pdf", "submit_key": "http-boxes"}
    for wrong in ({"so": "0"}, {"goi": "1001"}, {"so": "201"}, {"so": "x"}, {"mau": "a3"}):
        assert post(client, address, fields | wrong).status_code == 422, wrong
    assert post(client, address, fields | {"so": "11"}).status_code == 409
    made = post(client, address, fields).headers["Location"]
    run(client)
    assert post(client, f"{made}/in").status_code == 303
    with database.read() as db:
        box = db.scalars(select(BoxLine.box_code).order_by(BoxLine.box_code)).first()
    page = client.get(f"/ban-hang/thung/{box}").get_data(as_text=True)
    assert "MD-2611" in page
    more = {"lo": lot.code, "so": "3", "goi": "", "submit_key": "http-more"}
    assert post(client, f"/ban-hang/thung/{box}", more).status_code == 303
    for wrong in ({"goi": "abc"}, {"goi": lot.code}, {"so": "1001"}, {"lo": "X"}):
        assert post(client, f"/ban-hang/thung/{box}", more | wrong).status_code == 422, wrong
    assert post(client, f"/ban-hang/ma/{box}/huy").status_code == 303
    assert post(client, f"/ban-hang/ma/{box}/huy").status_code == 409
    assert post(client, f"/ban-hang/ma/{lot.code}/huy").status_code == 404
    post(client, "/dang-xuat")
    signed_in("other@example.test")
    for path in (address, f"/ban-hang/thung/{box}"):
        assert client.get(path).status_code == 404
        assert post(client, path, fields | more).status_code == 404
    assert post(client, f"/ban-hang/ma/{box}/huy").status_code == 404


def test_a_label_that_does_not_fit_fails_with_its_codes_kept(
    signed_in: SignIn, db: Session, database: Database, lot: Lot
) -> None:
    product = make_product(db, producer=_producer(db, lot), name="Ư" * 155)
    long = make_lot(db, product=product, released=True, now=NOW - timedelta(days=1))
    db.commit()
    client = signed_in("owner@example.test")
    address = ask(client, long, so="3").headers["Location"]
    run(client)
    page = client.get(address).get_data(as_text=True)
    assert "Chưa làm được tệp nhãn" in page
    assert client.get(f"/ban-hang/ma/{long.code}/xem-truoc/50x30.png").status_code == 422
