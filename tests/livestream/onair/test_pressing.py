"""Presses kept once, prices that follow them, consoles that press at the same moment."""

import json
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from livestream.clubs.services import managers_of
from livestream.onair import queries, services
from livestream.onair.invariants import INVARIANTS
from livestream.onair.models import LivePress
from livestream.onair.rules.cues import NoLivePrice, NotOnAir, UnknownPress
from livestream.onair.services import PressSent
from livestream.sessions.models import LiveSession, SessionItem
from livestream.sessions.services import ItemWish, end_session
from shop.accounts.models import Person
from shop.core.db import Database
from shop.core.errors import NotFound
from shop.stock.queries import prices
from tests.conftest import csrf
from tests.factories.catalogue import make_product, variant_of
from tests.factories.livestream import EVENING, make_club, make_session
from tests.factories.stock import make_stock

LATER = EVENING + timedelta(minutes=10)


def on_air(
    db: Session, *, state: str = "live", number: int = 3
) -> tuple[LiveSession, list[SessionItem]]:
    """A session on air with ``number`` products of 20 units; 100 000 ₫ live where agreed."""
    wishes = []
    for index in range(number):
        variant = variant_of(db, make_product(db, price_vnd=120_000))
        make_stock(db, variant.id)
        price = 100_000 if index != 1 else None
        wishes.append(ItemWish(variant.id, 20, price, 5))
    live = make_session(db, make_club(db), items=wishes, state=state)
    items = db.scalars(
        select(SessionItem).where(SessionItem.session_id == live.id).order_by(SessionItem.position)
    )
    return live, list(items)


def take(db: Session, live: LiveSession, *sent: PressSent, minutes: int = 10) -> list[Any]:
    now = EVENING + timedelta(minutes=minutes)
    outcomes = services.take_presses(db, public_id=live.public_id, sent=sent, actor_id=1, now=now)
    db.flush()
    return [outcome.refusal for outcome in outcomes]


def test_a_press_sent_twice_is_one(db: Session) -> None:
    live, items = on_air(db)
    press = PressSent("press-0001", "show", items[0].id)
    assert take(db, live, press, press) == [None, None]
    assert take(db, live, press, minutes=12) == [None]
    assert db.scalar(select(func.count()).select_from(LivePress)) == 1
    assert queries.board_of(db, live).since == LATER
    with pytest.raises(DBAPIError), db.begin_nested():
        db.execute(text("UPDATE live_press SET kind = 'pin'"))


def test_presses_that_waited_count_as_when_they_were_made(db: Session) -> None:
    live, items = on_air(db)
    take(db, live, PressSent("press-0002", "show", items[1].id))
    late = PressSent("press-0001", "show", items[0].id, at_ms=0, sent_ms=5 * 60_000)
    take(db, live, late)
    board = queries.board_of(db, live)
    assert board.current == items[1].id
    assert board.seconds == {items[0].id: 300}


def test_live_prices_follow_the_last_word_at_the_agreed_price(db: Session) -> None:
    live, items = on_air(db)
    variant = items[0].variant_id
    take(db, live, PressSent("press-0001", "price_off", items[0].id))
    assert prices(db, [variant], LATER) == {}
    take(db, live, PressSent("press-0002", "price_on", items[0].id, minutes=10))
    found = prices(db, [variant], LATER)[variant]
    assert (found.price_vnd, found.ends_at) == (100_000, LATER + timedelta(minutes=10))
    assert prices(db, [variant], LATER + timedelta(minutes=10)) == {}
    long = PressSent("press-0003", "price_on", items[0].id, minutes=240)
    take(db, live, long)
    assert prices(db, [variant], LATER)[variant].ends_at == live.ends_at
    # switched off on the phone seven minutes ago, before the start above, which is the last word
    late = PressSent("press-0004", "price_off", items[0].id, at_ms=0, sent_ms=7 * 60_000)
    take(db, live, late, minutes=12)
    assert variant in prices(db, [variant], EVENING + timedelta(minutes=12))


def test_a_price_that_was_over_before_it_arrived_starts_nothing(db: Session) -> None:
    live, items = on_air(db)
    late = PressSent("press-0001", "price_on", items[0].id, 5, at_ms=0, sent_ms=9 * 60_000)
    assert take(db, live, late) == [None]
    assert prices(db, [items[0].variant_id], LATER) == {}


