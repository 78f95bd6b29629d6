"""Every form of livestream fed with what nobody means: refused with 4xx, never a 5xx."""

import unicodedata
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from livestream.sessions.models import SessionItem
from livestream.sessions.services import ItemWish
from shop.accounts.services import add_member
from shop.core.db import Database
from tests.conftest import csrf
from tests.factories.accounts import make_member, make_person, make_staff
from tests.factories.catalogue import make_product, variant_of
from tests.factories.livestream import make_campaign, make_club, make_host, make_session

WEIRD: dict[str, str] = {
    "empty": "",
    "huge number": "99999999999999999999",
    "over 31 bits": str(2**31),
    "over 63 bits": str(2**63),
    "negative": "-1",
    "nul": "a\x00b",
    "long": "x" * 1_000_000,
    "decomposed": unicodedata.normalize("NFD", "Phiên chợ Tết Nguyên Đán"),
    "script": "<script>alert(1)</script>",
    "surrogate": "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
    "percent": "%(x)s %s %",
    "date": "9999-99-99T99:99",
    "far": "9999-12-31T23:59",
    "early": "0001-01-01T00:00",
    "quote": "' OR 1=1 --",
    "number signs": "١٢٣",
}

FIELDS = [
    "name",
    "kind",
    "province_code",
    "place",
    "about",
    "about_en",
    "platform",
    "handle",
    "buffer_before_minutes",
    "buffer_after_minutes",
    "is_active",
    "code",
    "login",
    "role",
    "from_0",
    "to_0",
    "from_3",
    "to_3",
    "day",
    "from_time",
    "to_time",
    "note",
    "decision",
    "answer",
    "title",
    "title_en",
    "starts_at",
    "minutes",
    "host_id",
    "channel_id",
    "studio_id",
    "kit_id",
    "campaign_id",
    "watch_url",
    "submit_key",
    "variant_id",
    "item_minutes",
    "live_price_vnd",
    "set_aside",
    "version",
    "reason",
    "rule",
    "state",
    "product",
    "starts_on",
    "ends_on",
    "goal_vnd",
    "goal_kg",
    "source_note",
    "action",
]


@pytest.fixture
def desk(
    database: Database, signed_in: Callable[..., FlaskClient]
) -> tuple[FlaskClient, list[str]]:
    """One person who is everything, and every address of livestream they may post to."""
    with database.transaction() as db:
        person = make_staff(db, "*")
        club = make_club(db, manager_id=person.id)
        waiting = make_club(db, state="submitted")
        host = make_host(db, club)
        product = make_product(db)
        wish = ItemWish(variant_of(db, product).id)
        live = make_session(db, club, hosts=[host], items=[wish], state="proposed")
        item = db.scalars(select(SessionItem)).one()
        campaign = make_campaign(db, state="draft")
        add_member(
            db,
            person_id=person.id,
            unit_kind="producer",
            unit_id=item.producer_id,
            role="owner",
            now=live.created_at,
        )
        code = live.public_id
        login = person.email or ""
        paths = [
            "/clb/dang-ky",
            "/clb/ho-so",
            "/clb/loi-moi/1",
            "/clb/nguon-luc/kenh",
            "/clb/nguon-luc/phong",
            "/clb/nguon-luc/muon",
            "/clb/nguon-luc/moi",
            "/clb/nguon-luc/chia-se/1",
            f"/clb/nguon-luc/{host.id}",
            f"/clb/nguon-luc/{host.id}/gio",
            f"/clb/nguon-luc/{host.id}/ngay",
            f"/can-bo/cau-lac-bo/{waiting.id}",
            "/clb/phien/moi",
            *(
                f"/clb/phien/{code}/{step}"
                for step in ("doi-gio", "sua", "bang-chay/san-pham", "dung")
            ),
            f"/clb/phien/{code}/bang-chay/{item.id}/gia",
            f"/ban-hang/phien/{item.id}",
            *(f"/can-bo/phien/{code}/{step}" for step in ("doi-gio", "bo-qua", "chot")),
            "/can-bo/chien-dich/moi",
            f"/can-bo/chien-dich/{campaign.id}",
            f"/can-bo/chien-dich/{campaign.id}/trang-thai",
            f"/can-bo/chien-dich/{campaign.id}/san-pham",
        ]
        variant = wish.variant_id
    client = signed_in(login)
    FIELD_EXTRA[:] = [
        f"{n}_{variant}" for n in ("item_minutes", "item_price_vnd", "item_set_aside")
    ]
    return client, paths


