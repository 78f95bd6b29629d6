"""Label sheets as PDF: the code as a vector QR beside what the law wants printed on the pack.

Sizes are millimetres. The QR holds the upper-case address, so that it stays in alphanumeric mode
(25 modules for a usual host), with error correction M and a quiet zone of four modules; its side is
at least 15 mm and a module at least 0.4 mm (facts §7.3; GS1 asks for no less). Text is set as large
as it fits; what fits at no readable size is refused, never cut off.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from math import cos, pi, sin
from typing import Any, Final

import segno
from fontpkg_be_vietnam_pro import ROOT as FONT_ROOT  # type: ignore[import-untyped]
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from shop.core.errors import Invalid
from shop.core.text import N_
from shop.traceability.rules import codes

REGULAR: Final = "BeVietnamPro"
BOLD: Final = "BeVietnamPro-Bold"
QUIET_MODULES: Final = 4
LEAST_QR_MM: Final = 15.0
LEAST_MODULE_MM: Final = 0.4
_SIZES: Final = (8.0, 7.5, 7.0, 6.5, 6.0, 5.5, 5.0, 4.6)
"""Points; below 4.6 the small letters of Be Vietnam Pro fall under 0.9 mm."""
_LEADING: Final = 1.28
_PADDING_MM: Final = 1.8


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

    @property
    def per_page(self) -> int:
        return self.columns * self.rows


TEMPLATES: Final = {
    template.slug: template
    for template in (
        Template("a4-24", N_("Tờ A4, 24 nhãn 70 × 37 mm"), (210, 297), (70, 37), 3, 8),
        Template("50x40", N_("Cuộn in nhiệt 50 × 40 mm"), (50, 40), (50, 40)),
    )
}


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


def template_of(slug: str) -> Template:
    """Raises UnknownTemplate (field ``mau``)."""
    found = TEMPLATES.get(slug)
    if found is None:
        raise UnknownTemplate(field="mau")
    return found


def make_sheet(facts: LabelFacts, *, template: Template, count: int, skip: int = 0) -> bytes:
    """A PDF of ``count`` equal labels; ``skip`` leaves the first places of a used sheet empty.

    The label is drawn once and placed ``count`` times. Raises LabelTooSmall, CannotPrint.
    """
    _load_fonts()
    out = io.BytesIO()
    width, height = (side * mm for side in template.page)
    canvas = Canvas(out, pagesize=(width, height), invariant=1, pageCompression=1)
    canvas.setTitle(f"{facts.product} {facts.lot_no}".strip())
    canvas.beginForm("label", 0, 0, template.size[0] * mm, template.size[1] * mm)
    _draw_label(canvas, facts, template)
    canvas.endForm()
    top = (template.page[1] - template.rows * template.size[1]) / 2
    left = (template.page[0] - template.columns * template.size[0]) / 2
    for number in range(skip, skip + count):
        place = number % template.per_page
        if place == 0 and number > skip:
            canvas.showPage()
        row, column = divmod(place, template.columns)
        x = left + column * template.size[0]
        y = template.page[1] - top - (row + 1) * template.size[1]
        canvas.saveState()
        canvas.translate(x * mm, y * mm)
        canvas.doForm("label")
        canvas.restoreState()
    canvas.showPage()
    canvas.save()
    return out.getvalue()


@cache
def _load_fonts() -> None:
    files = FONT_ROOT / "files"
    pdfmetrics.registerFont(TTFont(REGULAR, str(files / "BeVietnamPro-Regular.ttf")))
    pdfmetrics.registerFont(TTFont(BOLD, str(files / "BeVietnamPro-Bold.ttf")))


@dataclass(frozen=True)
class _Line:
    text: str
    font: str = REGULAR
    scale: float = 1.0


def _draw_label(canvas: Any, facts: LabelFacts, template: Template) -> None:
    width, height = template.size
    side = _draw_qr(canvas, facts.address, x=0.0, top=height)
    canvas.setFont(BOLD, 6.2)
    shown = codes.grouped(facts.code)
    canvas.drawCentredString(side / 2 * mm, (height - side - 2.0) * mm, shown)
    if facts.stars:
        _draw_stars(canvas, facts.stars, x=side / 2, y=height - side - 5.8)
    lines = _lines(facts)
    for line in lines:
        _require_glyphs(line)
    left = side + 0.6
    box = (width - left - _PADDING_MM, height - 2 * _PADDING_MM)
    _draw_text(canvas, lines, left=left, top=height - _PADDING_MM, box=box)


def _lines(facts: LabelFacts) -> list[_Line]:
    lines = [_Line(facts.product, BOLD, 1.2)]
    if facts.lot_no:
        lines.append(_Line(f"Số lô: {facts.lot_no}", BOLD))
    if facts.made_on:
        lines.append(_Line(f"NSX: {facts.made_on:%d/%m/%Y}"))
    if facts.best_before:
        lines.append(_Line(f"HSD: {facts.best_before:%d/%m/%Y}"))
    if facts.net_content:
        lines.append(_Line(f"Khối lượng tịnh: {facts.net_content}"))
    lines.append(_Line(f"SX: {facts.producer}"))
    if facts.place:
        lines.append(_Line(facts.place))
    lines.append(_Line("Xuất xứ: Việt Nam"))
    if facts.note:
        lines.append(_Line(facts.note))
    return lines


def _require_glyphs(line: _Line) -> None:
    known = pdfmetrics.getFont(line.font).face.charToGlyph
    for char in line.text:
        if ord(char) not in known:
            raise CannotPrint(char=char, text=line.text)


def _draw_text(
    canvas: Any, lines: Sequence[_Line], *, left: float, top: float, box: tuple[float, float]
) -> None:
    """Set all lines at the largest size at which they fit into ``box``. Raises LabelTooSmall."""
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
    y = top * mm
    for text, font, points in rows:
        y -= points * _LEADING
        canvas.setFont(font, points)
        canvas.drawString(left * mm, y + points * 0.22, text)


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


def _draw_qr(canvas: Any, address: str, *, x: float, top: float) -> float:
    """Draw the code as merged rectangles; gives its side with quiet zone, in millimetres."""
    rows = qr_rows(address)
    module = max(LEAST_MODULE_MM, LEAST_QR_MM / len(rows)) * 1.03
    canvas.setFillGray(0)
    path = canvas.beginPath()
    for number, runs in enumerate(rows):
        y = top - (QUIET_MODULES + number + 1) * module
        for start, length in runs:
            path.rect(
                (x + (QUIET_MODULES + start) * module) * mm,
                y * mm,
                length * module * mm,
                module * mm,
            )
    canvas.drawPath(path, stroke=0, fill=1)
    return (len(rows) + 2 * QUIET_MODULES) * module


@lru_cache(maxsize=2048)
def _encoded(address: str) -> Any:
    return segno.make_qr(address, error="m", boost_error=False)


def qr_rows(address: str) -> list[list[tuple[int, int]]]:
    """The dark runs (start, length) of each row of the symbol, without quiet zone."""
    rows = []
    for row in _encoded(address).matrix:
        runs: list[tuple[int, int]] = []
        for column, is_dark in enumerate(row):
            if not is_dark:
                continue
            if runs and sum(runs[-1]) == column:
                runs[-1] = (runs[-1][0], runs[-1][1] + 1)
            else:
                runs.append((column, 1))
        rows.append(runs)
    return rows


def qr_path(address: str) -> tuple[str, int]:
    """The symbol with its quiet zone as an SVG path of unit modules, and its side in modules."""
    rows = qr_rows(address)
    steps = [
        f"M{QUIET_MODULES + start} {QUIET_MODULES + number}h{length}v1h-{length}z"
        for number, runs in enumerate(rows)
        for start, length in runs
    ]
    return "".join(steps), len(rows) + 2 * QUIET_MODULES


def _draw_stars(canvas: Any, count: int, *, x: float, y: float) -> None:
    canvas.setFont(BOLD, 5.2)
    canvas.drawCentredString(x * mm, (y + 0.4) * mm, f"OCOP {count} sao")
    radius, gap = 1.0, 2.4
    first = x - (count - 1) * gap / 2
    path = canvas.beginPath()
    for number in range(count):
        _star(path, (first + number * gap) * mm, (y - 1.3) * mm, radius * mm)
    canvas.drawPath(path, stroke=0, fill=1)


def _star(path: Any, x: float, y: float, radius: float) -> None:
    for corner in range(10):
        reach = radius if corner % 2 == 0 else radius * 0.4
        angle = pi / 2 + corner * pi / 5
        point = (x + reach * cos(angle), y + reach * sin(angle))
        (path.moveTo if corner == 0 else path.lineTo)(*point)
    path.close()
