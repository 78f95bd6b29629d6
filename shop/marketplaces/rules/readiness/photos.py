"""Photos: how many, how large, whose."""

from collections.abc import Iterator
from typing import Final

from shop.marketplaces.rules.listing import usable_photos
from shop.marketplaces.rules.readiness.findings import Case, Finding


def _photos(case: Case) -> Iterator[Finding]:
    product, limits = case.listing.product, case.profile.limits
    usable = usable_photos(product)
    if not usable:
        yield case.find("IMG_NONE")
    elif limits.photos_advised and len(usable) < limits.photos_advised.value:
        yield case.beyond("IMG_FEW", len(usable), limits.photos_advised, count=len(usable))
    if len(usable) > limits.photos_max.value:
        yield case.find(
            "IMG_MANY",
            len(usable),
            severity="info",
            certainty=limits.photos_max.certainty,
            source=limits.photos_max.source,
            count=len(usable),
            limit=limits.photos_max.value,
        )
    unreadable = [photo.sha[:12] for photo in product.photos if photo.size is None]
    if unreadable:
        yield case.find("IMG_CORRUPT", unreadable, severity="warn")
    without_right = sum(not photo.has_right_to_use for photo in product.photos)
    if without_right:
        yield case.find("IMG_NO_RIGHT", without_right, severity="warn", count=without_right)


def _photo_contents(case: Case) -> Iterator[Finding]:
    photos = case.listing.photos
    drawn = sum(photo.is_illustration for photo in photos)
    if drawn:
        yield case.find("IMG_ILLUSTRATION", drawn, severity="warn", count=drawn)
    shared = [photo.sha[:12] for photo in photos if photo.sha in case.shared_photos]
    if shared:
        yield case.find("IMG_DUP", shared, certainty="uncertain")
    copied_shas = case.desk.copied_photos - case.shared_photos
    copied = [photo.sha[:12] for photo in photos if photo.sha in copied_shas]
    if copied:
        yield case.find("IMG_NEAR_DUP", copied, certainty="uncertain")


def _photo_sizes(case: Case) -> Iterator[Finding]:
    limits = case.profile.limits
    for number, photo in enumerate(case.listing.photos, start=1):
        name = f"{number} ({photo.width}×{photo.height})"
        short, long = sorted((photo.width, photo.height))
        side_min, side_max = limits.photo_side_min, limits.photo_side_max
        if side_min and short < side_min.value:
            yield case.beyond("IMG_SMALL", name, side_min)
        if side_max and long > side_max.value:
            yield case.beyond("IMG_BIG", name, side_max)
        square = limits.photo_square
        if square and (long - short) * 100 > square.value * long:
            yield case.beyond("IMG_RATIO", name, square)
        if photo.format not in case.profile.photo_formats:
            yield case.find("IMG_FORMAT", f"{name}, {photo.format}")
        heaviest = limits.photo_bytes_max
        if heaviest and (photo.size or 0) > heaviest.value:
            yield case.beyond("IMG_BYTES", name, heaviest)


CHECKS: Final = (_photos, _photo_contents, _photo_sizes)
