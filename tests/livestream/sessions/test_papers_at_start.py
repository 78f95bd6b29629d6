"""A paper may be withdrawn after the session was confirmed: going on air asks for it again."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from livestream.clubs.models import Resource
from livestream.clubs.services import managers_of
from livestream.sessions import services
from livestream.sessions.models import LiveSession, ResourceHold
from livestream.sessions.services import ItemWish
from livestream.sessions.services.airing import TooEarly
from livestream.sessions.services.deciding import PapersLapsed
from shop.accounts.models import Person
from shop.catalogue.models import Certificate, Product, Variant
from shop.core import clock
from shop.core.db import Database
from tests.conftest import post
from tests.factories.accounts import make_person, make_staff
from tests.factories.catalogue import make_certificate, make_product, variant_of
from tests.factories.livestream import EVENING, make_session
from tests.factories.stock import make_stock


def firm_one(db: Session, **over: object) -> tuple[LiveSession, Certificate]:
    """A confirmed session of one product with its paper on quality."""
    product = make_product(db, name_en="Canna noodles")
    paper = make_certificate(db, product)
    variant = variant_of(db, product)
    make_stock(db, variant.id, 20)
    items = [ItemWish(variant.id, set_aside=4)]
    return make_session(db, items=items, state="confirmed", **over), paper  # type: ignore[arg-type]


def revoke(paper: Certificate) -> None:
    paper.state = "revoked"


def forget_the_host(db: Session, live: LiveSession) -> None:
    host = db.scalars(
        select(Resource)
        .join(ResourceHold, ResourceHold.resource_id == Resource.id)
        .where(ResourceHold.session_id == live.id, Resource.kind == "host")
    ).one()
    host.identity_checked_at = None


def stop_selling(db: Session, paper: Certificate) -> None:
    for variant in db.scalars(select(Variant).where(Variant.product_id == paper.product_id)):
        variant.is_active = False


def start(db: Session, live: LiveSession) -> LiveSession:
    db.flush()
    return services.go_live(db, public_id=live.public_id, actor_id=1, now=EVENING)


@pytest.mark.parametrize(
    ("slug", "spoil"),
    [
        ("quality_papers", lambda _db, _live, paper: revoke(paper)),
        ("host_identity", lambda db, live, _paper: forget_the_host(db, live)),
        ("papers", lambda db, _live, paper: stop_selling(db, paper)),
    ],
)
def test_what_lapsed_since_refuses_to_go_on_air(
    db: Session, slug: str, spoil: Callable[[Session, LiveSession, Certificate], None]
) -> None:
    live, paper = firm_one(db)
    spoil(db, live, paper)
    with pytest.raises(PapersLapsed) as refused:
        start(db, live)
    assert [one.rule.slug for one in refused.value.findings] == [slug]
    assert refused.value.findings[0].rule.fixed_by
    assert live.state == "confirmed"
    assert live.went_live_at is None
    with pytest.raises(TooEarly):
        services.go_live(
            db, public_id=live.public_id, actor_id=1, now=EVENING - timedelta(minutes=16)
        )


def test_only_papers_are_asked_again(db: Session) -> None:
    live, _paper = firm_one(db, minutes=240)
    assert start(db, live).state == "live", "too few minutes planned, as when it was confirmed"


def test_staff_let_it_pass_by_name(db: Session) -> None:
    live, paper = firm_one(db)
    revoke(paper)
    db.flush()
    services.override_warning(
        db,
        public_id=live.public_id,
        rule="quality_papers",
        reason="Giấy mới đã nộp, số 88/2026",
        actor_id=make_person(db).id,
        now=EVENING,
    )
    assert start(db, live).state == "live"


def test_the_pages_say_it_before_anybody_presses(
    database: Database, signed_in: Callable[[str], FlaskClient]
) -> None:
    now = clock.now().replace(microsecond=0)
    with database.transaction() as db:
        live, paper = firm_one(db, starts_at=now + timedelta(minutes=10), now=now)
        manager = db.get_one(Person, managers_of(db, live.club_id)[0])
        login, staff, public_id = (
            manager.email or "",
            make_staff(db, "19").email or "",
            live.public_id,
        )
        name = db.get_one(Product, paper.product_id).name
        paper_id = paper.id
    here = f"/clb/phien/{public_id}"
    pages = (here, f"{here}/bang-chay", f"{here}/len-song")
    client = signed_in(login)
    for page in pages:
        assert b"data-lapsed" not in client.get(page).data
    with database.transaction() as db:
        revoke(db.get_one(Certificate, paper_id))
    for page in pages:
        shown = client.get(page).get_data(as_text=True)
        assert "data-lapsed" in shown
        assert f"{name} " in shown
    answer = post(client, f"{here}/len-song")
    assert answer.status_code == 409
    said = answer.get_data(as_text=True)
    assert "Chưa lên sóng được" in said
    assert "Người sửa được: người sản xuất" in said
    with database.transaction() as db:
        db.scalars(select(Person).where(Person.email == login)).one().language = "en"
    assert "Canna noodles" in client.get(here).get_data(as_text=True)
    desk = signed_in(staff)
    passing = {"rule": "quality_papers", "reason": "Đã xem giấy mới"}
    assert post(desk, f"/can-bo/phien/{public_id}/bo-qua", passing).status_code == 303
    client = signed_in(login)
    assert b"data-lapsed" not in client.get(here).data
    assert post(client, f"{here}/len-song").status_code == 303
