"""EPCIS out: structure, identifiers, corrections, what is told to whom."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event as sa_event
from sqlalchemy.orm import Session

from shop.core.db import Database
from shop.exchange import queries
from shop.exchange.rules import epcis
from shop.traceability import queries as trace
from shop.traceability import services
from tests.conftest import NOW
from tests.factories.accounts import make_staff
from tests.factories.traceability import make_lot
from tests.shop.traceability.test_links import Farm
from tests.shop.traceability.test_resolver import GTIN, declare_gtin

ROOT = "https://phien.example"

STEPS = frozenset(
    [
        "accepting",
        "arriving",
        "assembling",
        "collecting",
        "commissioning",
        "consigning",
        "creating_class_instance",
        "cycle_counting",
        "decommissioning",
        "departing",
        "destroying",
        "disassembling",
        "dispensing",
        "encoding",
        "entering_exiting",
        "holding",
        "inspecting",
        "installing",
        "killing",
        "loading",
        "other",
        "packing",
        "picking",
        "receiving",
        "removing",
        "repackaging",
        "repairing",
        "replacing",
        "reserving",
        "retail_selling",
        "sampling",
        "sensor_reporting",
        "shipping",
        "staging_outbound",
        "stock_taking",
        "stocking",
        "storing",
        "transporting",
        "unloading",
        "unpacking",
        "void_shipping",
    ]
)
DISPOSITIONS = frozenset(
    [
        "active",
        "available",
        "unavailable",
        "in_progress",
        "in_transit",
        "container_open",
        "container_closed",
        "sellable_accessible",
        "sellable_not_accessible",
        "non_sellable_other",
        "retail_sold",
        "returned",
        "recalled",
        "expired",
        "damaged",
        "destroyed",
        "disposed",
        "reserved",
        "stolen",
        "conformant",
        "non_conformant",
    ]
)
STANDARD = frozenset(
    [
        "type",
        "eventID",
        "eventTime",
        "recordTime",
        "eventTimeZoneOffset",
        "readPoint",
        "action",
        "bizStep",
        "disposition",
        "persistentDisposition",
        "quantityList",
        "parentID",
        "childQuantityList",
        "inputQuantityList",
        "outputQuantityList",
        "ilmd",
        "bizTransactionList",
        "errorDeclaration",
    ]
)


def check_event(event: dict[str, Any]) -> None:
    """The rules of the EPCIS 2.0 JSON schema that our events can meet (facts, section 3)."""
    assert event["eventTimeZoneOffset"] == "+07:00"
    assert datetime.fromisoformat(event["eventTime"]).tzinfo is not None
    assert event["eventID"].startswith("urn:uuid:")
    assert event["bizStep"] in STEPS
    assert event.get("disposition", "active") in DISPOSITIONS
    unknown = {name for name in event if ":" not in name} - STANDARD
    assert not unknown, "what is not EPCIS's own stands under a declared prefix"
    assert {name.partition(":")[0] for name in event if ":" in name} <= {epcis.PREFIX}
    if event["type"] == "TransformationEvent":
        assert event["inputQuantityList"]
        assert event["outputQuantityList"]
        assert "action" not in event
    elif event["type"] == "AggregationEvent":
        assert event["parentID"].startswith(ROOT)
        assert event["childQuantityList"]
    else:
        assert event["type"] == "ObjectEvent"
        assert event["action"] in {"ADD", "OBSERVE", "DELETE"}
        assert event["quantityList"]
        assert event["action"] == "ADD" or "ilmd" not in event
    for name in ("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList"):
        for amount in event.get(name, []):
            assert amount["epcClass"].startswith("https://")
            assert set(amount) <= {"epcClass", "quantity", "uom"}
            assert amount.get("uom", "KGM") in {"KGM", "GRM", "LTR", "MLT"}


def told(db: Session, lot_id: int, *, with_inner: bool = False) -> list[dict[str, Any]]:
    (one,) = queries.told_lots(db, [lot_id], root=ROOT, with_inner=with_inner)
    events = epcis.events_of(one.view, one.words, root=ROOT)
    for event in events:
        check_event(event)
    return events


def verify_gtin(db: Session, farm: Farm) -> None:
    """The farm's product has a GTIN that staff verified."""
    variant = declare_gtin(db, farm.product)
    staff = make_staff(db, "*")
    services.verify_gtin(db, variant_id=variant.id, gtin=GTIN, actor_id=staff.id, now=NOW)


