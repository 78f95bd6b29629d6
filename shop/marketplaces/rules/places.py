"""Where the field behind a finding is edited: paths of the producer's workspace."""

from typing import Final, Literal

Place = Literal[
    "listing",
    "facts",
    "label",
    "variants",
    "photos",
    "papers",
    "review",
    "stock",
    "lots",
    "channel",
    "templates",
]

_PRODUCT_STEPS: Final[dict[Place, str]] = {
    "facts": "/thong-tin",
    "label": "/nhan",
    "variants": "/quy-cach",
    "photos": "/anh",
    "papers": "/chung-nhan",
    "review": "",
}
_STORY_FIELDS: Final = frozenset({"story", "story_en", "season_months"})
_ELSEWHERE: Final[dict[Place, str]] = {
    "stock": "/ban-hang/kho",
    "lots": "/ban-hang/lo",
    "templates": "/ban-hang/mau-kenh",
}


def fix_path(place: Place, *, channel: str, product_id: int | None, field: str = "") -> str:
    """The path of the page that holds the field, with the field as its fragment."""
    fragment = f"#{field}" if field else ""
    if place == "facts" and field in _STORY_FIELDS and product_id is not None:
        return f"/ban-hang/san-pham/{product_id}/chuyen-va-mua{fragment}"
    if place in _PRODUCT_STEPS and product_id is not None:
        return f"/ban-hang/san-pham/{product_id}{_PRODUCT_STEPS[place]}{fragment}"
    if place == "listing" and product_id is not None:
        return f"/ban-hang/kenh-ban/{channel}/{product_id}{fragment}"
    return _ELSEWHERE.get(place, f"/ban-hang/kenh-ban/{channel}")


def stock_path(variant_id: int) -> str:
    """The page where units of one size are added, counted and kept."""
    return f"{_ELSEWHERE['stock']}/{variant_id}#quantity"
