"""One label: what stands on it and where, so that nothing is cut off.

The QR's symbol is at least 15 mm wide and a module at least 0.4 mm (facts §7.3; GS1 asks for no
less), with a quiet zone of four modules. Text is set as large as it fits; what fits at no readable
size is refused, never cut off. Places are millimetres from the label's upper left corner.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from math import cos, pi, sin
from pathlib import Path
from typing import Final

from fontpkg_be_vietnam_pro import ROOT as FONT_ROOT  # type: ignore[import-untyped]
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from shop.core.errors import Invalid
from shop.core.text import N_
from shop.traceability.labels import symbols
from shop.traceability.labels.symbols import QUIET_MODULES
from shop.traceability.rules import codes

REGULAR: Final = "BeVietnamPro"
BOLD: Final = "BeVietnamPro-Bold"
FONTS: Final[dict[str, Path]] = {
    REGULAR: FONT_ROOT / "files/BeVietnamPro-Regular.ttf",
    BOLD: FONT_ROOT / "files/BeVietnamPro-Bold.ttf",
}
LEAST_MODULE_MM: Final = 0.4
_SLACK: Final = 1.03
"""How much larger than the least a symbol is drawn: printers and cutters are not exact."""
_SIZES: Final = (10.0, 9.0, 8.0, 7.5, 7.0, 6.5, 6.0, 5.5, 5.0, 4.6)
"""Points; below 4.6 the small letters of Be Vietnam Pro fall under 0.9 mm."""
_LEADING: Final = 1.28
_PADDING_MM: Final = 1.8
_EAN_MODULE_MM: Final = 4 * 25.4 / 300
"""Four dots of a 300-dpi printer: EAN-13 at 103 % of its nominal size (GS1 allows 80 to 200)."""
_EAN_BARS_MM: Final = 13.0
_EAN_DIGITS_MM: Final = 2.4


class LabelTooSmall(Invalid):
    message = N_("Chữ trên nhãn quá dài cho khổ này. Hãy chọn khổ lớn hơn hoặc rút ngắn tên.")


class CannotPrint(Invalid):
    message = N_("Phông chữ của nhãn không có ký tự “%(char)s” trong “%(text)s”.")


class UnknownTemplate(Invalid):
    message = N_("Không có khổ nhãn này.")


@dataclass(frozen=True)
class Template:
    """A sheet: how large the page is and how labels lie on it, in millimetres."""

    slug: str
    label: str
    page: tuple[float, float]
    size: tuple[float, float]
    columns: int = 1
    rows: int = 1
    qr_mm: float = 15.0
    """Side of the symbol, without quiet zone, at least."""
    is_roomy: bool = False
    """Whether there is room for how to keep the goods."""
    has_ean: bool = False
    """Whether there is room for an EAN-13 beside the text."""

    @property
    def per_page(self) -> int:
        return self.columns * self.rows

    def corner(self, place: int) -> tuple[float, float]:
        """Upper left corner of the ``place``-th label of a page, counted by rows."""
        row, column = divmod(place, self.columns)
        left = (self.page[0] - self.columns * self.size[0]) / 2
        top = (self.page[1] - self.rows * self.size[1]) / 2
        return left + column * self.size[0], top + row * self.size[1]


_A4: Final = (210.0, 297.0)
TEMPLATES: Final = {
    template.slug: template
    for template in (
        Template("a4-40x30", N_("Tờ A4, 45 nhãn 40 × 30 mm"), _A4, (40, 30), 5, 9),
        Template("a4-50x40", N_("Tờ A4, 28 nhãn 50 × 40 mm"), _A4, (50, 40), 4, 7, is_roomy=True),
        Template("a4-24", N_("Tờ A4, 24 nhãn 70 × 37 mm"), _A4, (70, 37), 3, 8, is_roomy=True),
        Template("a4-70x50", N_("Tờ A4, 15 nhãn 70 × 50 mm"), _A4, (70, 50), 3, 5, 20, True, True),
        Template("50x30", N_("Cuộn in nhiệt 50 × 30 mm"), (50, 30), (50, 30)),
        Template("50x40", N_("Cuộn in nhiệt 50 × 40 mm"), (50, 40), (50, 40), is_roomy=True),
    )
}


def template_of(slug: str) -> Template:
    """Raises UnknownTemplate (field ``mau``)."""
    found = TEMPLATES.get(slug)
    if found is None:
        raise UnknownTemplate(field="mau")
    return found


@dataclass(frozen=True)
class LabelFacts:
    """What stands on one label. ``address`` is what the QR holds."""

    address: str
    code: str
    product: str
    producer: str
    place: str
    net_content: str = ""
    lot_no: str = ""
    made_on: date | None = None
    best_before: date | None = None
    stars: int | None = None
    note: str = ""
    phone: str = ""
    keeping: str = ""
    """How to store it."""
    ean: str = ""
    """Thirteen digits of a verified GTIN; printed where the template has room."""


@dataclass(frozen=True)
class Text:
    """A row of text; ``y`` is its baseline, ``x`` its left end or (centred) its middle."""

    x: float
    y: float
    text: str
    font: str
    points: float
    is_centred: bool = False


@dataclass(frozen=True)
class Shape:
    """A filled polygon."""

    corners: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Box:
    """A filled rectangle."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Symbol:
    """Where a label's QR goes: its upper left module, and the side of a module."""

    x: float
    y: float
    module: float


