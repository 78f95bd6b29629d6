"""Talking points: what the label, the certificates and the journal of a product prove.

A point carries its source and the last day it may be said. One whose paper ends before the session
does is left out, and listed among those to be warned of.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from shop.core.text import N_

LABEL: Final = "label"
PAPER: Final = "paper"
JOURNAL: Final = "journal"
SOURCE_LABELS: Final = {
    LABEL: N_("Nhãn sản phẩm"),
    PAPER: N_("Giấy chứng nhận"),
    JOURNAL: N_("Nhật ký lô hàng"),
}
_MAX_TEXT: Final = 300


@dataclass(frozen=True)
class Point:
    """A sentence the host may say: Vietnamese with ``%(name)s`` parameters."""

    key: str
    source: str
    text: str
    params: Mapping[str, Any] = field(default_factory=dict)
    where: str = ""
    """The record behind it: a certificate's number, a lot's code."""
    until: date | None = None
    """The last day it may be said; None: as long as the label says so."""
    must: bool = False
    """Has to be said, e.g. a warning of the label."""
    terms: tuple[str, ...] = ()
    """Names of parameters that are sentences of ours, to be translated like ``text``; all other
    words were written by the producer, in Vietnamese."""


@dataclass(frozen=True)
class PaperFact:
    """A verified certificate."""

    id: int
    kind: str
    label: str
    stars: int | None
    number: str
    issuer: str
    expires_on: date


@dataclass(frozen=True)
class JournalFact:
    """A public journal entry of a lot on sale: harvest, test, processing, packing."""

    id: int
    kind: str
    label: str
    lot_no: str
    lot_code: str
    on: date
    words: str
    best_before: date | None


def label_points(facts: Mapping[str, str | int | None]) -> list[Point]:
    """What the label says: origin, content, keeping, use; its warning has to be said."""
    return [
        Point(f"label:{name}", LABEL, text, {"value": _short(value)}, must=name == "warnings")
        for name, text in _LABEL_TEXTS.items()
        if (value := facts.get(name))
    ]


_LABEL_TEXTS: Final = {
    "maker": N_("Do %(value)s làm ra."),
    "origin": N_("Xuất xứ: %(value)s."),
    "ingredients": N_("Thành phần: %(value)s."),
    "net_content": N_("Định lượng: %(value)s."),
    "usage": N_("Cách dùng: %(value)s."),
    "storage": N_("Bảo quản: %(value)s."),
    "shelf_life_days": N_("Hạn dùng %(value)s ngày kể từ ngày sản xuất."),
    "warnings": N_("Phải nhắc: %(value)s."),
}


def paper_points(papers: Iterable[PaperFact]) -> list[Point]:
    """What verified certificates say."""
    return [_paper_point(paper) for paper in papers]


def _paper_point(paper: PaperFact) -> Point:
    params = {"label": paper.label, "stars": paper.stars, "issuer": paper.issuer}
    text = N_("Được công nhận OCOP %(stars)s sao.") if paper.stars else N_("Có %(label)s.")
    return Point(
        f"paper:{paper.id}",
        PAPER,
        text,
        params,
        where=paper.number,
        until=paper.expires_on,
        terms=("label",),
    )


def journal_points(entries: Iterable[JournalFact]) -> list[Point]:
    """What the journals of lots on sale say, as long as those lots may be sold."""
    return [
        Point(
            f"journal:{entry.id}",
            JOURNAL,
            N_("%(what)s ngày %(day)s: %(words)s.")
            if entry.words
            else N_("%(what)s ngày %(day)s."),
            {"what": entry.label, "day": f"{entry.on:%d/%m/%Y}", "words": _short(entry.words)},
            where=f"{entry.lot_no} · {entry.lot_code}",
            until=entry.best_before,
            terms=("what",),
        )
        for entry in entries
    ]


def sayable(points: Sequence[Point], on: date) -> tuple[list[Point], list[Point]]:
    """(points that hold on the session's last day, points whose source ends before it)."""
    good = [point for point in points if point.until is None or point.until >= on]
    return good, [point for point in points if point not in good]


def chosen(points: Sequence[Point], left_out: Iterable[str]) -> list[Point]:
    """The points for the sheet; what has to be said cannot be left out."""
    hidden = set(left_out)
    return [point for point in points if point.must or point.key not in hidden]


def _short(value: str | int | None) -> str:
    text = " ".join(str(value or "").split()).rstrip(".")
    return text if len(text) <= _MAX_TEXT else text[: _MAX_TEXT - 1].rstrip() + "…"
