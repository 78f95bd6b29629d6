"""A certificate's life by the clock: stars at the minute of their end, reminders, who may issue."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask, request, request_finished
from sqlalchemy import func, select

from shop.catalogue import jobs, rules, services
from shop.catalogue.models import Certificate, ProductFacets
from shop.catalogue.services import CertificateFacts
from shop.catalogue.services.certificates import (
    ChecksNeeded,
    ScanNeeded,
    WrongIssuer,
    WrongPredecessor,
)
from shop.core import clock
from shop.core.db import Database
from shop.core.outbox import OutboxMessage, is_still_due
from tests.factories.accounts import make_member, make_person, make_staff
from tests.factories.catalogue import make_certificate, make_producer, make_product

MIDNIGHT = datetime(2026, 11, 30, 17, 0, tzinfo=UTC)
"""The end of 30 November 2026 in Vietnam."""


def test_stars_vanish_at_midnight_everywhere_and_pages_are_kept_no_longer(
    database: Database, make_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.transaction() as db:
        producer = make_producer(db, name="HTX Sao", slug="htx-sao")
        product = make_product(db, producer=producer, name="Miến Sao", slug="mien-sao")
        for stars, ends in ((4, date(2026, 11, 30)), (3, date(2027, 5, 1))):
            make_certificate(db, product, stars=stars, expires_on=ends)
        services.refresh_facets(db, product.id, now=MIDNIGHT - timedelta(days=1))
    instant = [MIDNIGHT - timedelta(seconds=1)]
    monkeypatch.setattr(clock, "now", lambda: instant[0])
    app = make_app()
    client = app.test_client(use_cookies=False)
    lives: list[datetime | None] = []

    def note(_app: Flask, **_more: Any) -> None:
        lives.append(request.environ.get("chophien.page_ends_at"))

    request_finished.connect(note, app)

    def shown(path: str) -> bool:
        answer = client.get(path)
        assert answer.status_code == 200, path
        kept_until = lives[-1]
        if instant[0] < MIDNIGHT:
            assert kept_until is not None, path
            assert kept_until <= MIDNIGHT, path
        return 'class="stars s4"' in answer.text

    pages = ["/san-pham", "/san-pham?sao=4", "/san-pham/mien-sao", "/nha-san-xuat/htx-sao"]
    assert [shown(page) for page in pages] == [True] * len(pages)
    instant[0] = MIDNIGHT
    assert [shown(page) for page in pages] == [False] * len(pages)
    assert 'class="empty"' in client.get("/san-pham?sao=4").text, "the facet has nothing left"
    jobs.expire_certificates(database, MIDNIGHT)
    with database.read() as db:
        row = db.get_one(ProductFacets, product.id)
        assert (row.stars, row.stars_until) == (3, date(2027, 5, 1)), "the longer one shows now"
        states = db.scalars(select(Certificate.state).order_by(Certificate.stars)).all()
        assert states == ["verified", "expired"]


def test_nothing_ends_a_second_early(database: Database) -> None:
    with database.transaction() as db:
        product = make_product(db)
        make_certificate(db, product, expires_on=date(2026, 11, 30))
    jobs.expire_certificates(database, MIDNIGHT - timedelta(seconds=1))
    with database.read() as db:
        assert db.scalars(select(Certificate.state)).one() == "verified"


def reminders(database: Database) -> list[tuple[str, int]]:
    with database.read() as db:
        rows = db.execute(
            select(OutboxMessage.recipient, OutboxMessage.payload)
            .where(OutboxMessage.kind == "catalogue.certificate_expiring")
            .order_by(OutboxMessage.id)
        )
        return sorted({(who, payload["days"]) for who, payload in rows})


def test_each_person_is_reminded_once_a_threshold_and_late_papers_skip(
    database: Database,
) -> None:
    with database.transaction() as db:
        one, two = make_person(db), make_person(db)
        producer = make_producer(db, owner_id=one.id)
        product = make_product(db, producer=producer)
        make_certificate(db, product, expires_on=date(2026, 11, 30))
    first = MIDNIGHT - timedelta(days=45)
    for _ in range(3):
        jobs.remind_of_certificates(database, first)
    assert reminders(database) == [(f"person:{one.id}", 60)], "90 is skipped: it came late"
    with database.transaction() as db:
        from shop.accounts.services import add_member

        add_member(
            db,
            person_id=two.id,
            unit_kind="producer",
            unit_id=producer.id,
            role="member",
            now=first,
        )
    jobs.remind_of_certificates(database, MIDNIGHT - timedelta(days=25))
    assert reminders(database) == [
        (f"person:{one.id}", 30),
        (f"person:{one.id}", 60),
        (f"person:{two.id}", 30),
    ]


def test_a_renewed_paper_is_silent_also_for_what_is_on_its_way(
    database: Database, now: datetime
) -> None:
    with database.transaction() as db:
        owner, staff = make_person(db), make_staff(db, "19")
        product = make_product(db, producer=make_producer(db, owner_id=owner.id))
        old = make_certificate(
            db, product, issued_on=date(2023, 12, 12), expires_on=date(2026, 12, 12)
        )
    jobs.remind_of_certificates(database, now)
    with database.transaction() as db:
        new = services.record_certificate(
            db,
            producer_id=product.producer_id,
            product_id=product.id,
            actor_id=owner.id,
            facts=CertificateFacts(
                kind="ocop",
                stars=4,
                issued_on=date(2026, 11, 1),
                renews_id=old.id,
                is_illustration=True,
            ),
            now=now,
        )
        assert new.renews_id == old.id
        services.decide_certificate(
            db, certificate_id=new.id, actor_id=staff.id, approve=True, now=now
        )
    with database.read() as db:
        message = db.scalars(
            select(OutboxMessage).where(OutboxMessage.kind == "catalogue.certificate_expiring")
        ).first()
        assert message is not None
        assert not is_still_due(db, message)
        count = db.scalar(select(func.count()).select_from(OutboxMessage))
    jobs.remind_of_certificates(database, now + timedelta(days=10))
    with database.read() as db:
        assert db.scalar(select(func.count()).select_from(OutboxMessage)) == count


OLD, NEW = date(2025, 7, 5), date(2025, 7, 6)


@pytest.mark.parametrize(
    ("stars", "issued_on", "level", "codes"),
    [
        (3, OLD, "district", []),
        (3, OLD, "province", []),
        (4, OLD, "province", []),
        (5, OLD, "national", []),
        (4, OLD, "district", ["unusual_level"]),
        (5, OLD, "province", ["unusual_level"]),
        (3, NEW, "province", []),
        (4, NEW, "province", []),
        (5, NEW, "national", []),
        (3, NEW, "district", ["district_abolished"]),
        (5, NEW, "province", ["province_gave_five"]),
        (4, NEW, "national", ["unusual_level"]),
        (3, NEW, "other", ["wrong_level"]),
        (None, NEW, "other", []),
    ],
)
def test_who_may_recognise_how_many_stars(
    stars: int | None, issued_on: date, level: str, codes: list[str]
) -> None:
    paper = rules.Recognition(stars, issued_on, date(2030, 1, 1), level, "")
    assert [fault.code for fault in rules.issuer_faults(paper)] == codes


def test_all_that_looks_odd_is_told() -> None:
    paper = rules.Recognition(
        stars=4,
        issued_on=NEW,
        expires_on=date(2030, 1, 1),
        issuer_level="province",
        criteria_version="148/QĐ-TTg",
        score=95,
        decided_on=date(2025, 8, 1),
    )
    found = rules.recognition_findings(paper, usual_end=rules.default_expiry(NEW))
    assert {one.code for one in found} == {
        "points_of_other_class",
        "other_length",
        "decided_after",
        "other_criteria",
    }
    assert not any(one.is_blocking for one in found)


def test_a_paper_is_verified_only_against_its_scan(database: Database, now: datetime) -> None:
    with database.transaction() as db:
        owner, staff = make_person(db), make_staff(db, "19")
        product = make_product(db, producer=make_producer(db, owner_id=owner.id))
        facts = CertificateFacts(kind="ocop", stars=3, issued_on=date(2026, 1, 1))
        given: dict[str, Any] = {
            "producer_id": product.producer_id,
            "product_id": product.id,
            "actor_id": owner.id,
            "now": now,
        }
        paper = services.record_certificate(db, facts=facts, **given)
        assert paper.criteria_version == "148/QĐ-TTg + 1489/QĐ-TTg"
        judge: dict[str, Any] = {"certificate_id": paper.id, "actor_id": staff.id, "now": now}
        every = rules.needed_checks("ocop")
        with pytest.raises(ScanNeeded):
            services.decide_certificate(db, approve=True, checked=every, **judge)
        paper.scan_sha = "c" * 64
        with pytest.raises(ChecksNeeded):
            services.decide_certificate(db, approve=True, checked=every[:-1], **judge)
        services.decide_certificate(db, approve=True, checked=every, **judge)
        other = make_product(db)
        stranger = make_member(db, "producer", other.producer_id)
        wrong = given | {
            "producer_id": other.producer_id,
            "product_id": other.id,
            "actor_id": stranger.id,
        }
        follow = CertificateFacts(
            kind="ocop", stars=3, issued_on=date(2026, 1, 2), renews_id=paper.id
        )
        with pytest.raises(WrongPredecessor):
            services.record_certificate(db, facts=follow, **wrong)
        late = CertificateFacts(
            kind="ocop", stars=3, issued_on=date(2026, 1, 2), issuer_level="district"
        )
        with pytest.raises(WrongIssuer):
            services.record_certificate(db, facts=late, **given)
