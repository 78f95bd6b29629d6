"""What the presses of a console mean: replayed in the order in which they were made.

A press says what it is about ("A2 is on now"), never "the next one", so that two consoles pressing
the same thing, a press sent twice and presses that arrive late or out of order all end in the same
board: it depends on the set of presses alone. See docs/algorithms/run-of-show.md.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from shop.core.errors import Conflict, Invalid
from shop.core.text import N_

SHOW: Final = "show"
DONE: Final = "done"
SKIP: Final = "skip"
PIN: Final = "pin"
UNPIN: Final = "unpin"
PRICE_ON: Final = "price_on"
PRICE_OFF: Final = "price_off"
FIT: Final = "fit"
KINDS: Final = (SHOW, DONE, SKIP, PIN, UNPIN, PRICE_ON, PRICE_OFF, FIT)

MAX_PRICE_MINUTES: Final = 240


class NotOnAir(Conflict):
    message = N_("Phiên chưa lên sóng hoặc đã kết thúc nên không bấm được việc này.")


class UnknownPress(Invalid):
    message = N_("Lần bấm này không hợp lệ. Hãy tải lại bảng điều khiển.")


class NoLivePrice(Invalid):
    message = N_("%(code)s không có giá live đã được người sản xuất đồng ý.")


@dataclass(frozen=True)
class Cue:
    """A line-up item as planned."""

    item_id: int
    minutes: int
    lead: int = 0
    """Minutes of what stands before it on the run sheet and shows no new product: opening, game."""


@dataclass(frozen=True)
class Press:
    """One press of a button: ``at`` is when it was made, not when it arrived."""

    key: str
    kind: str
    at: datetime
    item_id: int | None = None
    minutes: int | None = None
    """For how long a live price was started."""


@dataclass(frozen=True)
class PriceWish:
    """The latest word on an item's live price; ``until`` is the press itself when stopped."""

    since: datetime
    until: datetime
    key: str

    @property
    def is_on(self) -> bool:
        """Whether it was started, not stopped."""
        return self.until > self.since


@dataclass
class Board:
    """Where the session stands."""

    current: int | None = None
    since: datetime | None = None
    pinned: int | None = None
    seconds: dict[int, int] = field(default_factory=dict)
    """How long each item was shown, the current one not counted."""
    skipped: set[int] = field(default_factory=set)
    prices: dict[int, PriceWish] = field(default_factory=dict)
    minutes: dict[int, int] = field(default_factory=dict)
    """Planned minutes, as fitted last."""

    def state_of(self, item_id: int) -> str:
        """``on``, ``skipped``, ``done`` or ``waiting``."""
        if item_id == self.current:
            return "on"
        if item_id in self.skipped:
            return "skipped"
        return "done" if item_id in self.seconds else "waiting"

    def _close(self, at: datetime) -> None:
        if self.current is None or self.since is None:
            return
        spent = int((at - self.since).total_seconds())
        self.seconds[self.current] = self.seconds.get(self.current, 0) + spent
        self.current = self.since = None

    def _show(self, press: Press) -> None:
        if press.item_id == self.current:
            return
        self._close(press.at)
        self.current, self.since, self.pinned = press.item_id, press.at, press.item_id
        self.skipped.discard(press.item_id or 0)

    def _leave(self, press: Press) -> None:
        if press.item_id == self.current:
            self._close(press.at)
        if press.kind == SKIP and press.item_id is not None:
            self.skipped.add(press.item_id)

    def _pin(self, press: Press) -> None:
        if press.kind == PIN:
            self.pinned = press.item_id
        elif self.pinned == press.item_id:
            self.pinned = None

    def _price(self, press: Press) -> None:
        if press.item_id is not None:
            length = (press.minutes or 0) if press.kind == PRICE_ON else 0
            until = press.at + timedelta(minutes=length)
            self.prices[press.item_id] = PriceWish(press.at, until, press.key)

    def _fit(self, cues: Sequence[Cue], at: datetime, ends_at: datetime, tail: int) -> None:
        waiting = [cue for cue in cues if self.state_of(cue.item_id) == "waiting"]
        free = int((ends_at - max(at, self._current_ends(at))).total_seconds()) // 60
        free -= tail + sum(cue.lead for cue in waiting)
        shares = fit_minutes([self.minutes[cue.item_id] for cue in waiting], free)
        for cue, minutes in zip(waiting, shares, strict=True):
            self.minutes[cue.item_id] = minutes

    def _current_ends(self, at: datetime) -> datetime:
        if self.current is None or self.since is None:
            return at
        return self.since + timedelta(minutes=self.minutes.get(self.current, 0))