@dataclass(frozen=True)
class Drawing:
    """One label: what all labels of a sheet share, and the places of what differs."""

    shared: tuple[Text | Shape | Box, ...]
    symbol: Symbol
    code: Text
    """The code in words, below the QR; units replace its text by their own."""


def draw(facts: LabelFacts, template: Template) -> Drawing:
    """Fit the label. Raises LabelTooSmall, CannotPrint."""
    load_fonts()
    width, height = template.size
    modules = len(symbols.qr_rows(facts.address))
    module = max(LEAST_MODULE_MM, template.qr_mm / modules) * _SLACK
    side = (modules + 2 * QUIET_MODULES) * module
    below = height - side
    shared: list[Text | Shape | Box] = []
    if facts.stars:
        shared += _stars(facts.stars, x=side / 2, y=side + min(5.8, below - 1.6))
    box_height = height - 2 * _PADDING_MM
    if facts.ean and template.has_ean:
        bars = _ean(facts.ean, right=width - _PADDING_MM, bottom=height - _PADDING_MM)
        shared += bars
        box_height -= _EAN_BARS_MM + _EAN_DIGITS_MM + 1.0
    lines = _lines(facts, with_keeping=template.is_roomy)
    for line in lines:
        _require_glyphs(line)
    left = side + 0.6
    shared += _fitted(lines, left=left, box=(width - left - _PADDING_MM, box_height))
    code = Text(side / 2, side + 2.0, codes.grouped(facts.code), BOLD, 6.2, is_centred=True)
    quiet = QUIET_MODULES * module
    return Drawing(tuple(shared), Symbol(quiet, quiet, module), code)


@cache
def load_fonts() -> None:
    """Make the fonts known to reportlab, once a process."""
    for name, path in FONTS.items():
        pdfmetrics.registerFont(TTFont(name, str(path)))


@dataclass(frozen=True)
class _Line:
    text: str
    font: str = REGULAR
    scale: float = 1.0


def _lines(facts: LabelFacts, *, with_keeping: bool) -> list[_Line]:
    lines = [_Line(facts.product, BOLD, 1.2)]
    if facts.lot_no:
        lines.append(_Line(f"Số lô: {facts.lot_no}", BOLD))
    dates = (("NSX", facts.made_on), ("HSD", facts.best_before))
    lines += [_Line(f"{name}: {day:%d/%m/%Y}") for name, day in dates if day]
    if facts.net_content:
        lines.append(_Line(f"KL tịnh: {facts.net_content}"))
    lines.append(_Line(f"SX: {facts.producer}"))
    rest = [facts.place, f"ĐT: {facts.phone}" if facts.phone else "", "Xuất xứ: Việt Nam"]
    if facts.keeping and with_keeping:
        rest.append(f"Bảo quản: {facts.keeping}")
    return lines + [_Line(text) for text in (*rest, facts.note) if text]


