"""A producer asks, staff invite, a club answers; a producer goes live without a club."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from livestream.bookings.models import SlotRequest
from livestream.clubs.models import Club, Resource
from livestream.sessions.models import LiveSession, SessionItem
from livestream.sessions.timing import VN
from shop.accounts.services import add_member
from shop.catalogue.models import Producer
from shop.core import clock
from shop.core.db import Database
from tests.conftest import post
from tests.factories.accounts import make_person, make_staff
from tests.factories.catalogue import make_product, variant_of
from tests.factories.livestream import make_campaign, make_channel, make_club, make_host


def test_a_producer_asks_and_the_club_holds_the_time(
    database: Database, signed_in: Callable[[str], FlaskClient]
) -> None:
    with database.transaction() as db:
        manager, maker = make_person(db), make_person(db)
        club = make_club(db, manager_id=manager.id)
        host, channel = make_host(db, club), make_channel(db, club)
        product = make_product(db)
        variant = variant_of(db, product)
        foreign = variant_of(db, make_product(db)).id
        add_member(
            db,
            person_id=maker.id,
            unit_kind="producer",
            unit_id=product.producer_id,
            role="owner",
            now=clock.now(),
        )
    evening = clock.now().astimezone(VN) + timedelta(days=3)
    typed = f"{evening:%Y-%m-%d}T20:00"
    ask = {
        "club": club.id,
        "variant": variant.id,
        "starts_at": typed,
        "minutes": 60,
        "note": "Mùa miến mới",
        "submit_key": "ask-key-1",
    }
    client = signed_in(maker.email or "")
    address = "/ban-hang/phien/xin-gio"
    assert client.get(address).status_code == 200
    for wrong in (
        {"variant": foreign},
        {"club": 2**40},
        {"minutes": 0},
        {"minutes": 14 * 60},
        {"starts_at": "2020-01-01T20:00"},
        {"note": "x" * 9000},
    ):
        assert post(client, address, ask | wrong | {"submit_key": "other-key"}).status_code == 422
    assert post(client, address, ask).status_code == 303
    assert post(client, address, ask).status_code == 303
    with database.read() as db:
        made = db.scalars(select(SlotRequest)).one()
        assert made.producer_id == product.producer_id
    client = signed_in(manager.email or "")
    assert "Mùa miến mới" in client.get("/clb/loi-xin").get_data(as_text=True)
    take = {
        "club_id": club.id,
        "title": "Miến mới lên sóng",
        "starts_at": typed,
        "minutes": 60,
        "host_id": host.id,
        "channel_id": channel.id,
    }
    assert post(client, f"/clb/loi-xin/{made.id}/nhan", take).status_code == 303
    assert post(client, f"/clb/loi-xin/{made.id}/nhan", take).status_code == 409
    with database.read() as db:
        assert db.scalars(select(LiveSession.state)).all() == ["proposed"]
        assert db.scalars(select(SessionItem.consent)).all() == ["agreed"]


def test_staff_invite_a_club_into_a_campaign(
    database: Database, signed_in: Callable[[str], FlaskClient]
) -> None:
    now = clock.now()
    with database.transaction() as db:
        staff, manager = make_staff(db, "19"), make_person(db)
        club = make_club(db, manager_id=manager.id)
        host, channel = make_host(db, club), make_channel(db, club)
        span = {"starts_at": now - timedelta(days=1), "ends_at": now + timedelta(days=10)}
        campaign = make_campaign(db, **span)
        draft, far = make_campaign(db, state="draft", **span), make_campaign(db, **span)
        far.province_code = "22"
        ids = (campaign.id, draft.id, far.id)
        logins, name = (staff.email or "", manager.email or ""), campaign.name
    day = now.astimezone(VN) + timedelta(days=3)
    ask = {
        "club": club.id,
        "campaign": ids[0],
        "starts_at": f"{day:%Y-%m-%d}T20:00",
        "minutes": 60,
        "submit_key": "campaign-1",
    }
    address = "/can-bo/phien/moi-clb"
    client = signed_in(logins[0])
    page = client.get(f"{address}?campaign={ids[0]}").get_data(as_text=True)
    assert f'<option selected value="{ids[0]}">' in page
    late = f"{now + timedelta(days=40):%Y-%m-%d}T20:00"
    for wrong in ({"campaign": ids[1]}, {"campaign": ids[2]}, {"starts_at": late}):
        assert post(client, address, ask | wrong).status_code == 422
    assert post(client, address, ask).status_code == 303
    client.delete_cookie("phien")
    client = signed_in(logins[1])
    assert name in client.get("/clb/loi-xin").get_data(as_text=True)
    with database.read() as db:
        request_id = db.scalars(select(SlotRequest.id)).one()
    take = {
        "club_id": club.id,
        "title": "Phiên mùa miến",
        "starts_at": ask["starts_at"],
        "minutes": 60,
        "host_id": host.id,
        "channel_id": channel.id,
    }
    assert post(client, f"/clb/loi-xin/{request_id}/nhan", take).status_code == 303
    with database.read() as db:
        assert db.scalars(select(LiveSession.campaign_id)).all() == [ids[0]]


def test_foreign_clubs_and_requests_are_out_of_reach(
    database: Database, signed_in: Callable[[str], FlaskClient]
) -> None:
    with database.transaction() as db:
        manager = make_person(db)
        mine, other = make_club(db, manager_id=manager.id), make_club(db)
        asked = SlotRequest(
            submit_key="foreign-1",
            kind="staff",
            club_id=other.id,
            starts_at=clock.now() + timedelta(days=2),
            minutes=60,
            asked_by=manager.id,
            created_at=clock.now(),
        )
        db.add(asked)
        db.flush()
        key = asked.id
    client = signed_in(manager.email or "")
    no = {"reply": "Bận"}
    for club_id in (mine.id, other.id, 2**45):
        answer = post(client, f"/clb/loi-xin/{key}/tu-choi", no | {"club_id": club_id})
        assert answer.status_code == 404
    with database.read() as db:
        assert db.scalars(select(SlotRequest.state)).all() == ["asked"]


@pytest.mark.parametrize("state", ["verified", "submitted"])
def test_an_own_channel_without_a_club(
    database: Database, signed_in: Callable[[str], FlaskClient], state: str
) -> None:
    with database.transaction() as db:
        maker = make_person(db)
        product = make_product(db)
        producer_id = product.producer_id
        add_member(
            db,
            person_id=maker.id,
            unit_kind="producer",
            unit_id=producer_id,
            role="owner",
            now=clock.now(),
        )
        db.get_one(Producer, producer_id).state = state
    client = signed_in(maker.email or "")
    data = {"producer": producer_id, "platform": "facebook", "handle": "@htx.cua.toi"}
    answer = post(client, "/ban-hang/phien/kenh-rieng", data)
    assert answer.status_code == (303 if state == "verified" else 403)
    with database.read() as db:
        clubs = db.scalars(select(Club).where(Club.producer_id == producer_id)).all()
        kinds = sorted(db.scalars(select(Resource.kind)))
    assert len(clubs) == (1 if state == "verified" else 0)
    if state == "verified":
        assert clubs[0].state == "verified"
        assert kinds == ["channel", "host"]
        assert client.get("/clb/phien").status_code == 200