def fit_minutes(minutes: Sequence[int], free: int) -> list[int]:
    """Share ``free`` minutes out in the proportions of ``minutes``, each at least one.

    Sums to ``free`` exactly whenever there is a minute for each; largest remainders first.
    """
    total = sum(minutes)
    if not minutes or total <= 0:
        return list(minutes)
    spare = max(free - len(minutes), 0)
    parts = [divmod(spare * one, total) for one in minutes]
    shares = [1 + whole for whole, _rest in parts]
    left = spare - sum(whole for whole, _rest in parts)
    by_rest = sorted(range(len(parts)), key=lambda i: (-parts[i][1], i))
    for index in by_rest[:left]:
        shares[index] += 1
    return shares


def replay(
    cues: Sequence[Cue], presses: Iterable[Press], *, ends_at: datetime, tail: int = 0
) -> Board:
    """The board after all presses, whatever the order in which they are given.

    ``tail``: minutes planned after the last product.

    Presses are taken by the instant they were made and then by key; one about an item that is no
    longer in the line-up changes nothing.
    """
    board = Board(minutes={cue.item_id: cue.minutes for cue in cues})
    known = {press.key: press for press in presses}.values()
    for press in sorted(known, key=lambda one: (one.at, one.key)):
        if press.kind == FIT:
            board._fit(cues, press.at, ends_at, tail)
        elif press.item_id in board.minutes:
            _STEPS[press.kind](board, press)
    return board


_STEPS: Final = {
    SHOW: Board._show,
    DONE: Board._leave,
    SKIP: Board._leave,
    PIN: Board._pin,
    UNPIN: Board._pin,
    PRICE_ON: Board._price,
    PRICE_OFF: Board._price,
}


@dataclass(frozen=True)
class Slot:
    """When an item is expected, by the real clock."""

    item_id: int
    starts_at: datetime
    ends_at: datetime


def expect(cues: Sequence[Cue], board: Board, *, starts_at: datetime, now: datetime) -> list[Slot]:
    """When what is on will end and what waits will begin: the plan laid on from this instant.

    Before the session's start it is laid on from there. What is over has no slot.
    """
    at = max(now, starts_at)
    slots = []
    if board.current is not None and board.since is not None:
        end = max(at, board._current_ends(at))
        slots.append(Slot(board.current, board.since, end))
        at = end
    elif not board.seconds and cues:
        at = max(at, starts_at + timedelta(minutes=cues[0].lead)) - timedelta(minutes=cues[0].lead)
    for cue in cues:
        if board.state_of(cue.item_id) == "waiting":
            begin = at + timedelta(minutes=cue.lead)
            at = begin + timedelta(minutes=board.minutes[cue.item_id])
            slots.append(Slot(cue.item_id, begin, at))
    return slots


def over_minutes(slots: Sequence[Slot], *, ends_at: datetime, now: datetime, tail: int = 0) -> int:
    """By how many minutes the plan runs past the session's end (negative: minutes to spare)."""
    last = slots[-1].ends_at if slots else now
    return round((last - ends_at).total_seconds() / 60) + tail


def corrected(
    at_ms: int | None, sent_ms: int | None, *, now: datetime, earliest: datetime
) -> datetime:
    """When a press was made, by our clock: its age by the phone's own clock before ``now``.

    ``at_ms``, ``sent_ms``: the phone's epoch milliseconds at the press and at the sending, so that
    a phone whose clock is wrong tells the right age all the same. Never before ``earliest``.
    """
    if at_ms is None or sent_ms is None:
        return now
    age = timedelta(milliseconds=min(max(sent_ms - at_ms, 0), 86_400_000))
    return max(now - age, earliest)
