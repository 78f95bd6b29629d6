"""Opening uploaded sheets in a child process (``workbook_worker``).

Measured on the two-core reference machine: 0.2 s for a small sheet, nearly all of it the start of
the child; 5,000 rows of 32 columns take about 1 s and 120 MB.
"""

import json
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from shop.core.errors import Unavailable
from shop.sheets.rules.headers import HEADER_ROWS
from shop.sheets.rules.plan import Table
from shop.sheets.rules.refusals import MAX_ROWS, REFUSALS, SheetRefused, kind_of

WALL_SECONDS: Final = 40.0
AT_ONCE: Final = 2
QUEUE_SECONDS: Final = 60.0

_ROOT: Final = str(Path(__file__).resolve().parents[2])
_WORKER: Final = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from shop.sheets.workbook_worker.answering import serve; serve()"
)
_turns = threading.BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True)
class Sheet:
    """A sheet as read, and how its file was written, so that it can be written back alike."""

    table: Table
    delimiter: str = ","
    part: str = ""
    """Where the sheet lies in its workbook; empty for csv."""

    def as_json(self) -> dict[str, Any]:
        """For the store; ``sheet_of`` reads it back."""
        return {
            "rows": self.table.rows,
            "formulas": sorted(self.table.formulas),
            "merged": self.table.merged,
            "delimiter": self.delimiter,
            "part": self.part,
        }


def sheet_of(stored: dict[str, Any]) -> Sheet:
    """The sheet that ``as_json`` or the child gave."""
    return Sheet(
        table=Table(
            rows=stored["rows"],
            formulas=frozenset((row, column) for row, column in stored["formulas"]),
            merged=tuple((a, b, c, d) for a, b, c, d in stored["merged"]),
        ),
        delimiter=stored.get("delimiter", ","),
        part=stored.get("part", ""),
    )


def read_sheet(raw: bytes, kind: str) -> Sheet:
    """The cells of an uploaded file of ``kind`` xlsx or csv, at most MAX_ROWS and a header.

    Raises SheetRefused, Unavailable when too many files wait.
    """
    return sheet_of(_answer(raw, kind))


def _answer(raw: bytes, kind: str) -> dict[str, Any]:
    if not _turns.acquire(timeout=QUEUE_SECONDS):
        raise Unavailable
    try:
        answer = _ask(raw, kind)
    finally:
        _turns.release()
    if "refused" in answer:
        code = answer["refused"]
        raise SheetRefused(code if code in REFUSALS else "damaged")
    return answer


def read_book(raw: bytes) -> dict[str, Any]:
    """Every sheet of an uploaded workbook as plain values: see ``workbook_worker.books.read_book``.

    Raises SheetRefused, Unavailable when too many files wait.
    """
    if kind_of(raw, "") != "xlsx":
        raise SheetRefused("not_xlsx")
    return _answer(raw, "book")


def _ask(raw: bytes, kind: str) -> dict[str, Any]:
    request = {"kind": kind, "rows": MAX_ROWS + HEADER_ROWS}
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and our own code
            [sys.executable, "-I", "-c", _WORKER, _ROOT],
            input=json.dumps(request).encode() + b"\n" + raw,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={},
            timeout=WALL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise SheetRefused("too_slow") from None
    if done.returncode != 0:
        # killed by its limits, or the parser gave up in a way nobody foresaw
        raise SheetRefused("bomb" if done.returncode < 0 else "damaged")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
