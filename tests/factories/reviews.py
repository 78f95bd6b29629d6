"""Delivered orders, reviews, questions and reports for tests, through the real services."""

import itertools
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalogue.models import Product
from shop.orders.models import Order, OrderLine
from shop.orders.services import deliver, pack_order, ship
from shop.reviews import services
from shop.reviews.models import Question, Review, ViolationReport
from shop.reviews.services import ReportDraft, ReviewDraft, ReviewPhoto
from tests.factories.accounts import make_person
from tests.factories.catalogue import make_product, variant_of
from tests.factories.orders import make_order

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)

_numbers = itertools.count(1)


def fresh_key() -> str:
    """A submit key nobody used."""
    return f"test-review-key-{next(_numbers):06}"


def make_delivered(
    db: Session, *, product: Product | None = None, now: datetime = NOW, **over: Any
) -> tuple[Order, OrderLine]:
    """An order of one line that arrived, paid on delivery; a guest's unless ``buyer_id``."""
    product = product or make_product(db, is_lot_tracked=False)
    order = make_order(db, variant=variant_of(db, product), confirmed=True, now=now, **over)
    pack_order(db, order_id=order.id, actor_id=None, now=now)
    ship(db, order_id=order.id, carrier="VNPost", tracking_no="X1", actor_id=None, now=now)
    deliver(db, order_id=order.id, actor_id=None, now=now)
    line = db.scalars(select(OrderLine).where(OrderLine.order_id == order.id)).one()
    return order, line


def make_review(
    db: Session,
    *,
    product: Product | None = None,
    rating: int = 5,
    text: str = "Sợi dai, thơm, gói kỹ.",
    photos: tuple[ReviewPhoto, ...] = (),
    now: datetime = NOW,
    **order: Any,
) -> Review:
    """A review of a line of its own delivered order."""
    placed, line = make_delivered(db, product=product, now=now, **order)
    return services.write_review(
        db,
        order_id=placed.id,
        line_id=line.id,
        draft=ReviewDraft(rating, text, photos, has_right_to_use=True),
        submit_key=fresh_key(),
        actor_id=placed.buyer_id,
        now=now,
    )


def make_question(
    db: Session,
    *,
    product: Product | None = None,
    person_id: int | None = None,
    text: str = "Miến này nấu bao lâu thì chín?",
    now: datetime = NOW,
) -> Question:
    """A question by somebody new unless ``person_id``."""
    product = product or make_product(db)
    return services.ask(
        db,
        product_id=product.id,
        person_id=person_id or make_person(db).id,
        text=text,
        submit_key=fresh_key(),
        now=now,
    )


def make_report(
    db: Session, *, kind: str, subject_id: int, person_id: int | None = None, **over: Any
) -> ViolationReport:
    """A case by a guest of their own unless ``person_id``."""
    key = f"person:{person_id}" if person_id else f"guest:{next(_numbers)}"
    draft = ReportDraft(
        reason=over.pop("reason", "fake"),
        text=over.pop("text", "Nhãn ghi nơi khác."),
        contact=over.pop("contact", ""),
    )
    return services.file_report(
        db,
        kind=kind,
        subject_id=subject_id,
        draft=draft,
        reporter_key=over.pop("reporter_key", key),
        reporter_id=person_id,
        submit_key=over.pop("submit_key", fresh_key()),
        now=over.pop("now", NOW),
    )
