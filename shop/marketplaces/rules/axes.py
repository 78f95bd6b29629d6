"""Kinds of choice that a product's sizes make up: taste and size, or size alone.

Our sizes carry one label. When every label of a product names as many parts between `` / `` (``Vị
cay / Hộp 500 g``), each part is a kind of choice; else the whole label is the only one.
"""

from collections.abc import Sequence
from itertools import product
from typing import Final

from shop.marketplaces.rules import words

BETWEEN: Final = " / "
SIZE: Final = "Quy cách"
TASTE: Final = "Loại"


def split_labels(labels: Sequence[str]) -> list[tuple[str, ...]]:
    """The parts of every label; one part each unless all labels agree on their number."""
    parts = [tuple(part.strip() for part in label.split(BETWEEN)) for label in labels]
    counts = {len(one) for one in parts}
    agreed = len(counts) == 1 and counts != {1} and all(all(one) for one in parts)
    return parts if agreed and len(labels) > 1 else [(label,) for label in labels]


def axis_names(options: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """A different name for each kind of choice; amounts are called size."""
    if not options:
        return ()
    names: list[str] = []
    for values in zip(*options, strict=True):
        is_size = len(options[0]) == 1 or all(words.AMOUNT.search(value) for value in values)
        wanted = SIZE if is_size else TASTE
        names.append(wanted if wanted not in names else f"Phân loại {len(names) + 1}")
    return tuple(names)


def missing_combinations(options: Sequence[tuple[str, ...]]) -> list[str]:
    """Combinations of choices that no size offers, as labels; channels show a full grid."""
    if not options or len(options[0]) < 2:
        return []
    choices = [tuple(dict.fromkeys(values)) for values in zip(*options, strict=True)]
    total = 1
    for values in choices:
        total *= len(values)
    if total > 1_000:
        return []
    known = set(options)
    return [BETWEEN.join(one) for one in product(*choices) if one not in known]
