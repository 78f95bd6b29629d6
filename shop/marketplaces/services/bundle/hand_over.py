"""The printed hand-over form: what stands on it, as a page beside the photos and as A4 pages.

Staff at a commune or a post office hold it while they type, so every size has its own line and what
is not known is a dotted line to write on, never a silent gap. The same goods give the same bytes.
"""

import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from xml.sax.saxutils import escape

from PIL import Image as Picture
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    Flowable,
    Image,
    KeepTogether,
    PageBreak,
    PageTemplate,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
    TableStyle,
)
from reportlab.platypus.frames import Frame

from shop.core.money import format_vnd
from shop.core.text import clean
from shop.marketplaces.rules.cells import VALUES, Cell, Row
from shop.marketplaces.rules.hand_over import ANSWERED
from shop.marketplaces.rules.profile import Profile
from shop.traceability.labels.layout import BOLD, REGULAR, load_fonts

PRINTED: Final = 200
"""Products on the A4 form; the sheet tells of more."""
PICTURES: Final = 4
"""Photos of a product on the A4 form; all of them lie in the bundle."""
LONGEST: Final = 3_000
"""Characters of a printed field: nothing that people typed can push a form off its page."""

_OF_A_SIZE: Final = frozenset(
    {"number", "sku", "price", "stock", "title", "option_or_content", "net_content"}
    | {"weight_g", "size_cm"}
)
_INK: Final = HexColor("#23211d")
_INDIGO: Final = HexColor("#1e2a57")
_LINE: Final = HexColor("#e4ddcf")
_TINT: Final = HexColor("#f4f1e8")
_MARGIN: Final = 16 * mm
_WIDTH: Final = A4[0] - 2 * _MARGIN
_BLANK: Final = "." * 44
_SIZE_HEAD: Final = ("Mã SKU", "Quy cách", "Giá lẻ", "Tồn", "Tịnh", "Cả bao bì", "D×R×C (cm)")


@dataclass(frozen=True)
class Size:
    """A size of a product in words; empty: not known."""

    sku: str
    option: str
    price_vnd: int
    stock: int
    net: str
    weight_g: int
    sides: str


@dataclass(frozen=True)
class ProductForm:
    """A product on the form: its facts (label, value; an empty value is to be asked), its sizes
    and the names of its photos in the bundle."""

    title: str
    facts: tuple[tuple[str, Cell], ...]
    sizes: tuple[Size, ...]
    photos: tuple[str, ...]


@dataclass(frozen=True)
class Form:
    """All that is printed."""

    title: str
    about: tuple[str, ...]
    """Who hands over, and from which day."""
    notes: tuple[str, ...]
    products: tuple[ProductForm, ...]
    included: tuple[str, ...]
    missing: tuple[str, ...]
    nothing: str = "Chưa có sản phẩm nào sẵn sàng bàn giao, xem report.html."
    """What is said when there is no product."""


def product_form(
    profile: Profile, title: str, rows: Sequence[Row], values: Sequence[Cell], photos: Sequence[str]
) -> ProductForm:
    """``values``: cells of the first row. What the catalogue should know and does not stays as an
    empty value; what simply is not there (a second photo, stars) is left out."""
    facts = [
        (column.label, value)
        for column, value in zip(profile.columns, values, strict=True)
        if column.value not in _OF_A_SIZE
        and not column.value.startswith("photo_")
        and (value is not None or column.value in ANSWERED)
    ]
    return ProductForm(title, tuple(facts), tuple(map(_size, rows)), tuple(photos))


def _size(row: Row) -> Size:
    variant = row.variant
    return Size(
        sku=variant.sku,
        option=variant.option,
        price_vnd=variant.price_vnd,
        stock=variant.stock,
        net=str(VALUES["net_content"](row) or ""),
        weight_g=variant.facts.packed_weight_g,
        sides=str(VALUES["size_cm"](row) or ""),
    )


# A4


def form_pdf(form: Form, files: Mapping[str, bytes]) -> bytes:
    """The form as A4 pages, a product on a page of its own. ``files``: photos by name."""
    load_fonts()
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out, pagesize=A4, title=form.title, author="Chợ Phiên", invariant=1
    )
    frame = Frame(_MARGIN, 16 * mm, _WIDTH, A4[1] - 32 * mm, 0, 0, 0, 0)
    document.addPageTemplates(PageTemplate(frames=[frame], onPage=_footer(form.title)))
    story: list[Flowable] = [_words(form.title, 16, bold=True, color=_INDIGO)]
    story += [_words(line, 10) for line in form.about]
    story += [Spacer(0, 4), _box([_words(f"• {line}", 8.5) for line in form.notes])]
    for number, product in enumerate(form.products[:PRINTED], start=1):
        story += [PageBreak()] if number > 1 else [Spacer(0, 8)]
        story += _product(number, product, files)
    if len(form.products) > PRINTED:
        more = len(form.products) - PRINTED
        story.append(_words(f"Còn {more} sản phẩm nữa trong phieu_san_pham.xlsx.", 10))
    if not form.products:
        story.append(_words(form.nothing, 10))
    story += _lines("Giấy tờ kèm theo", form.included, "Chưa có bản chụp giấy tờ nào còn hạn.")
    story += _lines("Giấy còn thiếu", form.missing, "") if form.missing else []
    story.append(_signatures())
    document.build(story)
    return out.getvalue()


