"""Who is told of what: authors, producers, reporters, by their inbox."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from shop.accounts.queries import members_of
from shop.core.text import N_
from shop.notifications.services import notify, register_message

_REVIEW_DESK: Final = "/ban-hang/danh-gia?so=%(id)s"
_QUESTION_DESK: Final = "/ban-hang/hoi-dap?so=%(id)s"
_REVIEW: Final = "/san-pham/%(slug)s/danh-gia?so=%(id)s"
_QUESTION: Final = "/san-pham/%(slug)s/hoi-dap?so=%(id)s"
_OWN: Final = "/tai-khoan/danh-gia"
_OWN_QUESTIONS: Final = "/tai-khoan/hoi-dap"
_OWN_REPORTS: Final = "/tai-khoan/bao-vi-pham"

_KINDS: Final[Mapping[str, tuple[str, str]]] = {
    "reviews.new_review": (N_("%(product)s có đánh giá mới: %(stars)s sao"), _REVIEW_DESK),
    "reviews.replied": (N_("%(producer)s đã trả lời đánh giá của bạn về %(product)s"), _REVIEW),
    "reviews.review_hidden": (N_("Đánh giá của bạn về %(product)s đã bị ẩn: %(note)s"), _OWN),
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
        _OWN_REPORTS,
    ),
    "reviews.report_dismissed": (
        N_("Đã xem việc bạn báo về “%(title)s”: không vi phạm. %(note)s"),
        _OWN_REPORTS,
    ),
    "reviews.report_upheld_desk": (
        N_("Cán bộ kết luận “%(title)s” có vi phạm: %(note)s"),
        "/ban-hang",
    ),
}

for _kind, (_title, _url) in _KINDS.items():
    register_message(_kind, title=_title, url=_url)


def tell_person(
    db: Session,
    person_id: int | None,
    kind: str,
    *,
    cause: str,
    ref: str,
    payload: Mapping[str, Any],
    now: datetime,
) -> None:
    """A message of ``reviews.<kind>`` for one person; guests have no inbox."""
    if person_id is not None:
        notify(
            db,
            person_ids=[person_id],
            kind=f"reviews.{kind}",
            cause=cause,
            payload=dict(payload),
            now=now,
            ref=ref,
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
        tell_person(db, member.person_id, kind, cause=cause, ref=ref, payload=payload, now=now)
