"""Files that people get: the template, the catalogue, and their own sheet with a column of faults.

``say`` translates a Vietnamese sentence into the reader's language; it is given, because nothing
here knows of requests. Texts go out as texts: nothing in a cell is ever a formula.
"""

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

import xlsxwriter

from shop.core.tables import csv_bytes
from shop.core.text import N_, fold
from shop.core.workbook_cells import with_cells
from shop.sheets.rules.cells import Cell, mark, unmark, words_of
from shop.sheets.rules.columns import COLUMNS, ERROR_HEADER
from shop.sheets.rules.fields import REQUIRED, Column, show_value
from shop.sheets.rules.judging import EXAMPLE
from shop.sheets.rules.plan import Fault, Plan
from shop.sheets.workbooks import Sheet

Say = Callable[[str], str]

SHEET: Final = N_("Sản phẩm")
GUIDE: Final = N_("Hướng dẫn")
LISTS: Final = N_("Danh mục")
LAST_ROW: Final = 5_000

GUIDE_LINES: Final = (
    N_("Mỗi dòng là một quy cách, nhận ra bằng mã hàng (SKU). Mã đã có thì sửa, mã mới thì thêm."),
    N_("Các quy cách của cùng một sản phẩm ghi cùng tên sản phẩm."),
    N_("Chỉ cần giữ các cột bạn muốn sửa, thứ tự nào cũng được. Cột lạ được bỏ qua và báo lại."),
    N_("Ô trống: giữ nguyên như đang có. Muốn xóa nội dung, ghi (trống)."),
    N_("Số ghi như bạn quen: 65000, 65.000, 65k, 1,5 kg. Không ghi công thức, phần trăm, số âm."),
    N_("Tồn kho chỉ được dùng khi lúc tải lên bạn chọn “Nhập thêm” hoặc “Kiểm kê”."),
    N_("Hàng làm theo lô: tồn kho cần số lô, hoặc ghi “không lô”."),
    N_("Sản phẩm mới là bản nháp. Lời và nhãn của hàng đang bán chờ duyệt; giá và kho có ngay."),
    N_("Tối đa 5.000 dòng, 5 MB. Không gộp ô, không macro, không mật khẩu."),
    N_("Các dòng có mã bắt đầu bằng VÍ-DỤ là ví dụ và được bỏ qua."),
    N_("Tải lên chỉ để xem thử: chưa có gì đổi trước khi bạn xác nhận. Hoàn tác được 24 giờ."),
)

EXAMPLES: Final[tuple[Mapping[str, Any], ...]] = (
    {
        "sku": f"{EXAMPLE}-1",
        "name": "Miến dong Côn Minh",
        "label": "Gói 500 g",
        "price_vnd": 65_000,
        "stock": 40,
        "low_stock_at": 5,
        "is_active": True,
        "packed_weight_g": 550,
        "net_weight_g": 500,
        "subgroup": "F32",
        "summary": "Sợi dai, trong, làm từ củ dong riềng.",
        "ingredients": "100 % bột dong riềng",
        "net_content": "500 g",
        "season_mask": 0,
    },
    {
        "sku": f"{EXAMPLE}-2",
        "name": "Miến dong Côn Minh",
        "label": "Gói 1 kg",
        "price_vnd": 120_000,
        "packed_weight_g": 1_080,
        "net_weight_g": 1_000,
    },
)


