"""A receipt on A4, drawn from words and amounts; nothing is read from the database here.

Fonts with every Vietnamese mark are embedded, as in labels. The same receipt gives the same bytes.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from xml.sax.saxutils import escape

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.enums import TA_RIGHT
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
SOFT: Final = HexColor("#5d5850")
INDIGO: Final = HexColor("#1e2a57")
TURMERIC: Final = HexColor("#e3a008")
RED: Final = HexColor("#b4232c")
LINE: Final = HexColor("#e4ddcf")
TINT: Final = HexColor("#f7f3e8")
MARGIN: Final = 18 * mm
STRIP: Final = 4 * mm
WIDTH: Final = A4[0] - 2 * MARGIN
QR_SIDE: Final = 28 * mm
LONGEST: Final = 400
"""Symbols of one printed field: nothing that people typed can push a receipt off its pages."""


@dataclass(frozen=True)
class Item:
    """A line: what, its lots, and amounts as they are printed."""

    name: str
    note: str
    quantity: str
    price: str
    total: str


@dataclass(frozen=True)
class Receipt:
    """All that stands on a receipt, in the reader's language."""

    title: str
    code: str
    code_label: str
    seller: str
    seller_facts: tuple[str, ...]
    address: str
    """What the QR leads to."""
    address_note: str
    facts: tuple[tuple[str, str], ...]
    header: tuple[str, str, str, str]
    items: tuple[Item, ...]
    sums: tuple[tuple[str, str], ...]
    total: tuple[str, str]
    money: tuple[tuple[str, str], ...]
    """What came, what went back, what is left."""
    notice: str
    """That this is no VAT invoice."""
    thanks: str
    footer: str
    papers: tuple[tuple[str, str], ...] = ()
    """Who agreed to it and what proves its payments, below the sums."""


def make_pdf(receipt: Receipt) -> bytes:
    """The receipt as A4 pages with numbers."""
    load_fonts()
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out, pagesize=A4, title=f"{receipt.title} {receipt.code}", author="Chợ Phiên", invariant=1
    )
    frame = Frame(MARGIN, 18 * mm, WIDTH, A4[1] - 38 * mm, 0, 0, 0, 0)
    document.addPageTemplates(
        PageTemplate(frames=[frame], onPage=lambda canvas, page: _edges(canvas, page, receipt))
    )
    story: list[Flowable] = [
        _head(receipt),
        Spacer(0, 14),
        _pairs(receipt.facts),
        Spacer(0, 16),
        _items(receipt),
        KeepTogether([Spacer(0, 8), _sums(receipt), Spacer(0, 18)]),
        *([_pairs(receipt.papers), Spacer(0, 18)] if receipt.papers else []),
        KeepTogether(_end(receipt)),
    ]
    document.build(story)
    return out.getvalue()


def _style(
    size: float, *, bold: bool = False, color: Color = INK, right: bool = False
) -> ParagraphStyle:
    return ParagraphStyle(
        f"{size}{bold}{color}{right}",
        fontName=BOLD if bold else REGULAR,
        fontSize=size,
        leading=size * 1.5,
        textColor=color,
        alignment=TA_RIGHT if right else 0,
        splitLongWords=1,
    )


def _text(words: str, style: ParagraphStyle) -> Paragraph:
    return Paragraph(escape(words[:LONGEST]).replace("\n", "<br/>"), style)


def _bare(*more: Any) -> TableStyle:
    sides = ("LEFTPADDING", "RIGHTPADDING", "TOPPADDING", "BOTTOMPADDING")
    none = [(side, (0, 0), (-1, -1), 0) for side in sides]
    return TableStyle([*none, ("VALIGN", (0, 0), (-1, -1), "TOP"), *more])


def _head(receipt: Receipt) -> Table:
    left = [
        _text(receipt.title, _style(20, bold=True, color=INDIGO)),
        _text(f"{receipt.code_label} {receipt.code}", _style(11, bold=True)),
        Spacer(0, 10),
        _text(receipt.seller, _style(12, bold=True)),
        *(_text(fact, _style(9, color=SOFT)) for fact in receipt.seller_facts),
    ]
    right = [
        _Qr(receipt.address, QR_SIDE),
        _text(receipt.address_note, _style(7, color=SOFT, right=True)),
    ]
    side = 46 * mm
    head = Table([[left, right]], colWidths=[WIDTH - side, side])
    head.setStyle(_bare(("ALIGN", (1, 0), (1, 0), "RIGHT")))
    return head


def _pairs(facts: Sequence[tuple[str, str]]) -> Table:
    """Facts in two columns, read line by line."""
    cells: list[list[Flowable]] = [
        [_text(label, _style(8, color=SOFT)), _text(value, _style(9.5))] for label, value in facts
    ]
    if len(cells) % 2:
        cells.append([Spacer(0, 0)])
    rows = [cells[at : at + 2] for at in range(0, len(cells), 2)]
    table = Table(rows, colWidths=[WIDTH / 2, WIDTH / 2])
    table.setStyle(
        _bare(
            ("BACKGROUND", (0, 0), (-1, -1), TINT),
            ("LEFTPADDING", (0, 0), (-1, -1), 10),
            ("RIGHTPADDING", (0, 0), (-1, -1), 10),
            ("TOPPADDING", (0, 0), (-1, -1), 5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 5),
        )
    )
    return table