FIELD_EXTRA: list[str] = []


@pytest.mark.parametrize("name", sorted(WEIRD))
def test_posts(desk: tuple[FlaskClient, list[str]], name: str) -> None:
    client, paths = desk
    value = WEIRD[name]
    token = csrf(client)
    for path in paths:
        fields: dict[str, Any] = dict.fromkeys([*FIELDS, *FIELD_EXTRA], value)
        if name == "long":
            fields = dict.fromkeys(("title", "name", "note"), value[:180_000])
        fields["csrf_token"] = token
        answer = client.post(path, data=fields, headers={"Sec-Fetch-Site": "same-origin"})
        assert answer.status_code < 500, (path, answer.get_data(as_text=True)[:500])
        assert answer.status_code >= 300, path


QUERY = [
    "tuan",
    "tinh",
    "kenh",
    "ngay",
    "trang",
    "q",
    "variant_id",
    "starts_at",
    "minutes",
    "host_id",
    "resource_id",
    "title",
]


def test_gets(desk: tuple[FlaskClient, list[str]]) -> None:
    """Every value from one desk: what is asked for by GET changes nothing for the next."""
    client, _paths = desk
    for name in sorted(set(WEIRD) - {"long"}):
        value = WEIRD[name]
        for path in (
            "/phien-live",
            "/en/phien-live",
            "/clb/phien",
            "/clb/phien/moi",
            "/clb/phien/gio-trong",
            "/can-bo/phien",
            "/can-bo/cau-lac-bo",
            "/can-bo/chien-dich",
            "/ban-hang/phien",
        ):
            answer = client.get(path, query_string=dict.fromkeys(QUERY, value))
            assert answer.status_code < 500, (name, path)
        for path in ("/phien-live/", "/cau-lac-bo/", "/chien-dich/", "/clb/phien/"):
            answer = client.get(path + (value.replace("/", "") or "x"))
            assert answer.status_code in {400, 404}, (name, path)


def test_a_megabyte_is_refused_whole(desk: tuple[FlaskClient, list[str]]) -> None:
    client, _paths = desk
    fields = {"csrf_token": csrf(client), "title": "x" * 1_000_000}
    answer = client.post("/clb/phien/moi", data=fields, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 413


def test_strangers_are_kept_out(client: FlaskClient, database: Database) -> None:
    with database.transaction() as db:
        club = make_club(db)
        live = make_session(db, club, state="proposed")
        member = make_member(db, "club", make_club(db).id, "manager")
        host_only = make_member(db, "club", club.id, "host")
        person = make_person(db)
        code = live.public_id
        logins = [person.email, member.email, host_only.email]
    expected = [403, 404, 200]
    for login, status in zip(logins, expected, strict=True):
        fields = {"login": login, "password": "chophien-demo", "csrf_token": csrf(client)}
        client.post("/dang-nhap", data=fields, headers={"Sec-Fetch-Site": "same-origin"})
        assert client.get(f"/clb/phien/{code}").status_code == status
        fields = {"csrf_token": csrf(client), "reason": "x"}
        same = {"Sec-Fetch-Site": "same-origin"}
        refused = client.post(f"/clb/phien/{code}/huy", data=fields, headers=same)
        assert refused.status_code in {403, 404}
        client.post("/dang-xuat", data={"csrf_token": csrf(client)}, headers=same)