def test_what_cannot_be_is_refused_by_itself(db: Session) -> None:
    live, items = on_air(db)
    _other, foreign = on_air(db)
    refusals = take(
        db,
        live,
        PressSent("press-0001", "show", foreign[0].id),
        PressSent("press-0002", "price_on", items[1].id, minutes=5),
        PressSent("press-0003", "price_on", items[0].id, minutes=1000),
        PressSent("press-0004", "dance", items[0].id),
        PressSent("press-0005", "show", items[0].id),
    )
    assert [type(one) for one in refusals] == [
        UnknownPress,
        NoLivePrice,
        UnknownPress,
        UnknownPress,
        type(None),
    ]
    assert queries.board_of(db, live).current == items[0].id


def test_before_and_after(db: Session) -> None:
    waiting, items = on_air(db, state="confirmed")
    with pytest.raises(NotOnAir):
        take(db, waiting, PressSent("press-0001", "show", items[0].id))
    live, items = on_air(db)
    end_session(db, public_id=live.public_id, actor_id=1, now=LATER)
    late = PressSent("press-0001", "price_on", items[0].id, 9, at_ms=0, sent_ms=120_000)
    new = PressSent("press-0002", "show", items[0].id)
    refusals = take(db, live, late, new, minutes=11)
    assert refusals[0] is None
    assert isinstance(refusals[1], NotOnAir)
    assert prices(db, [items[0].variant_id], LATER) == {}
    with pytest.raises(NotFound):
        services.take_presses(db, public_id="x", sent=[], actor_id=1, now=LATER)


def at_once(jobs: list[Callable[[], None]]) -> list[Exception]:
    """Run the jobs in threads from one starting shot; what they raised."""
    shot, raised = threading.Barrier(len(jobs)), []

    def run(job: Callable[[], None]) -> None:
        shot.wait()
        try:
            job()
        except Exception as error:  # noqa: BLE001 - told to the test
            raised.append(error)

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return raised


def consoles(database: Database, public_id: str, items: list[int]) -> list[Callable[[], None]]:
    """Two consoles each send the same queue twice: their own keys, one key in common."""

    def job(console: int) -> Callable[[], None]:
        sent = [
            PressSent(f"same-{index:04d}", "show", item) for index, item in enumerate(items)
        ] + [
            PressSent(f"console-{console}-{index:04d}", "price_on", item, 10)
            for index, item in enumerate(items)
            if index != 1
        ]

        def run() -> None:
            with database.transaction() as db:
                services.take_presses(db, public_id=public_id, sent=sent, actor_id=1, now=LATER)

        return run

    return [job(console) for console in (1, 2, 1, 2)]


def test_consoles_that_press_at_the_same_moment(database: Database) -> None:
    with database.transaction() as db:
        live, items = on_air(db)
        public_id, ids = live.public_id, [item.id for item in items]
    assert at_once(consoles(database, public_id, ids)) == []
    with database.read() as db:
        keys = db.scalars(select(LivePress.press_key)).all()
        assert len(keys) == len(set(keys)) == 3 + 2 * 2
        assert [name for name, sql in INVARIANTS.items() if db.execute(text(sql)).all()] == []


