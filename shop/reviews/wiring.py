"""Where reviews, questions and reports stand in the pages of others."""

from datetime import datetime
from typing import Any

from flask import Flask, url_for
from sqlalchemy.orm import Session

from shop.accounts.rules import staff_scope_of
from shop.accounts.signals import erasing
from shop.core.text import N_
from shop.orders.models import Order
from shop.orders.signals import order_erased
from shop.reviews import queries, rules
from shop.reviews.queries import AnyRow
from shop.reviews.services.erasing import erase_order, erase_person
from shop.web.access import sign
from shop.web.actor import Actor
from shop.web.i18n import gettext
from shop.web.slots import NavItem, Panel, Todo
from shop.web.workspaces import (
    ACCOUNT_NAV,
    ACCOUNT_TODO,
    ORDER_PANELS,
    PRODUCER_NAV,
    PRODUCER_PANELS,
    PRODUCER_TODO,
    PRODUCT_PANELS,
    STAFF_NAV,
    STAFF_TODO,
)


def init_app(_app: Flask) -> None:
    """Fill the slots, listen. Message kinds are declared beside the services."""
    erasing.connect(erase_person, weak=False)
    order_erased.connect(erase_order, weak=False)
    PRODUCT_PANELS.fill(product_panel)
    PRODUCER_PANELS.fill(producer_panel)
    ORDER_PANELS.fill(order_panel)
    PRODUCER_NAV.fill(producer_links)
    STAFF_NAV.fill(staff_links)
    ACCOUNT_NAV.fill(account_links)
    PRODUCER_TODO.fill(producer_todo)
    STAFF_TODO.fill(staff_todo)
    ACCOUNT_TODO.fill(account_todo)


def product_panel(db: Session, product_id: int, _now: datetime) -> list[Panel]:
    """What buyers say and ask of the product: two statements, whatever there is."""
    first = queries.first_reviews(db, product_id)
    questions, asked = queries.first_questions(db, product_id)
    return [
        Panel(
            "reviews/product_panel.html",
            {
                "product_id": product_id,
                "first": first,
                "questions": questions,
                "asked": asked,
                "rules": rules,
            },
            is_below=True,
            data={"review": [_as_data(row) for row in first.rows]} if first.rows else {},
        )
    ]


def _as_data(row: AnyRow) -> dict[str, Any]:
    """A review as schema.org names it: exactly what the panel shows."""
    found: dict[str, Any] = {
        "@type": "Review",
        "reviewRating": {"@type": "Rating", "ratingValue": row.rating, "bestRating": 5},
        "author": {"@type": "Person", "name": row.author_name or gettext(N_("Người mua"))},
        "datePublished": row.created_at.date().isoformat(),
    }
    return found | ({"reviewBody": row.text} if row.text else {})


def producer_panel(_db: Session, producer_id: int, _now: datetime) -> list[Panel]:
    """The way to report a producer."""
    return [Panel("reviews/producer_panel.html", {"producer_id": producer_id}, is_below=True)]


def order_panel(db: Session, order_id: int, _now: datetime) -> list[Panel]:
    """On the page of a delivered order: judge what came."""
    order = db.get_one(Order, order_id)
    if order.fulfilment_state == "none":
        return []  # nothing has left the house yet
    rows = queries.reviews_of_order(db, order_id)
    if order.fulfilment_state != "delivered" and not any(row.Review for row in rows):
        return []
    key = sign("order", order.code)
    lines = [
        (
            row.OrderLine,
            row.Review,
            url_for("reviews.write_form", code=order.code, line_id=row.OrderLine.id, k=key),
        )
        for row in rows
    ]
    return [Panel("reviews/order_panel.html", {"lines": lines})]


def producer_links(actor: Actor) -> list[NavItem]:
    """The producer's desks."""
    if not actor.is_producer:
        return []
    return [
        NavItem(
            gettext(N_("Hỏi đáp")),
            url_for("reviews.question_desk"),
            "comment",
            order=40,
            group="words",
        ),
        NavItem(
            gettext(N_("Đánh giá")), url_for("reviews.review_desk"), "star", order=41, group="words"
        ),
    ]


def staff_links(_actor: Actor) -> list[NavItem]:
    """Staff's desks."""
    return [
        NavItem(
            gettext(N_("Đánh giá")),
            url_for("reviews.staff_reviews"),
            "star",
            order=64,
            group="words",
        ),
        NavItem(
            gettext(N_("Hỏi đáp")),
            url_for("reviews.staff_questions"),
            "comment",
            order=65,
            group="words",
        ),
        NavItem(
            gettext(N_("Báo vi phạm")),
            url_for("reviews.report_queue"),
            "warning",
            order=66,
            group="words",
        ),
    ]


def account_links(_actor: Actor) -> list[NavItem]:
    """A person's own words."""
    return [
        NavItem(gettext(N_("Đánh giá của tôi")), url_for("reviews.own_reviews"), "star", order=30),
        NavItem(
            gettext(N_("Câu hỏi về sản phẩm")), url_for("reviews.own_questions"), "comment", 31
        ),
        NavItem(gettext(N_("Việc tôi báo")), url_for("reviews.own_reports"), "warning", 32),
    ]


def producer_todo(db: Session, actor: Actor) -> list[Todo]:
    """Questions without an answer, and low marks nobody replied to."""
    own = list(actor.producers)
    asked = queries.count_questions(db, own)["cho"]
    low = queries.count_reviews(db, own)["thap"]
    return [
        Todo(
            gettext(N_("Câu hỏi chờ trả lời")),
            asked,
            url_for("reviews.question_desk", muc="cho"),
            "comment",
            is_urgent=True,
        ),
        Todo(
            gettext(N_("Đánh giá 1–3 sao chưa trả lời")),
            low,
            url_for("reviews.review_desk", muc="thap"),
            "star",
        ),
    ]


def staff_todo(db: Session, actor: Actor) -> list[Todo]:
    """What waits for a look, and open cases."""
    scope = staff_scope_of(actor)
    reviews, questions = queries.count_held(db, scope)
    return [
        Todo(
            gettext(N_("Báo vi phạm đang mở")),
            queries.count_open(db, scope),
            url_for("reviews.report_queue"),
            "warning",
            is_urgent=True,
        ),
        Todo(
            gettext(N_("Đánh giá chờ xem qua")),
            reviews,
            url_for("reviews.staff_reviews", trang_thai="held"),
            "star",
        ),
        Todo(
            gettext(N_("Câu hỏi chờ xem qua")),
            questions,
            url_for("reviews.staff_questions", trang_thai="held"),
            "comment",
        ),
    ]


def account_todo(db: Session, actor: Actor) -> list[Todo]:
    """Delivered goods that wait for a judgement."""
    if actor.person_id is None:
        return []
    waiting = queries.count_lines_to_review(db, actor.person_id)
    return [
        Todo(
            gettext(N_("Hàng đã nhận, mời đánh giá")),
            waiting,
            url_for("reviews.own_reviews"),
            "star",
        )
    ]
