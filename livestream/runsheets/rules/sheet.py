"""The order of a session: its parts, their minutes, and when each is expected."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from shop.core.errors import Conflict, Invalid
from shop.core.text import N_

KIND_LABELS: Final = {
    "opening": N_("Mở đầu"),
    "product": N_("Giới thiệu sản phẩm"),
    "flash": N_("Giá chớp nhoáng"),
    "questions": N_("Hỏi đáp"),
    "game": N_("Trò chơi, tặng quà"),
    "pause": N_("Nghỉ"),
    "closing": N_("Chào kết"),
}
ADDABLE: Final = ("flash", "questions", "game", "pause")
"""Kinds a person adds; opening and closing come by themselves, products with the line-up."""
ITEM_KINDS: Final = ("product", "flash")
FRAME_MINUTES: Final = 5
MAX_PARTS: Final = 120
MAX_PART_MINUTES: Final = 240


class SheetClosed(Conflict):
    message = N_("Phiên đã kết thúc nên bảng chạy không sửa được nữa.")


class StrangePart(Invalid):
    message = N_("Bảng chạy có phần không thuộc phiên này. Hãy tải lại trang.")


class TooManyParts(Invalid):
    message = N_("Bảng chạy dài quá 120 phần. Hãy bỏ bớt.")


@dataclass(frozen=True)
class Part:
    """A stretch of the session."""

    key: str
    """Names it in the page's form: ``b12`` is a stored one, others are not stored yet."""
    kind: str
    minutes: int
    item_id: int | None = None
    title: str = ""
    note: str = ""


@dataclass(frozen=True)
class Timed:
    """A part with the time it is planned for."""

    part: Part
    starts_at: datetime
    ends_at: datetime


def arrange(stored: Sequence[Part], items: Mapping[int, int]) -> list[Part]:
    """The sheet as it stands: what is stored, fitted to the line-up as it is now.

    ``items``: minutes by item in the order of the line-up. Parts of items that are gone are left
    out, items without a part come before the farewell; with nothing stored, a plain sheet is laid
    out: opening, every product, farewell.
    """
    kept = [part for part in stored if part.item_id is None or part.item_id in items]
    shown = {part.item_id for part in kept if part.kind == "product"}
    new = [
        Part(f"i{item_id}", "product", minutes, item_id)
        for item_id, minutes in items.items()
        if item_id not in shown
    ]
    if not stored:
        opening = Part("opening", "opening", FRAME_MINUTES)
        return [opening, *new, Part("closing", "closing", FRAME_MINUTES)]
    at = next((n for n, part in enumerate(kept) if part.kind == "closing"), len(kept))
    return [*kept[:at], *new, *kept[at:]]


def timed(parts: Sequence[Part], starts_at: datetime) -> list[Timed]:
    """When each part begins and ends if everything takes as long as planned."""
    found, at = [], starts_at
    for part in parts:
        end = at + timedelta(minutes=part.minutes)
        found.append(Timed(part, at, end))
        at = end
    return found


def over_minutes(parts: Sequence[Part], length: int) -> int:
    """By how many minutes the plan runs past ``length``; negative: minutes to spare."""
    return sum(part.minutes for part in parts) - length


def moved(parts: Sequence[Part], key: str, step: int) -> list[Part]:
    """The same parts with one of them ``step`` places up (-1) or down (1); at an end it stays."""
    order = list(parts)
    at = next((n for n, part in enumerate(order) if part.key == key), None)
    if at is None:
        raise StrangePart
    to = min(max(at + step, 0), len(order) - 1)
    order.insert(to, order.pop(at))
    return order


def edited(current: Sequence[Part], wished: Sequence[Part]) -> list[Part]:
    """What a form may make of the sheet: own parts in the order, minutes and words typed.

    Kind and product of a known part stay what they are; a part that is not wished any more is
    dropped, except products, which leave only with the line-up. Raises StrangePart, TooManyParts.
    """
    known = {part.key: part for part in current}
    strange = [part.key for part in wished if part.key not in known]
    if strange or len({part.key for part in wished}) != len(wished):
        raise StrangePart
    named = {part.key for part in wished}
    kept = [
        replace(known[part.key], minutes=part.minutes, title=part.title, note=part.note)
        for part in wished
    ]
    kept += [part for part in current if part.kind == "product" and part.key not in named]
    return checked(kept)


def checked(parts: Sequence[Part]) -> list[Part]:
    """Raises TooManyParts, Invalid."""
    if len(parts) > MAX_PARTS:
        raise TooManyParts
    if any(not 1 <= part.minutes <= MAX_PART_MINUTES for part in parts):
        raise Invalid(N_("Mỗi phần từ 1 đến 240 phút."), field="minutes")
    return list(parts)


def added(parts: Sequence[Part], kind: str, minutes: int, item_id: int | None) -> list[Part]:
    """One part more, before the farewell. Raises StrangePart for a kind nobody adds."""
    if kind not in ADDABLE or (kind in ITEM_KINDS) != (item_id is not None):
        raise StrangePart
    at = next((n for n, part in enumerate(parts) if part.kind == "closing"), len(parts))
    return checked([*parts[:at], Part("new", kind, minutes, item_id), *parts[at:]])


def dropped(parts: Sequence[Part], key: str) -> list[Part]:
    """One part less. Raises StrangePart for an unknown one and for a product's."""
    part = next((one for one in parts if one.key == key), None)
    if part is None or part.kind == "product":
        raise StrangePart
    return [one for one in parts if one.key != key]


def minutes_by_item(parts: Sequence[Part]) -> dict[int, int]:
    """How long each product is shown in all, in the order in which they first come."""
    found: dict[int, int] = {}
    for part in parts:
        if part.item_id is not None:
            found[part.item_id] = found.get(part.item_id, 0) + part.minutes
    return found


def fitted(parts: Sequence[Part], length: int) -> list[Part]:
    """The products' minutes stretched or cut so that the sheet fills ``length`` exactly.

    Other parts keep theirs; every product keeps at least a minute, so a session too short for all
    stays over. Largest remainders first, earlier ones before later.
    """
    shown = [part for part in parts if part.kind == "product"]
    free = length - sum(part.minutes for part in parts if part.kind != "product")
    total = sum(part.minutes for part in shown)
    if not shown:
        return list(parts)
    spare = max(free - len(shown), 0)
    shares = [divmod(spare * part.minutes, total) for part in shown]
    left = spare - sum(whole for whole, _rest in shares)
    by_rest = sorted(range(len(shown)), key=lambda n: (-shares[n][1], n))
    more = set(by_rest[:left])
    minutes = {
        part.key: min(1 + shares[n][0] + (n in more), MAX_PART_MINUTES)
        for n, part in enumerate(shown)
    }
    return [replace(part, minutes=minutes.get(part.key, part.minutes)) for part in parts]


def spoken_for(parts: Sequence[Part], item_ids: Collection[int]) -> bool:
    """Whether every product of the line-up has its part."""
    shown = {part.item_id for part in parts if part.kind == "product"}
    return set(item_ids) <= shown
