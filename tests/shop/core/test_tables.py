"""csv files that no spreadsheet program runs."""

import csv
import io

import pytest

from shop.core.tables import csv_bytes, guard


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+84", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", " =1", "\u00a0=1", "  \t@x"],
)
def test_what_would_run_is_marked(text: str) -> None:
    assert guard(text) == "'" + text


@pytest.mark.parametrize("text", ["", "Miến dong", "0912345678", "a=b", "'=1", "5-6", " x"])
def test_everything_else_stays(text: str) -> None:
    assert guard(text) == text


def test_file_reads_back_with_numbers_as_numbers() -> None:
    raw = csv_bytes(
        ["tên", "=giá"],
        [['Mật ong, "bạc hà"', -5], ["=HYPERLINK(1)", None], ["hai\ndòng", 12.5]],
    )
    assert raw.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in raw
    assert list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""))) == [
        ["tên", "'=giá"],
        ['Mật ong, "bạc hà"', "-5"],
        ["'=HYPERLINK(1)", ""],
        ["hai\ndòng", "12.5"],
    ]
