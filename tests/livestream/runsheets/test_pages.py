"""The sheet's pages and services: order, words, prices that end by themselves, hostile input."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from livestream.runsheets import queries, services
from livestream.runsheets.invariants import INVARIANTS
from livestream.runsheets.models import ItemScript, RunBlock
from livestream.runsheets.rules.sheet import SheetClosed, StrangePart
from livestream.sessions import services as sessions
from livestream.sessions.models import LiveSession, SessionItem
from livestream.sessions.queries import item_rows
from livestream.sessions.services import ItemWish
from livestream.sessions.services.drafting import BelowFloor
from livestream.sessions.timing import BadPriceWindow
from shop.catalogue.models import Certificate
from shop.core import clock
from shop.core.clock import today_vn
from shop.core.db import Database
from shop.core.errors import Invalid, NotFound
from shop.stock.models import PriceWindow
from tests.conftest import post
from tests.factories.accounts import make_person
from tests.factories.catalogue import make_product, variant_of
from tests.factories.livestream import EVENING, NOW, agree_all, make_club, make_session
from tests.factories.stock import make_stock
from tests.livestream.bookings.test_week import statements_of

Login = Callable[[str], FlaskClient]


def goods(db: Session) -> int:
    variant = variant_of(db, make_product(db)).id
    make_stock(db, variant, 20)
    return variant


def items(db: Session, live: LiveSession) -> list[SessionItem]:
    query = select(SessionItem).where(SessionItem.session_id == live.id)
    return list(db.scalars(query.order_by(SessionItem.position)))


def sound(db: Session) -> bool:
    db.flush()
    return not [name for name, query in INVARIANTS.items() if db.execute(text(query)).all()]


def test_the_sheet_is_kept_and_the_line_up_follows(db: Session) -> None:
    live = make_session(db, items=[ItemWish(goods(db), 20), ItemWish(goods(db), 15)])
    first, second = items(db, live)
    parts = queries.parts_of(db, live)
    common: dict[str, Any] = {"public_id": live.public_id, "actor_id": 1, "now": NOW}
    services.save_sheet(db, wished=parts, move=(f"i{second.id}", -1), **common)
    assert (second.position, first.position) == (1, 2), "the console shows the sheet's order"
    services.save_sheet(db, wished=queries.parts_of(db, live), add=("flash", 3, first.id), **common)
    assert first.minutes == 23
    stored = queries.parts_of(db, live)
    assert [part.kind for part in stored][-2:] == ["flash", "closing"]
    services.fit_sheet(db, **common)
    assert sum(part.minutes for part in queries.parts_of(db, live)) == 60
    sessions.remove_item(db, public_id=live.public_id, item_id=first.id, actor_id=1, now=NOW)
    kept = queries.parts_of(db, live)
    assert first.id not in {part.item_id for part in kept}, "its parts went with it"
    third = sessions.add_item(
        db, public_id=live.public_id, wish=ItemWish(goods(db)), actor_id=1, now=NOW
    )
    assert [part.key for part in queries.parts_of(db, live)][-2] == f"i{third.id}"
    assert sound(db)


def test_foreign_things_and_closed_sessions(db: Session) -> None:
    live = make_session(db, items=[ItemWish(goods(db))])
    other = make_session(db, items=[ItemWish(goods(db))], submit_key="other")
    strange = items(db, other)[0].id
    common: dict[str, Any] = {"public_id": live.public_id, "actor_id": 1, "now": NOW}
    parts = queries.parts_of(db, live)
    with pytest.raises(StrangePart):
        services.save_sheet(db, wished=parts, add=("flash", 3, strange), **common)
    with pytest.raises(NotFound):
        services.save_words(db, item_id=strange, words="x", left_out=[], **common)
    sessions.cancel_session(db, public_id=live.public_id, actor_id=1, now=NOW, reason="x")
    with pytest.raises(SheetClosed):
        services.save_sheet(db, wished=parts, **common)


def test_a_live_price_begins_and_ends_by_itself(db: Session) -> None:
    wish = ItemWish(
        goods(db), 10, 30_000, 5, price_from_minute=20, price_minutes=15, price_cap=4, per_buyer=2
    )
    live = make_session(db, state="confirmed", items=[wish])
    window = item_rows(db, live.id, now=NOW)[0].window
    assert window is not None
    assert window.starts_at == EVENING + timedelta(minutes=20)
    assert window.ends_at == EVENING + timedelta(minutes=35)
    assert (window.cap, window.per_buyer) == (4, 2)
    sessions.move_session(
        db,
        public_id=live.public_id,
        starts_at=EVENING + timedelta(hours=1),
        minutes=30,
        actor_id=make_person(db).id,
        capacity="staff",
        now=NOW,
    )
    db.refresh(window)
    assert window.starts_at == EVENING + timedelta(minutes=80), "it moves with the session"
    assert window.ends_at == EVENING + timedelta(minutes=90), "and never runs past its end"
    assert sound(db)


def test_terms_are_asked_anew_and_keep_the_floor(db: Session) -> None:
    live = make_session(db, state="proposed", items=[ItemWish(goods(db), 10, 30_000)])
    item = items(db, live)[0]
    answer: dict[str, Any] = {
        "item_id": item.id,
        "producer_ids": [item.producer_id],
        "is_agreed": True,
        "actor_id": 1,
        "now": NOW,
    }
    with pytest.raises(Invalid):
        sessions.answer_item(db, floor_price_vnd=30_001, **answer)
    sessions.answer_item(db, floor_price_vnd=28_000, **answer)
    assert item.floor_price_vnd == 28_000

    def change(**over: Any) -> None:
        wish = ItemWish(item.variant_id, 10, **{"live_price_vnd": 30_000, **over})
        sessions.change_item(
            db, public_id=live.public_id, item_id=item.id, wish=wish, actor_id=1, now=NOW
        )

    with pytest.raises(BelowFloor):
        change(live_price_vnd=27_999)
    with pytest.raises(BadPriceWindow):
        change(price_from_minute=60)
    change()
    assert item.consent == "agreed", "the same deal is no new question"
    change(per_buyer=1)
    assert item.consent == "asked"


def test_a_paper_that_ends_before_the_session_is_not_spoken_of(db: Session) -> None:
    variant = goods(db)
    live = make_session(db, items=[ItemWish(variant)])
    item = items(db, live)[0]
    paper = Certificate(
        producer_id=item.producer_id,
        product_id=item.product_id,
        kind="ocop",
        stars=4,
        certificate_no="12/QĐ",
        issued_on=today_vn(NOW) - timedelta(days=90),
        expires_on=today_vn(EVENING),
        state="verified",
        created_at=NOW,
    )
    db.add(paper)
    db.flush()
    good, gone = queries.points_of(db, [item], on=today_vn(EVENING), now=NOW)[item.id]
    assert f"paper:{paper.id}" in {point.key for point in good}
    paper.expires_on = today_vn(EVENING) - timedelta(days=1)
    db.flush()
    good, gone = queries.points_of(db, [item], on=today_vn(EVENING), now=NOW)[item.id]
    assert [point.key for point in gone] == [f"paper:{paper.id}"]
    assert queries.load_sheet(db, live, now=NOW).has_gone_points


@pytest.fixture
def running(database: Database, signed_in: Login) -> tuple[FlaskClient, LiveSession]:
    with database.transaction() as db:
        manager = make_person(db)
        club = make_club(db, manager_id=manager.id)
        live = make_session(
            db,
            club,
            items=[ItemWish(goods(db), 10, 30_000, 2), ItemWish(goods(db))],
            starts_at=clock.now() + timedelta(days=3),
            state="confirmed",
            now=clock.now(),
        )
        db.refresh(live)
        db.expunge(live)
    return signed_in(manager.email or ""), live


def sheet_fields(database: Database, live: LiveSession) -> dict[str, Any]:
    with database.read() as db:
        parts = queries.parts_of(db, live)
        version = db.scalar(select(LiveSession.version).where(LiveSession.id == live.id))
    fields: dict[str, Any] = {"part": [part.key for part in parts], "version": version}
    return fields | {f"minutes_{part.key}": part.minutes for part in parts}


def test_pages_of_a_sheet(
    database: Database, running: tuple[FlaskClient, LiveSession], signed_in: Login
) -> None:
    client, live = running
    base = f"/clb/phien/{live.public_id}"
    fields = sheet_fields(database, live)
    last_product = fields["part"][2]
    answer = post(client, f"{base}/bang-chay", fields | {"step": f"up:{last_product}"})
    assert answer.status_code == 303
    stale = post(client, f"{base}/bang-chay", fields)
    assert stale.status_code == 409
    again = sheet_fields(database, live)
    assert again["part"][1] != fields["part"][1]
    with statements_of(client) as seen:
        page = client.get(f"{base}/bang-chay").get_data(as_text=True)
    assert "data-runsheet" in page
    assert page.count("data-part=") == 4
    assert len(seen) <= 30, "the papers of a firm session are judged in a fixed number"
    item = last_product.removeprefix("i")
    said = "Trà này chữa mất ngủ, cam kết khỏi"
    assert post(client, f"{base}/bang-chay/{item}", {"words": said}).status_code == 303
    words = client.get(f"{base}/bang-chay/{item}").get_data(as_text=True)
    assert '<span lang="vi">' not in words
    english = client.get(f"/en{base}/bang-chay/{item}").get_data(as_text=True)
    assert 'Made by <span lang="vi">HTX' in english, (
        "the label's words say that they are Vietnamese"
    )
    assert 'data-remark="claims_healing"' in words
    assert 'data-remark="promise"' in words
    printed = client.get(f"{base}/bang-chay/in").get_data(as_text=True)
    assert said in printed
    screen = client.get(f"{base}/man-hinh-2").get_data(as_text=True)
    assert "A1" in screen
    assert "30.000" in screen
    with database.transaction() as db:
        stranger = make_club(db, manager_id=(other := make_person(db)).id)
        assert stranger.id != live.club_id
        login = other.email or ""
    foreign = signed_in(login)
    for path in ("bang-chay", f"bang-chay/{item}", "bang-chay/in", "man-hinh-2"):
        assert foreign.get(f"{base}/{path}").status_code in {403, 404}
    assert post(foreign, f"{base}/bang-chay", again).status_code in {403, 404}


@pytest.mark.parametrize(
    "hostile",
    [
        {"minutes": "99999999999999999999"},
        {"minutes": "0"},
        {"minutes": "\x00"},
        {"part": ["b999999999"]},
        {"part": ["i1", "i1"]},
        {"part": ["opening"] * 300},
        {"step": "up:zzz"},
        {"step": "drop:i1"},
        {"step": "add", "add_kind": "product"},
        {"step": "add", "add_kind": "flash", "add_item": "99999999"},
        {"title": "x" * 200_000},
        {"add_minutes": "2147483648"},
    ],
    ids=lambda one: "-".join(f"{k}={str(v)[:12]}" for k, v in one.items()),
)
def test_hostile_sheets_change_nothing(
    database: Database, running: tuple[FlaskClient, LiveSession], hostile: dict[str, Any]
) -> None:
    client, live = running
    fields = sheet_fields(database, live)
    first = fields["part"][0]
    data = dict(fields)
    for name, value in hostile.items():
        data[f"{name}_{first}" if name in {"minutes", "title"} else name] = value
    answer = post(client, f"/clb/phien/{live.public_id}/bang-chay", data)
    assert 400 <= answer.status_code < 500
    with database.read() as db:
        assert db.scalars(select(RunBlock.id)).all() == []
        assert db.scalars(select(ItemScript.id)).all() == []
        assert len(db.scalars(select(PriceWindow.id)).all()) == 1


def test_agreeing_leaves_the_price_as_it_was(db: Session) -> None:
    live = make_session(db, state="proposed", items=[ItemWish(goods(db), 10, 30_000)])
    agree_all(db, live)
    assert items(db, live)[0].floor_price_vnd == 1000
