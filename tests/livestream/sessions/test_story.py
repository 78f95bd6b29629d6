"""The main job over HTTP: a club joins and proposes, is refused where it must be, all agree."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import select, text

from livestream.clubs.models import Club, Resource
from livestream.sessions.invariants import INVARIANTS
from livestream.sessions.models import LiveSession
from livestream.sessions.timing import VN
from shop.core import clock
from shop.core.db import Database
from tests.conftest import post
from tests.factories.accounts import make_member, make_person, make_staff
from tests.factories.catalogue import make_producer, make_product, variant_of
from tests.factories.livestream import make_channel, make_club, make_host, make_studio, share
from tests.factories.stock import make_stock

SignIn = Callable[..., FlaskClient]


def evening(days: int = 3) -> datetime:
    """Eight in the evening, some days from the real today: pages read the real clock."""
    day = clock.now().astimezone(VN) + timedelta(days=days)
    return day.replace(hour=20, minute=0, second=0, microsecond=0)


def typed(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M")


class Stage:
    """People and things of one story, by their ids and logins."""

    def __init__(self, database: Database) -> None:
        with database.transaction() as db:
            producer = make_producer(db, name="HTX Tài Hoan")
            product = make_product(
                db, producer=producer, name="Miến dong Tài Hoan", slug="mien-dong-tai-hoan"
            )
            self.variant_id = variant_of(db, product).id
            self.product_slug = product.slug
            make_stock(db, self.variant_id, 30)
            self.producer = make_member(db, "producer", producer.id).email
            self.manager = make_person(db)
            self.club = make_club(db, manager_id=self.manager.id, name="CLB Móng Cái")
            self.second = make_member(db, "club", self.club.id, "manager").email
            self.rival = make_person(db)
            self.rival_club = make_club(db, manager_id=self.rival.id, name="CLB Sa Pa")
            self.host = make_host(db, self.club)
            self.channel = make_channel(db, self.club)
            self.studio = make_studio(db, self.club)
            self.rival_channel = make_channel(db, self.rival_club)
            self.rival_host = make_host(db, self.rival_club)
            share(db, self.host, self.rival_club)
            share(db, self.studio, self.rival_club)
            self.staff = make_staff(db, "19").email
            self.other_staff = make_staff(db, "01").email

    def proposal(self, **over: Any) -> dict[str, Any]:
        return {
            "club_id": self.club.id,
            "title": "Miến dong lên sóng",
            "starts_at": typed(evening()),
            "minutes": "60",
            "host_id": self.host.id,
            "channel_id": self.channel.id,
            "studio_id": self.studio.id,
            "variant_id": [self.variant_id],
            f"item_minutes_{self.variant_id}": "20",
            f"item_price_vnd_{self.variant_id}": "59.000",
            f"item_set_aside_{self.variant_id}": "10",
            "watch_url": "https://www.tiktok.com/@clb/live",
            "submit_key": "submit-key-1",
        } | over


@pytest.fixture
def stage(database: Database) -> Stage:
    return Stage(database)


@pytest.fixture
def enter(app: Flask) -> SignIn:
    """A client of its own for each person."""

    def sign_in(login: str) -> FlaskClient:
        client = app.test_client()
        answer = post(client, "/dang-nhap", {"login": login, "password": "chophien-demo"})
        assert answer.status_code == 303
        return client

    return sign_in


def public_id(answer: Any) -> str:
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return str(answer.headers["Location"]).rsplit("/", 1)[-1]


def item_of(page: str) -> tuple[str, str]:
    """Item id and version in the producer's page."""
    item = re.search(r'data-item="(\d+)"', page)
    version = re.search(r'name="version" value="(\d+)"', page)
    assert item
    assert version
    return item[1], version[1]