def test_a_usual_lot_is_told_step_by_step(db: Session) -> None:
    lot = make_lot(db, released=True)
    events = told(db, lot.id)
    assert [(e["bizStep"], e["action"]) for e in events] == [
        ("commissioning", "ADD"),
        ("other", "OBSERVE"),
        ("packing", "ADD"),
        ("stocking", "OBSERVE"),
    ]
    assert events[0]["quantityList"] == [
        {"epcClass": f"{ROOT}/T/{lot.code}", "quantity": 1250, "uom": "KGM"}
    ]
    assert events[1]["quantityList"][0]["quantity"] == 180.5
    assert events[2]["quantityList"] == [{"epcClass": f"{ROOT}/T/{lot.code}", "quantity": 240}]
    assert events[0]["ilmd"]["cbvmda:lotNumber"] == lot.lot_no
    assert events[0]["chophien:crop"] == "Củ dong riềng"


def test_what_went_in_is_one_transformation_with_the_last_words(db: Session) -> None:
    farm = Farm(db)
    farm.link(farm.raw, farm.semi, 900)
    farm.link(farm.raw, farm.semi, 800)
    other = farm.material("raw", "Muối", 10, made_on=farm.raw.made_on)
    farm.link(other, farm.semi, 5)
    farm.link(other, farm.semi, 0)
    (event,) = told(db, farm.semi.id)
    assert event["type"] == "TransformationEvent"
    assert event["inputQuantityList"] == [
        {"epcClass": f"{ROOT}/T/{farm.raw.code}", "quantity": 800, "uom": "KGM"}
    ]
    assert event["outputQuantityList"] == [
        {"epcClass": f"{ROOT}/T/{farm.semi.code}", "quantity": 300, "uom": "KGM"}
    ]


def test_input_taken_back_to_nothing_leaves_no_transformation(db: Session) -> None:
    farm = Farm(db)
    farm.link(farm.raw, farm.semi, 900)
    farm.link(farm.raw, farm.semi, 0)
    assert told(db, farm.semi.id) == []


def test_verified_numbers_name_the_lot_the_gs1_way(db: Session) -> None:
    farm = Farm(db)
    verify_gtin(db, farm)
    events = told(db, farm.done.id)
    wanted = f"https://id.gs1.org/01/{GTIN}/10/{farm.done.lot_no}"
    assert events[0]["quantityList"][0]["epcClass"] == wanted


def test_corrected_entry_says_which_entry_is_right(db: Session) -> None:
    lot = make_lot(db)
    services.correct_event(
        db,
        lot_id=lot.id,
        seq=1,
        facts={"crop": "Củ dong riềng", "quantity_kg": "1200"},
        reason="Gõ nhầm",
        actor_id=lot.producer_id,
        now=NOW,
        submit_key="correct-1-abc",
    )
    events = told(db, lot.id)
    first, last = events[0], events[-1]
    assert first["errorDeclaration"]["correctiveEventIDs"] == [last["eventID"]]
    assert first["errorDeclaration"]["reason"] == "incorrect_data"
    assert first["quantityList"][0]["quantity"] == 1250, "what was said stays"
    assert last["quantityList"][0]["quantity"] == 1200
    assert last["eventTime"] == first["eventTime"]
    assert last["bizStep"] == "commissioning"


def test_failed_test_destruction_and_recall_use_their_own_words(db: Session) -> None:
    lot = make_lot(db)
    for number, (kind, facts) in enumerate(
        (
            ("test", {"what": "Vi sinh", "outcome": "failed", "laboratory": "QUATEST 1"}),
            ("destruction", {"quantity": 6, "cause": "Mốc", "way": "bury"}),
        )
    ):
        services.record_event(
            db,
            lot_id=lot.id,
            kind=kind,
            facts=facts,
            actor_id=lot.producer_id,
            now=NOW,
            submit_key=f"own-words-{number}",
        )
    failed, destroyed = told(db, lot.id)[-2:]
    assert failed["disposition"] == "non_conformant"
    assert (destroyed["action"], destroyed["disposition"]) == ("DELETE", "destroyed")
    assert destroyed["quantityList"][0]["quantity"] == 6


