"""Papers of parcels as one PDF: black vectors, fonts embedded; same words, same bytes."""

import io
from collections.abc import Sequence
from typing import Any

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from shop.shipping.papers.layout import Frame, Item, Qr, label_pages, slip_pages
from shop.shipping.rules.papers import PageSize, Paper
from shop.traceability.labels.symbols import QUIET_MODULES, qr_rows


def make_papers(papers: Sequence[Paper], *, kind: str, size: PageSize) -> bytes:
    """A PDF with the parcels' labels (``nhan``) or slips (``phieu``), each on a page of its own."""
    out = io.BytesIO()
    page = (size.width * mm, size.height * mm)
    canvas: Any = Canvas(out, pagesize=page, invariant=1, pageCompression=1)
    canvas.setTitle(papers[0].code if len(papers) == 1 else f"{len(papers)} kiện")
    draw = label_pages if kind == "nhan" else slip_pages
    for paper in papers:
        for items in draw(paper, size):
            for item in items:
                _paint(canvas, item, page[1])
            canvas.showPage()
    canvas.save()
    return out.getvalue()


def _paint(canvas: Any, item: Item, height: float) -> None:
    if isinstance(item, Frame):
        _paint_frame(canvas, item, height)
    elif isinstance(item, Qr):
        _paint_qr(canvas, item, height)
    else:
        canvas.setFont(item.font, item.points)
        put = canvas.drawCentredString if item.is_centred else canvas.drawString
        put(item.x * mm, height - item.y * mm, item.text)


def _paint_frame(canvas: Any, item: Frame, height: float) -> None:
    canvas.setLineWidth(0.35 * mm)
    low = height - (item.y + item.height) * mm
    is_line = item.is_filled
    canvas.rect(
        item.x * mm,
        low,
        item.width * mm,
        item.height * mm,
        stroke=0 if is_line else 1,
        fill=is_line,
    )


def _paint_qr(canvas: Any, item: Qr, height: float) -> None:
    side = item.module * mm
    left, top = item.x * mm + QUIET_MODULES * side, height - item.y * mm - QUIET_MODULES * side
    path = canvas.beginPath()
    for row, runs in enumerate(qr_rows(item.address)):
        for start, length in runs:
            path.rect(left + start * side, top - (row + 1) * side, length * side, side)
    canvas.drawPath(path, stroke=0, fill=1)