def test_from_proposal_to_calendar(stage: Stage, enter: SignIn, database: Database) -> None:
    club = enter(stage.manager.email or "")
    page = club.get(f"/clb/phien/moi?q=mien+dong&variant_id={stage.variant_id}")
    assert page.status_code == 200
    assert "Miến dong Tài Hoan" in page.get_data(as_text=True)
    code = public_id(post(club, "/clb/phien/moi", stage.proposal()))
    again = public_id(post(club, "/clb/phien/moi", stage.proposal()))
    assert again == code
    page = club.get(f"/clb/phien/{code}")
    assert 'data-status="proposed"' in page.get_data(as_text=True)
    assert "Bạn đã đề xuất" in page.get_data(as_text=True)
    assert club.get("/clb/phien").status_code == 200
    assert club.get("/clb").status_code == 200

    # two overlapping tries of another club: the same host, the same studio
    rival = enter(stage.rival.email or "")
    for over, name in (
        ({"host_id": stage.host.id, "studio_id": ""}, stage.host.name),
        ({"host_id": stage.rival_host.id, "studio_id": stage.studio.id}, stage.studio.name),
    ):
        answer = post(
            rival,
            "/clb/phien/moi",
            stage.proposal(
                club_id=stage.rival_club.id,
                channel_id=stage.rival_channel.id,
                starts_at=typed(evening() + timedelta(minutes=30)),
                submit_key=f"rival-key-{over['host_id']}",
                **over,
            ),
        )
        body = answer.get_data(as_text=True)
        assert answer.status_code == 409
        assert name in body
        assert "đã có phiên khác vào giờ này" in body
        assert "Miến dong lên sóng”" not in body, "a rival's proposal is nobody's business"
        assert body.split("data-offers", 1)[1].count("<time") == 3

    # nobody else's page
    assert rival.get(f"/clb/phien/{code}").status_code == 404
    assert post(rival, f"/clb/phien/{code}/huy", {"reason": "x"}).status_code == 404
    assert enter(stage.other_staff).get(f"/can-bo/phien/{code}").status_code == 404
    assert enter(stage.producer).get(f"/clb/phien/{code}").status_code == 403

    # not before the producer agrees, never by who proposed
    staff = enter(stage.staff)
    assert "Miến dong lên sóng" in staff.get("/can-bo/phien").get_data(as_text=True)
    assert post(staff, f"/can-bo/phien/{code}/chot").status_code == 409
    producer = enter(stage.producer)
    item, version = item_of(producer.get("/ban-hang/phien").get_data(as_text=True))
    answer = post(producer, f"/ban-hang/phien/{item}", {"answer": "decline", "version": version})
    assert answer.status_code == 422
    answer = post(producer, f"/ban-hang/phien/{item}", {"answer": "agree", "version": version})
    assert answer.status_code == 303
    assert post(club, f"/clb/phien/{code}/chot").status_code == 403
    page = staff.get(f"/can-bo/phien/{code}").get_data(as_text=True)
    for rule in re.findall(r'data-finding="(\w+)" data-severity="warn"', page):
        post(staff, f"/can-bo/phien/{code}/bo-qua", {"rule": rule, "reason": "Đã xem"})
    answer = post(staff, f"/can-bo/phien/{code}/chot")
    assert answer.status_code == 303, answer.get_data(as_text=True)

    # everyone sees it
    with database.read() as db:
        live = db.scalars(select(LiveSession).where(LiveSession.public_id == code)).one()
        slug = db.scalars(select(Club.slug).where(Club.id == stage.club.id)).one()
    anyone = club.application.test_client()
    for address in (
        "/phien-live",
        f"/phien-live/{live.slug}",
        f"/cau-lac-bo/{slug}",
        f"/san-pham/{stage.product_slug}",
        "/phien-live?tinh=19&kenh=tiktok&ngay=" + evening().date().isoformat(),
        f"/phien-live?clb={slug}&hang={stage.product_slug}",
    ):
        for prefix in ("", "/en"):
            body = anyone.get(prefix + address)
            assert body.status_code == 200, address
            assert "20:00" in body.get_data(as_text=True), address
    for other in ("kenh=zalo", "tinh=01", "clb=khac", "hang=khac", "clb=%00", "hang=" + "x" * 3000):
        assert live.slug not in anyone.get(f"/phien-live?{other}").get_data(as_text=True)
    feed = anyone.get(f"/lich/clb-{slug}.ics")
    events = Calendar.from_ical(feed.data).walk("VEVENT")
    assert [str(event["UID"]) for event in events] == [f"live-{code}@localhost"]
    assert events[0]["DTSTART"].dt == evening()
    assert str(events[0]["STATUS"]) == "CONFIRMED"
    same = anyone.get(f"/lich/clb-{slug}.ics", headers={"If-None-Match": feed.headers["ETag"]})
    assert same.status_code == 304

    # called off: the feed says so, with a higher sequence; nothing stays held
    assert post(staff, f"/can-bo/phien/{code}/huy").status_code == 422
    answer = post(staff, f"/can-bo/phien/{code}/huy", {"reason": "Mưa lũ"})
    assert answer.status_code == 303
    later = Calendar.from_ical(anyone.get(f"/lich/clb-{slug}.ics").data).walk("VEVENT")
    assert str(later[0]["STATUS"]) == "CANCELLED"
    assert str(later[0]["UID"]) == f"live-{code}@localhost"
    assert int(later[0]["SEQUENCE"]) > int(events[0]["SEQUENCE"])
    with database.read() as db:
        for name, query in INVARIANTS.items():
            assert db.execute(text(query)).all() == [], name


