"""What the shop does reaches the sessions: through its own verbs, in the same transaction."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from livestream.sessions.models import LiveSession, SessionEvent, SessionItem
from livestream.sessions.services import ItemWish, cancel_session
from shop.catalogue.models import Product
from shop.catalogue.services import archive_product, suspend_producer, take_down_product
from shop.core.db import Database
from shop.core.outbox import OutboxMessage
from shop.stock.queries import levels, prices
from shop.traceability.models import Lot
from shop.traceability.services import hold_lot, recall_lots, release_lot
from tests.factories.accounts import make_member, make_person, make_staff
from tests.factories.catalogue import make_producer, make_product, variant_of
from tests.factories.livestream import EVENING, NOW, make_session
from tests.factories.stock import make_stock
from tests.factories.traceability import make_lot, tell_story

pytestmark = pytest.mark.usefixtures("app")
"""The application's wirings connect the ears."""


def on_sale(db: Session, **over: object) -> tuple[Product, int]:
    """A product with twenty units, and its variant."""
    product = make_product(db, **over)  # type: ignore[arg-type]
    variant = variant_of(db, product).id
    make_stock(db, variant, 20)
    return product, variant


def events(db: Session, live: LiveSession, kind: str) -> list[dict[str, object]]:
    """Details of the story's lines of this kind, in order."""
    return list(
        db.scalars(
            select(SessionEvent.detail)
            .where(SessionEvent.session_id == live.id, SessionEvent.kind == kind)
            .order_by(SessionEvent.id)
        )
    )


def told(db: Session, kind: str) -> list[tuple[str, str]]:
    """(recipient, code of the item) of every message of this kind."""
    rows = db.scalars(
        select(OutboxMessage)
        .where(OutboxMessage.kind == kind, OutboxMessage.channel == "inbox")
        .order_by(OutboxMessage.id)
    )
    return [(row.recipient, row.payload["code"]) for row in rows]


def take_down(db: Session, product: Product) -> None:
    staff = make_staff(db).id
    take_down_product(db, product_id=product.id, actor_id=staff, note="Nhãn sai", now=NOW)


def archive(db: Session, product: Product) -> None:
    maker = make_member(db, "producer", product.producer_id).id
    archive_product(db, product_id=product.id, actor_id=maker, now=NOW)


def suspend(db: Session, product: Product) -> None:
    staff = make_staff(db).id
    suspend_producer(
        db, producer_id=product.producer_id, actor_id=staff, note="Đang kiểm tra", now=NOW
    )


@pytest.mark.parametrize("verb", [take_down, archive, suspend])
def test_a_product_that_leaves_the_shop_leaves_the_sessions(
    db: Session, verb: Callable[[Session, Product], None]
) -> None:
    product, variant = on_sale(db)
    _other, kept = on_sale(db)
    wishes = [ItemWish(variant, 10, 50_000, 4), ItemWish(kept, 10, 50_000, 3)]
    firm = make_session(db, state="confirmed", items=wishes)
    draft = make_session(db, items=[ItemWish(variant)])
    over = make_session(db, items=[ItemWish(variant)])
    cancel_session(db, public_id=over.public_id, actor_id=1, now=NOW, reason="Mưa")
    verb(db, product)
    left = select(SessionItem.variant_id).where(
        SessionItem.session_id == firm.id, SessionItem.withdrawn_at.is_(None)
    )
    assert db.scalars(left).all() == [kept]
    assert levels(db, [variant, kept])[variant].reserved == 0
    assert levels(db, [variant, kept])[kept].reserved == 3
    assert set(prices(db, [variant, kept], EVENING + timedelta(minutes=5))) == {kept}
    for live, number in ((firm, 1), (draft, 1), (over, 0)):
        assert len(events(db, live, "item_withdrawn")) == number
    assert (f"person:{firm.proposed_by}", "A1") in told(db, "session.item_withdrawn")


def test_every_product_of_a_suspended_producer_is_told(db: Session) -> None:
    producer = make_producer(db)
    first, one = on_sale(db, producer=producer)
    _second, two = on_sale(db, producer=producer)
    live = make_session(db, state="confirmed", items=[ItemWish(one), ItemWish(two)])
    suspend(db, first)
    assert len(events(db, live, "item_withdrawn")) == 2
    manager = f"person:{live.proposed_by}"
    codes = [code for person, code in told(db, "session.item_withdrawn") if person == manager]
    assert sorted(codes) == ["A1", "A2"]


