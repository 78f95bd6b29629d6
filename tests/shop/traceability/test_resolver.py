"""The resolver's answers over HTTP, and the desks where GS1 numbers are declared and verified."""

import json
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import zxingcpp
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.accounts.services import add_member
from shop.catalogue.models import Product, Variant
from shop.catalogue.services import edit_variant
from shop.core.db import Database
from shop.core.errors import Conflict, Invalid, NotAllowed, NotFound
from shop.notifications.models import InboxItem
from shop.traceability import queries, services
from shop.traceability.models import Gs1Key, Lot, ScanStat, TraceCode
from shop.traceability.rules import codes
from tests.conftest import NOW, post
from tests.factories.accounts import make_member, make_person, make_staff
from tests.factories.catalogue import make_producer, make_product, variant_of
from tests.factories.traceability import make_lot
from tests.shop.traceability.test_labels import pages

SignIn = Callable[..., FlaskClient]

GTIN = "08931234567897"
GLN = "8931234567903"
LINKSET = "application/linkset+json"
VOC = "https://ref.gs1.org/voc/"


def declare_gtin(db: Session, product: Product, gtin: str = GTIN[1:]) -> Variant:
    variant = variant_of(db, product)
    variant.gtin, variant.gtin_status = gtin, "declared"
    db.flush()
    return variant


@pytest.fixture
def lot(db: Session) -> Lot:
    """A released lot whose size has a verified GTIN, of a producer with a verified GLN."""
    producer = make_producer(db, name="HTX Tài Hoan")
    owner = make_member(db, "producer", producer.id, email="owner@example.test")
    staff = make_staff(db, producer.province_code, email="staff@example.test")
    product = make_product(db, producer=producer, name="Miến dong Tài Hoan")
    made = make_lot(db, product=product, released=True, actor_id=owner.id, lot_no="MD-2611")
    variant = declare_gtin(db, product)
    services.verify_gtin(db, variant_id=variant.id, gtin=GTIN, actor_id=staff.id, now=NOW)
    key = services.declare_location(
        db, producer_id=producer.id, gln=GLN, actor_id=owner.id, now=NOW
    )
    services.decide_location(
        db, key_id=key.id, is_verified=True, note="", actor_id=staff.id, now=NOW
    )
    db.commit()
    return made


def path_of(answer: Any) -> str:
    return str(answer.headers["Location"]).removeprefix("http://localhost")


def test_a_digital_link_leads_to_the_page_of_the_lot(client: FlaskClient, lot: Lot) -> None:
    answer = client.get(f"/01/{GTIN}/10/MD-2611")
    assert answer.status_code == 307
    assert path_of(answer) == f"/t/{lot.code}"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert 'rel="linkset"' in answer.headers["Link"]
    assert f"/01/{GTIN}/10/MD-2611?linkType=all" in answer.headers["Link"]
    assert {"Accept", "Accept-Language"} <= set(answer.headers["Vary"].split(", "))
    assert client.get(path_of(answer)).status_code == 200
    assert client.get(f"/01/{GTIN}/10/MD-2611/").status_code == 307


def test_without_lot_it_leads_to_the_product(client: FlaskClient, lot: Lot) -> None:
    answer = client.get(f"/01/{GTIN}")
    page = client.get(path_of(answer)).get_data(as_text=True)
    assert 'data-verdict="lotless"' in page
    assert "không nói tới lô" in page
    assert "MD-2611" in page


def test_the_query_is_passed_on(client: FlaskClient, lot: Lot) -> None:
    answer = client.get(f"/01/{GTIN}/10/MD-2611?17=271231&utm=L%C3%B4%20A")
    assert path_of(answer) == f"/t/{lot.code}?17=271231&utm=L%C3%B4%20A"
    papers = client.get(f"/01/{GTIN}/10/MD-2611?linkType=gs1:certificationInfo&x=1")
    assert path_of(papers) == f"/t/{lot.code}?linkType=gs1:certificationInfo&x=1#giay-to"


