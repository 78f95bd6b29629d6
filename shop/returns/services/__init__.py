"""Verbs of returns. Each locks the order, then the request, checks the table, writes a step."""

from shop.returns.services.buyer import (
    ReturnDraft,
    answer_more,
    appeal,
    ask_return,
    withdraw_return,
)
from shop.returns.services.deciding import (
    Answer,
    agree_return,
    ask_more,
    close_return,
    most_refund,
    note_return,
    refuse_return,
    settle_return,
    usual_refund,
)
from shop.returns.services.erasing import erase_returns
from shop.returns.services.parts import Said

__all__ = [
    "Answer",
    "ReturnDraft",
    "Said",
    "agree_return",
    "answer_more",
    "appeal",
    "ask_more",
    "ask_return",
    "close_return",
    "erase_returns",
    "most_refund",
    "note_return",
    "refuse_return",
    "settle_return",
    "usual_refund",
    "withdraw_return",
]
