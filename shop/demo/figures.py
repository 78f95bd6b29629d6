"""Illustrative packs, prices, weights and stock for real products whose sources name none.

Our own invention, and everything here says so (``is_illustrative``): a price band for each kind of
goods (``data/illustrative_sorts.csv``) and, within it, a choice fixed by the product's
``sku_hint``. The same product always gets the same figures; nothing is random at run time.
"""

import csv
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

from shop.core.text import fold
from shop.demo.seed_rows import DATA, SeedProduct

PRICE_STEP_VND: Final = 1000
SKU_LENGTH: Final = 40
CHEAPER_IN_BULK_PERCENT: Final = 5

_GLASS: Final = frozenset({"chai", "hũ", "lọ"})
_ENGLISH_PACK: Final = {
    "bát": "bowl",
    "bộ": "set",
    "chai": "bottle",
    "chiếc": "piece",
    "chậu": "pot",
    "con": "piece",
    "cây": "roll",
    "gói": "pack",
    "hũ": "jar",
    "hộp": "box",
    "lọ": "vial",
    "mét": "metre",
    "quả": "piece",
    "thùng": "crate",
    "túi": "bag",
    "vỉ": "tray",
    "ống": "tube",
}
_PIECE: Final = re.compile(r"^piece:(\d+)(?::(\w+))?$")
_NET: Final = re.compile(r"^(\d+) (g|ml)$")

Measure = Literal["g", "ml", "piece"]


@dataclass(frozen=True)
class Sort:
    """A kind of goods: how it is packed, what it may cost, what a label of it may say."""

    subgroup: str
    words: tuple[str, ...]
    """Folded words one of which the product's name holds; none: any name of the subgroup."""
    pack: str
    measure: Measure
    piece_g: int
    """Weight of one piece; 0 when sold by weight or volume."""
    piece_name: str
    sizes: tuple[int, ...]
    """Grams, millilitres or pieces of each pack."""
    low_vnd: int
    high_vnd: int
    """Price band for a kilogram, a litre or a piece."""
    shelf_life_days: int | None
    ingredients: str
    storage: str
    usage: str
    allergens: tuple[str, ...]


@dataclass(frozen=True)
class SeedVariant:
    """One pack of a product. Every figure is an illustration."""

    sku: str
    label: str
    label_en: str
    price_vnd: int
    net_weight_g: int | None
    net_volume_ml: int | None
    packed_weight_g: int
    length_mm: int
    width_mm: int
    height_mm: int
    stock: int
    is_illustrative: bool = True


@dataclass(frozen=True)
class Figures:
    """What the demo shows beside a product's facts. A service has no variants."""

    variants: tuple[SeedVariant, ...]
    is_service: bool
    is_lot_tracked: bool
    """False for handicrafts, plants and services: sold with a code that says no lot is recorded."""
    is_illustrative: bool = True


def figures_for(product: SeedProduct) -> Figures:
    """The product's illustrative packs; always the same for the same ``sku_hint``.

    A pack size the source names is kept, and a price it names bounds the illustrative one.
    """
    if product.is_service:
        return Figures(variants=(), is_service=True, is_lot_tracked=False)
    sort = sort_of(product)
    sizes = _sizes(product, sort)
    return Figures(
        variants=tuple(_variant(product, sort, sizes, index) for index in range(len(sizes))),
        is_service=False,
        is_lot_tracked=product.ocop_group not in {"handicraft", "ornamental"},
    )


def draw(product: SeedProduct, purpose: str, low: int, high: int) -> int:
    """A whole number from ``low`` to ``high``, fixed by the product and the purpose."""
    digest = hashlib.sha256(f"{product.sku_hint}|{purpose}".encode()).digest()
    return low + int.from_bytes(digest[:8], "big") % (high - low + 1)


def sort_of(product: SeedProduct) -> Sort:
    """The first sort of the subgroup whose words stand in the name. Raises KeyError for none."""
    name = f" {fold(product.name_vi)} "
    for sort in load_sorts():
        if sort.subgroup == product.ocop_subgroup and (
            not sort.words or any(f" {word} " in name for word in sort.words)
        ):
            return sort
    raise KeyError(product.ocop_subgroup)


@cache
def load_sorts() -> tuple[Sort, ...]:
    """The table of sorts in its order: special ones of a subgroup before its default."""
    with (DATA / "illustrative_sorts.csv").open(encoding="utf-8", newline="") as file:
        return tuple(_sort(row) for row in csv.DictReader(file))