TYPES = (
    ("gs1:traceability", "/t/{code}"),
    ("gs1:recallStatus", "/lo/{code}/thu-hoi"),
    ("gs1:epcis", "/lo/{code}/epcis.jsonld"),
    ("gs1:verificationService", "/lo/{code}/kiem-tra"),
    ("https://ref.gs1.org/voc/pip", "/san-pham/{slug}"),
    ("gs1:homepage", "/nha-san-xuat/{producer}"),
    ("gs1:leaveReview", "/t/{code}"),
    ("gs1:defaultLink", "/t/{code}"),
    ("%00<script>", "/t/{code}"),
)


def test_the_link_type_asked_for_or_the_default(client: FlaskClient, db: Session, lot: Lot) -> None:
    found = queries.target_of(db, lot.code)
    assert found is not None
    names = {
        "code": lot.code,
        "slug": found.product.slug,
        "producer": found.producer.slug,
    }
    for asked, target in TYPES:
        answer = client.get(f"/01/{GTIN}/10/MD-2611", query_string={"linkType": asked})
        assert answer.status_code == 307
        assert path_of(answer).partition("?")[0] == target.format(**names), asked


def test_the_asker_s_language_is_heard(client: FlaskClient, lot: Lot) -> None:
    for language in ("en", "en-GB,en;q=0.9", "en;q=0.9,vi;q=0.3"):
        answer = client.get(f"/01/{GTIN}/10/MD-2611", headers={"Accept-Language": language})
        assert path_of(answer) == f"/en/t/{lot.code}"
    vietnamese = client.get(f"/01/{GTIN}", headers={"Accept-Language": "vi-VN,vi;q=0.9,en;q=0.8"})
    assert path_of(vietnamese).startswith("/t/")
    assert path_of(client.get(f"/en/01/{GTIN}")).startswith("/en/t/")


@pytest.mark.parametrize(
    ("query", "headers"),
    [
        ("?linkType=all", {}),
        ("?linkType=linkset", {}),
        ("", {"Accept": "application/linkset+json"}),
        ("", {"Accept": "application/json"}),
        ("?linkType=gs1:pip", {"Accept": "application/linkset+json"}),
    ],
)
def test_the_linkset_holds_every_level_up_to_the_key(
    client: FlaskClient, lot: Lot, query: str, headers: dict[str, str]
) -> None:
    answer = client.get(f"/01/{GTIN}/10/MD-2611{query}", headers=headers)
    assert answer.status_code == 200
    assert answer.mimetype == headers.get("Accept", "application/linkset+json")
    levels = json.loads(answer.data)["linkset"]
    assert [level["anchor"] for level in levels] == [
        f"http://localhost/01/{GTIN}/10/MD-2611",
        f"http://localhost/01/{GTIN}",
    ]
    assert levels[0][VOC + "defaultLink"][0]["href"] == f"http://localhost/t/{lot.code}"
    assert VOC + "pip" in levels[1]
    for level in levels:
        for name, links in level.items():
            for link in links if name.startswith(VOC) else []:
                target = link["href"].removeprefix("http://localhost")
                assert client.get(target).status_code == 200, target


MALFORMED = (
    "/01/08931234567890",
    "/01/8931234567897",
    "/01/",
    "/01/abc",
    f"/01/{GTIN}/10/",
    f"/01/{GTIN}/10/L%C3%94",
    f"/01/{GTIN}/10/%FF",
    f"/01/{GTIN}/10/%00",
    f"/01/{GTIN}/10//21/A",
    f"/01/{GTIN}/21/A/10/B",
    f"/01/{GTIN}/10/{'A' * 5000}",
    f"/01/{GTIN}?17=271331",
    f"/01/{GTIN}?linkType=all&11=x",
    "/414/8931234567900",
    "/414/",
)
UNKNOWN = (
    "/01/08931234567903",
    "/01/09521234543213",  # GS1's demonstration range
    "/01/02012345678903",  # numbers of one shop
    f"/01/{GTIN}/10/MD-2612",
    f"/01/{GTIN}/10/A%2FB",
    f"/01/{GTIN}/22/2A",
    f"/01/{GTIN}/21/NB2K7PQ4AX",
    "/414/8931234567897",
    f"/414/{GLN}/254/1",
)


