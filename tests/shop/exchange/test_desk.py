"""Dossiers, portals' tables and inspectors' links, as their users meet them."""

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from shop.core.db import Database
from shop.core.errors import Conflict, Invalid
from shop.exchange import queries, services
from shop.exchange.models import InspectorLink, InspectorVisit
from shop.exchange.rules import portal
from shop.exchange.rules.links import MAX_LINKS, UnknownLink
from shop.traceability import services as trace
from tests.conftest import NOW, post
from tests.factories.accounts import make_member
from tests.factories.catalogue import make_producer
from tests.factories.traceability import make_lot
from tests.shop.traceability.test_links import Farm

SignIn = Callable[..., FlaskClient]


def lot_of(**over: Any) -> portal.PortalLot:
    values: dict[str, Any] = {
        "code": "A",
        "address": "https://phien.example/T/A",
        "lot_no": "MD-1",
        "product_id": 1,
        "product": "Miến",
        "image": "x.jpg",
        "producer": "HTX",
        "producer_address": "thôn Chè Cọ",
        "origin": "xã Côn Minh",
        "place_code": "8931234567897",
        "best_before": date(2027, 1, 1),
        "standard": "VietGAP 1",
        "stages": (portal.Stage("Thu hoạch", NOW, "Đồi dong"), portal.Stage("Đóng gói", NOW, "")),
    }
    return portal.PortalLot(**(values | over))


@pytest.mark.parametrize(
    ("over", "lacking"),
    [
        ({}, []),
        ({"image": ""}, ["image"]),
        ({"place_code": "", "best_before": None}, ["place_codes", "shelf_life"]),
        ({"stages": (), "standard": "", "producer_address": ""}, ["address", "stages", "standard"]),
    ],
)
def test_what_a_lot_lacks_is_named(over: dict[str, Any], lacking: list[str]) -> None:
    assert portal.missing(lot_of(**over)) == lacking
    assert set(lacking) <= set(portal.ELEMENTS)


def test_one_row_a_stage_with_the_minimum_elements() -> None:
    rows = portal.rows(lot_of(place_code=""), stage_names={"Thu hoạch": "Harvest"})
    assert len(rows) == 2
    first = dict(zip(portal.COLUMNS, rows[0], strict=True))
    assert first["cong_doan"] == "Harvest"
    assert first["ma_truy_vet_dia_diem"] == "Đồi dong", "no GLN: the place in words"
    assert first["ma_truy_xuat_nguon_goc"] == "https://phien.example/T/A"
    assert len(portal.rows(lot_of(stages=()), stage_names={})) == 1


def pdf_text(answer: Any) -> str:
    assert answer.mimetype == "application/pdf"
    pages = PdfReader(io.BytesIO(answer.data)).pages
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))


def test_dossier_holds_everything_in_both_languages(
    client: FlaskClient, db: Session, signed_in: SignIn
) -> None:
    farm = Farm(db)
    farm.link(farm.raw, farm.semi, 900)
    farm.link(farm.semi, farm.done, 120)
    trace.record_event(
        db,
        lot_id=farm.done.id,
        kind="note",
        facts={"text": "Máy sấy số 2 hỏng"},
        actor_id=farm.owner.id,
        now=NOW,
        submit_key="dossier-note-1",
    )
    code, raw_no, head, login = (
        farm.done.code,
        farm.raw.lot_no,
        farm.done.head_hash,
        farm.owner.email,
    )
    db.commit()
    signed_in(login)
    text = pdf_text(client.get(f"/ban-hang/lo/{code}/ho-so.pdf"))
    for words in (
        "Hồ sơ truy xuất nguồn gốc",
        "Củ dong riềng",
        "Máy sấy số 2 hỏng",
        "Chuỗi nhật ký nguyên vẹn",
        raw_no,
        "120 kg",
    ):
        assert words in text, words
    assert head in text.replace(" ", "")
    farm.owner.language = "en"
    db.commit()
    english = pdf_text(client.get(f"/ban-hang/lo/{code}/ho-so.pdf"))
    assert "Trace dossier" in english


def test_broken_journal_is_said_on_the_dossier(
    client: FlaskClient, db: Session, signed_in: SignIn, engine_name: str
) -> None:
    farm = Farm(db)
    code, login = farm.done.code, farm.owner.email
    from shop.traceability.models import Lot

    db.execute(update(Lot).where(Lot.id == farm.done.id).values(head_hash="0" * 64))
    db.commit()
    signed_in(login)
    assert "KHÔNG nguyên vẹn" in pdf_text(client.get(f"/ban-hang/lo/{code}/ho-so.pdf"))
    assert engine_name


def grant(db: Session, farm: Farm, **over: Any) -> InspectorLink:
    values: dict[str, Any] = {"label": "Chi cục", "days": 7, "actor_id": farm.owner.id, "now": NOW}
    return services.grant_link(db, lot=farm.done, **(values | over))


def test_link_lives_its_days_and_ends_when_revoked(db: Session) -> None:
    farm = Farm(db)
    link = grant(db, farm)
    assert queries.link_of(db, link.id, NOW + timedelta(days=7, seconds=-1))[1].id == farm.done.id
    with pytest.raises(UnknownLink):
        queries.link_of(db, link.id, NOW + timedelta(days=7))
    services.revoke_link(db, link_id=link.id, lot=farm.done, actor_id=farm.owner.id, now=NOW)
    services.revoke_link(db, link_id=link.id, lot=farm.done, actor_id=farm.owner.id, now=NOW)
    with pytest.raises(UnknownLink):
        queries.link_of(db, link.id, NOW)
    with pytest.raises(UnknownLink):
        services.revoke_link(db, link_id=link.id, lot=farm.raw, actor_id=farm.owner.id, now=NOW)
    with pytest.raises(Invalid):
        grant(db, farm, days=3650)


