"""Who is told of what: authors, producers, reporters, by their inbox."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.accounts.queries import members_of
from shop.core.text import N_
from shop.notifications.rules import UrlOf
from shop.notifications.services import contact, register_message, tell
from shop.orders.models import OrderContact, OrderLine
from shop.reviews.models import Review, ViolationReport

_REVIEW_DESK: Final = "/ban-hang/danh-gia?so=%(id)s"
_QUESTION_DESK: Final = "/ban-hang/hoi-dap?so=%(id)s"
_REVIEW: Final = "/san-pham/%(slug)s/danh-gia?so=%(id)s"
_QUESTION: Final = "/san-pham/%(slug)s/hoi-dap?so=%(id)s"
_OWN_QUESTIONS: Final = "/tai-khoan/hoi-dap"
_CASE: Final = "/bao-vi-pham/theo-doi/%(code)s?k=%(key)s"


def _own(payload: Mapping[str, Any]) -> str:
    """Where authors see their hidden review; guests have no list of their own."""
    return f"/san-pham/{payload['slug']}" if payload.get("is_guest") else "/tai-khoan/danh-gia"


_KINDS: Final[Mapping[str, tuple[str, str | UrlOf]]] = {
    "reviews.new_review": (N_("%(product)s có đánh giá mới: %(stars)s sao"), _REVIEW_DESK),
    "reviews.replied": (N_("%(producer)s đã trả lời đánh giá của bạn về %(product)s"), _REVIEW),
    "reviews.review_hidden": (N_("Đánh giá của bạn về %(product)s đã bị ẩn: %(note)s"), _own),
    "reviews.review_hidden_desk": (
        N_("Cán bộ đã ẩn một đánh giá về %(product)s: %(note)s"),
        _REVIEW_DESK,
    ),
    "reviews.review_shown": (N_("Đánh giá của bạn về %(product)s đã hiện trở lại"), _REVIEW),
    "reviews.review_shown_desk": (
        N_("Một đánh giá về %(product)s đã hiện trở lại"),
        _REVIEW_DESK,
    ),
    "reviews.reply_hidden": (
        N_("Cán bộ đã ẩn lời đáp của cơ sở về %(product)s: %(note)s"),
        _REVIEW_DESK,
    ),
    "reviews.asked": (N_("Có câu hỏi mới về %(product)s"), _QUESTION_DESK),
    "reviews.answered": (N_("%(producer)s đã trả lời câu hỏi của bạn về %(product)s"), _QUESTION),
    "reviews.question_hidden": (
        N_("Câu hỏi của bạn về %(product)s đã bị ẩn: %(note)s"),
        _OWN_QUESTIONS,
    ),
    "reviews.question_hidden_desk": (
        N_("Cán bộ đã ẩn một câu hỏi về %(product)s: %(note)s"),
        _QUESTION_DESK,
    ),
    "reviews.question_shown": (N_("Câu hỏi của bạn về %(product)s đã hiện trở lại"), _QUESTION),
    "reviews.question_shown_desk": (
        N_("Một câu hỏi về %(product)s đã hiện trở lại"),
        _QUESTION_DESK,
    ),
    "reviews.answer_hidden": (
        N_("Cán bộ đã ẩn lời trả lời của cơ sở về %(product)s: %(note)s"),
        _QUESTION_DESK,
    ),
    "reviews.report_upheld": (
        N_("Đã xử lý việc bạn báo về “%(title)s”: có vi phạm. %(note)s"),
        _CASE,
    ),
    "reviews.report_dismissed": (
        N_("Đã xem việc bạn báo về “%(title)s”: không vi phạm. %(note)s"),
        _CASE,
    ),
    "reviews.report_upheld_desk": (
        N_("Cán bộ kết luận “%(title)s” có vi phạm: %(note)s"),
        "/ban-hang",
    ),
}

_FOR_MAIL: Final = frozenset(
    {"replied", "answered", "review_hidden", "question_hidden", "asked"}
    | {"report_upheld", "report_dismissed", "report_upheld_desk"}
)
"""What also goes out by mail to people who asked for little: an answer, or a decision on them."""

for _kind, (_title, _url) in _KINDS.items():
    register_message(
        _kind,
        title=_title,
        url=_url,
        importance="important" if _kind.removeprefix("reviews.") in _FOR_MAIL else "normal",
    )


def person(person_id: int | None) -> str | None:
    """The recipient behind an account."""
    return f"person:{person_id}" if person_id is not None else None


def author_of(db: Session, review: Review, now: datetime) -> str | None:
    """The recipient behind a review: the account, else the e-mail on the guest's order, if any."""
    if review.author_id is not None:
        return person(review.author_id)
    row = db.execute(
        select(OrderContact.email, OrderContact.language)
        .join(OrderLine, OrderLine.order_id == OrderContact.order_id)
        .where(OrderLine.id == review.order_line_id)
    ).one()
    return contact(db, now=now, email=row.email, language=row.language) if row.email else None


def reporter_of(db: Session, report: ViolationReport, said: str, now: datetime) -> str | None:
    """The recipient behind a case: the account, else the e-mail or phone that was left, if any."""
    if report.reporter_id is not None:
        return person(report.reporter_id)
    if "@" in said and " " not in said:
        return contact(db, now=now, email=said)
    return contact(db, now=now, phone=said) if said.isdigit() else None


def tell_one(
    db: Session,
    recipient: str | None,
    kind: str,
    *,
    cause: str,
    ref: str,
    payload: Mapping[str, Any],
    now: datetime,
    desk: str | None = None,
) -> None:
    """A message of ``reviews.<kind>`` for one recipient; None: nobody can be reached."""
    if recipient is not None:
        is_guest = not recipient.startswith("person:")
        tell(
            db,
            recipients=[recipient],
            kind=f"reviews.{kind}",
            cause=cause,
            payload={**payload, "is_guest": is_guest},
            now=now,
            ref=ref,
            desk=desk,
        )


def tell_producer(
    db: Session,
    producer_id: int,
    kind: str,
    *,
    cause: str,
    ref: str,
    payload: Mapping[str, Any],
    now: datetime,
) -> None:
    """A message of ``reviews.<kind>`` for everyone who works for the producer."""
    for member in members_of(db, "producer", producer_id):
        recipient = person(member.person_id)
        tell_one(db, recipient, kind, cause=cause, ref=ref, payload=payload, now=now)