@pytest.mark.control
def test_without_the_key_presses_double(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the same consoles when each arrival gets a key of its own."""
    with database.transaction() as db:
        live, items = on_air(db)
        public_id, ids = live.public_id, [item.id for item in items]
    from livestream.onair.services import pressing

    numbers = iter(range(10_000))
    plain = pressing.insert_into

    class Careless:
        def __init__(self, statement: Any) -> None:
            self.statement = statement

        def values(self, **values: Any) -> Any:
            return self.statement.values(**values | {"press_key": f"own-{next(numbers)}"})

    monkeypatch.setattr(pressing, "insert_into", lambda db, table: Careless(plain(db, table)))
    assert at_once(consoles(database, public_id, ids)) == []
    with database.read() as db:
        assert db.scalar(select(func.count()).select_from(LivePress)) == 4 * 5


@pytest.fixture
def desk(
    db: Session, signed_in: Callable[..., FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> tuple[FlaskClient, str, list[int]]:
    """A host's phone, with the clock at ten past eight in the evening of the session."""
    live, items = on_air(db)
    manager = db.get_one(Person, managers_of(db, live.club_id)[0]).email or ""
    found = (live.public_id, [item.id for item in items])
    db.commit()
    monkeypatch.setattr("shop.core.clock.now", lambda: LATER)
    return signed_in(manager), *found


def test_the_console_by_form_and_by_json(desk: tuple[FlaskClient, str, list[int]]) -> None:
    client, public_id, ids = desk
    here = f"/clb/phien/{public_id}/len-song"
    page = client.get(here)
    assert page.status_code == 200
    assert b"data-onair" in page.data
    token = csrf(client, here)
    form = {"csrf_token": token, "press_key": "a" * 32, "kind": "show", "item_id": ids[0]}
    assert client.post(f"{here}/bam", data=form).status_code == 303
    for over, status in (
        ({"item_id": 2**31}, 422),
        ({"kind": "dance"}, 422),
        ({"minutes": "x"}, 422),
    ):
        assert client.post(f"{here}/bam", data=form | over).status_code == status
    news = client.get(f"{here}/tin")
    assert news.json["current"] == ids[0]
    again = client.get(f"{here}/tin", headers={"If-None-Match": news.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    body = {
        "sent": 1000,
        "presses": [
            {"key": "key-00000001", "kind": "show", "item": ids[1], "at": 1000},
            {"key": "key-00000002", "kind": "price_on", "item": ids[1], "minutes": 5, "at": 950},
        ],
    }
    answer = client.post(f"{here}/bam", json=body, headers={"X-CSRF-Token": token})
    assert answer.json["taken"] == ["key-00000001"]
    assert "A2" in answer.json["refused"]["key-00000002"]
    assert answer.json["state"]["current"] == ids[1]


@pytest.mark.parametrize(
    "body",
    [
        b"\xff",
        b"[]",
        json.dumps({"presses": "x" * 1000}).encode(),
        json.dumps({"presses": [{"key": "k" * 12, "kind": "show", "item": 2**63}]}).encode(),
        json.dumps({"presses": [{"key": "k", "kind": "show"}]}).encode(),
        json.dumps({"presses": [{"key": "k" * 12, "kind": "a\x00b", "item": "1"}]}).encode(),
        json.dumps({"presses": [{}] * 500}).encode(),
    ],
)
def test_a_hostile_body_is_refused(desk: tuple[FlaskClient, str, list[int]], body: bytes) -> None:
    client, public_id, _ids = desk
    here = f"/clb/phien/{public_id}/len-song"
    headers = {"X-CSRF-Token": csrf(client, here)}
    answer = client.post(f"{here}/bam", data=body, headers=headers, content_type="application/json")
    assert answer.status_code == 422


def test_another_club_finds_nothing(
    desk: tuple[FlaskClient, str, list[int]], database: Database
) -> None:
    client, _public_id, _ids = desk
    with database.transaction() as db:
        live, items = on_air(db)
        public_id, item_id = live.public_id, items[0].id
    here = f"/clb/phien/{public_id}/len-song"
    form = {"csrf_token": csrf(client, "/clb/ho-so"), "press_key": "a" * 32, "kind": "show"}
    assert client.get(here).status_code == 404
    assert client.get(f"{here}/tin").status_code == 404
    assert client.post(f"{here}/bam", data=form | {"item_id": item_id}).status_code == 404


def test_viewers_see_what_is_pinned_and_its_price(
    desk: tuple[FlaskClient, str, list[int]], app: Flask, database: Database
) -> None:
    _client, public_id, ids = desk
    with database.transaction() as db:
        live = db.scalars(select(LiveSession).where(LiveSession.public_id == public_id)).one()
        take(db, live, PressSent("press-0001", "show", ids[0]), minutes=5)
        slug = live.slug
    viewer = app.test_client()
    page = viewer.get(f"/phien-live/{slug}").get_data(as_text=True)
    assert 'data-pinned="A1"' in page
    assert "100.000" in page
    piece = viewer.get(f"/phien-live/{slug}/dang-live")
    same = viewer.get(
        f"/phien-live/{slug}/dang-live", headers={"If-None-Match": piece.headers["ETag"]}
    )
    assert (same.status_code, same.data) == (304, b"")
    with database.transaction() as db:
        take(db, live, PressSent("press-0002", "price_off", ids[0]), minutes=8)
    changed = viewer.get(
        f"/phien-live/{slug}/dang-live", headers={"If-None-Match": piece.headers["ETag"]}
    )
    assert changed.status_code == 200
    assert "100.000" not in changed.get_data(as_text=True)
    assert viewer.get("/phien-live/khong-co/dang-live").status_code == 404