def test_links_of_a_lot_have_a_limit(db: Session) -> None:
    farm = Farm(db)
    for _ in range(MAX_LINKS):
        grant(db, farm)
    with pytest.raises(Conflict):
        grant(db, farm)


def test_inspector_sees_the_lot_and_its_relatives_only(
    client: FlaskClient, app: Flask, db: Session, database: Database, signed_in: SignIn
) -> None:
    farm = Farm(db)
    farm.link(farm.raw, farm.done, 300)
    foreign = make_lot(db)
    trace.record_event(
        db,
        lot_id=farm.done.id,
        kind="note",
        facts={"text": "Máy sấy số 2 hỏng"},
        actor_id=farm.owner.id,
        now=NOW,
        submit_key="inspector-note",
    )
    code, raw_code, foreign_code = farm.done.code, farm.raw.code, foreign.code
    login = farm.owner.email
    db.commit()
    signed_in(login)
    made = post(client, f"/ban-hang/lo/{code}/lien-ket", {"label": "Chi cục", "days": "7"})
    assert made.status_code == 303
    page = client.get(f"/ban-hang/lo/{code}/ho-so").get_data(as_text=True)
    address = re.search(r"http://localhost(/thanh-tra/\d+\?k=[^\"<& ]+)", page)
    assert address is not None
    path = address.group(1)
    inspector = app.test_client()
    seen = inspector.get(path)
    assert seen.status_code == 200
    body = seen.get_data(as_text=True)
    assert "Máy sấy số 2 hỏng" in body
    assert "noindex" in body
    assert inspector.get(f"{path}&lo={raw_code}").status_code == 200
    assert inspector.get(f"{path}&lo={foreign_code}").status_code == 404
    assert inspector.get(f"{path}&lo=x%00").status_code == 404
    pdf = path.replace("?", "/ho-so.pdf?")
    assert "Máy sấy số 2 hỏng" in pdf_text(inspector.get(pdf))
    together = json.loads(inspector.get(path.replace("?", "/epcis.jsonld?")).data)
    kinds = {event["type"] for event in together["epcisBody"]["eventList"]}
    assert "TransformationEvent" in kinds
    assert inspector.get(path[:-2] + "zz").status_code == 404, "another signature"
    assert inspector.get(path.partition("?")[0]).status_code == 404
    assert client.get(path.partition("?")[0]).status_code == 404, "signed in is not enough"
    with database.read() as reading:
        assert reading.scalar(select(func.count()).select_from(InspectorVisit)) == 6, (
            "refused looks too"
        )
    link_id = re.search(r"/thanh-tra/(\d+)", path).group(1)  # type: ignore[union-attr]
    ended = post(client, f"/ban-hang/lo/{code}/lien-ket/{link_id}/thu-hoi")
    assert ended.status_code == 303
    assert inspector.get(path).status_code == 404
    for wrong in ({"label": "x", "days": "7"}, {"label": "Chi cục", "days": "9999"}, {}):
        assert post(client, f"/ban-hang/lo/{code}/lien-ket", wrong).status_code == 422


def test_period_page_table_and_file(client: FlaskClient, db: Session, signed_in: SignIn) -> None:
    farm = Farm(db)
    others = make_lot(db)
    login, code, foreign = farm.owner.email, farm.done.code, others.code
    made = farm.done.made_on
    db.commit()
    signed_in(login)
    span = f"?tu={made - timedelta(days=30)}&den={made}"
    page = client.get(f"/ban-hang/cong-truy-xuat{span}").get_data(as_text=True)
    assert code in page
    assert foreign not in page
    assert "Mã truy vết địa điểm" in page, "no GLN yet"
    table = client.get(f"/ban-hang/cong-truy-xuat.csv{span}")
    rows = list(csv.DictReader(io.StringIO(table.data.decode("utf-8-sig"))))
    assert set(rows[0]) == set(portal.COLUMNS)
    assert {row["ma_truy_vet_san_pham"] for row in rows} >= {code}
    assert foreign not in table.get_data(as_text=True)
    together = json.loads(client.get(f"/ban-hang/cong-truy-xuat.jsonld{span}").data)
    assert len(together["epcisBody"]["eventList"]) == 3
    for wrong in ("?tu=x&den=y", "?tu=2026-02-01&den=2026-01-01", "?tu=2000-01-01&den=2026-01-01"):
        assert client.get(f"/ban-hang/cong-truy-xuat{wrong}").status_code == 422
        assert client.get(f"/ban-hang/cong-truy-xuat.csv{wrong}").status_code == 303
    assert client.get("/ban-hang/cong-truy-xuat").status_code == 200


def test_nothing_of_another_producer_opens(
    client: FlaskClient, db: Session, signed_in: SignIn
) -> None:
    farm = Farm(db)
    stranger = make_member(db, "producer", make_producer(db).id, email="other@example.test")
    link_id, code, login = grant(db, farm).id, farm.done.code, stranger.email
    db.commit()
    signed_in(login)
    for page in ("ho-so", "ho-so.pdf", "epcis.jsonld"):
        assert client.get(f"/ban-hang/lo/{code}/{page}").status_code == 404
    fields = {"label": "Chi cục", "days": "7"}
    assert post(client, f"/ban-hang/lo/{code}/lien-ket", fields).status_code == 404
    revoke = f"/ban-hang/lo/{code}/lien-ket/{link_id}/thu-hoi"
    assert post(client, revoke).status_code == 404
