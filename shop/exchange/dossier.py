"""The trace dossier of a lot as a PDF to print and hand over: facts, integrity, journal, papers.

What stands in it comes in as words already in the reader's language; nothing is read from the
database here. The same words give the same bytes.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    Flowable,
    KeepTogether,
    PageTemplate,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
    TableStyle,
)
from reportlab.platypus.frames import Frame

from shop.traceability.labels.layout import BOLD, REGULAR, load_fonts
from shop.traceability.labels.symbols import QUIET_MODULES, qr_rows

INK: Final = HexColor("#23211d")
INDIGO: Final = HexColor("#1e2a57")
LINE: Final = HexColor("#e4ddcf")
TINT: Final = HexColor("#f4f1e8")
MARGIN: Final = 18 * mm
WIDTH: Final = A4[0] - 2 * MARGIN


@dataclass(frozen=True)
class Section:
    """A heading with a table: ``widths`` are shares of the line; no rows print ``empty``."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]
    empty: str = ""


@dataclass(frozen=True)
class Box:
    """A lot in the genealogy's picture; the drawing's own units."""

    x: int
    y: int
    title: str
    text: str
    is_focus: bool


@dataclass(frozen=True)
class Drawing:
    """The genealogy: boxes of one size, and straight lines between their ends."""

    width: int
    height: int
    box: tuple[int, int]
    boxes: tuple[Box, ...]
    lines: tuple[tuple[int, int, int, int], ...]


@dataclass(frozen=True)
class Dossier:
    """All that stands in a dossier, in the reader's language."""

    title: str
    subtitle: str
    address: str
    """What the QR leads to."""
    facts: tuple[tuple[str, str], ...]
    integrity: str
    is_whole: bool
    sections: tuple[Section, ...]
    footer: str
    drawing: Drawing | None = None
    drawing_title: str = ""


def make_pdf(dossier: Dossier) -> bytes:
    """The dossier as A4 pages with numbers; fonts with every Vietnamese mark are embedded."""
    load_fonts()
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out, pagesize=A4, title=dossier.title, author="Chợ Phiên", invariant=1
    )
    frame = Frame(MARGIN, 16 * mm, WIDTH, A4[1] - 32 * mm, 0, 0, 0, 0)
    document.addPageTemplates(
        PageTemplate(
            frames=[frame], onPage=lambda canvas, page: _footer(canvas, page, dossier.footer)
        )
    )
    story: list[Flowable] = [*_head(dossier), *_picture(dossier)]
    for section in dossier.sections:
        story += _section(section)
    document.build(story)
    return out.getvalue()


def _style(size: float, *, bold: bool = False, color: Any = INK, after: float = 0) -> Any:
    name = f"{size}{bold}{color}{after}"
    font = BOLD if bold else REGULAR
    return ParagraphStyle(
        name, fontName=font, fontSize=size, leading=size * 1.5, textColor=color, spaceAfter=after
    )


def _text(words: str, style: Any) -> Paragraph:
    return Paragraph(escape(words).replace("\n", "<br/>"), style)


def _head(dossier: Dossier) -> list[Flowable]:
    left = [
        _text(dossier.title, _style(17, bold=True, color=INDIGO, after=2)),
        _text(dossier.subtitle, _style(10.5, after=8)),
        _facts(dossier.facts, WIDTH - 40 * mm),
    ]
    head = Table([[left, _Qr(dossier.address, 34 * mm)]], colWidths=[WIDTH - 38 * mm, 38 * mm])
    head.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), *_no_padding()]))
    color = HexColor("#2f6b3c") if dossier.is_whole else HexColor("#b4232c")
    verdict = Table([[_text(dossier.integrity, _style(9.5))]], colWidths=[WIDTH])
    verdict.setStyle(
        TableStyle(
            [("LINEBEFORE", (0, 0), (0, -1), 3, color), ("BACKGROUND", (0, 0), (-1, -1), TINT)]
        )
    )
    return [head, Spacer(0, 8), verdict]


def _no_padding() -> list[Any]:
    sides = ("LEFTPADDING", "RIGHTPADDING", "TOPPADDING", "BOTTOMPADDING")
    return [(side, (0, 0), (-1, -1), 0) for side in sides]


