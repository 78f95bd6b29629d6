"""The pages of a recall over HTTP: who sees what, what the buyer answers, what turns red."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from shop.core.db import Database
from shop.recalls.models import Recall, RecallBuyer, RecallDrill, RecallLine
from shop.web.access import sign
from tests.conftest import csrf, post
from tests.factories.accounts import make_member, make_person, make_staff
from tests.factories.catalogue import make_producer
from tests.factories.orders import make_order
from tests.factories.traceability import make_lot
from tests.shop.recalls.conftest import World

SAID = {
    "hazard": "2",
    "reason": "Kiểm nghiệm lại thấy ẩm vượt mức",
    "advice": "Ngừng dùng, giữ nguyên gói và gọi cho chúng tôi",
    "contact_phone": "0912345670",
    "is_sure": "y",
    "submit_key": "recall-submit-key",
}
LINE = re.compile(r"<h1[^>]*>(.*?)</h1>", re.DOTALL)


@pytest.fixture
def owner(database: Database, world: World, signed_in: Callable[..., FlaskClient]) -> FlaskClient:
    from shop.accounts.models import Person

    with database.read() as db:
        email = db.get_one(Person, world.owner_id).email
    assert email is not None
    return signed_in(email)


def sold(database: Database, world: World, **over: Any) -> str:
    """Code of an order of three units that was sent."""
    with database.transaction() as db:
        return world.sell(db, 3, **over).code


def confirm(client: FlaskClient, world: World, **over: Any) -> Any:
    return post(client, "/ban-hang/thu-hoi", {**SAID, "lo": world.raw.code, **over})


def opened(database: Database) -> Recall:
    with database.read() as db:
        return db.scalars(select(Recall)).one()


def test_from_the_lot_to_the_red_pages(
    database: Database, owner: FlaskClient, app: Flask, world: World
) -> None:
    sold(database, world)
    choose = owner.get("/ban-hang/thu-hoi/moi").get_data(as_text=True)
    assert world.lot.code in choose
    preview = owner.get(f"/ban-hang/thu-hoi/moi?lo={world.raw.code}")
    assert preview.headers["Cache-Control"] == "private, no-store"
    text = preview.get_data(as_text=True)
    assert 'data-buyers="1"' in text
    assert 'data-lots="2"' in text
    with database.read() as db:
        assert db.scalars(select(Recall)).all() == [], "looking changes nothing"
    answer = confirm(owner, world)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    recall = opened(database)
    board = owner.get(answer.headers["Location"]).get_data(as_text=True)
    assert f'data-recall="{recall.code}"' in board
    assert 'data-unreached="1"' in board
    again = confirm(owner, world)
    assert again.headers["Location"].endswith(recall.code), "the same press is the same recall"

    guest = app.test_client()
    for path, words in (
        ("/thu-hoi", world.producer.name),
        (f"/thu-hoi/{recall.code}", SAID["advice"]),
        (f"/en/thu-hoi/{recall.code}", "What you should do"),
        (f"/t/{world.lot.code}", SAID["advice"]),
        (f"/en/t/{world.lot.code}", "What you should do"),
    ):
        page = guest.get(path)
        assert page.status_code == 200, path
        assert words in page.get_data(as_text=True), path
    assert 'data-verdict="recalled"' in guest.get(f"/t/{world.lot.code}").get_data(as_text=True)
    status = guest.get(f"/T/{world.lot.code}?linkType=gs1:recallStatus")
    assert status.headers["Location"].startswith(f"/lo/{world.lot.code}/thu-hoi")
    led = guest.get(f"/lo/{world.lot.code}/thu-hoi")
    assert led.headers["Location"].endswith(f"/thu-hoi/{recall.code}")
    fine = guest.get(f"/lo/{world.other.code}/thu-hoi").get_data(as_text=True)
    assert 'data-recall-status="none"' in fine


def test_the_product_page_turns_red_at_once_though_it_was_kept(
    database: Database, world: World, make_app: Callable[..., Flask], owner: FlaskClient
) -> None:
    from shop.catalogue.models import Product

    with database.read() as db:
        slug = db.get_one(Product, world.lot.product_id).slug
    guest = make_app(page_cache_seconds=300).test_client()
    assert "data-recall" not in guest.get(f"/san-pham/{slug}").get_data(as_text=True)
    assert confirm(owner, world).status_code == 303
    page = guest.get(f"/san-pham/{slug}").get_data(as_text=True)
    assert f'data-recall="{opened(database).code}"' in page


def test_the_buyer_reads_it_on_the_order_and_answers_by_the_link(
    database: Database, owner: FlaskClient, app: Flask, world: World
) -> None:
    code = sold(database, world)
    confirm(owner, world)
    with database.read() as db:
        buyer = db.scalars(select(RecallBuyer)).one()
    with app.test_request_context():
        order_key, key = sign("order", code), sign("recall", buyer.code)
    guest = app.test_client()
    page = guest.get(f"/don-hang/{code}?k={order_key}").get_data(as_text=True)
    assert "Hàng trong đơn này bị thu hồi" in page
    link = f"/thu-hoi/xac-nhan/{buyer.code}?k={key}"
    shown = guest.get(link)
    assert shown.status_code == 200
    assert "XAU-1" in shown.get_data(as_text=True)
    assert shown.get_data(as_text=True).count('type="radio"') == 4
    with database.read() as db:
        assert db.scalars(select(RecallBuyer.state)).one() == "waiting", "opening is not answering"
    assert guest.get(f"/thu-hoi/xac-nhan/{buyer.code}?k=wrong").status_code == 404
    assert guest.get(f"/thu-hoi/xac-nhan/{buyer.code}").status_code == 404
    token = {"csrf_token": csrf(guest, link)}
    site = {"Sec-Fetch-Site": "same-origin"}
    bad = guest.post(link, data={**token, "outcome": "reached"}, headers=site)
    assert bad.status_code == 422, "only what a buyer can say"
    good = guest.post(link, data={**token, "outcome": "stopped"}, headers=site)
    assert good.status_code == 303
    with database.read() as db:
        row = db.scalars(select(RecallBuyer)).one()
        assert (row.state, row.outcome, row.outcome_by) == ("reached", "stopped", None)


def test_the_signed_in_buyer_needs_no_signature_and_others_see_nothing(
    database: Database, owner: FlaskClient, app: Flask, world: World
) -> None:
    with database.transaction() as db:
        buyer, stranger = make_person(db), make_person(db)
        world.sell(db, 1, buyer_id=buyer.id)
        emails = buyer.email, stranger.email
    confirm(owner, world)
    with database.read() as db:
        code = db.scalars(select(RecallBuyer.code)).one()
    for email, status in zip(emails, (200, 404), strict=True):
        client = app.test_client()
        post(client, "/dang-nhap", {"login": email, "password": "chophien-demo"})
        assert client.get(f"/thu-hoi/xac-nhan/{code}").status_code == status


def test_the_board_is_worked_through_to_the_report(
    database: Database, owner: FlaskClient, world: World
) -> None:
    sold(database, world)
    confirm(owner, world)
    recall = opened(database)
    base = f"/ban-hang/thu-hoi/{recall.code}"
    with database.read() as db:
        buyer = db.scalars(select(RecallBuyer.id)).one()
        line = db.scalars(select(RecallLine.id)).one()
    early = post(owner, f"{base}/khep", {"note": "Xong việc rồi"})
    assert early.status_code == 409
    assert "Xong việc rồi" in early.get_data(as_text=True), "what was typed is kept"
    assert post(owner, f"{base}/nhac").status_code == 409, "just told"
    for path, data in (
        (f"{base}/nguoi-mua/{buyer}", {"outcome": "reached", "note": "Đã gọi"}),
        (f"{base}/tra-ve/{line}", {"units": "2"}),
        (
            f"{base}/lo/{world.lot.id}",
            {"way": "destroyed", "units": "19", "submit_key": "settle-form-key"},
        ),
        (f"{base}/khep", {"note": "Đã thu lại và tiêu hủy"}),
    ):
        answer = post(owner, path, data)
        assert answer.status_code == 303, (path, answer.get_data(as_text=True))
    report = owner.get(f"{base}/bao-cao").get_data(as_text=True)
    assert "100 %" in report
    assert "66 %" in report
    assert post(owner, f"{base}/mo-lai", {"note": "Còn một người"}).status_code == 303


def test_a_drill_from_start_to_finish(database: Database, owner: FlaskClient, world: World) -> None:
    sold(database, world)
    start = post(
        owner, "/ban-hang/dien-tap", {"lo": world.raw.code, "submit_key": "drill-form-key"}
    )
    assert start.status_code == 303
    path = start.headers["Location"]
    assert 'data-found-ms="' in owner.get(path).get_data(as_text=True)
    too_many = post(owner, path, {"counted": "17", "called": "5", "note": ""})
    assert too_many.status_code == 422
    done = post(owner, path, {"counted": "16", "called": "1", "note": "Kệ thiếu một gói"})
    assert done.status_code == 303
    page = owner.get(path).get_data(as_text=True)
    assert "Kệ thiếu một gói" in page
    with database.read() as db:
        drill = db.scalars(select(RecallDrill)).one()
        assert (drill.counted, drill.called, drill.figures["buyers"]) == (16, 1, 1)
        assert db.scalars(select(Recall)).all() == []


def test_other_peoples_lots_and_recalls_are_not_found(
    database: Database, owner: FlaskClient, app: Flask, world: World
) -> None:
    sold(database, world)
    confirm(owner, world)
    recall = opened(database)
    with database.transaction() as db:
        other = make_producer(db)
        foreign_lot = make_lot(db).code
        people = {
            "rival": make_member(db, "producer", other.id).email,
            "elsewhere": make_staff(db, "01").email,
            "staff": make_staff(db, "19").email,
        }
        line = db.scalars(select(RecallLine.id)).one()
        buyer = db.scalars(select(RecallBuyer.id)).one()
    both = f"/ban-hang/thu-hoi/moi?lo={world.other.code}&lo={foreign_lot}"
    assert owner.get(both).status_code == 404
    clients = {}
    for name, email in people.items():
        clients[name] = app.test_client()
        post(clients[name], "/dang-nhap", {"login": email, "password": "chophien-demo"})
    rival, elsewhere, staff = clients["rival"], clients["elsewhere"], clients["staff"]
    for client, desk in ((rival, "/ban-hang"), (elsewhere, "/can-bo")):
        base = f"{desk}/thu-hoi/{recall.code}"
        for path in (base, f"{base}/bao-cao", f"{desk}/thu-hoi/moi?lo={world.other.code}"):
            assert client.get(path).status_code == 404, path
        for path, data in (
            (f"{base}/nguoi-mua/{buyer}", {"outcome": "reached"}),
            (f"{base}/tra-ve/{line}", {"units": "1"}),
            (f"{base}/khep", {"note": "Xong việc"}),
            (f"{desk}/thu-hoi", {**SAID, "lo": world.other.code, "submit_key": "rival-key-1"}),
            (f"{desk}/dien-tap", {"lo": world.other.code, "submit_key": "rival-key-2"}),
        ):
            assert post(client, path, data).status_code == 404, path
        assert recall.code not in client.get(f"{desk}/thu-hoi").get_data(as_text=True)
    assert staff.get(f"/can-bo/thu-hoi/{recall.code}").status_code == 200
    assert recall.code in staff.get("/can-bo/thu-hoi").get_data(as_text=True)


def test_a_member_may_follow_but_not_order(database: Database, app: Flask, world: World) -> None:
    with database.transaction() as db:
        email = make_member(db, "producer", world.producer.id, role="member").email
    client = app.test_client()
    post(client, "/dang-nhap", {"login": email, "password": "chophien-demo"})
    preview = client.get(f"/ban-hang/thu-hoi/moi?lo={world.lot.code}").get_data(as_text=True)
    assert 'name="reason"' not in preview
    assert confirm(client, world).status_code == 403


HOSTILE = (
    {"reason": "x" * 1_000_000},
    {"reason": "ngắn"},
    {"reason": "\x00" * 40},
    {"hazard": "9"},
    {"hazard": ""},
    {"contact_phone": "không có"},
    {"submit_key": ""},
    {"submit_key": "k" * 500},
    {"is_sure": ""},
    {"reason": "Gọi 0912 345 678 để hỏi về lô này"},
    {"advice": "Viết cho mai@example.test để được trả tiền"},
)


@pytest.mark.parametrize("bad", HOSTILE, ids=lambda bad: next(iter(bad)))
def test_what_nobody_means_is_refused_and_leaves_nothing(
    database: Database, owner: FlaskClient, world: World, bad: dict[str, str]
) -> None:
    answer = confirm(owner, world, **bad)
    assert answer.status_code in {413, 422}, answer.status_code
    with database.read() as db:
        assert db.scalars(select(Recall)).all() == []
        from shop.traceability.models import Lot

        assert db.get_one(Lot, world.lot.id).state == "released"


def test_hostile_paths_and_numbers(database: Database, owner: FlaskClient, world: World) -> None:
    sold(database, world)
    confirm(owner, world)
    base = f"/ban-hang/thu-hoi/{opened(database).code}"
    for lots in ("", "\x00", "KHONGCO123", "A" * 5000):
        assert owner.get("/ban-hang/thu-hoi/moi", query_string={"lo": lots}).status_code in {
            200,
            404,
            422,
        }
    many = [("lo", f"AAAAAAAA{n:02}") for n in range(60)]
    assert owner.get("/ban-hang/thu-hoi/moi", query_string=many).status_code == 422
    for path in (
        f"{base}/nguoi-mua/{2**31}",
        f"{base}/nguoi-mua/{2**70}",
        f"{base}/tra-ve/{2**63}",
        f"{base}/lo/{2**40}",
    ):
        data = {"outcome": "reached", "units": "1", "way": "destroyed", "submit_key": "s" * 20}
        assert post(owner, path, data).status_code == 404, path
    with database.read() as db:
        line = db.scalars(select(RecallLine.id)).one()
    for units in ("-1", "0", "4", str(2**31), str(2**70), "hai", "", "1" * 400):
        answer = post(owner, f"{base}/tra-ve/{line}", {"units": units})
        assert answer.status_code == 422, units
    lot = f"{base}/lo/{world.lot.id}"
    for units in ("0", "99", str(2**31)):
        data = {"way": "destroyed", "units": units, "submit_key": f"settle-key-{units}"}
        assert post(owner, lot, data).status_code in {409, 422}, units
    assert owner.get("/thu-hoi/%00").status_code == 404
    assert owner.get("/lo/%00/thu-hoi").status_code == 404
    assert owner.get(f"{base}?muc=%00&trang={2**70}").status_code == 200


def test_lists_keep_their_statements(
    database: Database, owner: FlaskClient, world: World, statements: Callable[..., int]
) -> None:
    confirm(owner, world)
    path = f"/ban-hang/thu-hoi/{opened(database).code}?muc="
    few = statements(lambda: owner.get(path))
    with database.transaction() as db:
        recall = db.scalars(select(Recall)).one()
        for number in range(30):
            order = make_order(db, variant=world.variant, phone=f"0913000{number:03}")
            db.add(
                RecallBuyer(
                    code=f"B{number:011}",
                    recall_id=recall.id,
                    recipient=f"contact:{9000 + number}",
                    order_id=order.id,
                    has_goods=False,
                )
            )
    assert statements(lambda: owner.get(path)) == few
