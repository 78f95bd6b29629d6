"""People leave a club, or are taken out of it: rights end, bookings do not break."""

from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy import select

from livestream.clubs.models import Resource
from livestream.clubs.queries import usable_ids
from livestream.clubs.services import add_host, managers_of
from livestream.sessions.models import LiveSession
from livestream.sessions.services import cancel_session
from shop.accounts.services import add_member
from shop.core import clock
from shop.core.db import Database
from tests.conftest import post
from tests.factories.accounts import make_person
from tests.factories.livestream import EVENING, make_club, make_host, make_session, share


def test_a_host_leaves_when_no_session_counts_on_them(
    database: Database, signed_in: Callable[[str], FlaskClient]
) -> None:
    now = clock.now()
    start = max(EVENING, now.replace(hour=13, minute=0) + (EVENING - EVENING.replace(day=26)))
    with database.transaction() as db:
        boss, host_person, stranger = make_person(db), make_person(db), make_person(db)
        club, other = make_club(db, manager_id=boss.id), make_club(db, manager_id=stranger.id)
        add_member(
            db, person_id=host_person.id, unit_kind="club", unit_id=club.id, role="host", now=now
        )
        host = make_host(db, club, person_id=host_person.id)
        share(db, host, other)
        for owner, key in ((club, "leave-1"), (other, "leave-2")):
            make_session(
                db,
                owner,
                hosts=[host],
                state="proposed",
                now=now,
                starts_at=start if owner is club else start.replace(hour=16),
                submit_key=key,
            )
        login, person_id, boss_id = boss.email or "", host_person.id, boss.id
        host_login, host_id, club_id, other_id = (
            host_person.email or "",
            host.id,
            club.id,
            other.id,
        )
        stranger_login = stranger.email or ""
    address = f"/clb/nguon-luc/thanh-vien/{person_id}/bo"
    client = signed_in(stranger_login)
    assert post(client, address, {}).status_code == 404, "no member of a club of theirs"
    assert post(client, address, {"club_id": club_id}).status_code == 404
    client = signed_in(host_login)
    of_boss = f"/clb/nguon-luc/thanh-vien/{boss_id}/bo"
    assert post(client, of_boss, {"club_id": club_id}).status_code == 403
    client = signed_in(login)
    for wrong in (2**31, 2**63):
        refused = post(client, f"/clb/nguon-luc/thanh-vien/{wrong}/bo", {})
        assert refused.status_code == 404
    assert post(client, of_boss, {}).status_code == 409, "somebody has to lead it"
    answer = post(client, address, {})
    assert answer.status_code == 409
    assert "còn dẫn 1 phiên" in answer.get_data(as_text=True)
    with database.transaction() as db:
        live = db.scalars(select(LiveSession).where(LiveSession.club_id == club_id)).one()
        about = {"actor_id": boss_id, "reason": "Thử", "now": now}
        cancel_session(db, public_id=live.public_id, **about)
    assert post(client, address, {}).status_code == 303
    assert post(client, address, {}).status_code == 404, "once is enough"
    with database.transaction() as db:
        assert usable_ids(db, club_id, [host_id]) == {}
        assert usable_ids(db, other_id, [host_id]) == {host_id: "host"}, "the other club keeps on"
        assert db.get_one(Resource, host_id).owner_club_id == other_id
        assert managers_of(db, club_id) == [boss_id]
        add_host(db, club_id=club_id, person_id=person_id, actor_id=boss_id, now=now)
        assert usable_ids(db, club_id, [host_id]) == {host_id: "host"}, "they may come back"
    client = signed_in(host_login)
    assert client.get("/clb/nguon-luc").status_code in {403, 404}