@pytest.mark.parametrize(
    ("facts", "kind", "quantity"),
    [
        ({"boxes": 1, "units": 24, "box": "8CKTBHPVAG"}, "AggregationEvent", 24),
        ({"boxes": 10, "units": 24}, "ObjectEvent", 240),
    ],
)
def test_one_box_is_an_aggregation_and_many_are_packed(
    facts: dict[str, Any], kind: str, quantity: int
) -> None:
    view = epcis.LotView(
        code="NB2K7PQ4AX",
        lot_no="MD-1",
        product="Miến",
        class_id=f"{ROOT}/T/NB2K7PQ4AX",
        place_id=f"{ROOT}/nha-san-xuat/htx",
        quantity=240,
        uom="unit",
        made_on=NOW.date(),
        best_before=None,
    )
    word = epcis.Word(1, trace.kind_of("boxing"), NOW, NOW, facts)
    (event,) = epcis.events_of(view, [word], root=ROOT)
    check_event(event)
    assert event["type"] == kind
    (amount,) = event.get("childQuantityList") or event["quantityList"]
    assert amount["quantity"] == quantity


def test_public_sees_no_inner_entry_and_no_inner_fact(db: Session) -> None:
    lot = make_lot(db)
    services.record_event(
        db,
        lot_id=lot.id,
        kind="receipt",
        facts={
            "material": "Bột",
            "quantity_kg": "3",
            "supplier": "Tổ hợp tác",
            "supplier_lot": "BD-0926",
        },
        actor_id=lot.producer_id,
        now=NOW,
        submit_key="inner-facts-1",
    )
    services.record_event(
        db,
        lot_id=lot.id,
        kind="note",
        facts={"text": "Máy sấy hỏng"},
        actor_id=lot.producer_id,
        now=NOW,
        submit_key="inner-facts-2",
    )
    assert "BD-0926" not in json.dumps(told(db, lot.id))
    assert "BD-0926" in json.dumps(told(db, lot.id, with_inner=True))
    assert "Máy sấy" not in json.dumps(told(db, lot.id, with_inner=True), ensure_ascii=False), (
        "a note is no event for partners"
    )


def test_every_told_kind_has_words_of_the_vocabulary() -> None:
    forms = {kind.slug: kind.epcis for kind in trace.kinds().values() if kind.epcis}
    assert len(forms) >= 12
    for slug, form in forms.items():
        fields = {item.name for item in trace.kind_of(slug).fields}
        assert form.step in STEPS, slug
        assert form.disposition in DISPOSITIONS, slug
        named = {form.quantity, form.times, form.box, form.order, form.outcome} - {""}
        assert named <= fields, slug


@pytest.fixture
def statements(database: Database) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_c: Any, _cur: Any, statement: str, *_more: Any) -> None:
        seen.append(statement)

    sa_event.listen(database.engine, "before_cursor_execute", note)
    yield seen
    sa_event.remove(database.engine, "before_cursor_execute", note)


def test_many_lots_take_as_many_statements_as_one(
    db: Session, database: Database, statements: list[str]
) -> None:
    farm = Farm(db)
    lots = [farm.done.id] + [
        make_lot(db, product=farm.product, actor_id=farm.owner.id).id for _ in range(6)
    ]
    db.commit()
    counts = []
    for asked in (lots[:1], lots):
        statements.clear()
        with database.read() as reading:
            assert len(queries.told_lots(reading, asked, root=ROOT)) == len(asked)
        counts.append(sum("SELECT" in one for one in statements))
    assert counts[0] == counts[1] == 3


def test_file_is_the_same_bytes_each_time(client: FlaskClient, db: Session) -> None:
    lot = make_lot(db, released=True)
    code = lot.code
    db.commit()
    first = client.get(f"/lo/{code.lower()}/epcis.jsonld")
    assert first.status_code == 200
    assert first.mimetype == "application/ld+json"
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    assert first.data == client.get(f"/lo/{code}/epcis.jsonld").data
    document = json.loads(first.data)
    assert document["schemaVersion"] == "2.0"
    assert document["@context"][0] == epcis.CONTEXT
    assert datetime.fromisoformat(document["creationDate"]) <= NOW + timedelta(days=1)
    assert client.get("/lo/XXXX/epcis.jsonld").status_code == 404
    assert client.get("/lo/0000000000/epcis.jsonld").status_code == 404


def test_resolver_leads_to_it(client: FlaskClient, db: Session) -> None:
    farm = Farm(db)
    verify_gtin(db, farm)
    code, lot_no = farm.done.code, farm.done.lot_no
    db.commit()
    answer = client.get(f"/01/{GTIN}/10/{lot_no}?linkType=gs1:epcis")
    assert answer.status_code == 307
    assert f"/lo/{code}/epcis.jsonld" in answer.headers["Location"]
