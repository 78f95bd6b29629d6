"""EPCIS in: what is understood, what is refused and why, each lot taken once."""

import io
import json
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from threading import Barrier, Thread
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.core.db import Database
from shop.core.errors import Conflict, DomainError, NotFound
from shop.exchange import queries, services
from shop.exchange.models import PartnerDocument
from shop.exchange.rules import capture
from shop.exchange.rules.capture import NotEpcis, TooBig
from shop.traceability import queries as trace
from shop.traceability.models import Lot
from tests.conftest import NOW, post
from tests.factories.accounts import make_member
from tests.factories.catalogue import make_producer, make_product
from tests.shop.exchange.test_epcis import ROOT, told
from tests.shop.traceability.test_links import Farm

SignIn = Callable[..., FlaskClient]


def event(**over: Any) -> dict[str, Any]:
    return {
        "type": "ObjectEvent",
        "eventID": "urn:uuid:11111111-1111-4111-8111-111111111111",
        "eventTime": "2026-11-20T08:00:00+07:00",
        "eventTimeZoneOffset": "+07:00",
        "action": "OBSERVE",
        "bizStep": "shipping",
        "quantityList": [
            {
                "epcClass": "https://id.gs1.org/01/08931234567897/10/BD-0926",
                "quantity": 300,
                "uom": "KGM",
            }
        ],
        "sourceList": [{"type": "owning_party", "source": "https://id.gs1.org/417/8931234567897"}],
        "ilmd": {"example:productName": "Bột dong riềng"},
    } | over


def document(*events: Any, **over: Any) -> bytes:
    return json.dumps(
        {
            "@context": [capture.CONTEXTS[0], {"example": "https://ns.example/"}],
            "type": "EPCISDocument",
            "schemaVersion": "2.0",
            "creationDate": "2026-11-20T09:00:00+07:00",
            "epcisBody": {"eventList": list(events) or [event()]},
        }
        | over
    ).encode()


def test_a_shipment_is_understood() -> None:
    found = capture.read(document())
    assert found.sender == "https://id.gs1.org/417/8931234567897"
    (item,) = found.items
    assert (item.lot_no, item.quantity, item.uom) == ("BD-0926", Decimal(300), "kg")
    assert (item.product, item.step) == ("Bột dong riềng", "shipping")


def test_the_last_event_of_a_lot_counts_and_its_way_is_kept() -> None:
    made = event(
        eventID="urn:uuid:2",
        eventTime="2026-11-10T08:00:00+07:00",
        action="ADD",
        bizStep="https://ref.gs1.org/cbv/BizStep-commissioning",
        ilmd={"cbvmda:lotNumber": "Lô 7"},
    )
    sent = event(quantityList=[{"epcClass": made["quantityList"][0]["epcClass"]}], ilmd={})
    (item,) = capture.read(document(sent, made)).items
    assert item.history == ("commissioning", "shipping")
    assert (item.quantity, item.uom) == (Decimal(300), "kg"), "the amount last said"
    assert item.event_id == event()["eventID"]


def test_used_up_and_destroyed_lots_are_not_offered() -> None:
    made = event(
        type="TransformationEvent",
        eventID="urn:uuid:3",
        inputQuantityList=[{"epcClass": "urn:a", "quantity": 1}],
        outputQuantityList=[{"epcClass": "urn:b", "quantity": 1.5, "uom": "TNE"}],
    )
    gone = event(action="DELETE", eventID="urn:uuid:4")
    (item,) = capture.read(document(made, gone)).items
    assert (item.class_id, item.quantity, item.uom) == ("urn:b", Decimal(1500), "kg")


