"""Judging a sheet against what there is: the dry run, and the same function again at the commit."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from shop.catalogue import rules as catalogue
from shop.core.text import N_
from shop.sheets.rules import stocking
from shop.sheets.rules.cells import Cell, unmark, words_of
from shop.sheets.rules.columns import BY_KEY, PRODUCT_KEYS, SIZE_KEYS
from shop.sheets.rules.fields import read_cell, show_value
from shop.sheets.rules.headers import Header, find_header
from shop.sheets.rules.numbers import Unreadable
from shop.sheets.rules.plan import Change, Fault, Plan, ProductNow, Row, Shelf, SizeNow, Table

NO_SKU: Final = N_("Thiếu mã hàng. Mỗi dòng cần một mã.")
WRONG_SKU: Final = N_("Mã hàng gồm chữ in không dấu, số và gạch nối, tối đa 40 ký tự.")
LOST_ZEROS: Final = N_("Bảng tính đã bỏ số 0 ở đầu? Cơ sở có mã “%(sku)s”. Hãy để cột là văn bản.")
TWICE: Final = N_("Mã này đã có ở dòng %(row)s.")
FORMULA: Final = N_("Ô có công thức. Hãy chép rồi dán thành giá trị.")
MERGED: Final = N_("Ô bị gộp. Hãy bỏ gộp và ghi đủ từng dòng.")
PUT_AWAY: Final = N_("Sản phẩm đã cất. Hãy mở lại trước khi sửa.")
WAITS: Final = N_("Sản phẩm đang chờ duyệt nên chưa sửa được lời và nhãn. Hãy rút lại trước.")
OTHER_PRODUCT: Final = N_("Dòng %(row)s của cùng sản phẩm ghi khác. Hãy ghi giống nhau.")
NAME_TAKEN: Final = N_("Cơ sở đã có sản phẩm tên này.")
LABEL_TAKEN: Final = N_("Sản phẩm đã có quy cách mang tên này.")
TOO_MANY_SIZES: Final = N_("Một sản phẩm có tối đa 30 quy cách.")
NEEDED: Final = N_("Cần “%(column)s” khi thêm mới.")
LIGHTER: Final = N_("Khối lượng cả bao bì không được nhỏ hơn khối lượng tịnh.")
EXAMPLE: Final = "VÍ-DỤ"
"""SKUs of the template's example rows begin so: no real SKU can, it has accents."""

SIZE_NEEDS: Final = ("label", "price_vnd", "packed_weight_g")
PRODUCT_NEEDS: Final = ("name", "subgroup")


@dataclass
class _Line:
    """A row while it is judged."""

    number: int
    cells: Sequence[Cell]
    sku: str = ""
    size: SizeNow | None = None
    product: ProductNow | None = None
    key: str = ""
    given: dict[str, Any] = field(default_factory=dict)
    """Field -> value, for cells that hold something other than what there is."""
    faults: list[Fault] = field(default_factory=list)
    is_example: bool = False
    stock: Any = None

    def current(self, name: str) -> Any:
        """What there is now; None for something new."""
        source = self.size if BY_KEY[name].scope == "size" else self.product
        return source.values.get(name) if source else None

    def value(self, name: str) -> Any:
        """What there will be."""
        return self.given.get(name, self.current(name))


def judge(
    table: Table, shelf: Shelf, *, stock_mode: str, translated: Callable[[str], str] = str
) -> Plan:
    """The plan of a sheet. Pure: the same table and shelf give the same plan.

    Raises NoHeader, TwiceHeaded.
    """
    header = find_header(table.rows, translated)
    judging = _Judging(table, shelf, header, stock_mode)
    lines = judging.lines()
    judging.group(lines)
    return Plan(
        rows=tuple(_row(line) for line in lines),
        header_row=header.row,
        headers=header.words,
        unknown=header.unknown,
    )


