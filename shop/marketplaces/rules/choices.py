"""What a producer decides for a product on a channel, as it is kept: only what was really said.

Keys of the stored object: ``title``, ``description``, ``category_id``, ``attributes`` (name ->
value), ``deliveries`` (names or ids), ``handling_days``, ``photos`` (digests in the order wished)
and ``photo_fit``.
"""

from collections.abc import Mapping
from typing import Any, Final, Literal

from shop.core.text import N_, clean
from shop.marketplaces.rules.facts import Choice

MAX_TITLE: Final = 500
MAX_DESCRIPTION: Final = 20_000
MAX_RESERVE: Final = 1_000_000
MAX_LINE: Final = 200
MAX_LINES: Final = 60
"""Attributes, and ways of delivery, of one listing."""
MAX_PHOTOS: Final = 40
MAX_DAYS: Final = 90

PhotoFit = Literal["pad", "crop"]
FITS: Final[dict[PhotoFit, str]] = {
    "pad": N_("Thêm nền trắng cho vuông, giữ nguyên cả ảnh"),
    "crop": N_("Cắt hai bên cho vuông"),
}


def is_within_bounds(choice: Choice) -> bool:
    """Whether the choice may be kept."""
    lines = [part for pair in choice.attributes.items() for part in pair] + list(choice.deliveries)
    return (
        len(choice.title) <= MAX_TITLE
        and len(choice.description) <= MAX_DESCRIPTION
        and choice.price.is_within_bounds
        and (choice.price_floor_vnd or 0) >= 0
        and 0 <= choice.stock_reserve <= MAX_RESERVE
        and len(choice.attributes) <= MAX_LINES
        and len(choice.deliveries) <= MAX_LINES
        and len(choice.photos) <= MAX_PHOTOS
        and choice.photo_fit in FITS
        and 0 <= (choice.handling_days or 0) <= MAX_DAYS
        and all(len(line) <= MAX_LINE for line in [*lines, choice.category_id])
    )


def cleaned(choice: Choice) -> Choice:
    """The same with every text in NFC, without what nobody can see."""
    pairs = ((_line(name), _line(value)) for name, value in choice.attributes.items())
    return Choice(
        is_included=choice.is_included,
        title=_line(choice.title),
        description=clean(choice.description),
        category_id=_line(choice.category_id),
        attributes={name: value for name, value in pairs if name and value},
        deliveries=tuple(filter(None, map(_line, choice.deliveries))),
        photos=tuple(dict.fromkeys(choice.photos)),
        photo_fit=choice.photo_fit,
        handling_days=choice.handling_days,
        price=choice.price,
        price_floor_vnd=choice.price_floor_vnd,
        stock_reserve=choice.stock_reserve,
    )


def _line(text: str) -> str:
    return clean(text).replace("\n", " ")


def to_stored(choice: Choice) -> dict[str, Any]:
    """What differs from the catalogue; nothing said gives an empty object."""
    said: dict[str, Any] = {
        "title": choice.title,
        "description": choice.description,
        "category_id": choice.category_id,
        "attributes": dict(choice.attributes),
        "deliveries": list(choice.deliveries),
        "photos": list(choice.photos),
        "photo_fit": choice.photo_fit if choice.photo_fit != "pad" else "",
    }
    if choice.handling_days is not None:
        said["handling_days"] = choice.handling_days
    return {key: value for key, value in said.items() if value or value == 0}


def words_of(stored: Mapping[str, Any]) -> dict[str, Any]:
    """The stored object as arguments of ``Choice``; odd shapes read as nothing said."""
    attributes = stored.get("attributes")
    fit, days = stored.get("photo_fit"), stored.get("handling_days")
    return {
        "title": str(stored.get("title", "")),
        "description": str(stored.get("description", "")),
        "category_id": str(stored.get("category_id", "")),
        "attributes": dict(attributes) if isinstance(attributes, dict) else {},
        "deliveries": _strings(stored.get("deliveries")),
        "handling_days": days if isinstance(days, int) else None,
        "photos": _strings(stored.get("photos")),
        "photo_fit": fit if fit in FITS else "pad",
    }


def _strings(value: Any) -> tuple[str, ...]:
    return tuple(str(one) for one in value) if isinstance(value, list) else ()
