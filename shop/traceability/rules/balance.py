"""Mass balance: no more of a lot is used up than there is; what comes out against what went in.

Weighing is not exact, so a lot may be overdrawn by TOLERANCE_PERCENT. Yield is told, not judged:
drying loses most of the weight, and water, sugar or salt need not be lots of their own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from shop.core.errors import Conflict, Invalid
from shop.core.text import N_

TOLERANCE_PERCENT: Final = 2

GRAMS: Final[dict[str, int | None]] = {"unit": None, "kg": 1000, "g": 1, "l": None, "ml": None}
"""Units of a lot's quantity, and their weight in grams where they have one."""
UNITS: Final = tuple(GRAMS)
UNIT_LABELS: Final = {
    "unit": N_("gói"),
    "kg": N_("kg"),
    "g": N_("g"),
    "l": N_("lít"),
    "ml": N_("ml"),
}


class OverConsumed(Conflict):
    message = N_("Lô %(lot_no)s chỉ còn %(left)s %(unit)s; không thể dùng %(asked)s.")


class ParentSold(Invalid):
    message = N_("Lô thành phẩm không làm nguyên liệu được. Hãy mở lô bán thành phẩm cho phần này.")


class ParentNotUsable(Conflict):
    message = N_("Lô này đang tạm giữ, bị thu hồi hoặc đã đóng nên không dùng được.")


class ParentYounger(Invalid):
    message = N_("Lô nguyên liệu làm ra sau lô này nên không thể nằm trong đó.")


class Cycle(Conflict):
    message = N_("Lô này được làm từ chính lô đang mở; hai lô không thể làm ra nhau.")


def most(quantity: int) -> int:
    """How much may be taken of a lot of ``quantity``, tolerance included (rounded down)."""
    return quantity + quantity * TOLERANCE_PERCENT // 100


def require_enough(
    *, quantity: int, used_elsewhere: int, asked: int, lot_no: str, uom: str
) -> None:
    """Raise OverConsumed when ``asked`` on top of ``used_elsewhere`` is more than there is."""
    if used_elsewhere + asked > most(quantity):
        left = max(quantity - used_elsewhere, 0)
        raise OverConsumed(field="quantity", lot_no=lot_no, left=left, unit=uom, asked=asked)


def grams(quantity: int, uom: str, unit_weight_g: int | None = None) -> int | None:
    """A quantity in grams; units weigh ``unit_weight_g``. None when it has no known weight."""
    each = unit_weight_g if uom == "unit" else GRAMS[uom]
    return None if each is None else quantity * each


@dataclass(frozen=True)
class Balance:
    """Grams in and out of one lot. None: not everything has a weight."""

    in_g: int | None
    out_g: int | None

    @property
    def yield_percent(self) -> int | None:
        """What came out of a hundred parts that went in."""
        if not self.in_g or self.out_g is None:
            return None
        return round(100 * self.out_g / self.in_g)

    @property
    def is_more_than_went_in(self) -> bool:
        return bool(self.in_g and self.out_g and self.out_g > most(self.in_g))


def balance_of(inputs: Iterable[int | None], out_g: int | None) -> Balance:
    """The balance of a lot made from ``inputs`` (grams each)."""
    weights = list(inputs)
    known = [weight for weight in weights if weight is not None]
    return Balance(sum(known) if weights and len(known) == len(weights) else None, out_g)


def layers(ids: Sequence[int], links: Iterable[tuple[int, int]]) -> dict[int, int]:
    """The column of each lot: one more than the rightmost of its parents.

    ``links`` are (parent, child) among ``ids``. Raises ValueError for links in a circle.
    """
    children: dict[int, list[int]] = {one: [] for one in ids}
    waiting = dict.fromkeys(ids, 0)
    for parent, child in links:
        children[parent].append(child)
        waiting[child] += 1
    ready = [one for one in ids if waiting[one] == 0]
    column = dict.fromkeys(ready, 0)
    for one in ready:  # grows while it is read
        for child in children[one]:
            column[child] = max(column.get(child, 0), column[one] + 1)
            waiting[child] -= 1
            if waiting[child] == 0:
                ready.append(child)
    if len(ready) < len(ids):
        raise ValueError("the links run in a circle")
    return column