def _items(receipt: Receipt) -> Table:
    heads = [
        _text(word, _style(8.5, bold=True, color=INDIGO, right=number > 0))
        for number, word in enumerate(receipt.header)
    ]
    rows = [
        [
            [
                _text(item.name, _style(10, bold=True)),
                *([_text(item.note, _style(8, color=SOFT))] if item.note else []),
            ],
            _text(item.quantity, _style(10, right=True)),
            _text(item.price, _style(10, right=True)),
            _text(item.total, _style(10, right=True)),
        ]
        for item in receipt.items
    ]
    amounts = [16 * mm, 32 * mm, 34 * mm]
    table = Table([heads, *rows], colWidths=[WIDTH - sum(amounts), *amounts], repeatRows=1)
    table.setStyle(
        _bare(
            ("LINEBELOW", (0, 0), (-1, 0), 1.2, INDIGO),
            ("LINEBELOW", (0, 1), (-1, -1), 0.5, LINE),
            ("TOPPADDING", (0, 0), (-1, -1), 5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 6),
            ("RIGHTPADDING", (0, 0), (0, -1), 8),
        )
    )
    return table


def _sums(receipt: Receipt) -> Table:
    """Right of the middle, so that the eye goes down one column of amounts."""
    plain, strong = _style(9.5, color=SOFT), _style(13, bold=True, color=INDIGO)
    rows = [
        [_text(label, plain), _text(sum_, _style(9.5, right=True))] for label, sum_ in receipt.sums
    ]
    at = len(rows)
    label, total = receipt.total
    rows.append(
        [_text(label, strong), _text(total, _style(13, bold=True, color=INDIGO, right=True))]
    )
    rows += [
        [_text(word, plain), _text(sum_, _style(9.5, bold=True, right=True))]
        for word, sum_ in receipt.money
    ]
    table = Table(rows, colWidths=[52 * mm, 42 * mm], hAlign="RIGHT")
    table.setStyle(
        _bare(
            ("LINEABOVE", (0, at), (-1, at), 1.2, INDIGO),
            ("LINEBELOW", (0, at), (-1, at), 0.5, LINE),
            ("TOPPADDING", (0, 0), (-1, -1), 3),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
            ("TOPPADDING", (0, at), (-1, at), 6),
            ("BOTTOMPADDING", (0, at), (-1, at), 7),
        )
    )
    return table


def _end(receipt: Receipt) -> list[Flowable]:
    notice = Table([[_text(receipt.notice, _style(9))]], colWidths=[WIDTH])
    notice.setStyle(
        _bare(
            ("LINEBEFORE", (0, 0), (0, -1), 3, TURMERIC),
            ("BACKGROUND", (0, 0), (-1, -1), TINT),
            ("LEFTPADDING", (0, 0), (-1, -1), 10),
            ("TOPPADDING", (0, 0), (-1, -1), 6),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 7),
        )
    )
    return [notice, Spacer(0, 10), _text(receipt.thanks, _style(9.5, color=SOFT))]


def _edges(canvas: Canvas, page: Any, receipt: Receipt) -> None:
    """The brocade strip at the top, the footer with the page's number."""
    canvas.saveState()
    top = A4[1] - STRIP
    canvas.setFillColor(INDIGO)
    canvas.rect(0, top, A4[0], STRIP, stroke=0, fill=1)
    half = STRIP / 2
    for number in range(int(A4[0] / STRIP) + 1):
        canvas.setFillColor((TURMERIC, RED)[number % 2])
        x = number * STRIP
        path = canvas.beginPath()
        path.moveTo(x, top + half)
        for dx, dy in ((half, STRIP * 0.85), (STRIP, half), (half, STRIP * 0.15)):
            path.lineTo(x + dx, top + dy)
        path.close()
        canvas.drawPath(path, stroke=0, fill=1)
    canvas.setFont(REGULAR, 7.5)
    canvas.setFillColor(SOFT)
    canvas.drawString(MARGIN, 10 * mm, receipt.footer)
    canvas.drawRightString(A4[0] - MARGIN, 10 * mm, str(page.page))
    canvas.restoreState()


class _Qr(Flowable):
    """A QR of ``side`` points that leads to an address."""

    def __init__(self, address: str, side: float) -> None:
        super().__init__()
        self._rows = qr_rows(address)
        self.width = self.height = side
        self.hAlign = "RIGHT"

    def draw(self) -> None:
        module = self.width / (len(self._rows) + 2 * QUIET_MODULES)
        path = self.canv.beginPath()
        for number, runs in enumerate(self._rows):
            y = self.height - (QUIET_MODULES + number + 1) * module
            for start, length in runs:
                path.rect((QUIET_MODULES + start) * module, y, length * module, module)
        self.canv.drawPath(path, stroke=0, fill=1)