def _row(line: _Line) -> Row:
    changes = tuple(
        Change(name, line.current(name), value) for name, value in sorted(line.given.items())
    )
    stock = line.stock
    if line.is_example:
        status = "example"
    elif line.faults:
        status, changes, stock = "error", (), None
    elif line.size is None:
        status = "new"
    else:
        status = "changed" if changes or stock else "unchanged"
    return Row(
        number=line.number,
        sku=line.sku,
        name=str(line.value("name") or ""),
        status=status,  # type: ignore[arg-type]
        faults=tuple(line.faults),
        changes=changes,
        size_id=line.size.id if line.size else None,
        product=line.key,
        stock=stock,
    )


class _Judging:
    """One sheet against one shelf."""

    def __init__(self, table: Table, shelf: Shelf, header: Header, stock_mode: str) -> None:
        self._table, self._shelf, self._header = table, shelf, header
        self._stock_mode = stock_mode
        self._without_zeros = {sku.lstrip("0"): sku for sku in shelf.sizes if sku[:1] == "0"}
        self._seen: dict[str, int] = {}
        self._merged = _merged_cells(table, header)
        self._by_product: dict[int, list[SizeNow]] = {}
        for size in shelf.sizes.values():
            self._by_product.setdefault(size.product_id, []).append(size)
        self._by_name = {
            str(product.values["name"]).casefold(): product
            for product in shelf.products.values()
            if product.state != "archived"
        }

    def lines(self) -> list[_Line]:
        """Every row below the header that holds anything, judged by itself."""
        found = []
        start = self._header.row + 1
        for number, cells in enumerate(self._table.rows[start:], start=start):
            if any(cell not in (None, "") for cell in cells):
                found.append(self._line(number, cells))
        return found

    def _line(self, number: int, cells: Sequence[Cell]) -> _Line:
        line = _Line(number + 1, cells)
        place = self._header.columns["sku"]
        typed = cells[place] if place < len(cells) else None
        raw = words_of(typed)
        line.sku = raw.upper()[:60]
        if line.sku.startswith(EXAMPLE):
            line.is_example = True
            return line
        self._find(line, place, typed)
        for column, at in self._header.columns.items():
            cell = cells[at] if at < len(cells) else None
            if self._is_barred(line, number, at, cell):
                continue
            if column not in {"sku", "stock", "lot"} and cell not in (None, ""):
                self._take(line, column, at, cell)
        self._match_product(line)
        if line.size and line.product and line.product.state == "archived" and line.given:
            line.faults.append(Fault(place, PUT_AWAY))
        return line

    def _is_barred(self, line: _Line, number: int, at: int, _cell: Cell) -> bool:
        """Formulas and merged cells are not read at all."""
        for is_so, text in (
            ((number, at) in self._table.formulas, FORMULA),
            ((number, at) in self._merged, MERGED),
        ):
            if is_so:
                line.faults.append(Fault(at, text))
                return True
        return False

    def _find(self, line: _Line, place: int, typed: Cell) -> None:
        """The size behind the SKU, or a fault."""
        if not line.sku:
            line.faults.append(Fault(place, NO_SKU))
            return
        if line.sku in self._seen:
            line.faults.append(Fault(place, TWICE, {"row": self._seen[line.sku]}))
            return
        self._seen[line.sku] = line.number
        line.size = self._shelf.sizes.get(line.sku)
        if line.size is not None:
            line.product = self._shelf.products[line.size.product_id]
        elif isinstance(typed, int | float) and line.sku in self._without_zeros:
            known = self._without_zeros[line.sku]
            line.faults.append(Fault(place, LOST_ZEROS, {"sku": known}))
        elif not catalogue.is_sku(line.sku):
            line.faults.append(Fault(place, WRONG_SKU))

    def _take(self, line: _Line, key: str, at: int, cell: Cell) -> None:
        column, current = BY_KEY[key], line.current(key)
        is_known = line.size is not None
        shown = show_value(column, current)
        if is_known and (cell == shown or (isinstance(cell, str) and unmark(cell) == shown)):
            return
        try:
            value = read_cell(column, cell)
        except Unreadable as fault:
            line.faults.append(Fault(at, fault.text, fault.params))
            return
        if is_known and value == current:
            return
        line.given[key] = value

    def _match_product(self, line: _Line) -> None:
        """A new SKU belongs to the product of that name, or brings a new one."""
        if line.product is not None:
            line.key = f"id:{line.product.id}"
            return
        name = line.given.get("name")
        if not isinstance(name, str):
            return
        known = self._by_name.get(name.casefold())
        if known is None:
            line.key = f"new:{name.casefold()}"
            return
        line.product, line.key = known, f"id:{known.id}"
        for key in PRODUCT_KEYS:
            if key in line.given and line.given[key] == known.values.get(key):
                del line.given[key]
        line.given.pop("name", None)

    def _take_stock(self, line: _Line, together: Mapping[str, Any]) -> None:
        """``together``: what the rows of the product say of it."""
        cells = line.cells
        if self._stock_mode == "keep" or "stock" not in self._header.columns:
            return
        at = self._header.columns["stock"]
        lot_at = self._header.columns.get("lot")
        cell = cells[at] if at < len(cells) else None
        lot = cells[lot_at] if lot_at is not None and lot_at < len(cells) else None
        if any(fault.place in {at, lot_at} for fault in line.faults):
            return
        try:
            line.stock = stocking.stock_move(
                cell,
                words_of(lot),
                mode=self._stock_mode,
                size=line.size,
                product=line.product,
                subgroup=together.get("subgroup"),
                is_lot_tracked=together.get("is_lot_tracked"),
            )
        except stocking.WrongLot as fault:
            place = at if lot_at is None else lot_at
            line.faults.append(Fault(place, fault.text, fault.params))
        except Unreadable as fault:
            line.faults.append(Fault(at, fault.text, fault.params))

    # What the rows of one product say together.

    def group(self, lines: Sequence[_Line]) -> None:
        """Judge what cannot be judged row by row, in the order of the sheet."""
        groups = self._grouped(lines)
        for members in groups.values():
            self._agree(members)
            together = _together(members)
            for line in members:
                self._take_stock(line, together)
        for members in groups.values():
            self._check_sizes(members)
            self._check_locked(members)
        self._check_names(groups)
        for key, members in groups.items():
            if key.startswith("new:"):
                self._check_new(members)

    def _grouped(self, lines: Sequence[_Line]) -> dict[str, list[_Line]]:
        """Rows by product; one that names none is told what it lacks."""
        groups: dict[str, list[_Line]] = {}
        for line in lines:
            if line.key:
                groups.setdefault(line.key, []).append(line)
            elif not line.is_example:
                self._need(line, (*PRODUCT_NEEDS, *SIZE_NEEDS))
        return groups

    def _place(self, key: str) -> int | None:
        return self._header.columns.get(key)

    def _agree(self, members: Sequence[_Line]) -> None:
        """One product, one value: a row that repeats what there is now does not object."""
        first: dict[str, _Line] = {}
        for line in _sound(members):
            for key in PRODUCT_KEYS:
                is_its_key = key == "name" and line.key.startswith("new:")
                if key not in line.given or is_its_key:
                    continue
                earlier = first.setdefault(key, line)
                if earlier.given[key] != line.given[key]:
                    params = {"row": earlier.number}
                    line.faults.append(Fault(self._place(key), OTHER_PRODUCT, params))

    def _check_sizes(self, members: Sequence[_Line]) -> None:
        product = members[0].product
        others = self._by_product.get(product.id, []) if product else []
        changed = {line.size.id for line in members if line.size}
        labels = {str(size.values["label"]) for size in others if size.id not in changed}
        labels |= {str(line.value("label")) for line in members if line.size and not line.faults}
        count = len(others)
        for line in members:
            self._check_size(line)
        for line in _sound(members):
            if line.size is not None:
                continue
            count += 1
            if count > catalogue.MAX_VARIANTS:
                line.faults.append(Fault(self._place("sku"), TOO_MANY_SIZES))
            elif line.given["label"] in labels:
                line.faults.append(Fault(self._place("label"), LABEL_TAKEN))
            labels.add(str(line.given["label"]))

    def _check_size(self, line: _Line) -> None:
        if line.size is None:
            self._need(line, SIZE_NEEDS)
        packed, net = line.value("packed_weight_g"), line.value("net_weight_g")
        is_weighed = "packed_weight_g" in line.given or "net_weight_g" in line.given
        if is_weighed and packed and net and packed < net:
            line.faults.append(Fault(self._place("packed_weight_g"), LIGHTER))
        gtin = line.given.get("gtin")
        fault = catalogue.gtin_fault(gtin) if gtin else None
        if fault:
            line.faults.append(Fault(self._place("gtin"), catalogue.GTIN_FAULTS[fault]))

    def _check_new(self, members: Sequence[_Line]) -> None:
        """A new product needs a name and a subgroup, out of rows that will be written."""
        for lines in (members, _sound(members)):
            given = _together(lines)
            for line in lines:
                self._need(line, [key for key in PRODUCT_NEEDS if key not in given])

    def _need(self, line: _Line, keys: Sequence[str]) -> None:
        for key in keys:
            place = self._place(key)
            is_named = place is not None and any(fault.place == place for fault in line.faults)
            if line.given.get(key) in (None, "") and not is_named:
                params = {"column": BY_KEY[key].label}
                line.faults.append(Fault(place, NEEDED, params))

    def _check_locked(self, members: Sequence[_Line]) -> None:
        for line in members:
            if line.product is None or line.product.state != "submitted":
                continue
            for key in PRODUCT_KEYS:
                if key in line.given:
                    line.faults.append(Fault(self._place(key), WAITS))

    def _check_names(self, groups: Mapping[str, Sequence[_Line]]) -> None:
        """No two products of one name, neither with another one's present name."""
        taken: dict[str, str] = {
            name: f"id:{product.id}" for name, product in self._by_name.items()
        }
        for key, line, name in _renamings(groups):
            if taken.setdefault(name.casefold(), key) != key:
                line.faults.append(Fault(self._place("name"), NAME_TAKEN))


