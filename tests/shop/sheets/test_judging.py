"""Judging a sheet: what is matched, what is a fault, what rows of one product say together."""

from typing import Any

import pytest

from shop.sheets.rules import judging, stocking
from shop.sheets.rules.judging import judge
from shop.sheets.rules.plan import LotNow, Plan, ProductNow, Row, Shelf, SizeNow, Table, plan_of

PRODUCT = {
    "name": "Miến dong",
    "subgroup": "F32",
    "regulated_class": "none",
    "summary": "",
    "is_lot_tracked": False,
    "season_mask": 0,
}
SIZE = {
    "label": "Gói 500 g",
    "price_vnd": 65_000,
    "low_stock_at": 5,
    "is_active": True,
    "packed_weight_g": 550,
    "net_weight_g": 500,
    "gtin": None,
}


def product(number: int = 1, state: str = "published", **over: Any) -> ProductNow:
    values = PRODUCT | over
    return ProductNow(number, state, values, bool(values["is_lot_tracked"]), False)


def size(sku: str = "A-1", product_id: int = 1, number: int = 1, **over: Any) -> SizeNow:
    now = {key: over.pop(key) for key in ("on_hand", "reserved", "lots") if key in over}
    return SizeNow(number, product_id, sku, SIZE | over, **now)


def shelf(*things: ProductNow | SizeNow) -> Shelf:
    return Shelf(
        {one.id: one for one in things if isinstance(one, ProductNow)},
        {one.sku: one for one in things if isinstance(one, SizeNow)},
    )


ONE = shelf(product(), size())


def judged(there: Shelf, header: list[str], *rows: list[Any], mode: str = "keep") -> Plan:
    return judge(Table([header, *rows]), there, stock_mode=mode)


def texts(row: Row) -> set[str]:
    return {fault.text for fault in row.faults}


def test_a_known_sku_is_changed_field_by_field() -> None:
    plan = judged(ONE, ["SKU", "Giá", "Tên", "Khối lượng"], ["a-1", "70k", "Miến dong", "0,6 kg"])
    (row,) = plan.rows
    assert row.status == "changed"
    assert [(c.field, c.old, c.new) for c in row.changes] == [
        ("packed_weight_g", 550, 600),
        ("price_vnd", 65_000, 70_000),
    ]


def test_empty_cells_keep_what_there_is() -> None:
    plan = judged(ONE, ["SKU", "Giá", "Tên"], ["A-1", None, ""])
    assert plan.rows[0].status == "unchanged"


NEW = ["SKU", "Tên", "Quy cách", "Giá", "Khối lượng", "Nhóm"]


def test_rows_of_a_new_product_make_one() -> None:
    plan = judged(
        ONE,
        NEW,
        ["B-1", "Chè", "Gói 100 g", 50_000, 120, "F51"],
        ["B-2", "chè", "Gói 200 g", 90_000, 230, None],
    )
    assert {row.status for row in plan.rows} == {"new"}
    assert len({row.product for row in plan.rows}) == 1


def test_a_new_sku_with_a_known_name_is_a_new_size_of_it() -> None:
    plan = judged(ONE, NEW, ["A-2", "MIẾN DONG", "Gói 1 kg", 120_000, 1080, None])
    (row,) = plan.rows
    assert (row.status, row.product) == ("new", "id:1")
    assert "name" not in {change.field for change in row.changes}


@pytest.mark.parametrize(
    ("row", "wanted"),
    [
        ([None, "Chè", "Gói", 50_000, 120, "F51"], {judging.NO_SKU}),
        (["chè-1", "Chè", "Gói", 50_000, 120, "F51"], {judging.WRONG_SKU}),
        (["B" * 41, "Chè", "Gói", 50_000, 120, "F51"], {judging.WRONG_SKU}),
        (["B-1", "Chè", None, None, None, "F51"], {judging.NEEDED}),
        (["B-1", None, "Gói", 50_000, 120, "F51"], {judging.NEEDED}),
        (["B-1", "Chè", "Gói", 50_000, 120, None], {judging.NEEDED}),
        (["A-2", "Miến dong", "Gói 500 g", 50_000, 120, None], {judging.LABEL_TAKEN}),
    ],
)
def test_faults_of_one_row(row: list[Any], wanted: set[str]) -> None:
    plan = judged(ONE, NEW, row)
    assert plan.rows[0].status == "error"
    assert texts(plan.rows[0]) == wanted


