"""Viewers' comments read into wishes: codes, quantities, phones, negations, questions.

A reading is never an order: a person confirms every draft. See docs/algorithms/comment-orders.md
for the guarantees and a worked table.
"""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, Literal

from shop.core.errors import Invalid, NotAllowed
from shop.core.text import N_

Reading = Literal["order", "cancel", "question", "other"]

MAX_COMMENT: Final = 1000
"""Characters of one comment that are read; longer ones are no comments."""
MAX_UNITS: Final = 99

DOUBTS: Final = {
    "no_phone": N_("Chưa có số điện thoại"),
    "second": N_("Người này đã chốt trước đó, hỏi lại có phải đặt thêm"),
    "many": N_("Số lượng lớn, hỏi lại"),
    "quantity": N_("Chưa rõ số lượng"),
    "question": N_("Vừa hỏi vừa chốt"),
    "mixed": N_("Vừa đặt vừa bỏ một mã"),
    "unknown_code": N_("Có mã không thuộc phiên này"),
    "two_phones": N_("Có hơn một số điện thoại"),
    "weight": N_("Ghi theo cân nặng, xem lại số gói"),
}
MANY: Final = 20


class CommentTooLong(Invalid):
    message = N_("Có bình luận dài hơn %(most)s ký tự nên không đọc. Hãy bỏ nó ra rồi gửi lại.")


class TooManyComments(Invalid):
    message = N_("Mỗi lần chỉ đọc tối đa %(most)s bình luận và 200 KB. Hãy chia nhỏ rồi gửi lại.")


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


_UNITS: Final = (
    "hu|hop|goi|chai|lo|tui|bich|can|kg|ky|ki|kilo|con|cai|qua|trai|bo|set|combo|phan|cap|bao|"
    "thung|khay|vi|thanh|cuon|binh|suat|mon|sp"
)
_WEIGHTS: Final = frozenset({"kg", "ky", "ki", "kilo"})
_WORDS: Final = {
    "mot": 1,
    "hai": 2,
    "ba": 3,
    "bon": 4,
    "nam": 5,
    "sau": 6,
    "bay": 7,
    "tam": 8,
    "chin": 9,
    "muoi": 10,
}
_COUNT: Final = r"[1-9][0-9]{0,3}"
_PHONE: Final = re.compile(r"(?<![0-9a-z])(?:\(?\+?84\)?|0)(?:[ .()\-]{0,2}[0-9]){9}(?![0-9])")
_CODE: Final = re.compile(
    r"(?<![a-z0-9])(?:([a-wyz])[.\-]?([1-9])|(?<=\bma )([a-wyz]) ([1-9]))(?=$|[^a-z0-9]|x ?[1-9])"
)
_AFTER: Final = re.compile(
    rf"[ :,=\-]*(?:(x|\*|sl|so luong)[ :=]*)?({_COUNT})[ ]*({_UNITS})?(?![a-z0-9])"
    rf"|[ :,=\-]*()({'|'.join(_WORDS)})[ ]+({_UNITS})(?![a-z0-9])"
)
_BEFORE: Final = re.compile(
    rf"(?<![a-z0-9.])({_COUNT})[ ]*(?:x|({_UNITS}))?[ ]*(?:cua )?(?:ma|sp|loai)?[ ]*$"
    rf"|(?<![a-z0-9])({'|'.join(_WORDS)})[ ]+({_UNITS})[ ]*(?:cua )?(?:ma|sp|loai)?[ ]*$"
)
_ANYWHERE: Final = re.compile(
    rf"(?<![a-z0-9])({_COUNT}|{'|'.join(_WORDS)})[ ]*({_UNITS})(?![a-z0-9])"
)
_EACH: Final = re.compile(
    rf"(?<![a-z])moi (?:ma|thu|loai|cai|mon|sp)? ?({_COUNT}|{'|'.join(_WORDS)})[ ]*({_UNITS})?"
    r"(?![a-z0-9])"
)
_NO: Final = r"(?<![a-z0-9])(?:khong|ko|k|hong|hok|khg|dung|thoi)"
_CANCEL: Final = re.compile(
    rf"{_NO}[ ,]*(?:em|chi|anh|minh|ban|c|e|m)?[ ]*(?:muon |can )?"
    r"(?:lay|mua|dat|chot|can nua|nhan|gui|giao|order|ship)(?![a-z])"
    r"|(?<![a-z0-9])huy(?=$|[ ,]*(?:don|ma|het|giup|gium|dat|nha|nhe|nhe|do|luon|[a-z][.\-]?[1-9]))"
    r"|(?<![a-z0-9])bo (?=don|ma |het|[a-z][.\-]?[1-9](?:$|[^a-z0-9]))"
    r"|(?<![a-z0-9])(?:rut don|tra lai|cancel|doi y)(?![a-z])"
)
_QUESTION: Final = re.compile(
    r"(?<![a-z0-9])(?:bao nhieu|bn|bnh|gia (?:sao|the nao|nhieu)|may (?:gam|tien|ngay)"
    r"|con (?:hang |nua )?(?:khong|ko|k|hong|hem)|co [a-z0-9 ]{0,24}(?:khong|ko|k|hong|hem)"
    r"|(?:khong|ko|hong) (?:a|vay|the|shop|em|ad)|(?:duoc|dc|phai) (?:khong|ko|k|hong)"
    r"|the nao|nhu nao|o dau|khi nao|sao vay|cho (?:em|minh|chi|anh|toi|c|e|m) hoi|hoi ti)"
    r"(?![a-z0-9])"
)