def _words(text: str, size: float, *, bold: bool = False, color: Any = _INK) -> Paragraph:
    style = ParagraphStyle(
        f"form{size}{bold}{color}",
        fontName=BOLD if bold else REGULAR,
        fontSize=size,
        leading=size * 1.42,
        textColor=color,
        splitLongWords=True,
    )
    bounded = re.sub(r"\n{2,}", "\n", clean(text))[:LONGEST]
    return Paragraph(escape(bounded).replace("\n", "<br/>"), style)


def _product(number: int, product: ProductForm, files: Mapping[str, bytes]) -> list[Flowable]:
    drawn: list[Flowable] = [
        _words(f"{number}. {product.title}", 13, bold=True, color=_INDIGO),
        Spacer(0, 5),
    ]
    pictures = [_picture(files[name]) for name in product.photos[:PICTURES]]
    if pictures:
        row = Table([pictures], hAlign="LEFT", colWidths=[_WIDTH / PICTURES] * len(pictures))
        row.setStyle(TableStyle([("LEFTPADDING", (0, 0), (-1, -1), 0)]))
        drawn += [row, Spacer(0, 5)]
    drawn += [_sizes(product.sizes), Spacer(0, 7), _facts(product.facts), Spacer(0, 8)]
    return drawn


def _picture(content: bytes) -> Image:
    """A thumbnail: the form stays small enough to send by phone."""
    small = io.BytesIO()
    with Picture.open(io.BytesIO(content)) as photo:
        photo.thumbnail((360, 360))
        photo.convert("RGB").save(small, "JPEG", quality=82)
        width, height = photo.size
    small.seek(0)
    scale = 40 * mm / max(width, height, 1)
    return Image(small, width * scale, height * scale, hAlign="LEFT")


def _sizes(sizes: Sequence[Size]) -> Table:
    rows = [[_words(word, 8, bold=True) for word in _SIZE_HEAD]]
    for one in sizes:
        cells = (
            *(one.sku, one.option or "–", format_vnd(one.price_vnd), str(one.stock)),
            *(one.net or ". . . . .", f"{one.weight_g} g", one.sides or ". . . . ."),
        )
        rows.append([_words(cell, 8.5) for cell in cells])
    shares = (27, 19, 13, 8, 11, 11, 13)
    table = Table(rows, colWidths=[_WIDTH * share / 102 for share in shares], repeatRows=1)
    table.setStyle(_ruled([("BACKGROUND", (0, 0), (-1, 0), _TINT)]))
    return table


def _facts(facts: Sequence[tuple[str, Cell]]) -> Table:
    rows = [
        [_words(label, 8.5, bold=True), _words(str(value) if value else _BLANK, 8.5)]
        for label, value in facts
    ]
    table = Table(rows or [["", ""]], colWidths=[42 * mm, _WIDTH - 42 * mm], splitInRow=1)
    table.setStyle(_ruled([]))
    return table


def _ruled(more: list[Any]) -> TableStyle:
    return TableStyle(
        [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LINEBELOW", (0, 0), (-1, -1), 0.4, _LINE),
            ("LEFTPADDING", (0, 0), (-1, -1), 3),
            ("RIGHTPADDING", (0, 0), (-1, -1), 3),
            ("TOPPADDING", (0, 0), (-1, -1), 2),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
            *more,
        ]
    )


def _box(inside: list[Flowable]) -> Table:
    table = Table([[one] for one in inside] or [[""]], colWidths=[_WIDTH])
    table.setStyle(
        TableStyle(
            [
                ("BACKGROUND", (0, 0), (-1, -1), HexColor("#fdf3d7")),
                ("TOPPADDING", (0, 0), (-1, -1), 1),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
            ]
        )
    )
    return table


def _lines(title: str, lines: Sequence[str], empty: str) -> list[Flowable]:
    head = _words(title, 11.5, bold=True, color=_INDIGO)
    first, *rest = [_words(f"• {line}", 9) for line in lines] or [_words(empty, 9)]
    return [Spacer(0, 8), KeepTogether([head, first]), *rest]


def _signatures() -> Flowable:
    cells = [
        [_words("Người giao", 9.5, bold=True), _words("Người nhận", 9.5, bold=True)],
        [_words("(ký, ghi rõ họ tên)", 8.5), _words("(ký, ghi rõ họ tên, ngày)", 8.5)],
        [Spacer(0, 20 * mm), Spacer(0, 20 * mm)],
    ]
    table = Table(cells, colWidths=[_WIDTH / 2] * 2)
    table.setStyle(
        TableStyle([("BOX", (0, 0), (0, -1), 0.4, _LINE), ("BOX", (1, 0), (1, -1), 0.4, _LINE)])
    )
    return KeepTogether([Spacer(0, 12), table])


def _footer(title: str) -> Callable[[Canvas, Any], None]:
    def draw(canvas: Canvas, page: Any) -> None:
        canvas.saveState()
        canvas.setFont(REGULAR, 7.5)
        canvas.setFillColor(_INK)
        canvas.drawString(_MARGIN, 9 * mm, clean(title)[:110])
        canvas.drawRightString(A4[0] - _MARGIN, 9 * mm, str(page.page))
        canvas.restoreState()

    return draw