def test_a_held_lot_flags_the_sessions_that_show_it(db: Session) -> None:
    lot = make_lot(db, released=True)
    assert lot.variant_id is not None
    _product, other = on_sale(db)
    firm = make_session(
        db, state="confirmed", items=[ItemWish(other), ItemWish(lot.variant_id, 10, 50_000, 4)]
    )
    unconcerned = make_session(db, state="confirmed", items=[ItemWish(other)])
    maker = make_person(db).id
    hold_lot(db, lot_id=lot.id, reason="Nghi ẩm", actor_id=maker, now=NOW)
    assert events(db, firm, "lot_held") == [{"lot_id": lot.id}]
    assert events(db, unconcerned, "lot_held") == []
    manager = f"person:{firm.proposed_by}"
    assert [code for person, code in told(db, "session.lot_held") if person == manager] == ["A2"]
    assert levels(db, [lot.variant_id])[lot.variant_id].available <= 0

    hold_lot(db, lot_id=lot.id, reason="Lần nữa", actor_id=maker, now=NOW)
    assert len(events(db, firm, "lot_held")) == 1, "it was held already"
    later = NOW + timedelta(hours=1)
    release_lot(db, lot_id=lot.id, actor_id=maker, now=later)
    hold_lot(db, lot_id=lot.id, reason="Lại ẩm", actor_id=maker, now=later)
    assert len(events(db, firm, "lot_held")) == 2
    assert len([1 for person, _code in told(db, "session.lot_held") if person == manager]) == 2


def call_back(db: Session, *lots: Lot) -> None:
    recall_lots(
        db,
        lot_ids=[lot.id for lot in lots],
        recall="THU7K2PQ",
        reason="Có mốc",
        advice="Ngừng dùng",
        actor_id=1,
        now=NOW,
    )


def test_a_recall_takes_items_off_that_nothing_good_is_left_of(db: Session) -> None:
    lot = make_lot(db, released=True, quantity=12)
    assert lot.variant_id is not None
    _product, kept = on_sale(db)
    wishes = [ItemWish(lot.variant_id, 10, 50_000, 4), ItemWish(kept, 10, 50_000, 3)]
    live = make_session(db, state="confirmed", items=wishes)
    call_back(db, lot)
    left = select(SessionItem.variant_id).where(
        SessionItem.session_id == live.id, SessionItem.withdrawn_at.is_(None)
    )
    assert db.scalars(left).all() == [kept]
    level = levels(db, [lot.variant_id])[lot.variant_id]
    assert (level.on_hand, level.reserved) == (0, 0), "the set-aside let go of recalled units"
    assert set(prices(db, [lot.variant_id, kept], EVENING + timedelta(minutes=5))) == {kept}
    assert (f"person:{live.proposed_by}", "A1") in told(db, "session.item_withdrawn")


def test_a_recall_leaves_a_session_what_good_lots_still_cover(db: Session) -> None:
    bad = make_lot(db, released=True, quantity=10)
    assert bad.variant_id is not None
    product = db.get_one(Product, bad.product_id)
    make_lot(db, product=product, released=True, quantity=3)
    live = make_session(db, state="confirmed", items=[ItemWish(bad.variant_id, 10, 50_000, 8)])
    call_back(db, bad)
    item = db.scalars(select(SessionItem).where(SessionItem.session_id == live.id)).one()
    assert (item.withdrawn_at, item.set_aside) == (None, 3)
    level = levels(db, [bad.variant_id])[bad.variant_id]
    assert (level.on_hand, level.reserved) == (3, 3)
    assert prices(db, [bad.variant_id], EVENING + timedelta(minutes=5))[bad.variant_id].left == 3
    assert len(events(db, live, "lot_recalled")) == 1
    assert (f"person:{live.proposed_by}", "A1") in told(db, "session.lot_recalled")


def test_a_lot_of_no_variant_flags_nothing(db: Session) -> None:
    product, variant = on_sale(db)
    live = make_session(db, state="confirmed", items=[ItemWish(variant)])
    raw = make_lot(db, product=product, kind="raw", events=False)
    assert raw.variant_id is None
    tell_story(db, raw, actor_id=1, most=1)
    hold_lot(db, lot_id=raw.id, reason="Nghi ẩm", actor_id=1, now=NOW)
    assert events(db, live, "lot_held") == []


def test_a_second_application_does_not_hear_twice(
    database: Database, app: Flask, make_app: Callable[..., Flask]
) -> None:
    assert make_app() is not app
    with database.transaction() as db:
        product, variant = on_sale(db)
        live = make_session(db, items=[ItemWish(variant)])
        lot = make_lot(db, product=product, released=True)
        hold_lot(db, lot_id=lot.id, reason="Nghi ẩm", actor_id=1, now=NOW)
        take_down(db, product)
        session_id = live.id
    with database.read() as db:
        kinds = db.scalars(select(SessionEvent.kind).where(SessionEvent.session_id == session_id))
        assert sorted(kinds) == ["drafted", "item_withdrawn", "lot_held"]


def test_what_is_not_committed_was_not_heard(database: Database) -> None:
    with database.transaction() as db:
        product, variant = on_sale(db)
        live = make_session(db, state="confirmed", items=[ItemWish(variant, 10, 50_000, 4)])
        session_id, product_id = live.id, product.id
    with database.write() as db:
        take_down(db, db.get_one(Product, product_id))
        db.rollback()
    with database.read() as db:
        item = db.scalars(select(SessionItem).where(SessionItem.session_id == session_id)).one()
        assert item.withdrawn_at is None
        assert levels(db, [variant])[variant].reserved == 4
        assert db.get_one(Product, product_id).state == "published"
