"""How a producer can be reached: consent, links that lead where they say, checks that grow old."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shop.contacts import queries, rules, services
from shop.contacts.models import ProducerContact, ProducerFace, ProducerLink
from shop.core.clock import today_vn
from shop.core.db import Database
from tests.conftest import post
from tests.factories.accounts import make_member, make_person, make_staff
from tests.factories.catalogue import make_producer, make_product

TODAY = today_vn(datetime.now(UTC))
SHOPEE = "https://shopee.vn/htx"


@pytest.mark.parametrize(
    ("channel", "typed", "kept"),
    [
        ("shopee", " https://shopee.vn/shop/1?x=2 ", "https://shopee.vn/shop/1?x=2"),
        ("shopee", "https://M.Shopee.VN/a", "https://m.shopee.vn/a"),
        ("website", "https://htx.example/", "https://htx.example/"),
        ("shopee", "https://shopee.vn.gia-mao.example/a", None),
        ("shopee", "https://gia-shopee.vn/a", None),
        ("shopee", "http://shopee.vn/a", None),
        ("shopee", "https://shopee.vn@gia-mao.example/a", None),
        ("shopee", "https://ai:do@shopee.vn/a", None),
        ("website", "javascript:alert(1)", None),
        ("website", "https://localhost/a", None),
        ("website", "https://htx.example:8443/a", None),
        ("website", "https://[::1", None),
        ("website", "https://xã.example/a", None),
        ("website", "https://htx.example/" + "a" * 600, None),
        ("khac", "https://shopee.vn/a", None),
        ("lazada", "https://shopee.vn/a", None),
    ],
)
def test_a_link_leads_where_it_says(channel: str, typed: str, kept: str | None) -> None:
    if kept is None:
        with pytest.raises(rules.BadLink):
            rules.checked_url(channel, typed)
    else:
        assert rules.checked_url(channel, typed) == kept


@pytest.mark.parametrize(
    ("age", "expected"),
    [(0, "fresh"), (90, "fresh"), (91, "old"), (180, "old"), (181, "dropped")],
)
def test_a_check_grows_old(age: int, expected: str) -> None:
    day = date(2026, 11, 22)
    assert rules.standing(day - timedelta(days=age), day) == expected


def add_link(db: Session, producer_id: int, actor_id: int, **over: Any) -> ProducerLink:
    values: dict[str, Any] = {"channel": "shopee", "url": SHOPEE, "now": datetime.now(UTC)}
    return services.add_link(db, producer_id=producer_id, actor_id=actor_id, **(values | over))


def test_pages_show_links_as_honestly_as_they_were_checked(
    client: FlaskClient, database: Database
) -> None:
    with database.transaction() as db:
        producer = make_producer(db, public_phone="0912345678")
        product = make_product(db, producer=producer)
        actor = make_person(db).id
        for number, age in enumerate((10, 120, 200)):
            link = add_link(db, producer.id, actor, url=f"{SHOPEE}/{number}")
            link.checked_on = TODAY - timedelta(days=age)
        addresses = [f"/nha-san-xuat/{producer.slug}", f"/san-pham/{product.slug}"]
    for address in addresses:
        page = client.get(address).text
        assert f"{SHOPEE}/0" in page
        assert "đã xem lại" in page
        assert f"{SHOPEE}/1" in page
        assert "có thể đã đổi" in page
        assert f"{SHOPEE}/2" not in page, "nobody looked for half a year"
        assert "tel:0912345678" in page
        assert "zalo.me" not in page, "never given"


def test_nothing_personal_without_consent(
    client: FlaskClient, database: Database, signed_in: Callable[..., FlaskClient]
) -> None:
    with database.transaction() as db:
        producer = make_producer(db)
        owner, slug = make_member(db, "producer", producer.id).email, producer.slug
        base = f"/ban-hang/co-so/{producer.id}"
    desk = signed_in(owner)
    assert desk.get(f"{base}/lien-he").status_code == 200
    typed = {"zalo": "0912 345 678", "shop_address": "Thôn Chè Cọ", "opening": "8:00–17:00"}
    refused = post(desk, f"{base}/lien-he", typed)
    assert refused.status_code == 422
    assert "0912 345 678" in refused.text or "0912345678" in refused.text
    person = {"name": "Hoàng Thị Mây", "work": "Tráng miến"}
    assert post(desk, f"{base}/con-nguoi", person).status_code == 422
    page = client.get(f"/nha-san-xuat/{slug}").text
    assert "Hoàng Thị Mây" not in page
    assert "Thôn Chè Cọ" not in page
    assert post(desk, f"{base}/lien-he", typed | {"consent": "y"}).status_code == 303
    assert post(desk, f"{base}/con-nguoi", person | {"consent": "y"}).status_code == 303
    page = client.get(f"/nha-san-xuat/{slug}").text
    assert "https://zalo.me/0912345678" in page
    assert "Thôn Chè Cọ" in page
    assert "Hoàng Thị Mây" in page
    with database.read() as db:
        face = db.scalars(select(ProducerFace)).one()
        assert face.consented_by
        assert db.scalars(select(ProducerContact.consented_at)).one()
    assert post(desk, f"{base}/con-nguoi/{face.id}/bo").status_code == 303
    assert post(desk, f"{base}/lien-he", {"zalo": "", "shop_address": ""}).status_code == 303
    page = client.get(f"/nha-san-xuat/{slug}").text
    assert "Hoàng Thị Mây" not in page
    assert "zalo.me" not in page


def test_links_are_added_checked_and_dropped_by_their_producer_alone(
    app: Any, database: Database, client: FlaskClient, signed_in: Callable[..., FlaskClient]
) -> None:
    with database.transaction() as db:
        mine, other = make_producer(db), make_producer(db)
        owner = make_member(db, "producer", mine.id).email
        foreign = add_link(db, other.id, make_person(db).id).id
        base, wrong = f"/ban-hang/co-so/{mine.id}/noi-ban", f"/ban-hang/co-so/{other.id}"
    desk = signed_in(owner)
    link = {"channel": "shopee", "url": SHOPEE}
    assert post(desk, base, link).status_code == 303
    assert post(desk, base, link).status_code == 409, "known already"
    assert post(desk, base, link | {"url": "https://gia.example/a"}).status_code == 422
    assert post(desk, base, link | {"channel": "x" * 300}).status_code == 422
    assert post(desk, base, link | {"url": "\0" * 90}).status_code == 422
    with database.transaction() as db:
        own = db.scalars(select(ProducerLink.id).where(ProducerLink.id != foreign)).one()
        db.execute(update(ProducerLink).values(checked_on=TODAY - timedelta(days=100)))
    assert "Đường dẫn nơi bán cần xem lại" in desk.get("/ban-hang").text
    assert post(desk, f"{base}/{own}/con").status_code == 303
    with database.read() as db:
        assert db.get_one(ProducerLink, own).checked_on == TODAY
        assert db.get_one(ProducerLink, foreign).checked_on < TODAY
    for address in (
        f"{base}/{foreign}/con",
        f"{base}/{foreign}/bo",
        f"{wrong}/noi-ban/{foreign}/bo",
        f"{wrong}/lien-he",
        f"{wrong}/con-nguoi",
        f"{base}/{9**9}/con",
    ):
        assert post(desk, address, {"name": "x", "consent": "y"}).status_code == 404, address
    assert desk.get(f"{wrong}/lien-he").status_code == 404
    assert post(desk, f"{base}/{own}/bo").status_code == 303
    with database.read() as db:
        assert db.scalars(select(ProducerLink.id)).all() == [foreign]


def test_staff_check_links_of_their_provinces(
    database: Database, signed_in: Callable[..., FlaskClient]
) -> None:
    with database.transaction() as db:
        near, far = make_producer(db), make_producer(db, province_code="01")
        staff = make_staff(db, "19").email
        actor = make_person(db).id
        ours = add_link(db, near.id, actor).id
        theirs = add_link(db, far.id, actor, url=f"{SHOPEE}/xa").id
    desk = signed_in(staff)
    page = desk.get("/can-bo/noi-ban").text
    assert SHOPEE in page
    assert f"{SHOPEE}/xa" not in page
    assert post(desk, f"/can-bo/noi-ban/{ours}/con").status_code == 303
    assert post(desk, f"/can-bo/noi-ban/{theirs}/con").status_code == 404
    assert post(desk, f"/can-bo/noi-ban/{theirs}/bo").status_code == 404
    assert post(desk, f"/can-bo/noi-ban/{ours}/bo").status_code == 303


def test_there_is_an_end_of_links(db: Session) -> None:
    producer, actor = make_producer(db).id, make_person(db).id
    for number in range(rules.MAX_LINKS):
        add_link(db, producer, actor, url=f"{SHOPEE}/{number}")
    with pytest.raises(rules.TooManyLinks):
        add_link(db, producer, actor, url=f"{SHOPEE}/x")
    assert queries.reach_of(db, producer, today=TODAY).outlets[0].label == "Shopee"
    assert queries.reach_of(db, 99, today=TODAY).is_empty
