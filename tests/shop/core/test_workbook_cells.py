"""Cells changed inside a sheet's XML, as programs of many makes write it."""

import pytest

from shop.core.workbook_cells import changed, column_letters, column_number


def text(place: str, words: str, prefix: str = "", style: str = "") -> str:
    p = prefix
    held = f'<{p}is><{p}t xml:space="preserve">{words}</{p}t></{p}is>'
    return f'<{p}c r="{place}"{style} t="inlineStr">{held}</{p}c>'


@pytest.mark.parametrize(
    ("before", "cells", "after"),
    [
        (
            '<row r="2" spans="1:2"><c r="A2"><v>1</v></c></row>',
            {1: {3: "sai"}},
            '<row r="2"><c r="A2"><v>1</v></c>' + text("D2", "sai") + "</row>",
        ),
        (
            '<row r="2"><c r="A2"/><c r="C2" s="7"><v>1</v></c></row>',
            {1: {1: "giữa", 2: "mới"}},
            '<row r="2"><c r="A2"/>'
            + text("B2", "giữa")
            + text("C2", "mới", style=' s="7"')
            + "</row>",
        ),
        (
            '<row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="5"/>',
            {4: {0: "a < b & c"}},
            '<row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="5">'
            + text("A5", "a &lt; b &amp; c")
            + "</row>",
        ),
        (
            "<x:row><x:c><x:v>1</x:v></x:c></x:row><x:row><x:c/><x:c><x:v>2</x:v></x:c></x:row>",
            {1: {1: "hai\x00"}},
            "<x:row><x:c><x:v>1</x:v></x:c></x:row><x:row><x:c/>"
            + text("B2", "hai", prefix="x:")
            + "</x:row>",
        ),
        (
            "<row r='3'><c r='AA3' s='4' t='str'><f>1+1</f><v>2</v></c></row>",
            {2: {26: None}},
            '<row r=\'3\'><c r="AA3" s="4"/></row>',
        ),
        ('<row r="2"><c r="A2"/></row>', {8: {0: "nowhere"}}, '<row r="2"><c r="A2"/></row>'),
    ],
)
def test_only_the_named_cells_change(
    before: str, cells: dict[int, dict[int, str | None]], after: str
) -> None:
    around = '<?xml version="1.0"?><sheetData>{}</sheetData><dataValidations count="1"/>'
    found = changed(around.format(before).encode(), cells)
    assert found.decode() == around.format(after)


def test_columns_are_named_as_spreadsheets_do() -> None:
    for number, name in ((0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")):
        assert (column_letters(number), column_number(name)) == (name, number)