def _require_glyphs(line: _Line) -> None:
    known = pdfmetrics.getFont(line.font).face.charToGlyph
    for char in line.text:
        if ord(char) not in known:
            raise CannotPrint(char=char, text=line.text)


def _fitted(lines: Sequence[_Line], *, left: float, box: tuple[float, float]) -> list[Text]:
    """All lines at the largest size at which they fit into ``box``. Raises LabelTooSmall."""
    for size in _SIZES:
        rows = [
            (part, line.font, size * line.scale)
            for line in lines
            for part in wrap(line.text, line.font, size * line.scale, box[0] * mm)
        ]
        if sum(points * _LEADING for _text, _font, points in rows) <= box[1] * mm:
            break
    else:
        raise LabelTooSmall
    placed, y = [], _PADDING_MM * mm
    for text, font, points in rows:
        y += points * _LEADING
        placed.append(Text(left, (y - points * 0.22) / mm, text, font, points))
    return placed


def wrap(text: str, font: str, points: float, width: float) -> list[str]:
    """``text`` in rows no wider than ``width`` points; a word longer than a row is divided."""
    rows: list[str] = []
    row = ""
    for word in text.split():
        for piece in _pieces(word, font, points, width):
            longer = f"{row} {piece}" if row else piece
            if pdfmetrics.stringWidth(longer, font, points) <= width:
                row = longer
            else:
                rows.append(row)
                row = piece
    return [*rows, row] if row else rows


def _pieces(word: str, font: str, points: float, width: float) -> list[str]:
    if pdfmetrics.stringWidth(word, font, points) <= width:
        return [word]
    pieces, piece = [], ""
    for char in word:
        if piece and pdfmetrics.stringWidth(piece + char, font, points) > width:
            pieces.append(piece)
            piece = ""
        piece += char
    return [*pieces, piece]


def _stars(count: int, *, x: float, y: float) -> list[Text | Shape]:
    """``OCOP n sao`` and the stars under it; ``y`` is the baseline of the words."""
    radius, gap = 1.0, 2.4
    first = x - (count - 1) * gap / 2
    words = Text(x, y - 0.4, f"OCOP {count} sao", BOLD, 5.2, is_centred=True)
    return [words, *(_star(first + n * gap, y + 1.3, radius) for n in range(count))]


def _star(x: float, y: float, radius: float) -> Shape:
    corners = []
    for corner in range(10):
        reach = radius if corner % 2 == 0 else radius * 0.4
        angle = pi / 2 + corner * pi / 5
        corners.append((x + reach * cos(angle), y - reach * sin(angle)))
    return Shape(tuple(corners))


def _ean(digits: str, *, right: float, bottom: float) -> list[Text | Shape | Box]:
    """The bars of an EAN-13 with their digits, quiet zones inside ``right``."""
    module, before, after = _EAN_MODULE_MM, *symbols.EAN_QUIET
    left = right - (symbols.EAN_MODULES + after) * module
    top = bottom - _EAN_BARS_MM - _EAN_DIGITS_MM
    placed: list[Text | Shape | Box] = []
    for start, length in symbols.ean13_runs(digits):
        depth = _EAN_BARS_MM + (1.3 if start in symbols.EAN_GUARDS else 0.0)
        placed.append(Box(left + start * module, top, length * module, depth))
    halves = ((digits[0], -before / 2), (digits[1:7], 24.5), (digits[7:], 70.5))
    return placed + [
        Text(left + at * module, bottom, part, REGULAR, 6.2, is_centred=True) for part, at in halves
    ]
