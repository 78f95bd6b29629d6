"""Verbs of recalls: open one, write down how telling went, settle the goods, close, practise."""

from shop.recalls.services.closing import close_recall, reopen_recall
from shop.recalls.services.drills import finish_drill, remind_of_drill, start_drill
from shop.recalls.services.goods import record_return, settle_units
from shop.recalls.services.opening import RecallDraft, open_recall
from shop.recalls.services.rights import require_orderer
from shop.recalls.services.telling import answer, follow_call, record_outcome, remind

__all__ = [
    "RecallDraft",
    "answer",
    "close_recall",
    "finish_drill",
    "follow_call",
    "open_recall",
    "record_outcome",
    "record_return",
    "remind",
    "remind_of_drill",
    "reopen_recall",
    "require_orderer",
    "settle_units",
    "start_drill",
]
