"""Filling a shop's template beside a hand-written streaming XML writer of the same cells.

    .venv/bin/python benchmarks/template_filling.py [ROWS] [COLUMNS]

Both write the same cells into the same empty workbook with the same compression. Time is the best
of three; memory is the highest resident size of a fresh process above that of the same process
before its first row. The issue asks for at most 2x the time and 50 MiB.
"""

import io
import json
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from shop.channel_sheets.rules.book import book_of
from shop.channel_sheets.rules.patching import Target, fill
from shop.channel_sheets.rules.reading import find_layout
from shop.core.workbook_cells import column_letters
from shop.sheets.workbooks import read_book
from tests.factories import templates

FIRST = 6


def rows(count: int, columns: int) -> Iterator[list[object]]:
    """Names, descriptions, prices, links: about as long as real ones."""
    for number in range(count):
        yield [
            85_000 + number if at % 4 == 1 else f"Mật ong hoa bạc hà Mèo Vạc {number} & cột {at}"
            for at in range(columns)
        ]


def template(columns: int) -> bytes:
    """An empty Shopee template of so many columns."""
    extra = [(f"ps_extra_{n}|0|0", f"Cột {n}", "Không bắt buộc", "") for n in range(columns)]
    return templates.shopee(columns=[*templates.SHOPEE, *extra][:columns], samples=0)


def by_hand(raw: bytes, count: int, columns: int, out: object) -> None:
    """What somebody writes who knows the file by heart and cares for nothing else."""
    letters = [column_letters(at) for at in range(columns)]
    part = "xl/worksheets/sheet2.xml"
    with (
        zipfile.ZipFile(io.BytesIO(raw)) as old,
        zipfile.ZipFile(
            out,
            "w",
            zipfile.ZIP_DEFLATED,  # type: ignore[call-overload]
        ) as new,
    ):
        for info in old.infolist():
            if info.filename != part:
                new.writestr(info, old.read(info))
                continue
            head, _, tail = old.read(part).partition(b"</sheetData>")
            with new.open(part, "w") as handle:
                handle.write(head)
                for number, values in enumerate(rows(count, columns), FIRST + 1):
                    cells = [f'<row r="{number}">']
                    for letter, value in zip(letters, values, strict=True):
                        if isinstance(value, str):
                            text = escape(value)
                            cells.append(
                                f'<c r="{letter}{number}" s="2" t="inlineStr"><is>'
                                f'<t xml:space="preserve">{text}</t></is></c>'
                            )
                        else:
                            cells.append(f'<c r="{letter}{number}" s="2"><v>{value}</v></c>')
                    cells.append("</row>")
                    handle.write("".join(cells).encode())
                handle.write(b"</sheetData>" + tail)


def ours(raw: bytes, count: int, columns: int, out: object) -> None:
    """The application's own way, from understanding the layout on."""
    part = "xl/worksheets/sheet2.xml"
    target = Target(part, FIRST, list(range(columns)), count)
    fill(raw, target, rows(count, columns), out)  # type: ignore[arg-type]


def child(which: str, count: int, columns: int) -> None:
    """Run once, print seconds, bytes of memory and a digest of the cells."""
    raw = template(columns)
    find_layout(book_of(read_book(raw)))
    way = {"ours": ours, "by hand": by_hand}[which]
    with tempfile.TemporaryFile() as warm:
        way(raw, 10, columns, warm)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    best = 1e9
    for _turn in range(3):
        with tempfile.TemporaryFile() as out:
            began = time.perf_counter()
            way(raw, count, columns, out)
            best = min(best, time.perf_counter() - began)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(json.dumps({"seconds": best, "mib": grown / 1024}))


def main() -> None:
    """Measure both, each in a process of its own."""
    if len(sys.argv) == 4 and sys.argv[1] in {"ours", "by hand"}:
        child(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
        return
    count, columns = (
        (*map(int, sys.argv[1:3]), 10_000, 40)[:2] if len(sys.argv) == 3 else (10_000, 40)
    )
    told = {}
    for which in ("by hand", "ours"):
        done = subprocess.run(
            [sys.executable, __file__, which, str(count), str(columns)],
            capture_output=True,
            check=True,
        )
        told[which] = json.loads(done.stdout)
        print(f"{which:8} {told[which]['seconds']:.2f} s  +{told[which]['mib']:.1f} MiB")
    ratio = told["ours"]["seconds"] / told["by hand"]["seconds"]
    print(f"{count} listings x {columns} columns: {ratio:.2f}x (at most 2), ", end="")
    print(f"{told['ours']['mib']:.1f} MiB (at most 50)")


if __name__ == "__main__":
    main()