def _sort(row: dict[str, str]) -> Sort:
    piece = _PIECE.match(row["measure"])
    measure: Measure = "piece" if piece else "ml" if row["measure"] == "ml" else "g"
    return Sort(
        subgroup=row["subgroup"],
        words=tuple(filter(None, row["words"].split(";"))),
        pack=row["pack"],
        measure=measure,
        piece_g=int(piece[1]) if piece else 0,
        piece_name=(piece[2] if piece else None) or row["pack"],
        sizes=tuple(int(size) for size in row["sizes"].split()),
        low_vnd=int(row["low_vnd"]),
        high_vnd=int(row["high_vnd"]),
        shelf_life_days=int(row["shelf_life_days"]) if row["shelf_life_days"] else None,
        ingredients=row["ingredients"],
        storage=row["storage"],
        usage=row["usage"],
        allergens=tuple(row["allergens"].split()),
    )


def _sizes(product: SeedProduct, sort: Sort) -> tuple[int, ...]:
    named = _NET.match(product.net_content)
    return (int(named[1]),) if named and named[2] == sort.measure else sort.sizes


def _variant(product: SeedProduct, sort: Sort, sizes: tuple[int, ...], index: int) -> SeedVariant:
    size = sizes[index]
    label, label_en, suffix = _labels(sort, size)
    packed_g = _packed_weight_g(sort, size)
    length, width, height = _box_mm(packed_g, is_bulky=sort.piece_g >= 500)
    price = _price_vnd(product, sort, size, is_bulk=index > 0)
    return SeedVariant(
        sku=f"{product.sku_hint[: SKU_LENGTH - len(suffix)].rstrip('-')}{suffix}",
        label=label,
        label_en=label_en,
        price_vnd=price,
        net_weight_g=size if sort.measure == "g" else None,
        net_volume_ml=size if sort.measure == "ml" else None,
        packed_weight_g=packed_g,
        length_mm=length,
        width_mm=width,
        height_mm=height,
        stock=_stock(product, price, index),
    )


def _labels(sort: Sort, size: int) -> tuple[str, str, str]:
    pack = sort.pack.capitalize()
    english = _ENGLISH_PACK[sort.pack]
    if sort.measure == "piece":
        if sort.piece_name != sort.pack:
            return f"{pack} {size} {sort.piece_name}", f"{english} of {size}", f"-{size}"
        plural = "es" if english == "box" else "s"
        return f"{size} {sort.pack}", f"{size} {english}{plural if size > 1 else ''}", f"-{size}"
    unit, large = ("g", "kg") if sort.measure == "g" else ("ml", "lít")
    if size < 1000:
        return f"{pack} {size} {unit}", f"{size} {unit} {english}", f"-{size}{unit.upper()}"
    whole = f"{size / 1000:g}"
    large_en = "kg" if large == "kg" else "litre"
    short = "KG" if large == "kg" else "L"
    suffix = f"-{whole.replace('.', '')}{short}" if size % 1000 == 0 else f"-{size}{unit.upper()}"
    return f"{pack} {whole.replace('.', ',')} {large}", f"{whole} {large_en} {english}", suffix


def _packed_weight_g(sort: Sort, size: int) -> int:
    net = size * sort.piece_g if sort.measure == "piece" else size
    if sort.pack in _GLASS:
        net = net * 3 // 2
    return -(-(net * 11 // 10 + 40) // 10) * 10


def _box_mm(packed_g: int, *, is_bulky: bool) -> tuple[int, int, int]:
    """A box of the pack's volume with sides 4 : 3 : 2, each rounded up to a centimetre."""
    volume_mm3 = packed_g * 1000 * (4 if is_bulky else 2)
    unit = (volume_mm3 / 24) ** (1 / 3)
    length, width, height = (max(20, -(-int(unit * side) // 10) * 10) for side in (4, 3, 2))
    return length, width, height


def _price_vnd(product: SeedProduct, sort: Sort, size: int, *, is_bulk: bool) -> int:
    """The band's price for the pack; a shop price the source names replaces the band."""
    low, high, is_for_pack = sort.low_vnd, sort.high_vnd, False
    if product.price_max_vnd and not product.price_source_note.startswith("farm-gate"):
        low, high = product.price_min_vnd or product.price_max_vnd, product.price_max_vnd
        is_for_pack = product.price_unit not in {"kg", "lít"}
    exact = draw(product, "price", low, high)
    if not is_for_pack:
        exact = exact * size // (1 if sort.measure == "piece" else 1000)
    if is_bulk:
        exact = exact * (100 - CHEAPER_IN_BULK_PERCENT) // 100
    return max(PRICE_STEP_VND, round(exact / PRICE_STEP_VND) * PRICE_STEP_VND)


def _stock(product: SeedProduct, price_vnd: int, index: int) -> int:
    purpose = f"stock {index}"
    if price_vnd >= 1_000_000:
        return draw(product, purpose, 3, 12)
    if price_vnd >= 300_000 or product.ocop_group == "handicraft":
        return draw(product, purpose, 8, 40)
    return draw(product, purpose, 24, 120)
