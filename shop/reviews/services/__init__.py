"""Changing what is said of products. Services flush; routes and the CLI commit."""

from shop.reviews.services.answering import (
    answer_question,
    ask,
    reply_review,
    withdraw_question,
)
from shop.reviews.services.erasing import erase_order, erase_person
from shop.reviews.services.moderating import SaidKind, hide, hide_reply, show
from shop.reviews.services.parts import hold_product, tell_rating
from shop.reviews.services.reporting import (
    CODE_LENGTH,
    Decision,
    ReportDraft,
    decide_report,
    file_report,
)
from shop.reviews.services.writing import (
    ReviewDraft,
    ReviewPhoto,
    edit_review,
    vote_helpful,
    withdraw_review,
    write_review,
)

__all__ = [
    "CODE_LENGTH",
    "Decision",
    "ReportDraft",
    "ReviewDraft",
    "ReviewPhoto",
    "SaidKind",
    "answer_question",
    "ask",
    "decide_report",
    "edit_review",
    "erase_order",
    "erase_person",
    "file_report",
    "hide",
    "hide_reply",
    "hold_product",
    "reply_review",
    "show",
    "tell_rating",
    "vote_helpful",
    "withdraw_question",
    "withdraw_review",
    "write_review",
]