def _renamings(groups: Mapping[str, Sequence[_Line]]) -> Iterator[tuple[str, _Line, str]]:
    for key, members in groups.items():
        for line in _sound(members):
            if "name" in line.given:
                yield key, line, str(line.given["name"])


def _together(lines: Sequence[_Line]) -> dict[str, Any]:
    """Product fields that any of the rows gives; the first row wins."""
    found: dict[str, Any] = {}
    for line in lines:
        for key in PRODUCT_KEYS:
            if key in line.given:
                found.setdefault(key, line.given[key])
    return found


def _sound(lines: Sequence[_Line]) -> list[_Line]:
    return [line for line in lines if not line.faults]


def _merged_cells(table: Table, header: Header) -> set[tuple[int, int]]:
    """Cells of used columns below the header that lie in a merged range."""
    used = set(header.columns.values())
    last = len(table.rows) - 1
    found: set[tuple[int, int]] = set()
    for top, left, bottom, right in table.merged:
        for row in range(max(top, header.row + 1), min(bottom, last) + 1):
            found.update((row, column) for column in used if left <= column <= right)
    return found


def size_changes(row: Row) -> tuple[Change, ...]:
    """The row's changes of the size itself."""
    return tuple(change for change in row.changes if change.field in SIZE_KEYS)


def product_changes(row: Row) -> tuple[Change, ...]:
    """The row's changes of the product."""
    return tuple(change for change in row.changes if change.field in PRODUCT_KEYS)