def _facts(facts: Sequence[tuple[str, str]], width: float) -> Table:
    rows = [[_text(label, _style(9, bold=True)), _text(value, _style(9))] for label, value in facts]
    table = Table(rows, colWidths=[38 * mm, width - 38 * mm])
    table.setStyle(
        TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE),
                ("LEFTPADDING", (0, 0), (0, -1), 0),
                ("TOPPADDING", (0, 0), (-1, -1), 1.5),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
            ]
        )
    )
    return table


def _section(section: Section) -> list[Flowable]:
    title = _text(section.title, _style(12.5, bold=True, color=INDIGO, after=4))
    if not section.rows:
        return [Spacer(0, 12), KeepTogether([title, _text(section.empty, _style(9))])]
    share = WIDTH / sum(section.widths)
    head = [_text(cell, _style(8.5, bold=True)) for cell in section.header]
    rows = [[_text(cell, _style(8.5)) for cell in row] for row in section.rows]
    table = Table([head, *rows], colWidths=[share * part for part in section.widths], repeatRows=1)
    table.setStyle(
        TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("BACKGROUND", (0, 0), (-1, 0), TINT),
                ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE),
                ("LEFTPADDING", (0, 0), (-1, -1), 3),
                ("RIGHTPADDING", (0, 0), (-1, -1), 3),
                ("TOPPADDING", (0, 0), (-1, -1), 2),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
            ]
        )
    )
    return [Spacer(0, 12), title, table]


def _footer(canvas: Canvas, page: Any, words: str) -> None:
    canvas.saveState()
    canvas.setFont(REGULAR, 7.5)
    canvas.setFillColor(INK)
    canvas.drawString(MARGIN, 9 * mm, words)
    canvas.drawRightString(A4[0] - MARGIN, 9 * mm, str(page.page))
    canvas.restoreState()


class _Qr(Flowable):
    """A QR of ``side`` points that leads to an address."""

    def __init__(self, address: str, side: float) -> None:
        super().__init__()
        self._rows = qr_rows(address)
        self.width = self.height = side

    def draw(self) -> None:
        module = self.width / (len(self._rows) + 2 * QUIET_MODULES)
        path = self.canv.beginPath()
        for number, runs in enumerate(self._rows):
            y = self.height - (QUIET_MODULES + number + 1) * module
            for start, length in runs:
                path.rect((QUIET_MODULES + start) * module, y, length * module, module)
        self.canv.drawPath(path, stroke=0, fill=1)


class _Genealogy(Flowable):
    """The picture, scaled to the line, never enlarged."""

    def __init__(self, drawing: Drawing) -> None:
        super().__init__()
        self._drawing = drawing
        self._scale = min(1.0, WIDTH / drawing.width, 200 * mm / drawing.height)
        self.width, self.height = drawing.width * self._scale, drawing.height * self._scale

    def draw(self) -> None:
        canvas, drawing = self.canv, self._drawing
        canvas.scale(self._scale, self._scale)
        canvas.setStrokeColor(HexColor("#8f8775"))
        for x1, y1, x2, y2 in drawing.lines:
            canvas.line(x1, drawing.height - y1, x2, drawing.height - y2)
        width, height = drawing.box
        for box in drawing.boxes:
            y = drawing.height - box.y - height
            canvas.setFillColor(TINT)
            canvas.setStrokeColor(INDIGO if box.is_focus else LINE)
            canvas.setLineWidth(2 if box.is_focus else 1)
            canvas.roundRect(box.x, y, width, height, 6, stroke=1, fill=1)
            canvas.setFillColor(INK)
            _fit(canvas, box.title, BOLD, 12, box.x + 8, y + height - 20, width - 16)
            _fit(canvas, box.text, REGULAR, 11, box.x + 8, y + 12, width - 16)


def _fit(
    canvas: Canvas, words: str, font: str, size: float, x: float, y: float, room: float
) -> None:
    """Words on one line, set smaller until they fit."""
    while canvas.stringWidth(words, font, size) > room and size > 5:
        size -= 0.5
    canvas.setFont(font, size)
    canvas.drawString(x, y, words)


def _picture(dossier: Dossier) -> list[Flowable]:
    if dossier.drawing is None:
        return []
    title = _text(dossier.drawing_title, _style(12.5, bold=True, color=INDIGO, after=4))
    return [Spacer(0, 12), KeepTogether([title, _Genealogy(dossier.drawing)])]
