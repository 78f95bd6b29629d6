"""Viewers' comments read into wishes: codes, quantities, phones, negations, questions.

A reading is never an order: a person confirms every draft. See docs/algorithms/comment-orders.md
for the guarantees and a worked table.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final, Literal

from livestream.onair.rules.lexicon import (
    AFTER,
    ANYWHERE,
    BEFORE,
    CANCEL,
    CHANGES,
    CLOSES,
    CODE,
    DOZENS,
    EACH,
    HESITATES,
    NOW_WANTS,
    QUESTION,
    RESTATED,
    SPOKEN,
    TALK,
    WANTS,
    WANTS_UNITS,
    WEIGHTS,
    WORDS,
)
from livestream.onair.rules.wording import SIZE, phones_of, plain, tidied, without_names
from shop.core.errors import Invalid, NotAllowed
from shop.core.text import N_

Reading = Literal["order", "cancel", "question", "other"]

MAX_COMMENT: Final = 1000
"""Characters of one comment that are read; longer ones are no comments."""
MAX_UNITS: Final = 99

DOUBTS: Final = {
    "no_phone": N_("Chưa có số điện thoại"),
    "odd_phone": N_("Số điện thoại thừa hoặc thiếu chữ số"),
    "second": N_("Người này đã chốt trước đó, hỏi lại có phải đặt thêm"),
    "many": N_("Số lượng lớn, hỏi lại"),
    "quantity": N_("Chưa rõ số lượng"),
    "question": N_("Vừa hỏi vừa chốt"),
    "mixed": N_("Vừa đặt vừa bỏ một mã"),
    "unknown_code": N_("Có mã không thuộc phiên này"),
    "two_phones": N_("Có hơn một số điện thoại"),
    "weight": N_("Ghi theo cân nặng, xem lại số gói"),
    "change": N_("Có thể muốn sửa đơn đã chốt"),
    "unsure": N_("Có thể chỉ nhắc đến mã, chưa chắc chốt"),
}
MANY: Final = 20


class CommentTooLong(Invalid):
    message = N_(
        "Bình luận thứ %(nth)s dài %(length)s ký tự, chỉ đọc được tới %(most)s. "
        "Hãy bỏ nó ra rồi gửi lại."
    )


class TooManyComments(Invalid):
    message = N_(
        "Có %(count)s bình luận, mỗi lần chỉ đọc được %(most)s. Hãy chia thành nhiều lần gửi."
    )


class ChannelForbids(NotAllowed):
    message = N_(
        "%(platform)s không cho chốt đơn qua bình luận: đơn phải đi qua giỏ hàng của nền tảng."
    )


@dataclass(frozen=True)
class Wish:
    """What a comment says."""

    reading: Reading
    lines: tuple[tuple[str, int], ...] = ()
    """(short code, units), in the order of the comment; a code named twice is summed."""
    cancelled: tuple[str, ...] = ()
    """Codes that are not wanted any more; empty with reading ``cancel``: everything."""
    phone: str = ""
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Named:
    code: str
    start: int
    end: int


def _codes(text: str) -> list[_Named]:
    return [
        _Named(f"{match[1] or match[3]}{match[2] or match[4]}".upper(), match.start(), match.end())
        for match in CODE.finditer(text)
    ]


def _number(typed: str) -> int:
    return WORDS.get(typed) or int(typed)


@dataclass(frozen=True)
class _Count:
    """How many of a code: a number that was found, or one because none was."""

    units: int
    unit: str = ""
    is_marked: bool = False
    """Written with x, "sl" or a unit: certainly a quantity."""
    is_sure: bool = True
    """It stands right at its code, or nothing else could be meant."""
    is_found: bool = True


def _behind(text: str) -> _Count | None:
    match = AFTER.match(text)
    if match is None:
        return None
    number, unit = match[2] or match[5], match[3] or match[6] or ""
    return _Count(_number(number), unit, bool(match[1] or unit))


def _ahead(text: str) -> _Count | None:
    match = BEFORE.search(text)
    if match is None:
        spoken = SPOKEN.search(text)
        return _Count(WORDS[spoken[1]], is_sure=False) if spoken else None
    unit = match[2] or match[4] or ""
    return _Count(_number(match[1] or match[3]), unit, bool(unit))


def _counts(text: str, named: list[_Named]) -> list[_Count]:
    """One count per code. People write all numbers in front of their codes, or all behind."""
    each = EACH.search(text)
    if each is not None:
        return [_Count(_number(each[1]), each[2] or "", True)] * len(named)
    ends = [0, *(one.end for one in named)]
    starts = [*(one.start for one in named[1:]), len(text)]
    fore = [_ahead(text[ends[i] : one.start]) for i, one in enumerate(named)]
    aft = [_behind(text[one.end : starts[i]]) for i, one in enumerate(named)]
    first, last = fore[0], aft[-1]
    is_fore = first is not None and not (
        last is not None and last.is_marked and not first.is_marked
    )
    chosen = fore if is_fore else aft
    return [
        found or _far(text[ends[i] if is_fore else one.end : one.start if is_fore else starts[i]])
        if found or len(named) > 1
        else _far(text)
        for i, (one, found) in enumerate(zip(named, chosen, strict=True))
    ]


def _far(text: str) -> _Count:
    """A quantity with a unit somewhere near, when there is just one; else a single unit."""
    found = ANYWHERE.findall(text)
    if len(found) == 1:
        return _Count(_number(found[0][0] or found[0][2]), found[0][1], True)
    bare = CODE.sub(" ", text)
    is_sure = not found and re.search(r"(?<![a-z0-9])[1-9]", bare) is None
    return _Count(1, is_sure=is_sure, is_found=False)


def read_comment(text: str, codes: Collection[str]) -> Wish:
    """What a viewer means. ``codes``: the short codes of the session (``A1``).

    Raises CommentTooLong.
    """
    if len(text) > MAX_COMMENT:
        raise CommentTooLong(nth=1, length=len(text), most=MAX_COMMENT)
    phones, is_odd, bare = phones_of(plain(without_names(text)))
    heard = _Heard(codes, has_phone=bool(phones) or is_odd)
    if len(phones) > 1:
        heard.doubts.append("two_phones")
    for clause in _clauses(tidied(bare)):
        heard.take(clause)
    return heard.wish(phones[0] if phones else "", is_odd)


def _clauses(text: str) -> list[str]:
    """The comment at its stops; a clause keeps the question mark that ends it.

    A refusal and what is wanted instead, a question and the order behind it become two clauses.
    """
    for pattern, parted in RESTATED:
        text = re.sub(pattern, parted, text)
    parts = re.split(r"(?<=[.;!?])\s+|(?<=[;!?])|\b(?:nhung|nhma|thay bang|doi sang)\b", text)
    found = []
    for part in parts:
        refusal = CANCEL.search(part)
        at = NOW_WANTS.search(part, refusal.end()) if refusal else None
        found += [part[: at.start()], part[at.end() :]] if at else [part]
    return [part.strip() for part in found if part.strip(" .,;!")]


@dataclass
class _Heard:
    """What the clauses said so far."""

    codes: Collection[str]
    has_phone: bool
    ordered: dict[str, int] = field(default_factory=dict)
    bare: set[str] = field(default_factory=set)
    """Ordered codes that no number was found for yet."""
    cancelled: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    asked: str = ""
    """The one code of the clause before, if that asked or named no number: a number may follow."""
    is_question: bool = False
    is_cancel: bool = False

    def take(self, clause: str) -> None:
        """Hear one clause."""
        named = _codes(clause)
        known = [one for one in named if one.code in self.codes]
        if len(known) < len(named):
            self.doubts.append("unknown_code")
        refusal = CANCEL.search(clause) if "?" not in clause else None
        asks = "?" in clause or QUESTION.search(clause) is not None
        if refusal is not None:
            self._refuse(clause, known, refusal.start())
        elif asks and not (known and self.has_phone and WANTS.search(clause)):
            self.is_question = True
        elif known:
            self.doubts += ["question"] if asks else []
            self._order(clause, known)
        else:
            self._follow(clause, bool(named))
        alone = known[0].code if len(known) == 1 else ""
        self.asked = alone if alone in self.bare or alone not in self.ordered else ""

    def _order(self, clause: str, known: list[_Named]) -> None:
        counts = _counts(clause, _codes(clause))
        wanted = [
            (one.code, count)
            for one, count in zip(_codes(clause), counts, strict=True)
            if one.code in self.codes and one.start >= known[0].start and one.end <= known[-1].end
        ]
        is_counted = any(count.is_found for _code, count in wanted)
        if TALK.search(clause) and not (is_counted or self.has_phone or WANTS.search(clause)):
            return
        self.doubts += ["unsure"] if TALK.search(clause) or HESITATES.search(clause) else []
        self.doubts += ["change"] if CHANGES.search(clause) else []
        self.doubts += ["quantity"] if DOZENS.search(clause) else []
        for code, count in wanted:
            self._add(code, count, has_size=SIZE in clause)

    def _add(self, code: str, count: _Count, *, has_size: bool) -> None:
        is_weight = count.unit in WEIGHTS or (has_size and not count.is_marked)
        self.doubts += ["weight"] if is_weight else []
        self.doubts += [] if count.is_sure else ["quantity"]
        if not count.is_found and code in self.ordered:
            self.doubts.append("quantity")
        elif code in self.bare or code not in self.ordered:
            self.ordered[code] = count.units
        else:
            self.ordered[code] += count.units
        if count.is_found:
            self.bare.discard(code)
        elif self.ordered[code] == 1:
            self.bare.add(code)

    def _refuse(self, clause: str, known: list[_Named], at: int) -> None:
        """Codes after the refusal (or the only ones there are) are not wanted; those before are."""
        gone = [one for one in known if one.start >= at] or known
        self.is_cancel = True
        self.cancelled += [one.code for one in gone]
        kept = [one for one in known if one not in gone and one.end <= at]
        if kept:
            self._order(clause[:at], kept)

    def _follow(self, clause: str, has_code: bool) -> None:
        """A clause without a code of ours: how many of the one before, or an order for the host."""
        typed = WANTS_UNITS.search(clause)
        count = _Count(_number(typed[1])) if typed else _far(clause)
        wants = WANTS.search(clause) is not None
        if self.asked and (count.is_found or wants):
            self._add(self.asked, count, has_size=False)
        elif (
            EACH.search(clause)
            or CLOSES.search(clause)
            or (count.is_found and (wants or has_code or clause[0].isdigit()))
        ):
            self.is_question = True

    def wish(self, phone: str, is_odd: bool) -> Wish:
        """All of it together."""
        lines = tuple(
            (code, min(units, MAX_UNITS))
            for code, units in self.ordered.items()
            if code not in self.cancelled
        )
        cancelled = tuple(self.cancelled)
        if not lines:
            asks = self.is_question or self.has_phone
            return Wish(
                "cancel" if self.is_cancel else "question" if asks else "other",
                (),
                cancelled,
                phone,
            )
        found = {
            "mixed": self.is_cancel,
            "question": self.is_question,
            "many": any(units > MANY for units in self.ordered.values()),
            "odd_phone": is_odd,
            "no_phone": not phone and not is_odd,
        }
        self.doubts += [slug for slug, is_so in found.items() if is_so]
        return Wish("order", lines, cancelled, phone, tuple(dict.fromkeys(self.doubts)))
