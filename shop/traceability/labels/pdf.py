"""Label sheets as PDF, in vectors.

What all labels share is one PDF form that pages refer to. A unit's QR is written as one path of
whole-number rectangles under a scale, so a label of its own costs under two kilobytes and no
formatting of fractions.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from shop.traceability.labels import symbols
from shop.traceability.labels.layout import Box, Drawing, LabelFacts, Shape, Template, Text, draw
from shop.traceability.rules import codes

_FORM: Final = "label"


@dataclass(frozen=True)
class Unit:
    """A label with a code of its own."""

    address: str
    code: str


def make_sheet(
    facts: LabelFacts,
    *,
    template: Template,
    count: int = 1,
    skip: int = 0,
    units: Sequence[Unit] = (),
) -> bytes:
    """A PDF of ``count`` equal labels, or of one label for each of ``units``.

    ``skip`` leaves the first places of a used sheet empty. The addresses of all units are equally
    long. Raises LabelTooSmall, CannotPrint.
    """
    drawing = draw(facts, template)
    out = io.BytesIO()
    canvas: Any = Canvas(out, pagesize=_points(template.page), invariant=1, pageCompression=1)
    canvas.setTitle(f"{facts.product} {facts.lot_no}".strip())
    width, height = _points(template.size)
    canvas.beginForm(_FORM, 0, 0, width, height)
    _paint(canvas, drawing, height)
    if not units:
        _paint_unit(canvas, drawing, Unit(facts.address, facts.code), height)
    canvas.endForm()
    for number in range(skip, skip + (len(units) or count)):
        place = number % template.per_page
        if place == 0 and number > skip:
            canvas.showPage()
        x, y = template.corner(place)
        canvas.saveState()
        canvas.translate(x * mm, (template.page[1] - y) * mm - height)
        canvas.doForm(_FORM)
        if units:
            _paint_unit(canvas, drawing, units[number - skip], height)
        canvas.restoreState()
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def _points(size: tuple[float, float]) -> tuple[float, float]:
    return size[0] * mm, size[1] * mm


def _paint(canvas: Any, drawing: Drawing, height: float) -> None:
    canvas.setFillGray(0)
    path = canvas.beginPath()
    for item in drawing.shared:
        if isinstance(item, Shape):
            _add_shape(path, item, height)
        elif isinstance(item, Box):
            low = height - (item.y + item.height) * mm
            path.rect(item.x * mm, low, item.width * mm, item.height * mm)
        else:
            _write(canvas, item, item.text, height)
    canvas.drawPath(path, stroke=0, fill=1)


def _add_shape(path: Any, shape: Shape, height: float) -> None:
    for number, (x, y) in enumerate(shape.corners):
        (path.lineTo if number else path.moveTo)(x * mm, height - y * mm)
    path.close()


def _write(canvas: Any, place: Text, text: str, height: float) -> None:
    canvas.setFont(place.font, place.points)
    put = canvas.drawCentredString if place.is_centred else canvas.drawString
    put(place.x * mm, height - place.y * mm, text)


def _paint_unit(canvas: Any, drawing: Drawing, unit: Unit, height: float) -> None:
    _write(canvas, drawing.code, codes.grouped(unit.code), height)
    at = drawing.symbol
    scale = at.module * mm
    boxes = "".join(
        f"{start} {row} {length} 1 re\n"
        for row, runs in enumerate(symbols.qr_rows(unit.address))
        for start, length in runs
    )
    # reportlab has no call for a ready path; ``_code`` is the page's list of operators
    corner = f"{at.x * mm:.4f} {height - at.y * mm:.4f}"
    canvas._code.append(f"q 0 g {scale:.4f} 0 0 {-scale:.4f} {corner} cm\n{boxes}f Q")