def plain(text: str) -> str:
    """Lower-case ASCII-like text: NFC or NFD, with or without marks, become the same.

    Unlike ``core.text.fold`` punctuation stays, because a question mark says something; wide
    digits and letters (NFKD) become plain ones, and breaks in lines become full stops.
    """
    wide = unicodedata.normalize("NFKD", text.replace("\n", ". ").lower().replace("đ", "d"))
    bare = "".join(char for char in wide if not unicodedata.combining(char))
    return " ".join(bare.split())


def _phones(text: str) -> tuple[list[str], str]:
    """Ten-digit numbers in the order of the comment, and the text without them."""
    found: list[str] = []
    for match in _PHONE.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        number = "0" + digits[2:] if digits.startswith("84") else digits
        if len(number) == 10 and number not in found:
            found.append(number)
    return found, _PHONE.sub(" , ", text)


def mask_number(number: str) -> str:
    """``0912 ••• 678``: enough to tell people apart on a screen that others may see."""
    return f"{number[:4]} ••• {number[-3:]}" if len(number) == 10 else number


def mask_phones(text: str) -> str:
    """The words with their phone numbers masked."""

    def hide(match: re.Match[str]) -> str:
        return mask_number(_phones(match[0])[0][0])

    return _PHONE.sub(hide, text)


@dataclass(frozen=True)
class _Named:
    code: str
    start: int
    end: int


def _codes(text: str) -> list[_Named]:
    return [
        _Named(f"{match[1] or match[3]}{match[2] or match[4]}".upper(), match.start(), match.end())
        for match in _CODE.finditer(text)
    ]


def _number(typed: str) -> int:
    return _WORDS.get(typed) or int(typed)


@dataclass(frozen=True)
class _Count:
    """A number that was found; ``is_sure``: it stands right at its code."""

    units: int
    unit: str = ""
    is_marked: bool = False
    """Written with x, "sl" or a unit: certainly a quantity."""
    is_sure: bool = True


def _behind(text: str) -> _Count | None:
    match = _AFTER.match(text)
    if match is None:
        return None
    number, unit = match[2] or match[5], match[3] or match[6] or ""
    return _Count(_number(number), unit, bool(match[1] or unit))


def _ahead(text: str) -> _Count | None:
    match = _BEFORE.search(text)
    if match is None:
        return None
    unit = match[2] or match[4] or ""
    return _Count(_number(match[1] or match[3]), unit, bool(unit))