def test_our_own_documents_are_understood(db: Session) -> None:
    from shop.exchange.rules import epcis

    farm = Farm(db)
    farm.link(farm.raw, farm.semi, 900)
    content = epcis.document(
        [*told(db, farm.semi.id), *told(db, farm.done.id)], address=ROOT, root=ROOT, created=NOW
    )
    found = capture.read(json.dumps(content).encode())
    assert {item.class_id for item in found.items} == {
        f"{ROOT}/T/{farm.semi.code}",
        f"{ROOT}/T/{farm.done.code}",
    }


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff",
        b"[]",
        b"{}",
        b"nope",
        b'{"type": NaN}',
        b"[" * 100_000,
        b'{"a":' * 30 + b"1" + b"}" * 30,
        document(type="EPCISQueryDocument"),
        document(schemaVersion="1.2"),
        document(**{"@context": "https://evil.example/context.jsonld"}),
        document(epcisBody={"eventList": []}),
        document(epcisBody=[]),
        document("text"),
        document(event(type="PartyEvent")),
        document(event(eventTime="yesterday")),
        document(event(eventTime="2026-11-20T08:00:00")),
        document(event(eventTimeZoneOffset="7")),
        document(event(action="TAKE")),
        document(event(eventID=7)),
        document(event(quantityList={"epcClass": "a"})),
        document(event(quantityList=[{"quantity": 1}])),
        document(event(quantityList=["a"])),
        document(event(quantityList=[{"epcClass": "a", "quantity": "3"}])),
        document(event(quantityList=[{"epcClass": "a", "quantity": True}])),
        document(event(quantityList=[{"epcClass": "a", "quantity": -1}])),
        document(event(quantityList=[{"epcClass": "a", "quantity": 1e300}])),
        document(event(quantityList=[{"epcClass": "a", "quantity": 1, "uom": "XXX"}])),
        document(event(quantityList=[{"epcClass": "a", "quantity": 1, "uom": []}])),
        document(event(quantityList=[{"epcClass": "a" * 301}])),
        document(*[event()] * 1001),
        document(event(quantityList=[{"epcClass": f"urn:{n}"} for n in range(201)])),
    ],
)
def test_anything_else_is_refused_with_words(raw: bytes) -> None:
    with pytest.raises(NotEpcis) as refusal:
        capture.read(raw)
    assert refusal.value.field == "file"
    assert str(refusal.value)


def test_too_large_a_file_is_not_even_parsed() -> None:
    with pytest.raises(TooBig):
        capture.read(b" " * (capture.MAX_BYTES + 1))


def kept(db: Session, farm: Farm, raw: bytes | None = None) -> PartnerDocument:
    return services.keep_document(
        db,
        producer_id=farm.product.producer_id,
        raw=raw or document(),
        name="tep.json",
        actor_id=farm.owner.id,
        now=NOW,
    )


def receive(db: Session, farm: Farm, kept_document: PartnerDocument, **over: Any) -> Lot:
    values: dict[str, Any] = {
        "document": kept_document,
        "number": 0,
        "product_id": farm.product.id,
        "material": "Bột dong riềng",
        "supplier": "Tổ hợp tác Chè Cọ",
        "quantity_kg": Decimal(300),
        "made_on": date(2026, 11, 21),
        "actor_id": farm.owner.id,
        "now": NOW,
    }
    return services.receive_item(db, **(values | over))


def test_received_lot_is_raw_with_a_receipt_in_its_journal(db: Session) -> None:
    farm = Farm(db)
    lot = receive(db, farm, kept(db, farm))
    assert (lot.kind, lot.quantity, lot.uom) == ("raw", 300, "kg")
    (entry,) = trace.events_of(db, lot.id)
    assert entry.kind == "receipt"
    assert entry.facts["supplier"] == "Tổ hợp tác Chè Cọ"
    assert entry.inner_facts["supplier_lot"] == "BD-0926"


def test_fractions_become_grams(db: Session) -> None:
    farm = Farm(db)
    lot = receive(db, farm, kept(db, farm), quantity_kg=Decimal("12.5"))
    assert (lot.quantity, lot.uom) == (12_500, "g")


def test_same_event_in_another_document_is_taken_once(db: Session) -> None:
    farm = Farm(db)
    first, again = kept(db, farm), kept(db, farm)
    assert first.id == again.id, "the same bytes are one document"
    receive(db, farm, first)
    second = kept(
        db,
        farm,
        document(
            event(),
            event(
                eventID="urn:uuid:9",
                eventTime="2026-11-01T00:00:00Z",
                quantityList=[{"epcClass": "urn:x", "quantity": 2}],
            ),
        ),
    )
    with pytest.raises(Conflict):
        receive(db, farm, second)
    assert len(queries.receipts_of(db, farm.product.producer_id, [second.items[0]["digest"]])) == 1
    receive(db, farm, second, number=1)
    with pytest.raises(NotFound):
        receive(db, farm, second, number=2)