def test_a_club_joins_shares_and_invites(enter: SignIn, database: Database) -> None:
    with database.transaction() as db:
        person = make_person(db).email or ""
        friend = make_person(db).email or ""
        staff = make_staff(db, "19").email or ""
        keeper = make_person(db)
        studio = make_studio(db, make_club(db, manager_id=keeper.id, name="Nhà văn hóa"))
        code, studio_id = studio.code, studio.id
    client = enter(person)
    assert client.get("/clb").status_code == 200
    assert post(client, "/clb/dang-ky", {"name": ""}).status_code == 422
    answer = post(
        client, "/clb/dang-ky", {"name": "CLB Côn Minh", "kind": "club", "province_code": "19"}
    )
    assert answer.status_code == 303
    with database.read() as db:
        club = db.scalars(select(Club).where(Club.name == "CLB Côn Minh")).one()
    assert client.get(f"/cau-lac-bo/{club.slug}").status_code == 404
    assert post(enter(staff), f"/can-bo/cau-lac-bo/{club.id}", {"decision": "verify"})
    assert client.get(f"/cau-lac-bo/{club.slug}").status_code == 200

    own = {"club_id": club.id}
    channel = own | {"platform": "tiktok", "handle": "@conminh", "name": "Côn Minh"}
    assert post(client, "/clb/nguon-luc/kenh", channel).status_code == 303
    assert post(client, "/clb/nguon-luc/kenh", channel).status_code == 409
    assert post(client, "/clb/nguon-luc/toi-dan", own).status_code == 303
    place = own | {"kind": "studio", "name": "Phòng xã", "buffer_before_minutes": "10"}
    assert post(client, "/clb/nguon-luc/phong", place).status_code == 422
    place["buffer_after_minutes"] = "5"
    assert post(client, "/clb/nguon-luc/phong", place).status_code == 303

    assert post(client, "/clb/nguon-luc/muon", own | {"code": "KHONGCO"}).status_code == 422
    assert post(client, "/clb/nguon-luc/muon", own | {"code": code.lower()}).status_code == 303
    assert post(client, "/clb/nguon-luc/muon", own | {"code": code}).status_code == 409
    other = enter(keeper.email or "")
    page = other.get("/clb/nguon-luc").get_data(as_text=True)
    found = re.search(r"/clb/nguon-luc/chia-se/(\d+)", page)
    assert found
    share_url = f"/clb/nguon-luc/chia-se/{found[1]}"
    assert post(client, share_url, own | {"answer": "agree"}).status_code == 404
    assert post(other, share_url, {"answer": "agree"}).status_code == 303
    assert post(other, share_url, {"answer": "agree"}).status_code == 409
    form = client.get("/clb/phien/moi").get_data(as_text=True)
    assert f'value="{studio_id}"' in form

    assert post(client, "/clb/nguon-luc/moi", own | {"login": friend, "role": "host"})
    invited = enter(friend)
    page = invited.get("/clb/loi-moi").get_data(as_text=True)
    found = re.search(r"/clb/loi-moi/(\d+)", page)
    assert found
    assert post(client, f"/clb/loi-moi/{found[1]}", {"answer": "agree"}).status_code == 404
    assert post(invited, f"/clb/loi-moi/{found[1]}", {"answer": "agree"}).status_code == 303
    assert invited.get("/clb/phien").status_code == 200
    assert invited.get("/clb/phien/moi").status_code == 403
    with database.read() as db:
        hosts = db.scalars(select(Resource).where(Resource.owner_club_id == club.id)).all()
    host = next(row for row in hosts if row.kind == "host" and row.person_id)
    hours = {"from_0": "19:00", "to_0": "25:00", "from_5": "8h30", "to_5": "11:30"}
    assert post(client, f"/clb/nguon-luc/{host.id}/gio", hours).status_code == 303
    assert "25:00" in client.get(f"/clb/nguon-luc/{host.id}").get_data(as_text=True)
    bad = {"from_0": "19:00", "to_0": "18:00"}
    assert post(client, f"/clb/nguon-luc/{host.id}/gio", bad).status_code == 422
    day = {"day": "2026-12-24", "note": "Đám cưới"}
    assert post(client, f"/clb/nguon-luc/{host.id}/ngay", day).status_code == 303
    assert post(other, f"/clb/nguon-luc/{host.id}/gio", hours).status_code == 404
    assert client.get(f"/clb/phien/gio-trong?resource_id={host.id}&minutes=60").status_code == 200
    assert client.get("/clb/ho-so").status_code == 200
