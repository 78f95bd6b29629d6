"""Covers of the demo products: drawn once, kept in ``.cache`` of the checkout, copied from there.

Drawing and encoding 250 covers takes about a minute on two cores; a second load takes a second.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from shop.catalogue.pictures import SIZES, Picture, store_many
from shop.catalogue.queries import Photo
from shop.catalogue.rules import SUBGROUPS
from shop.core.storage import Storage
from shop.core.text import N_
from shop.demo import covers
from shop.demo.seed_rows import SeedProduct

CACHE: Final = Path(__file__).resolve().parents[2] / ".cache" / "covers"
ALT: Final = N_("Hình minh họa, không phải ảnh chụp sản phẩm")
ALT_EN: Final = "A drawing, not a photo of the product"


@dataclass(frozen=True)
class Drawing:
    """What a cover shows. ``key`` changes when that, or the way of drawing, does."""

    key: str
    name: str
    icon: str
    seed: str


def load_covers(
    storage: Storage, rows: list[SeedProduct], *, is_plain: bool = False
) -> Iterator[tuple[SeedProduct, Photo]]:
    """Each row with its cover in ``storage``; ``is_plain``: one drawing for all of a subgroup."""
    wanted = [_drawing(row, is_plain=is_plain) for row in rows]
    yield from zip(rows, load_drawings(storage, wanted), strict=True)


def load_drawings(storage: Storage, wanted: list[Drawing]) -> Iterator[Photo]:
    """Each drawing as a photo in ``storage``, drawn now or copied from the cache."""
    index, kept = _read_index(), Storage(CACHE)
    missing = [d for d in dict.fromkeys(wanted) if not _is_kept(kept, index.get(d.key))]
    pictures = zip(missing, _draw(kept, missing), strict=True)
    for one in missing:
        index.pop(one.key, None)
    try:
        for one in wanted:
            while one.key not in index:
                drawn, picture = next(pictures)
                index[drawn.key] = [picture.sha, picture.width, picture.height]
            sha, width, height = index[one.key]
            for name in _names(str(sha)):
                _copy(kept.path(name), storage.path(name))
            yield Photo(str(sha), int(width), int(height), ALT, True, True, alt_en=ALT_EN)
    finally:
        if missing:
            _write_index(index)


def _way() -> str:
    return hashlib.sha256(Path(covers.__file__).read_bytes()).hexdigest()[:12]


def drawing(name: str, icon: str, seed: str) -> Drawing:
    """A further picture of a product."""
    return Drawing(f"{seed}:{_way()}", name, icon, seed)


def _drawing(row: SeedProduct, *, is_plain: bool) -> Drawing:
    way = _way()
    if is_plain:
        group = SUBGROUPS[row.ocop_subgroup]
        return Drawing(f"{group.code}:{way}", group.label, row.icon_hint, group.code)
    return Drawing(f"{row.sku_hint}:{way}", row.name_vi, row.icon_hint, row.sku_hint)


def _names(sha: str) -> list[str]:
    return [f"{sha}-{size}.{kind}" for size in SIZES for kind in ("webp", "jpg")]


def _is_kept(storage: Storage, entry: list[str | int] | None) -> bool:
    return entry is not None and all(storage.has(name) for name in _names(str(entry[0])))


def _draw(storage: Storage, drawings: list[Drawing]) -> Iterator[Picture]:
    if not drawings:
        return
    with ProcessPoolExecutor(os.cpu_count() or 1, mp_context=get_context("spawn")) as pool:
        yield from store_many(storage, pool.map(_render, drawings))


def _render(drawing: Drawing) -> bytes:
    return covers.render_cover(name=drawing.name, icon=drawing.icon, seed=drawing.seed)


def _copy(source: Path, target: Path) -> None:
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)


def _read_index() -> dict[str, list[str | int]]:
    file = CACHE / "index.json"
    if not file.exists():
        return {}
    found: dict[str, list[str | int]] = json.loads(file.read_text(encoding="utf-8"))
    return found


def _write_index(index: dict[str, list[str | int]]) -> None:
    CACHE.mkdir(parents=True, exist_ok=True)
    partial = CACHE / f"index.json.{os.getpid()}"
    partial.write_text(json.dumps(index, sort_keys=True), encoding="utf-8")
    partial.replace(CACHE / "index.json")
