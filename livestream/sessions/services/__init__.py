"""Verbs about sessions."""

from livestream.sessions.services.absences import Absent, record_absence
from livestream.sessions.services.airing import (
    end_session,
    go_live,
    keep_time,
    stop_session,
    was_on_air,
)
from livestream.sessions.services.booking import ResourceTaken, propose_session
from livestream.sessions.services.deciding import (
    ConsentMissing,
    NotReady,
    StaffNeeded,
    answer_item,
    confirm_session,
    open_warning_slugs,
    override_warning,
)
from livestream.sessions.services.drafting import (
    ItemWish,
    add_item,
    change_item,
    change_session,
    create_session,
    remove_item,
)
from livestream.sessions.services.expiring import expire_holds
from livestream.sessions.services.leaving import leave_session
from livestream.sessions.services.moving import cancel_session, move_session, withdraw_proposal
from livestream.sessions.services.withdrawing import (
    flag_held_lot,
    take_off_recalled,
    withdraw_product,
)

__all__ = [
    "Absent",
    "ConsentMissing",
    "ItemWish",
    "NotReady",
    "ResourceTaken",
    "StaffNeeded",
    "add_item",
    "answer_item",
    "cancel_session",
    "change_item",
    "change_session",
    "confirm_session",
    "create_session",
    "end_session",
    "expire_holds",
    "flag_held_lot",
    "go_live",
    "keep_time",
    "leave_session",
    "move_session",
    "open_warning_slugs",
    "override_warning",
    "propose_session",
    "record_absence",
    "remove_item",
    "stop_session",
    "take_off_recalled",
    "was_on_air",
    "withdraw_product",
    "withdraw_proposal",
]
