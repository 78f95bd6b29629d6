"""A sheet of 1,000 labels with a code each, beside the plain way: segno and reportlab per label.

    .venv/bin/python -m benchmarks.labels [--labels 1000] [--runs 3]

Both draw the same label, text and QR with 4-module quiet zone, on the same A4 sheet; neither knows
any of the codes before. CPU seconds of this process, the best of the runs. See README.md.
"""

import argparse
import io
from datetime import date
from time import process_time
from typing import Any

import segno
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from shop.traceability import labels
from shop.traceability.labels.layout import Text, draw
from shop.traceability.rules import codes

TEMPLATE = labels.TEMPLATES["a4-24"]
FACTS = labels.LabelFacts(
    address="HTTPS://CHOPHIEN.VN/T/8CKTBHPVAG",
    code="8CKTBHPVAG",
    product="Miến dong Tài Hoan",
    producer="HTX Tài Hoan",
    place="Xã Côn Minh, Tỉnh Thái Nguyên",
    net_content="Gói 500 g",
    lot_no="MD-2611",
    made_on=date(2026, 11, 2),
    best_before=date(2027, 11, 2),
    phone="0912 345 678",
)


def fresh_units(count: int) -> list[labels.Unit]:
    """Codes that nobody has seen before."""
    made = [codes.new_code() for _ in range(count)]
    return [labels.Unit(f"HTTPS://CHOPHIEN.VN/T/{code}", code) for code in made]


def plain(units: list[labels.Unit]) -> bytes:
    """What one writes first: each label drawn on its own, each dark module a rectangle."""
    drawing = draw(FACTS, TEMPLATE)
    out = io.BytesIO()
    canvas: Any = Canvas(out, pagesize=(TEMPLATE.page[0] * mm, TEMPLATE.page[1] * mm))
    for number, unit in enumerate(units):
        place = number % TEMPLATE.per_page
        if place == 0 and number:
            canvas.showPage()
        x, y = TEMPLATE.corner(place)
        top = TEMPLATE.page[1] - y
        for item in drawing.shared:
            if isinstance(item, Text):
                canvas.setFont(item.font, item.points)
                canvas.drawString((x + item.x) * mm, (top - item.y) * mm, item.text)
        code = drawing.code
        canvas.setFont(code.font, code.points)
        canvas.drawCentredString((x + code.x) * mm, (top - code.y) * mm, codes.grouped(unit.code))
        symbol, side = drawing.symbol, drawing.symbol.module * mm
        for row, modules in enumerate(segno.make_qr(unit.address, error="m").matrix):
            low = (top - symbol.y) * mm - (row + 1) * side
            for column, is_dark in enumerate(modules):
                if is_dark:
                    left = (x + symbol.x) * mm + column * side
                    canvas.rect(left, low, side, side, stroke=0, fill=1)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def ours(units: list[labels.Unit]) -> bytes:
    """The way the shop does it."""
    return labels.make_sheet(FACTS, template=TEMPLATE, units=units)


def main() -> None:
    """Print both times, the sizes and the ratio."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--labels", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    ours(fresh_units(1))
    best: dict[str, float] = {}
    for _ in range(asked.runs):
        for name, make in (("plain", plain), ("ours", ours)):
            units = fresh_units(asked.labels)
            start = process_time()
            size = len(make(units))
            seconds = process_time() - start
            best[name] = min(seconds, best.get(name, seconds))
            print(f"{name}: {seconds:.2f} s CPU, {size:,} bytes")
    print(f"ratio: {best['ours'] / best['plain']:.2f}")


if __name__ == "__main__":
    main()
