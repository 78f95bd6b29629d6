"""Who did not come is on record with the reason; staff may swap, hand over and put right too."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from livestream.sessions.models import LiveSession, ResourceHold, SessionEvent
from livestream.sessions.services import Absent, ItemWish, record_absence
from livestream.sessions.services.absences import NotYetDue, SaidAlready, StillToCome
from livestream.sessions.states import ReasonMissing
from shop.core import clock
from shop.core.db import Database
from shop.core.errors import NotFound
from shop.stock.queries import levels
from tests.conftest import post
from tests.factories.accounts import make_person, make_staff
from tests.factories.catalogue import make_product, variant_of
from tests.factories.livestream import (
    EVENING,
    NOW,
    make_channel,
    make_club,
    make_host,
    make_session,
)
from tests.factories.stock import make_stock


def _say(db: Session, live: LiveSession, absent: Absent, now: datetime, **over: object) -> None:
    values = {"reason": "Đường sạt lở", "is_off": False, "actor_id": 1} | over
    record_absence(db, public_id=live.public_id, absent=absent, now=now, **values)  # type: ignore[arg-type]


def test_an_absence_is_said_once_and_in_time(db: Session) -> None:
    product = make_product(db)
    variant = variant_of(db, product).id
    make_stock(db, variant, 20)
    club = make_club(db)
    host = make_host(db, club)
    wish = ItemWish(variant, 10, None, 5)
    live = make_session(db, club, hosts=[host], items=[wish], state="confirmed")
    missing = Absent("host", host.id)
    due = live.starts_at + timedelta(minutes=5)
    with pytest.raises(NotYetDue):
        _say(db, live, missing, NOW)
    with pytest.raises(ReasonMissing):
        _say(db, live, missing, due, reason="")
    with pytest.raises(StillToCome):
        _say(db, live, missing, live.starts_at - timedelta(minutes=5), is_off=True)
    for stranger in (Absent("host", host.id + 99), Absent("producer", product.producer_id + 99)):
        with pytest.raises(NotFound):
            _say(db, live, stranger, due)
    _say(db, live, Absent("producer", product.producer_id), due)
    assert (live.state, levels(db, [variant])[variant].available) == ("confirmed", 15)
    _say(db, live, missing, due, is_off=True)
    assert (live.state, levels(db, [variant])[variant].available) == ("no_show", 20)
    with pytest.raises(SaidAlready):
        _say(db, live, missing, due)
    story = db.execute(
        select(SessionEvent.kind, SessionEvent.detail)
        .where(SessionEvent.kind.in_(("host_absent", "producer_absent")))
        .order_by(SessionEvent.id)
    ).all()
    assert [kind for kind, _detail in story] == ["producer_absent", "host_absent"]
    assert story[1].detail == {"id": host.id, "name": host.name, "reason": "Đường sạt lở"}


def test_staff_hand_over_and_swap_within_their_province_only(
    database: Database, signed_in: Callable[[str], FlaskClient]
) -> None:
    now = clock.now()
    with database.transaction() as db:
        staff, far = make_staff(db, "19"), make_staff(db, "22")
        club = make_club(db)
        host, other = make_host(db, club), make_host(db, club)
        starts_at = now.replace(minute=0, second=0, microsecond=0) + timedelta(days=3)
        one, two = (
            make_session(
                db,
                club,
                hosts=[host],
                channels=[make_channel(db, club)],
                state="proposed",
                starts_at=starts_at + timedelta(days=days),
                now=now,
            )
            for days in (0, 1)
        )
        codes, times = (one.public_id, two.public_id), (one.starts_at, two.starts_at)
        hosts, logins = (host.id, other.id), (staff.email or "", far.email or "")
    give = {"from_host": hosts[0], "to_host": hosts[1], "reason": "Ốm"}
    client = signed_in(logins[1])
    assert post(client, f"/can-bo/phien/{codes[0]}/ban-giao", give).status_code == 404
    client.delete_cookie("phien")
    client = signed_in(logins[0])
    page = client.get(f"/can-bo/phien/{codes[0]}").get_data(as_text=True)
    assert f"/can-bo/phien/{codes[0]}/ban-giao" in page
    assert post(client, f"/can-bo/phien/{codes[0]}/ban-giao", give).status_code == 303
    swap = post(client, f"/can-bo/phien/{codes[0]}/doi-cho", {"other": codes[1]})
    assert swap.status_code == 303
    for who in ("host", "host:", "host:0", f"host:{2**63}", "x:1", "host:\x00", "h" * 1_000_000):
        bad = post(client, f"/can-bo/phien/{codes[0]}/vang-mat", {"who": who, "reason": "x"})
        assert 400 <= bad.status_code < 500
    with database.read() as db:
        found = {
            live.public_id: live.starts_at
            for live in db.scalars(select(LiveSession).where(LiveSession.public_id.in_(codes)))
        }
        assert (found[codes[0]], found[codes[1]]) == (times[1], times[0])
        held = select(ResourceHold.resource_id).where(
            ResourceHold.session_id
            == select(LiveSession.id).where(LiveSession.public_id == codes[0]).scalar_subquery()
        )
        assert hosts[1] in set(db.scalars(held))


def test_a_club_says_that_nothing_went_on_air(
    database: Database, signed_in: Callable[[str], FlaskClient]
) -> None:
    now = clock.now()
    with database.transaction() as db:
        manager = make_person(db)
        club = make_club(db, manager_id=manager.id)
        host = make_host(db, club)
        live = make_session(db, club, hosts=[host], state="confirmed", starts_at=EVENING, now=NOW)
        live.starts_at, live.ends_at = now - timedelta(minutes=5), now + timedelta(hours=2)
        login, code, host_id = manager.email or "", live.public_id, host.id
    client = signed_in(login)
    assert 'name="is_off"' in client.get(f"/clb/phien/{code}").get_data(as_text=True)
    data = {"who": f"host:{host_id}", "reason": "Hỏng xe", "is_off": "y"}
    page = post(client, f"/clb/phien/{code}/vang-mat", data, follow_redirects=True)
    words = page.get_data(as_text=True)
    assert 'data-status="no_show"' in words
    assert "Hỏng xe" in words
