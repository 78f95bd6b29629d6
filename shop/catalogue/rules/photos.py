"""What is worth saying of a picture before buyers see it. Advice for people, never a refusal."""

from typing import Final

from shop.catalogue.rules.findings import Finding
from shop.core.text import N_

MIN_SIDE: Final = 800
"""Longest side in pixels under which a picture looks coarse on the product page."""
MIN_SHARPNESS: Final = 30
"""Variance of the Laplacian at 640 pixels under which edges are smeared: sharp photos of goods lie
in the hundreds, the same photos blurred by a moved hand below twenty."""


def photo_faults(
    *, width: int, height: int, sharpness: int | None, has_alt: bool = True, number: int = 1
) -> list[Finding]:
    """``photo_small``, ``photo_blurry``, ``photo_without_alt``; ``number`` counts from one."""
    faults = []
    if max(width, height) < MIN_SIDE:
        faults.append(
            ("photo_small", N_("Ảnh %(number)s nhỏ (%(width)s × %(height)s), phóng to sẽ vỡ."))
        )
    if sharpness is not None and sharpness < MIN_SHARPNESS:
        faults.append(("photo_blurry", N_("Ảnh %(number)s có vẻ bị mờ. Nên chụp lại cho nét.")))
    if not has_alt:
        faults.append(
            (
                "photo_without_alt",
                N_("Ảnh %(number)s chưa có lời tả cho người không nhìn thấy ảnh."),
            )
        )
    params = {"number": number, "width": width, "height": height}
    return [
        Finding(code, text, "photos", "photos", is_blocking=False, params=params)
        for code, text in faults
    ]


def moved(order: list[str], item: str, to: int) -> list[str]:
    """``order`` with ``item`` at place ``to`` (0 is first; beyond the end is last)."""
    others = [other for other in order if other != item]
    return [*others[:to], item, *others[to:]]