def test_two_people_take_one_lot_once(db: Session, database: Database) -> None:
    farm = Farm(db)
    document_id = kept(db, farm).id
    product_id, owner_id = farm.product.id, farm.owner.id
    db.commit()
    start, outcomes = Barrier(2), []

    def take() -> None:
        start.wait()
        try:
            with database.transaction() as mine:
                services.receive_item(
                    mine,
                    document=mine.get_one(PartnerDocument, document_id),
                    number=0,
                    product_id=product_id,
                    material="Bột",
                    supplier="Bên giao",
                    quantity_kg=Decimal(300),
                    made_on=date(2026, 11, 21),
                    actor_id=owner_id,
                    now=NOW,
                )
        except DomainError:
            outcomes.append("refused")
        else:
            outcomes.append("taken")

    threads = [Thread(target=take) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["refused", "taken"]
    with database.read() as reading:
        raw_lots = select(func.count()).select_from(Lot).where(Lot.material == "Bột")
        assert reading.scalar(raw_lots) == 1


def send(client: FlaskClient, raw: bytes, producer_id: int) -> Any:
    return post(
        client,
        "/ban-hang/epcis",
        {"producer_id": str(producer_id), "file": (io.BytesIO(raw), "tệp.json")},
        content_type="multipart/form-data",
    )


def test_the_pages_from_upload_to_lot(client: FlaskClient, db: Session, signed_in: SignIn) -> None:
    farm = Farm(db)
    producer_id, product_id = farm.product.producer_id, farm.product.id
    stranger = make_member(db, "producer", make_producer(db).id, email="other@example.test")
    make_product(db, producer=make_producer(db))
    login, other = farm.owner.email, stranger.email
    db.commit()
    signed_in(login)
    assert "Chưa có tệp nào" in client.get("/ban-hang/epcis").get_data(as_text=True)
    refused = send(client, b"{}", producer_id)
    assert refused.status_code == 422
    assert "EPCISDocument" in refused.get_data(as_text=True)
    assert send(client, document(), 999_999).status_code == 422
    kept_page = send(client, document(), producer_id)
    assert kept_page.status_code == 303
    where = kept_page.headers["Location"]
    page = client.get(where).get_data(as_text=True)
    assert "BD-0926" in page
    assert re.search(r'name="quantity_kg"[^>]*value="300"', page)
    fields = {
        "product_id": str(product_id),
        "material": "Bột dong riềng",
        "supplier": "Tổ hợp tác Chè Cọ",
        "quantity_kg": "1.250,5",
        "made_on": "21/11/2026",
    }
    for wrong in (
        {"quantity_kg": "nhiều"},
        {"quantity_kg": "-1"},
        {"quantity_kg": "1e9"},
        {"made_on": "2099-01-01"},
        {"material": "gọi 0912345678 nhé"},
        {"product_id": "999999"},
        {"supplier": "x" * 5000},
        {"material": "a\x00b" * 100},
    ):
        assert post(client, f"{where}/0", fields | wrong).status_code == 422, wrong
    assert post(client, f"{where}/7", fields | {"quantity_kg": "3"}).status_code == 404
    assert post(client, f"{where}/0", fields).status_code == 422, "over a ton must be whole"
    assert post(client, f"{where}/0", fields | {"quantity_kg": "300"}).status_code == 303
    assert "đã nhận" in client.get(where).get_data(as_text=True)
    assert post(client, f"{where}/0", fields | {"quantity_kg": "300"}).status_code == 409
    post(client, "/dang-xuat")
    signed_in(other)
    assert client.get(where).status_code == 404
    assert post(client, f"{where}/0", fields).status_code == 404
    assert send(client, document(), producer_id).status_code in {404, 422}