def test_every_fault_of_a_row_is_named() -> None:
    plan = judged(ONE, NEW, ["B-1", "Chè", "Gói", "12%", "nhẹ", "không có"])
    assert len(plan.rows[0].faults) == 3
    assert {fault.place for fault in plan.rows[0].faults} == {3, 4, 5}


def test_a_sku_stands_once_in_a_sheet() -> None:
    plan = judged(ONE, ["SKU", "Giá"], ["A-1", 70_000], ["a-1", 80_000])
    assert [row.status for row in plan.rows] == ["changed", "error"]
    assert plan.rows[1].faults[0].params == {"row": 2}


def test_a_number_that_lost_its_zeros_is_noticed() -> None:
    there = shelf(product(), size("00012"))
    plan = judged(there, ["SKU", "Giá"], [12, 70_000])
    assert texts(plan.rows[0]) >= {judging.LOST_ZEROS}


def test_rows_of_one_product_must_agree_but_may_repeat_the_old_value() -> None:
    there = shelf(product(), size(), size("A-2", number=2, label="Gói 1 kg"))
    header = ["SKU", "Tên"]
    plan = judged(there, header, ["A-1", "Miến mới"], ["A-2", "Miến dong"])
    assert [row.status for row in plan.rows] == ["changed", "unchanged"]
    plan = judged(there, header, ["A-1", "Miến mới"], ["A-2", "Miến khác"])
    assert texts(plan.rows[1]) == {judging.OTHER_PRODUCT}


def test_no_two_products_of_one_name() -> None:
    there = shelf(product(), size(), product(2, name="Chè"), size("B-1", 2, 2))
    plan = judged(there, ["SKU", "Tên"], ["B-1", "miến DONG"])
    assert texts(plan.rows[0]) == {judging.NAME_TAKEN}
    plan = judged(there, ["SKU", "Tên"], ["A-1", "Một tên"], ["B-1", "một tên"])
    assert texts(plan.rows[1]) == {judging.NAME_TAKEN}


def test_what_waits_or_is_put_away_is_left_alone() -> None:
    there = shelf(product(state="submitted"), size(), product(2, "archived"), size("B-1", 2, 2))
    header = ["SKU", "Giá", "Giới thiệu ngắn"]
    plan = judged(there, header, ["A-1", 70_000, None], ["B-1", 70_000, None])
    assert [row.status for row in plan.rows] == ["changed", "error"]
    plan = judged(there, header, ["A-1", None, "Ngon"])
    assert texts(plan.rows[0]) == {judging.WAITS}


def test_a_row_that_brings_what_others_need_must_itself_be_sound() -> None:
    plan = judged(
        ONE,
        NEW,
        ["B-1", "Chè", "Gói 100 g", "12%", 120, "F51"],
        ["B-2", "Chè", "Gói 200 g", 90_000, 230, None],
    )
    assert [row.status for row in plan.rows] == ["error", "error"]
    assert texts(plan.rows[1]) == {judging.NEEDED}


@pytest.mark.parametrize(
    ("weights", "wanted"),
    [((400, None), {judging.LIGHTER}), ((None, 600), {judging.LIGHTER}), ((600, 600), set())],
)
def test_packed_is_no_lighter_than_net(weights: tuple[Any, Any], wanted: set[str]) -> None:
    plan = judged(ONE, ["SKU", "Khối lượng", "Tịnh"], ["A-1", *weights])
    assert texts(plan.rows[0]) == wanted


def test_a_thirty_first_size_is_too_many() -> None:
    sizes = [size(f"A-{n}", number=n, label=f"Gói {n}") for n in range(1, 31)]
    plan = judged(shelf(product(), *sizes), NEW, ["B-1", "Miến dong", "Gói mới", 5_000, 9, None])
    assert texts(plan.rows[0]) == {judging.TOO_MANY_SIZES}