def test_malformed_is_400(client: FlaskClient, lot: Lot) -> None:
    for path in MALFORMED:
        for accept, kind in (("text/html", "text/html"), (LINKSET, "application/problem+json")):
            answer = client.get(path, headers={"Accept": accept})
            assert (answer.status_code, answer.mimetype) == (400, kind), path


def test_well_formed_but_unknown_is_404(client: FlaskClient, lot: Lot) -> None:
    for path in UNKNOWN:
        answer = client.get(path)
        assert answer.status_code == 404, path
        assert 'data-verdict="unlisted"' in answer.get_data(as_text=True)
        assert client.get(path + "?linkType=all").status_code == 404


def test_head_and_options(client: FlaskClient, database: Database, lot: Lot) -> None:
    head = client.head(f"/01/{GTIN}/10/MD-2611")
    assert (head.status_code, head.data) == (307, b"")
    for path in (f"/01/{GTIN}", f"/414/{GLN}", f"/T/{lot.code}"):
        answer = client.options(path, headers={"Origin": "https://elsewhere.example"})
        assert answer.status_code == 200
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "HEAD" in answer.headers["Access-Control-Allow-Methods"]
    assert client.head(f"/T/{lot.code}").status_code == 200
    with database.read() as db:
        assert db.scalar(select(func.sum(ScanStat.count))) is None
    assert client.post(f"/01/{GTIN}").status_code in {403, 405}


def test_a_place_leads_to_its_producer(client: FlaskClient, lot: Lot) -> None:
    answer = client.get(f"/414/{GLN}")
    assert answer.status_code == 307
    assert path_of(answer).startswith("/nha-san-xuat/")
    found = json.loads(client.get(f"/414/{GLN}?linkType=all").data)
    assert found["linkset"][0]["anchor"] == f"http://localhost/414/{GLN}"
    assert VOC + "locationInfo" in found["linkset"][0]


def test_our_own_codes_answer_as_a_resolver_too(client: FlaskClient, lot: Lot) -> None:
    page = client.get(f"/T/{lot.code}")
    assert page.status_code == 200
    assert f"/T/{lot.code}?linkType=all" in page.headers["Link"]
    levels = json.loads(client.get(f"/T/{lot.code}?linkType=all").data)["linkset"]
    assert levels[0]["anchor"] == f"http://localhost/T/{lot.code}"
    assert len(levels) == 2
    check = client.get(f"/T/{lot.code}?linkType=gs1:verificationService")
    assert check.status_code == 307
    assert path_of(check).startswith(f"/lo/{lot.code}/kiem-tra")
    assert client.get(f"/T/{lot.code}?linkType=gs1:traceability").status_code == 200
    assert client.get(f"/T/{lot.code}/").status_code == 200
    assert client.get("/T/AAAAAAAAAA?linkType=all").status_code == 404


def test_a_unit_s_serial_leads_to_the_unit(client: FlaskClient, db: Session, lot: Lot) -> None:
    unit = codes.new_code()
    db.add(
        TraceCode(code=unit, level="unit", product_id=lot.product_id, lot_id=lot.id, created_at=NOW)
    )
    db.commit()
    for path in (f"/01/{GTIN}/10/MD-2611/21/{unit}", f"/01/{GTIN}/21/{unit}"):
        assert path_of(client.get(path)) == f"/t/{unit}"
    levels = json.loads(client.get(f"/01/{GTIN}/10/MD-2611/21/{unit}?linkType=all").data)
    assert len(levels["linkset"]) == 3
    assert len(json.loads(client.get(f"/T/{unit}?linkType=all").data)["linkset"]) == 3
    assert queries.printed_path(db, unit) == f"/01/{GTIN}/10/MD-2611/21/{unit}"


