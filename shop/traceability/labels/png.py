"""Label sheets as pictures of 300 dots an inch, for label printers that are fed by a phone."""

import io
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from shop.traceability.labels import symbols
from shop.traceability.labels.layout import (
    FONTS,
    Box,
    Drawing,
    LabelFacts,
    Shape,
    Symbol,
    Template,
    Text,
    draw,
)
from shop.traceability.labels.pdf import Unit
from shop.traceability.rules import codes

DPI: Final = 300
_DOTS_PER_MM: Final = DPI / 25.4
_DOTS_PER_POINT: Final = DPI / 72


def make_pages(
    facts: LabelFacts,
    *,
    template: Template,
    count: int = 1,
    skip: int = 0,
    units: Sequence[Unit] = (),
) -> Iterator[bytes]:
    """The same sheets as ``pdf.make_sheet``, one PNG a page. Raises LabelTooSmall, CannotPrint."""
    drawing = draw(facts, template)
    blank = Image.new("L", _dots(template.size), 255)
    _paint(ImageDraw.Draw(blank), drawing)
    one = blank if units else _with_code(blank, drawing, Unit(facts.address, facts.code))
    total = skip + (len(units) or count)
    for first in range(skip - skip % template.per_page, total, template.per_page):
        page = Image.new("L", _dots(template.page), 255)
        for number in range(max(first, skip), min(first + template.per_page, total)):
            label = _with_code(blank, drawing, units[number - skip]) if units else one
            x, y = template.corner(number - first)
            page.paste(label, (_dot(x), _dot(y)))
        out = io.BytesIO()
        page.save(out, "PNG", dpi=(DPI, DPI), compress_level=6)
        yield out.getvalue()


def _dot(millimetres: float) -> int:
    return round(millimetres * _DOTS_PER_MM)


def _dots(size: tuple[float, float]) -> tuple[int, int]:
    return _dot(size[0]), _dot(size[1])


@cache
def _font(name: str, dots: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONTS[name]), dots, layout_engine=ImageFont.Layout.BASIC)


def _paint(pen: ImageDraw.ImageDraw, drawing: Drawing) -> None:
    for item in drawing.shared:
        if isinstance(item, Box):
            right, low = _dot(item.x + item.width) - 1, _dot(item.y + item.height) - 1
            pen.rectangle((_dot(item.x), _dot(item.y), right, low), fill=0)
        elif isinstance(item, Shape):
            pen.polygon([(x * _DOTS_PER_MM, y * _DOTS_PER_MM) for x, y in item.corners], fill=0)
        else:
            _write(pen, item, item.text)


def _write(pen: ImageDraw.ImageDraw, place: Text, text: str) -> None:
    pen.text(
        (place.x * _DOTS_PER_MM, place.y * _DOTS_PER_MM),
        text,
        fill=0,
        font=_font(place.font, place.points * _DOTS_PER_POINT),
        anchor="ms" if place.is_centred else "ls",
    )


def _with_code(blank: Image.Image, drawing: Drawing, unit: Unit) -> Image.Image:
    """The label with a unit's QR, each module on whole dots, and its code in words."""
    label = blank.copy()
    pen = ImageDraw.Draw(label)
    _write(pen, drawing.code, codes.grouped(unit.code))
    edges = _edges(drawing.symbol, len(symbols.qr_rows(unit.address)))
    for row, runs in enumerate(symbols.qr_rows(unit.address)):
        top, bottom = edges[row], edges[row + 1] - 1
        for start, length in runs:
            pen.rectangle((edges[start], top, edges[start + length] - 1, bottom), fill=0)
    return label


def _edges(symbol: Symbol, modules: int) -> list[int]:
    """Where modules begin and end in dots; the symbol's quiet zone is as wide above as beside."""
    return [_dot(symbol.x + number * symbol.module) for number in range(modules + 1)]
