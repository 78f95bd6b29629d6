"""The trackers: papers by the matrix, who may say what, other people's files, two at once."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text

from shop.candidates import queries, rules, services
from shop.candidates.invariants import INVARIANTS
from shop.candidates.models import Candidate, CandidatePaper
from shop.catalogue.rules import documents_for
from shop.core.db import Database
from shop.core.errors import NotFound
from shop.core.outbox import OutboxMessage
from tests.at_once import BROKE, Act, at_once, carelessly
from tests.conftest import post
from tests.factories.accounts import make_person, make_staff
from tests.factories.catalogue import make_certificate, make_producer, make_product

TODAY = date(2026, 11, 22)


def codes(subgroup: str, regulated: str = "none", stars: int | None = None) -> set[str]:
    found = documents_for(
        "ocop", subgroup=subgroup, regulated_class=regulated, stars=stars, today=TODAY
    )
    return {one.code for one in found}


def test_the_matrix_asks_by_kind_class_and_stars() -> None:
    assert "ocop-attp" in codes("F32")
    assert "ocop-attp" not in codes("H1")
    assert "ocop-ruou" in codes("B11", "alcohol")
    assert "ocop-ruou" not in codes("B11")
    assert "ocop-haccp" not in codes("F32", stars=3)
    assert "ocop-haccp" in codes("F32", stars=5)
    assert "ocop-dang-ky" in codes("T")


def paper(state: str, *, required: bool = True, proven: bool = False) -> rules.PaperLine:
    return rules.PaperLine("x", "X", "X", required, False, "", state, "", proven)


@pytest.mark.parametrize(
    ("days", "urgency"), [(None, "calm"), (-1, "late"), (0, "soon"), (14, "soon"), (15, "calm")]
)
def test_progress_counts_required_papers_and_watches_the_deadline(
    days: int | None, urgency: str
) -> None:
    deadline = None if days is None else TODAY + timedelta(days=days)
    lines = [
        paper("missing"),
        paper("returned"),
        paper("ready"),
        paper("waived"),
        paper("missing", proven=True),
        paper("missing", required=False),
    ]
    found = rules.progress(lines, deadline=deadline, today=TODAY)
    assert (found.settled, found.required, len(found.missing)) == (3, 5, 2)
    assert (found.urgency, found.days_left) == (urgency, days)


@pytest.fixture
def world(database: Database) -> dict[str, Any]:
    with database.transaction() as db:
        owner, stranger = make_person(db), make_person(db)
        here, there = make_staff(db, "19"), make_staff(db, "01")
        producer = make_producer(db, owner_id=owner.id)
        make_producer(db, owner_id=stranger.id)
        product = make_product(db, producer=producer)
        return {
            "owner": owner,
            "stranger": stranger,
            "here": here,
            "there": there,
            "producer": producer.id,
            "product": product.id,
        }


def opened(database: Database, world: dict[str, Any], now: datetime, kind: str = "ocop") -> int:
    with database.transaction() as db:
        row = services.open_candidate(
            db,
            kind=kind,
            product_id=world["product"],
            actor_id=world["owner"].id,
            now=now,
            target_stars=4,
            deadline=TODAY + timedelta(days=10),
        )
        return row.id


def test_certificates_of_the_catalogue_are_papers(
    database: Database, world: dict[str, Any], now: datetime
) -> None:
    candidate = opened(database, world, now)
    with database.transaction() as db:
        from shop.catalogue.models import Product

        make_certificate(db, db.get_one(Product, world["product"]), kind="food_safety", stars=None)
    with database.read() as db:
        view = queries.candidate_view(db, candidate, today=TODAY)
        safe = next(one for one in view.papers if one.code == "ocop-attp")
        assert safe.is_settled
        assert view.progress.settled == 1
        assert queries.count_open(db, until=TODAY + timedelta(days=14)) == queries.Counts(1, 1)
        for name, query in INVARIANTS.items():
            assert db.connection().exec_driver_sql(query).all() == [], name


def test_only_staff_accept_and_the_maker_is_told(
    database: Database, world: dict[str, Any], now: datetime
) -> None:
    candidate = opened(database, world, now)
    given: dict[str, Any] = {"candidate_id": candidate, "code": "ocop-nhan", "now": now}
    with database.transaction() as db:
        with pytest.raises(rules.NotYours):
            services.mark_paper(db, state="accepted", actor_id=world["owner"].id, **given)
        with pytest.raises(rules.UnknownPaper):
            services.mark_paper(
                db, state="ready", actor_id=world["owner"].id, **(given | {"code": "gtin-phi"})
            )
        with pytest.raises(NotFound):
            services.mark_paper(db, state="ready", actor_id=world["there"].id, **given)
        services.mark_paper(db, state="handed_in", actor_id=world["owner"].id, **given)
        services.mark_paper(
            db, state="returned", actor_id=world["here"].id, note="Nhãn mờ", **given
        )
        services.move_candidate(
            db, candidate_id=candidate, stage="recognised", actor_id=world["here"].id, now=now
        )
        with pytest.raises(rules.ClosedAlready):
            services.mark_paper(db, state="ready", actor_id=world["owner"].id, **given)
        kinds = set(db.scalars(select(OutboxMessage.kind)))
        assert kinds >= {"candidates.moved", "candidates.paper_returned"}
        assert db.get_one(Candidate, candidate).state == "achieved"


def sign_in(app: Flask, login: str | None) -> FlaskClient:
    client = app.test_client()
    answer = post(client, "/dang-nhap", {"login": login, "password": "chophien-demo"})
    assert answer.status_code == 303
    return client


def test_pages_of_both_desks(app: Flask, database: Database, world: dict[str, Any]) -> None:
    owner = sign_in(app, world["owner"].email)
    assert owner.get("/ban-hang/tien-do").status_code == 200
    fields = {"kind": "ocop", "product_id": world["product"], "target_stars": "4"}
    assert post(owner, "/ban-hang/tien-do", fields | {"deadline": "2000-01-01"}).status_code == 422
    assert post(owner, "/ban-hang/tien-do", fields | {"product_id": "999"}).status_code == 422
    made = post(owner, "/ban-hang/tien-do", fields)
    assert made.status_code == 303
    assert post(owner, "/ban-hang/tien-do", fields).status_code == 409
    at = made.location
    paper_of = {"code": "ocop-nhan", "state": "ready", "note": "có rồi"}
    assert post(owner, f"{at}/giay", paper_of).status_code == 303
    assert post(owner, f"{at}/giay", paper_of | {"state": "accepted"}).status_code == 409
    assert post(owner, f"{at}/giay", paper_of | {"code": "\x00x"}).status_code == 422
    assert post(owner, f"{at}/buoc", {"stage": "commune"}).status_code == 303
    assert post(owner, f"{at}/buoc", {"stage": "moon"}).status_code == 422
    assert post(owner, f"{at}/ke-hoach", {"note": "x" * 2000}).status_code == 422
    assert "Xã kiểm tra" in owner.get(at).text
    stranger = sign_in(app, world["stranger"].email)
    assert stranger.get(at).status_code == 404
    assert post(stranger, f"{at}/giay", paper_of).status_code == 404
    desk = at.replace("/ban-hang/", "/can-bo/")
    here, there = sign_in(app, world["here"].email), sign_in(app, world["there"].email)
    assert desk in here.get("/can-bo/tien-do?loai=ocop").text
    assert desk not in there.get("/can-bo/tien-do").text
    assert there.get(desk).status_code == 404
    assert post(there, f"{desk}/buoc", {"stage": "submitted"}).status_code == 404
    assert post(here, f"{desk}/giay", paper_of | {"state": "accepted"}).status_code == 303
    assert post(here, f"{desk}/dung").status_code == 303
    assert post(owner, f"{at}/dung").status_code == 409


def four_open(world: dict[str, Any], now: datetime) -> list[Act]:
    about = {"kind": "trace", "product_id": world["product"], "actor_id": world["owner"].id}
    return [lambda db: services.open_candidate(db, now=now, **about)] * 4


def four_mark(world: dict[str, Any], candidate: int, now: datetime) -> list[Act]:
    about = {"candidate_id": candidate, "code": "trace-in-tem", "actor_id": world["owner"].id}
    return [lambda db: services.mark_paper(db, state="ready", now=now, **about)] * 4


def test_one_file_a_product_and_one_row_a_paper_whoever_clicks(
    database: Database, world: dict[str, Any], now: datetime
) -> None:
    outcomes = at_once(database, four_open(world, now))
    assert sorted(outcomes) == ["OpenAlready"] * 3 + ["done"]
    with database.read() as db:
        candidate = db.scalars(select(Candidate.id)).one()
    assert at_once(database, four_mark(world, candidate, now)) == ["done"] * 4
    with database.read() as db:
        assert len(db.scalars(select(CandidatePaper)).all()) == 1


@pytest.mark.control
def test_without_the_index_rivals_are_open_for_one_product(
    database: Database, world: dict[str, Any], now: datetime
) -> None:
    with database.transaction() as db:
        db.execute(text("DROP INDEX uq_candidate_open_product"))
    assert at_once(database, four_open(world, now)) == ["done"] * 4


@pytest.mark.control
def test_without_the_lock_a_paper_breaks_under_several_hands(
    database: Database, world: dict[str, Any], now: datetime
) -> None:
    candidate = opened(database, world, now, "trace")
    assert BROKE in carelessly(database, four_mark(world, candidate, now))


def achieve_and_stop(world: dict[str, Any], candidate: int, now: datetime) -> list[Act]:
    about = {"candidate_id": candidate, "actor_id": world["owner"].id, "now": now}
    last = rules.last_stage("trace")
    return [
        lambda db: services.move_candidate(db, stage=last, **about),
        lambda db: services.stop_candidate(db, **about),
    ]


def test_achieved_or_stopped_never_both(
    database: Database, world: dict[str, Any], now: datetime
) -> None:
    candidate = opened(database, world, now, "trace")
    outcomes = at_once(database, achieve_and_stop(world, candidate, now))
    assert sorted(outcomes) == ["ClosedAlready", "done"]


@pytest.mark.control
def test_without_the_lock_one_is_achieved_and_stopped(
    database: Database, world: dict[str, Any], now: datetime
) -> None:
    candidate = opened(database, world, now, "trace")
    assert carelessly(database, achieve_and_stop(world, candidate, now)) == ["done", "done"]
