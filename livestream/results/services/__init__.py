"""Verbs about results, goods handed over and money owed."""

from livestream.results.services.closing import close_result
from livestream.results.services.figures import Figures, ItemFigures, save_figures
from livestream.results.services.goods import answer_note, withdraw_note, write_note
from livestream.results.services.importing import record_import, take_file
from livestream.results.services.settling import (
    agree_settlement,
    answer_payment,
    dispute_settlement,
    revise_settlement,
    send_payment,
)
from livestream.results.services.sharing import share_codes
from livestream.results.services.terms import agree_terms, set_club_fee, set_terms

__all__ = [
    "Figures",
    "ItemFigures",
    "agree_settlement",
    "agree_terms",
    "answer_note",
    "answer_payment",
    "close_result",
    "dispute_settlement",
    "record_import",
    "revise_settlement",
    "save_figures",
    "send_payment",
    "set_club_fee",
    "set_terms",
    "share_codes",
    "take_file",
    "withdraw_note",
    "write_note",
]