def _counts(text: str, named: list[_Named]) -> list[_Count]:
    """One count per code. People write all numbers in front of their codes, or all behind."""
    each = _EACH.search(text)
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
    found = _ANYWHERE.findall(text)
    if len(found) == 1:
        return _Count(_number(found[0][0]), found[0][1], True)
    bare = _CODE.sub(" ", text)
    return _Count(1, is_sure=not found and re.search(r"(?<![a-z0-9])[1-9]", bare) is None)


def read_comment(text: str, codes: Collection[str]) -> Wish:
    """What a viewer means. ``codes``: the short codes of the session (``A1``).

    Raises CommentTooLong.
    """
    if len(text) > MAX_COMMENT:
        raise CommentTooLong(most=MAX_COMMENT)
    phones, bare = _phones(plain(text))
    phone = phones[0] if phones else ""
    ordered: dict[str, int] = {}
    cancelled: list[str] = []
    doubts: list[str] = ["two_phones"] if len(phones) > 1 else []
    is_question = False
    is_cancel = False
    for clause in _clauses(bare):
        part = _read_clause(clause, codes)
        is_question |= part.reading == "question"
        is_cancel |= part.reading == "cancel"
        cancelled += part.cancelled
        doubts += part.doubts
        for code, units in part.lines:
            ordered[code] = ordered.get(code, 0) + units
    return _decide(ordered, cancelled, phone, doubts, is_question, is_cancel)


def _clauses(text: str) -> list[str]:
    """The comment at its stops; a clause keeps the question mark that ends it."""
    parts = re.split(r"(?<=[.;!?])\s+|(?<=[;!?])|\b(?:nhung|nhma|thay bang|doi sang)\b", text)
    return [part for part in parts if part.strip(" .,;!")]


def _read_clause(clause: str, codes: Collection[str]) -> Wish:
    named = _codes(clause)
    known = [one for one in named if one.code in codes]
    doubts = ["unknown_code"] if len(known) < len(named) else []
    cancel = _CANCEL.search(clause)
    if cancel is not None and "?" not in clause:
        return _read_cancel(clause, named, codes, cancel.start(), doubts)
    if "?" in clause or _QUESTION.search(clause) is not None:
        return Wish("question")
    return (
        _read_order(clause, named, codes, doubts) if known else Wish("other", doubts=tuple(doubts))
    )


def _read_order(
    clause: str, named: list[_Named], codes: Collection[str], doubts: list[str]
) -> Wish:
    lines, found = [], list(doubts)
    for one, count in zip(named, _counts(clause, named) if named else [], strict=True):
        if one.code in codes:
            lines.append((one.code, count.units))
            found += ["weight"] if count.unit in _WEIGHTS else []
            found += [] if count.is_sure else ["quantity"]
    return Wish("order" if lines else "other", tuple(lines), doubts=tuple(found))


def _read_cancel(
    clause: str, named: list[_Named], codes: Collection[str], at: int, doubts: list[str]
) -> Wish:
    """Codes after the refusal (or the only ones there are) are not wanted; those before are."""
    known = [one for one in named if one.code in codes]
    gone = [one for one in known if one.start >= at] or known
    kept = [one for one in named if one not in gone]
    wanted = _read_order(clause[:at], [one for one in kept if one.end <= at], codes, doubts)
    return Wish(
        "cancel",
        wanted.lines,
        tuple(one.code for one in gone),
        doubts=wanted.doubts,
    )


def _decide(
    ordered: dict[str, int],
    cancelled: list[str],
    phone: str,
    doubts: list[str],
    is_question: bool,
    is_cancel: bool,
) -> Wish:
    lines = tuple(
        (code, min(units, MAX_UNITS)) for code, units in ordered.items() if code not in cancelled
    )
    if not lines:
        reading: Reading = "cancel" if is_cancel else "question" if is_question else "other"
        return Wish(reading, (), tuple(cancelled), phone)
    doubts += ["mixed"] if is_cancel else []
    doubts += ["question"] if is_question else []
    doubts += ["many"] if any(units > MANY for units in ordered.values()) else []
    doubts += [] if phone else ["no_phone"]
    return Wish("order", lines, tuple(cancelled), phone, tuple(dict.fromkeys(doubts)))