class _Book:
    """A workbook being written."""

    def __init__(self, say: Say) -> None:
        self._out = io.BytesIO()
        self.book = xlsxwriter.Workbook(
            self._out,
            {
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_numbers": False,
                "strings_to_urls": False,
            },
        )
        self.say = say
        head: dict[str, Any] = {"bold": True, "text_wrap": True, "valign": "top", "border": 1}
        self.head = self.book.add_format({**head, "bg_color": "#e8ebf6", "font_color": "#1e2a57"})
        self.head_needed = self.book.add_format(
            {**head, "bg_color": "#1e2a57", "font_color": "#ffffff"}
        )
        self.example = self.book.add_format(
            {"italic": True, "font_color": "#6b6a5f", "bg_color": "#fdf3d7", "num_format": "@"}
        )
        self.text = self.book.add_format({"num_format": "@"})
        self.number = self.book.add_format({"num_format": "#,##0"})
        self.wide = self.book.add_format({"text_wrap": True, "valign": "top"})

    def finish(self) -> bytes:
        self.book.close()
        return self._out.getvalue()


def template(say: Say) -> bytes:
    """The empty workbook: headers with help, drop-downs, two example rows, the rules."""
    return _catalogue_book(EXAMPLES, say, is_example=True)


def catalogue_xlsx(rows: Iterable[Mapping[str, Any]], say: Say) -> bytes:
    """The catalogue in the template's form; rows are field -> value."""
    return _catalogue_book(rows, say, is_example=False)


def _catalogue_book(rows: Iterable[Mapping[str, Any]], say: Say, *, is_example: bool) -> bytes:
    book = _Book(say)
    sheet = book.book.add_worksheet(say(SHEET))
    guide = book.book.add_worksheet(say(GUIDE))
    lists = book.book.add_worksheet(say(LISTS))
    sheet.freeze_panes(1, 3)
    sheet.set_row(0, 32)
    for place, column in enumerate(COLUMNS):
        needed = column.key in {"sku", "name", "label", "price_vnd", "packed_weight_g", "subgroup"}
        header = f"{say(column.label)} *" if needed else say(column.label)
        sheet.set_column(place, place, column.width, None if column.is_number else book.text)
        sheet.write_string(0, place, header, book.head_needed if needed else book.head)
        sheet.write_comment(0, place, say(column.help), {"x_scale": 1.6, "font_size": 10})
    _write_lists(book, sheet, lists)
    for number, row in enumerate(rows, start=1):
        for place, column in enumerate(COLUMNS):
            shown = show_value(column, row.get(column.key))
            style = book.example if is_example else book.number if column.is_number else book.text
            _write(sheet, number, place, shown, style)
    _write_guide(book, guide)
    return book.finish()


def _write(sheet: Any, row: int, place: int, value: str | int, style: Any) -> None:
    if isinstance(value, int):
        sheet.write_number(row, place, value, style)
    elif value:
        sheet.write_string(row, place, mark(value, is_csv=False), style)


def _write_lists(book: _Book, sheet: Any, lists: Any) -> None:
    """Drop-downs: the choices stand in a sheet of their own, which the cells point at."""
    name = book.say(LISTS)
    at = 0
    for place, column in enumerate(COLUMNS):
        if column.choices is None:
            continue
        options = [str(column.show(_value_of(column, code))) for code in column.choices()]
        lists.write_string(0, at, book.say(column.label), book.head)
        for number, option in enumerate(options, start=1):
            lists.write_string(number, at, option)
        lists.set_column(at, at, 40)
        letter = chr(ord("A") + at)
        sheet.data_validation(
            1,
            place,
            LAST_ROW,
            place,
            {
                "validate": "list",
                "source": f"='{name}'!${letter}$2:${letter}${len(options) + 1}",
                "error_type": "warning",
                "error_title": book.say(N_("Chọn trong danh sách")),
                "error_message": book.say(N_("Giá trị này không có trong danh mục.")),
            },
        )
        at += 1


def _value_of(column: Column, code: str) -> Any:
    return code == "có" if column.key.startswith("is_") else code


