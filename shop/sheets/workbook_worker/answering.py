"""The process: limits upon itself, one question in, one answer out."""

import io
import json
import resource
import sys
from typing import Any

from shop.sheets.workbook_worker.books import read_book, read_xlsx
from shop.sheets.workbook_worker.limits import CPU_SECONDS, MEMORY_BYTES, Refused
from shop.sheets.workbook_worker.texts import read_csv


def answer(request: bytes) -> dict[str, Any]:
    """What to say of a request: the line of JSON and the file."""
    line, _, raw = request.partition(b"\n")
    asked = json.loads(line)
    read = {"xlsx": read_xlsx, "csv": read_csv, "book": read_book}[asked["kind"]]
    try:
        return read(raw, asked["rows"] + 1)
    except Refused as refused:
        return {"refused": refused.args[0]}
    except (MemoryError, RecursionError):
        return {"refused": "bomb"}


def serve() -> None:
    """Answer what stands on standard input, under limits of memory, time and files."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    out = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8")
    json.dump(answer(sys.stdin.buffer.read()), out, ensure_ascii=False, separators=(",", ":"))
    out.flush()