# Stock

LOTS = {
    "L1": LotNow(7, units=10, most=20, is_sellable=True),
    "L2": LotNow(8, units=5, most=5, is_sellable=False),
}
STOCK = ["SKU", "Tồn kho", "Số lô"]


def stocked(*, is_lot_tracked: bool = True, **over: Any) -> Shelf:
    return shelf(product(is_lot_tracked=is_lot_tracked), size(on_hand=20, reserved=4, **over))


@pytest.mark.parametrize(
    ("mode", "units", "lot", "wanted"),
    [
        ("add", 5, "L1", ("add", 5, 7, None)),
        ("add", 5, "không lô", ("add", 5, None, None)),
        ("add", 0, None, None),
        ("add", 5, None, stocking.LOT_NEEDED),
        ("add", 5, "L9", stocking.NO_SUCH_LOT),
        ("add", 5, "L2", stocking.LOT_NOT_SOLD),
        ("add", 11, "L1", stocking.LOT_FULL),
        ("count", 20, None, None),
        ("count", 12, "L1", ("count", 12, 7, 10)),
        ("count", 10, "L1", None),
        ("count", 3, "-", ("count", 3, None, 5)),
        ("count", 2, "l2", ("count", 2, 8, 5)),
        ("count", 19, None, stocking.LOT_NEEDED),
        ("keep", 5, None, None),
    ],
)
def test_goods_made_in_lots_need_their_lot(
    mode: str, units: int, lot: str | None, wanted: Any
) -> None:
    (row,) = judged(stocked(lots=LOTS), STOCK, ["A-1", units, lot], mode=mode).rows
    if isinstance(wanted, str):
        assert texts(row) == {wanted}
    elif wanted is None:
        assert (row.status, row.stock) == ("unchanged", None)
    else:
        assert row.stock is not None
        assert (row.stock.mode, row.stock.units, row.stock.lot_id, row.stock.old) == wanted


def test_a_count_never_takes_what_is_held() -> None:
    there = stocked(is_lot_tracked=False)
    (row,) = judged(there, STOCK, ["A-1", 3, None], mode="count").rows
    assert texts(row) == {stocking.HELD}
    (row,) = judged(there, STOCK, ["A-1", 4, None], mode="count").rows
    assert row.stock is not None


def test_stock_of_a_new_product_that_is_made_in_lots() -> None:
    header = [*NEW, "Tồn kho"]
    rows = (
        ["B-1", "Chè", "Gói 100 g", 50_000, 120, "F51", None],
        ["B-2", "Chè", "Gói 200 g", 90_000, 230, None, 12],
    )
    plan = judged(ONE, header, *rows, mode="add")
    assert texts(plan.rows[1]) == {stocking.LOT_NEEDED}


def test_a_service_has_no_stock() -> None:
    there = Shelf(
        {1: ProductNow(1, "draft", PRODUCT | {"subgroup": "T"}, False, True)}, {"A-1": size()}
    )
    (row,) = judged(there, STOCK, ["A-1", 3, None], mode="add").rows
    assert texts(row) == {stocking.SERVICE}


# The plan


def test_a_plan_comes_back_from_the_store_with_its_digest() -> None:
    plan = judged(
        stocked(lots=LOTS), [*STOCK, "Giá", "Lạ"], ["A-1", 12, "L1", "12%", 1], mode="count"
    )
    assert plan_of(plan.as_json()) == plan
    assert plan_of(plan.as_json()).digest == plan.digest


def test_the_digest_tells_what_matters_and_nothing_else() -> None:
    header = ["SKU", "Giá"]
    first = judged(ONE, header, ["A-1", 70_000]).digest
    assert judged(ONE, header, ["A-1", 70_000]).digest == first
    other_price = shelf(product(), size(price_vnd=66_000))
    assert judged(other_price, header, ["A-1", 70_000]).digest != first
    other_summary = shelf(product(summary="khác"), size(on_hand=9))
    assert judged(other_summary, header, ["A-1", 70_000]).digest == first