def _write_guide(book: _Book, guide: Any) -> None:
    guide.set_column(0, 0, 34)
    guide.set_column(1, 1, 90, book.wide)
    row = 0
    for row, line in enumerate(GUIDE_LINES):
        guide.write_number(row, 0, row + 1)
        guide.write_string(row, 1, book.say(line), book.wide)
    row += 2
    guide.write_string(row, 0, book.say(N_("Cột")), book.head)
    guide.write_string(row, 1, book.say(N_("Cách ghi")), book.head)
    for column in COLUMNS:
        row += 1
        can_clear = "" if column.empty is REQUIRED else f" {book.say(N_('Xóa được.'))}"
        guide.write_string(row, 0, book.say(column.label))
        guide.write_string(row, 1, f"{book.say(column.help)}{can_clear}", book.wide)


def catalogue_csv(rows: Iterable[Mapping[str, Any]], say: Say) -> bytes:
    """The catalogue as csv: UTF-8 with a mark that Excel knows, commas, dangerous starts marked."""
    lines = (
        [_csv_cell(show_value(column, row.get(column.key))) for column in COLUMNS] for row in rows
    )
    return csv_bytes([say(column.label) for column in COLUMNS], lines)


def _csv_cell(value: str | int) -> str | int:
    return mark(value, is_csv=True) if isinstance(value, str) else value


# The uploaded sheet with its faults.


def faults_text(faults: Sequence[Fault], headers: Sequence[Cell], say: Say) -> str:
    """``Giá bán: Không nhận số âm. …``: the column's own header, then what is wrong."""
    parts = []
    for fault in faults:
        params = {
            name: say(value) if isinstance(value, str) else value
            for name, value in fault.params.items()
        }
        text = say(fault.text) % params if params else say(fault.text)
        has_place = fault.place is not None and fault.place < len(headers)
        where = words_of(headers[fault.place]) if has_place and fault.place is not None else ""
        parts.append(f"{where}: {text}" if where else text)
    return " ".join(parts)


def _error_place(header: Sequence[Cell], say: Say) -> int:
    """The column of faults: the one a file came back with, or the next free one."""
    known = {fold(ERROR_HEADER), fold(say(ERROR_HEADER))}
    for place, cell in enumerate(header):
        if isinstance(cell, str) and fold(cell) in known:
            return place
    return len(header)


def faults_xlsx(workbook: bytes, sheet: Sheet, plan: Plan, say: Say) -> bytes:
    """The uploaded workbook as it was, with a column in its sheet that says what is wrong.

    Faults of an earlier pass are taken out of that column. Raises KeyError when the workbook is
    not the one that ``sheet`` was read from.
    """
    rows = sheet.table.rows
    header = rows[plan.header_row]
    at = _error_place(header, say)
    cells: dict[int, dict[int, str | None]] = {
        number: {at: None}
        for number, row in enumerate(rows)
        if number > plan.header_row and at < len(row) and row[at] is not None
    }
    for row in plan.rows:
        if row.faults:
            cells[row.number - 1] = {at: faults_text(row.faults, header, say)}
    cells[plan.header_row] = {at: say(ERROR_HEADER)}
    return with_cells(workbook, sheet.part, cells)


def faults_csv(sheet: Sheet, plan: Plan, say: Say) -> bytes:
    """The lines as they were, with a last column that says what is wrong."""
    rows = sheet.table.rows
    header = rows[plan.header_row]
    at = _error_place(header, say)
    by_row = {row.number - 1: row for row in plan.rows if row.faults}
    lines = []
    for number, row in enumerate(rows):
        cells = [_raw(cell) for cell in row]
        cells += [""] * (at + 1 - len(cells))
        faulty = by_row.get(number)
        cells[at] = faults_text(faulty.faults, header, say) if faulty else ""
        if number == plan.header_row:
            cells[at] = say(ERROR_HEADER)
        lines.append(cells)
    return csv_bytes(lines[0], lines[1:], delimiter=sheet.delimiter)


def _raw(cell: Cell) -> str:
    """The cell as it came, made harmless: meaning the same to us when it comes back."""
    return mark(unmark(cell), is_csv=True) if isinstance(cell, str) else words_of(cell)
