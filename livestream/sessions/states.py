"""The life of a session: which state may follow which, who may be told what, short codes."""

from typing import Final

from shop.core.errors import Conflict, Invalid, NotAllowed
from shop.core.text import N_

NEXT_STATES: Final[dict[str, frozenset[str]]] = {
    "draft": frozenset({"proposed", "cancelled"}),
    "proposed": frozenset({"draft", "expired", "confirmed", "cancelled"}),
    "confirmed": frozenset({"live", "no_show", "cancelled"}),
    "live": frozenset({"stopped", "ended"}),
    "stopped": frozenset({"ended"}),
    "ended": frozenset({"reconciled"}),
    "reconciled": frozenset(),
    "cancelled": frozenset(),
    "expired": frozenset(),
    "no_show": frozenset({"ended"}),
}

PUBLIC_STATES: Final = ("confirmed", "live", "ended")
"""What the public schedule and the public calendar show (a cancelled one stays in feeds only)."""

MOVABLE_STATES: Final = ("draft", "proposed", "confirmed")
BEFORE_LIVE: Final = ("draft", "proposed", "confirmed")

STATE_LABELS: Final = {
    "draft": N_("Bản nháp"),
    "proposed": N_("Chờ duyệt"),
    "confirmed": N_("Đã chốt"),
    "live": N_("Đang live"),
    "stopped": N_("Đã dừng"),
    "ended": N_("Đã kết thúc"),
    "reconciled": N_("Đã đối soát"),
    "cancelled": N_("Đã hủy"),
    "expired": N_("Hết hạn giữ chỗ"),
    "no_show": N_("Không lên sóng"),
}

STATE_BADGES: Final = {
    "draft": "demo",
    "proposed": "warn",
    "confirmed": "ok",
    "live": "live",
    "stopped": "bad",
    "ended": "demo",
    "reconciled": "demo",
    "cancelled": "bad",
    "expired": "bad",
    "no_show": "bad",
}

CODE_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without I and O, which viewers mistake for 1 and 0."""


class WrongState(Conflict):
    message = N_("Phiên đang ở trạng thái “%(state)s” nên không làm được việc này.")


class Outdated(Conflict):
    message = N_("Phiên này vừa được người khác thay đổi. Hãy xem lại rồi làm tiếp.")


class OwnProposal(NotAllowed):
    message = N_(
        "Người đề xuất, hay người vừa đổi giờ, người dẫn hoặc phòng, không tự chốt phiên đó. "
        "Hãy nhờ quản lý khác hoặc cán bộ."
    )


class OwnMove(OwnProposal):
    message = N_("Phiên đã chốt thì người đề xuất không tự đổi. Hãy nhờ quản lý khác hoặc cán bộ.")


class ReasonMissing(Invalid):
    message = N_("Vui lòng ghi lý do.")


def require_step(state: str, wanted: str) -> None:
    """Let a change along the table pass. Raises WrongState."""
    if wanted not in NEXT_STATES[state]:
        raise WrongState(state=STATE_LABELS[state])


def short_code(index: int) -> str:
    """What viewers type for the item at ``index`` (0-based): A1…A9, B1…B9, …, Z9.

    Raises ValueError beyond the last code.
    """
    letter, digit = divmod(index, 9)
    if index < 0 or letter >= len(CODE_LETTERS):
        raise ValueError("a session has no more short codes")
    return f"{CODE_LETTERS[letter]}{digit + 1}"


def next_short_code(taken: set[str]) -> str:
    """The first code that the session has not given out yet; codes are never used twice."""
    index = 0
    while short_code(index) in taken:
        index += 1
    return short_code(index)
