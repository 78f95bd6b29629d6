"""Covers of the demo products: drawn once, kept in ``.cache`` of the checkout, copied from there.

Drawing and encoding 250 covers takes about a minute on two cores; a second load takes a second.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from shop.catalogue.pictures import SIZES, Picture, store_many
from shop.catalogue.queries import Photo
from shop.core.storage import Storage
from shop.core.text import N_
from shop.demo import covers
from shop.demo.seed_rows import SeedProduct

CACHE: Final = Path(__file__).resolve().parents[2] / ".cache" / "covers"
ALT: Final = N_("Hình minh họa, không phải ảnh chụp sản phẩm")
BATCH: Final = 16


def load_covers(storage: Storage, rows: list[SeedProduct]) -> Iterator[tuple[SeedProduct, Photo]]:
    """Each row with its cover in ``storage``."""
    index = _read_index()
    kept = Storage(CACHE)
    for batch in _batches(rows):
        missing = [row for row in batch if not _is_kept(kept, index.get(_key(row)))]
        for row, picture in zip(missing, _draw(kept, missing), strict=True):
            index[_key(row)] = [picture.sha, picture.width, picture.height]
        if missing:
            _write_index(index)
        for row in batch:
            sha, width, height = index[_key(row)]
            for name in _names(str(sha)):
                _copy(kept.path(name), storage.path(name))
            yield row, Photo(str(sha), int(width), int(height), ALT, True, True)


def _batches(rows: list[SeedProduct]) -> Iterator[list[SeedProduct]]:
    for start in range(0, len(rows), BATCH):
        yield rows[start : start + BATCH]


def _key(row: SeedProduct) -> str:
    """Names the drawing: it changes when the row or the way of drawing does."""
    source = Path(covers.__file__).read_bytes()
    return f"{row.sku_hint}:{hashlib.sha256(source).hexdigest()[:12]}"


def _names(sha: str) -> list[str]:
    return [f"{sha}-{size}.{kind}" for size in SIZES for kind in ("webp", "jpg")]


def _is_kept(storage: Storage, entry: list[str | int] | None) -> bool:
    return entry is not None and all(storage.has(name) for name in _names(str(entry[0])))


def _draw(storage: Storage, rows: list[SeedProduct]) -> Iterator[Picture]:
    if not rows:
        return
    with ProcessPoolExecutor(os.cpu_count() or 1, mp_context=get_context("spawn")) as pool:
        drawn: Iterable[bytes] = pool.map(
            _render, [(r.name_vi, r.icon_hint, r.sku_hint) for r in rows]
        )
        yield from store_many(storage, drawn)


def _render(cover: tuple[str, str, str]) -> bytes:
    name, icon, seed = cover
    return covers.render_cover(name=name, icon=icon, seed=seed)


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
