"""What differs between two exports of a channel, by the reports that were frozen with them.

Products are matched by id and sizes by SKU, so a new name is a change and not a new product.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from shop.core.text import N_

What = Literal["new", "words", "price_stock", "gone", "same"]

CHANGES: Final[dict[What, str]] = {
    "new": N_("Mới"),
    "words": N_("Đổi nội dung"),
    "price_stock": N_("Chỉ đổi giá, tồn"),
    "gone": N_("Không còn trong gói"),
    "same": N_("Như cũ"),
}


@dataclass(frozen=True)
class SizeChange:
    """A size whose price or units differ; None: it was not there before."""

    sku: str
    price_vnd: int
    stock: int
    old_price_vnd: int | None
    old_stock: int | None


@dataclass(frozen=True)
class Change:
    """What became of a product since the export before."""

    product_id: int
    name: str
    what: What
    sizes: tuple[SizeChange, ...] = ()


def compare(before: Mapping[str, Any], products: Sequence[Mapping[str, Any]]) -> list[Change]:
    """``before``: an older report; ``products``: the products of the new one.

    Only what was or is ready counts: the rest was never handed out.
    """
    old = {one["product_id"]: one for one in before.get("products", ()) if _is_out(one)}
    now = {one["product_id"]: one for one in products if _is_out(one)}
    found = [_change(one, old.get(key)) for key, one in now.items()]
    gone = [Change(key, str(one["title"]), "gone") for key, one in old.items() if key not in now]
    return found + gone


def _is_out(product: Mapping[str, Any]) -> bool:
    return product.get("status") == "ready"


def _change(product: Mapping[str, Any], old: Mapping[str, Any] | None) -> Change:
    sizes = _sizes(product, old or {})
    what: What = "same"
    if old is None:
        what = "new"
    elif old.get("digest") != product.get("digest") or _skus(old) != _skus(product):
        what = "words"
    elif sizes:
        what = "price_stock"
    return Change(product["product_id"], str(product["title"]), what, sizes)


def _skus(product: Mapping[str, Any]) -> list[str]:
    return [size["sku"] for size in product.get("variants", ())]


def _sizes(product: Mapping[str, Any], old: Mapping[str, Any]) -> tuple[SizeChange, ...]:
    known = {size["sku"]: size for size in old.get("variants", ())}
    found = []
    for size in product["variants"]:
        was = known.get(size["sku"], {})
        if (was.get("price_vnd"), was.get("stock")) != (size["price_vnd"], size["stock"]):
            found.append(
                SizeChange(
                    size["sku"],
                    size["price_vnd"],
                    size["stock"],
                    was.get("price_vnd"),
                    was.get("stock"),
                )
            )
    return tuple(found)


def tally(changes: Sequence[Change]) -> dict[str, int]:
    """How many products of each kind of change."""
    return {what: sum(one.what == what for one in changes) for what in CHANGES}