def test_the_resolver_describes_itself(client: FlaskClient) -> None:
    answer = client.get("/.well-known/gs1resolver")
    told = json.loads(answer.data)
    assert told["resolverRoot"] == "http://localhost"
    assert told["supportedPrimaryKeys"] == ["01", "414"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


# One symbol for tills and phones


def test_labels_of_a_verified_gtin_carry_the_digital_link(
    client: FlaskClient, signed_in: SignIn, lot: Lot, tmp_path: Path
) -> None:
    signed_in("owner@example.test")
    pdf = client.get(f"/ban-hang/lo/{lot.code}/nhan.pdf?mau=50x40&so=1").data
    (picture,) = pages(pdf, tmp_path)
    (found,) = zxingcpp.read_barcodes(picture)
    assert found.text == f"HTTP://LOCALHOST/01/{GTIN}/10/MD-2611"


def test_a_later_number_keeps_old_codes_alive(
    client: FlaskClient, database: Database, lot: Lot
) -> None:
    with database.write() as db:
        variant = db.scalars(select(Variant).where(Variant.id == lot.variant_id)).one()
        person = make_member(db, "producer", lot.producer_id)
        edit_variant(
            db,
            variant_id=variant.id,
            actor_id=person.id,
            changes={"gtin": "8931234567903"},
            now=NOW,
        )
        db.commit()
        assert variant.gtin_status == "declared"
        assert queries.printed_path(db, lot.code) == f"/T/{lot.code}", "declared is not printed"
    assert path_of(client.get(f"/01/{GTIN}/10/MD-2611")) == f"/t/{lot.code}"
    assert client.get("/01/08931234567903").status_code == 404
    assert client.get(f"/T/{lot.code}").status_code == 200


# Desks


def test_a_number_belongs_to_one_size(db: Session, lot: Lot) -> None:
    other = make_product(db, producer=make_producer(db))
    staff = make_staff(db, "*")
    variant = declare_gtin(db, other, "08931234567897")
    with pytest.raises(Conflict):
        services.verify_gtin(db, variant_id=variant.id, gtin=GTIN, actor_id=staff.id, now=NOW)


def test_two_staff_verifying_one_number_for_two_sizes(database: Database) -> None:
    with database.write() as db:
        staff = make_staff(db, "*").id
        variants = [declare_gtin(db, make_product(db)).id for _ in range(2)]
        db.commit()
    outcomes: list[str] = []

    def verify(variant_id: int) -> None:
        with database.write() as db:
            try:
                services.verify_gtin(db, variant_id=variant_id, gtin=GTIN, actor_id=staff, now=NOW)
                db.commit()
                outcomes.append("verified")
            except Conflict:
                outcomes.append("taken")

    threads = [Thread(target=verify, args=(variant,)) for variant in variants]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == ["taken", "verified"]
    with database.read() as db:
        assert db.scalar(select(func.count()).select_from(Gs1Key)) == 1


def test_who_may_not_verify(db: Session) -> None:
    producer = make_producer(db)
    product = make_product(db, producer=producer)
    variant = declare_gtin(db, product)
    elsewhere = next(code for code in ("01", "04", "08") if code != producer.province_code)
    both = make_staff(db, producer.province_code)
    add_member(
        db, person_id=both.id, unit_kind="producer", unit_id=producer.id, role="owner", now=NOW
    )
    for person, error in (
        (make_person(db), NotAllowed),
        (make_staff(db, elsewhere), NotFound),
        (both, NotAllowed),
    ):
        with pytest.raises(error):
            services.verify_gtin(db, variant_id=variant.id, gtin=GTIN, actor_id=person.id, now=NOW)


@pytest.mark.parametrize("gtin", ["2000000000008", "9521234543213", "9771234567003"])
def test_restricted_ranges_are_never_verified(db: Session, gtin: str) -> None:
    variant = declare_gtin(db, make_product(db), gtin)
    staff = make_staff(db, "*")
    with pytest.raises(Invalid):
        services.verify_gtin(db, variant_id=variant.id, gtin=gtin, actor_id=staff.id, now=NOW)


def test_a_number_changed_meanwhile_is_not_verified(db: Session) -> None:
    variant = declare_gtin(db, make_product(db))
    staff = make_staff(db, "*")
    with pytest.raises(Conflict):
        services.verify_gtin(
            db, variant_id=variant.id, gtin="8931234567903", actor_id=staff.id, now=NOW
        )


def test_the_desks_from_declaration_to_label(
    client: FlaskClient, signed_in: SignIn, database: Database
) -> None:
    with database.write() as db:
        producer = make_producer(db)
        make_member(db, "producer", producer.id, email="owner@example.test")
        make_staff(db, producer.province_code, email="staff@example.test")
        variant = declare_gtin(db, make_product(db, producer=producer, name="Chè Shan"))
        db.commit()
        variant_id, producer_id = variant.id, producer.id
    signed_in("owner@example.test")
    page = client.get("/ban-hang/ma-gs1").get_data(as_text=True)
    assert GTIN in page
    for typed, status in (("8931234567900", 422), ("", 422), ("1" * 100_000, 422), (GLN, 303)):
        answer = post(client, "/ban-hang/ma-gs1", {"producer_id": producer_id, "gln": typed})
        assert answer.status_code == status
    assert post(client, "/ban-hang/ma-gs1", {"producer_id": 99, "gln": GLN}).status_code == 422
    assert client.get("/can-bo/ma-gs1").status_code == 403
    post(client, "/dang-xuat")
    signed_in("staff@example.test")
    page = client.get("/can-bo/ma-gs1").get_data(as_text=True)
    assert GTIN in page
    assert GLN in page
    address = f"/can-bo/ma-gs1/gtin/{variant_id}"
    wrong = post(client, address, {"decision": "refuse", "value": GTIN, "note": ""})
    assert wrong.status_code == 422
    assert post(client, address, {"decision": "what", "value": GTIN}).status_code == 422
    for value in ("", "\0", "x" * 14, "1" * 14):
        answer = post(client, address, {"decision": "verify", "value": value})
        assert answer.status_code in {409, 422}
    assert post(client, address, {"decision": "verify", "value": GTIN}).status_code == 303
    with database.read() as db:
        place = db.scalars(select(Gs1Key).where(Gs1Key.ai == "414")).one()
        gtin = db.scalars(select(Gs1Key).where(Gs1Key.ai == "01")).one()
    refused = {"decision": "refuse", "note": "Giấy đã hết hạn"}
    assert post(client, f"/can-bo/ma-gs1/{place.id}", refused).status_code == 303
    assert post(client, f"/can-bo/ma-gs1/{place.id}", refused).status_code == 404
    assert client.get(f"/414/{GLN}").status_code == 404
    assert client.get(f"/01/{GTIN}").status_code == 307
    ended = {"decision": "end", "note": "Xem nhầm giấy"}
    assert post(client, f"/can-bo/ma-gs1/{gtin.id}/bo", ended).status_code == 303
    assert client.get(f"/01/{GTIN}").status_code == 404
    assert post(client, f"/can-bo/ma-gs1/{2**62}/bo", ended).status_code == 404
    with database.read() as db:
        assert db.scalars(select(Variant.gtin).where(Variant.id == variant_id)).one() is None
        told = set(db.scalars(select(InboxItem.kind)))
    assert told <= {"traceability.gs1_verified", "traceability.gs1_refused"}
