"""Tables that leave the house as csv, safe to open in a spreadsheet program.

A cell that begins with ``= + - @`` (or a tab, a line break, their full-width forms) is run as a
formula, also when a stranger typed it, so an apostrophe goes before it. Source of the list: OWASP
"CSV Injection" and Symfony's CVE-2021-41270 (tab and carriage return).
"""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
MARK: Final = "'"
BOM: Final = "\ufeff"
"""Without it Excel reads UTF-8 as the machine's own code page."""


def guard(text: str) -> str:
    """``text`` as it may stand in a csv cell; leading blanks do not hide a formula."""
    is_risky = text.startswith(DANGEROUS) or text.lstrip().startswith(DANGEROUS)
    return MARK + text if is_risky else text


def csv_bytes(
    header: Sequence[str], rows: Iterable[Sequence[object]], *, delimiter: str = ","
) -> bytes:
    """A UTF-8 csv file with a BOM, commas and CRLF (RFC 4180); texts are guarded, numbers are not.

    None is an empty cell.
    """
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow([guard(cell) for cell in header])
    for row in rows:
        writer.writerow([_cell(value) for value in row])
    return (BOM + out.getvalue()).encode()


def _cell(value: object) -> object:
    if value is None:
        return ""
    return guard(value) if isinstance(value, str) else value
