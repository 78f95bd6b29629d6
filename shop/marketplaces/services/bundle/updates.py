"""Prices and units that changed since the export before: one line per size for people, and calls of
the channel's open API where one is known."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from shop.marketplaces.rules.changes import CHANGES, Change, SizeChange
from shop.marketplaces.rules.listing import Listing
from shop.marketplaces.rules.payloads import (
    UPDATES,
    PayloadRefused,
    SizeUpdate,
    call_bytes,
    update_calls,
)
from shop.marketplaces.rules.profile import CERTAINTIES, Profile

FOLDER: Final = "cap-nhat"
FILE: Final = "cap-nhat-gia-ton.csv"

COLUMNS: Final = (
    "Mã SKU",
    "Tên sản phẩm",
    "Thay đổi",
    "Giá mới (đ)",
    "Giá cũ (đ)",
    "Tồn mới",
    "Tồn cũ",
)
_DANGEROUS: Final = ("=", "+", "-", "@", "\t")


def update_file(changes: Sequence[Change]) -> bytes:
    """CSV for people (UTF-8 with BOM); texts that a spreadsheet would run as a formula get an
    apostrophe. A product that is no longer handed out has one line without figures."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for change in changes:
        name, what = _safe(change.name), CHANGES[change.what]
        if change.what == "gone":
            writer.writerow(["", name, what, "", "", 0, ""])
        for size in change.sizes:
            figures = (size.price_vnd, size.old_price_vnd, size.stock, size.old_stock)
            writer.writerow([_safe(size.sku), name, what, *figures])
    return out.getvalue().encode("utf-8-sig")


@dataclass
class Told:
    """Files about changed prices and units, and what the README says of them."""

    files: dict[str, bytes]
    notes: dict[str, None] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)


def update_files(
    profile: Profile, changes: Sequence[Change], listings: Mapping[int, Listing]
) -> Told:
    """The CSV, and a call for every product of ``listings`` (by product id) that is on the channel
    already. Sizes that are new there are no update: they go with the product."""
    told = Told({FILE: update_file(changes)})
    kind = profile.payload
    if kind is None:
        return told
    for change in changes:
        listing = listings.get(change.product_id)
        sizes = [_update(size) for size in change.sizes if size.old_price_vnd is not None]
        if listing is None or not sizes:
            continue
        try:
            calls = update_calls(kind, sizes, has_options=len(listing.variants) > 1)
        except PayloadRefused as refusal:
            told.refused += [f"{listing.title}: {one.path} {one.why}" for one in refusal.faults]
            continue
        folder = f"{FOLDER}/{change.product_id}-{listing.folder}"
        for call in calls:
            name = f"{call.name}.{call.ending}"
            told.files[_free(f"{folder}/{name}", told.files)] = call_bytes(call)
            told.notes |= dict.fromkeys([f"{call.address} ({name})", *call.fill_in])
    if told.notes:
        known = UPDATES[kind]
        told.notes[f"{CERTAINTIES[known.certainty]}: {known.source}"] = None
    return told


def _update(size: SizeChange) -> SizeUpdate:
    return SizeUpdate(
        size.sku,
        size.price_vnd if size.price_vnd != size.old_price_vnd else None,
        size.stock if size.stock != size.old_stock else None,
    )


def _free(wanted: str, taken: Mapping[str, bytes]) -> str:
    """``wanted``, or with a number: more sizes than one call takes are several calls."""
    stem, _dot, ending = wanted.rpartition(".")
    name, number = wanted, 1
    while name in taken:
        number += 1
        name = f"{stem}-{number}.{ending}"
    return name


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_DANGEROUS) else text
