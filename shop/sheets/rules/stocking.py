"""The stock column: units that came in, or a stock-take; goods made in lots need their lot.

Nothing is taken that would leave less than what is held for orders, or more in a lot than was made.
"""

from typing import Any, Final

from shop.catalogue import rules as catalogue
from shop.core.text import N_, fold
from shop.sheets.rules.cells import Cell
from shop.sheets.rules.columns import BY_KEY
from shop.sheets.rules.fields import read_cell
from shop.sheets.rules.numbers import Unreadable
from shop.sheets.rules.plan import LotNow, ProductNow, SizeNow, StockMove

SERVICE: Final = N_("Dịch vụ không có tồn kho.")
LOT_NEEDED: Final = N_("Hàng làm theo lô: hãy ghi số lô, hoặc “không lô” cho phần không theo lô.")
NO_SUCH_LOT: Final = N_("Quy cách này không có lô “%(lot)s” trong kho. Hãy cho lô xuất bán trước.")
LOT_NOT_SOLD: Final = N_("Lô “%(lot)s” đang bị giữ hoặc hết hạn nên không nhập thêm được.")
LOT_FULL: Final = N_("Lô “%(lot)s” chỉ làm ra %(most)s, không thể còn nhiều hơn.")
HELD: Final = N_("Đang giữ %(reserved)s cho đơn, nên kho không thể còn ít hơn thế.")
PUT_AWAY: Final = N_("Sản phẩm đã cất. Hãy mở lại trước khi sửa.")

_NO_LOT: Final = frozenset({"khong", "khong lo", "khong theo lo", "no lot", "none", "loose"})


class WrongLot(Unreadable):
    """The lot cell, not the stock cell, is at fault."""


def stock_move(
    cell: Cell,
    lot: str,
    *,
    mode: str,
    size: SizeNow | None,
    product: ProductNow | None,
    subgroup: Any,
    is_lot_tracked: Any,
) -> StockMove | None:
    """What the stock cell asks for; None when nothing changes. Raises Unreadable, WrongLot."""
    if cell in (None, ""):
        return None
    now = size or SizeNow(0, 0, "", {})
    units = read_cell(BY_KEY["stock"], cell)
    if units is None or _asks_nothing(units, now, lot, mode):
        return None
    _refuse_product(product, subgroup)
    found = _lot_of(lot, now, needs_lot=_needs_lot(now, product, subgroup, is_lot_tracked))
    lying = found.units if found else now.loose
    if mode == "count" and units == lying:
        return None
    change = units if mode == "add" else units - lying
    _check(change, now, lying, found, lot)
    return StockMove(
        mode=mode,
        units=units,
        lot_id=found.id if found else None,
        lot_no=lot if found else "",
        old=lying if mode == "count" else None,
    )


def _asks_nothing(units: int, now: SizeNow, lot: str, mode: str) -> bool:
    """Nothing to add; or a count without a lot that says what the books say altogether."""
    return units == 0 if mode == "add" else not lot and units == now.on_hand


def _refuse_product(product: ProductNow | None, subgroup: Any) -> None:
    if product is not None and product.state == "archived":
        raise Unreadable(PUT_AWAY)
    is_service = (
        product.is_service if product else bool(subgroup) and catalogue.is_service(subgroup)
    )
    if is_service:
        raise Unreadable(SERVICE)


def _needs_lot(
    now: SizeNow, product: ProductNow | None, subgroup: Any, is_lot_tracked: Any
) -> bool:
    if product is not None:
        return product.is_lot_tracked or any(lot.units for lot in now.lots.values())
    if is_lot_tracked is not None:
        return bool(is_lot_tracked)
    return bool(subgroup) and catalogue.has_lots(subgroup)


def _lot_of(lot: str, now: SizeNow, *, needs_lot: bool) -> LotNow | None:
    if not lot:
        if needs_lot:
            raise WrongLot(LOT_NEEDED)
        return None
    if fold(lot) in _NO_LOT or lot == "-":
        return None
    found = now.lots.get(lot.upper())
    if found is None:
        raise WrongLot(NO_SUCH_LOT, lot=lot[:40])
    return found


def _check(change: int, now: SizeNow, lying: int, found: LotNow | None, lot: str) -> None:
    if change < 0 and now.on_hand + change < now.reserved:
        raise Unreadable(HELD, reserved=now.reserved)
    if found is None or change <= 0:
        return
    if not found.is_sellable:
        raise WrongLot(LOT_NOT_SOLD, lot=lot[:40])
    if lying + change > found.most:
        raise Unreadable(LOT_FULL, lot=lot[:40], most=found.most)
