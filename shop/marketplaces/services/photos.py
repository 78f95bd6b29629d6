"""A stored photo as one channel wants it: side, ratio, bytes; kept by content and rule.

The source is the photo store's largest JPEG, which is upright and carries no metadata already; both
are made sure of again, because channels publish what they are given. A photo that already is as the
channel wants it goes out byte for byte. Nothing is ever enlarged. Measured against a bare Pillow
loop: benchmarks/channel_photos.py.
"""

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageCms, ImageOps
from PIL import _imaging as _core

from shop.core.storage import Storage
from shop.marketplaces.rules.profile import Profile
from shop.marketplaces.services.desk import photo_file

LADDER: Final = (90, 85, 80, 75, 70, 65, 60)
"""JPEG qualities, tried until the file is small enough; after the last the picture gets smaller."""
LEAST: Final = 300
"""Pixels of the longer side that a photo keeps, however small its file should be."""
LARGEST: Final = 1_200
"""Pixels of the longer side in the photo store."""
BLOCKS: Final = 4
WHITE: Final = (255, 255, 255)


@dataclass(frozen=True)
class PhotoRule:
    """What a channel asks of a photo."""

    side_max: int = LARGEST
    square: int | None = None
    """Largest difference of the sides in percent of the longer one; None: any ratio."""
    bytes_max: int | None = None
    fit: str = "pad"
    """``pad`` with white, or ``crop`` the middle."""

    @property
    def key(self) -> str:
        """Ten characters that name the rule in file names."""
        words = f"1:{self.side_max}:{self.square}:{self.bytes_max}:{self.fit}"
        return hashlib.sha256(words.encode()).hexdigest()[:10]


def photo_rule(profile: Profile, fit: str) -> PhotoRule:
    """The channel's rule with the producer's wish for photos that are not square."""
    limits = profile.limits
    return PhotoRule(
        side_max=min(LARGEST, limits.photo_side_max.value) if limits.photo_side_max else LARGEST,
        square=limits.photo_square.value if limits.photo_square else None,
        bytes_max=limits.photo_bytes_max.value if limits.photo_bytes_max else None,
        fit=fit if limits.photo_square else "pad",
    )


@contextmanager
def many_photos() -> Iterator[None]:
    """Let Pillow keep a few freed blocks of memory while many photos are made one after the other:
    taking fresh pages from the system for each costs a third of the time."""
    _core.set_blocks_max(BLOCKS)
    try:
        yield
    finally:
        _core.set_blocks_max(0)


def channel_photo(storage: Storage, sha: str, rule: PhotoRule) -> tuple[str, bytes]:
    """Name in the store and content of a photo by a rule; made once, read from then on.

    Raises OSError when the stored photo is missing or broken.
    """
    name = f"{sha}-c{rule.key}.jpg"
    try:
        return name, storage.read(name)
    except FileNotFoundError:
        source = storage.read(photo_file(sha))
    made = fitted(source, rule)
    if made is source:
        return photo_file(sha), source
    storage.put_as(name, made)
    return name, made


def fitted(content: bytes, rule: PhotoRule) -> bytes:
    """The JPEG by the rule: the very same bytes when nothing has to change.

    Raises OSError for what is no JPEG.
    """
    with Image.open(io.BytesIO(content), formats=("JPEG",)) as opened:
        if _is_right(opened, len(content), rule):
            return content
        picture = _plain(opened)
    if rule.square is not None and not _is_square(picture.size, rule.square):
        picture = _squared(picture, rule.fit)
    if max(picture.size) > rule.side_max:
        picture.thumbnail((rule.side_max, rule.side_max), Image.Resampling.LANCZOS)
    return _saved(picture, rule.bytes_max)


def _is_right(picture: Image.Image, size: int, rule: PhotoRule) -> bool:
    is_plain = picture.mode == "RGB" and not {"exif", "icc_profile", "xmp"} & set(picture.info)
    return (
        is_plain
        and max(picture.size) <= rule.side_max
        and (rule.square is None or _is_square(picture.size, rule.square))
        and (rule.bytes_max is None or size <= rule.bytes_max)
    )


def _is_square(size: tuple[int, int], percent: int) -> bool:
    short, long = sorted(size)
    return (long - short) * 100 <= percent * long


def _squared(picture: Image.Image, fit: str) -> Image.Image:
    if fit == "crop":
        side = min(picture.size)
        return ImageOps.fit(picture, (side, side))
    side = max(picture.size)
    square = Image.new("RGB", (side, side), WHITE)
    square.paste(picture, ((side - picture.width) // 2, (side - picture.height) // 2))
    return square


def _plain(opened: Image.Image) -> Image.Image:
    """Upright, in sRGB, without transparency or anything but pixels."""
    profile = opened.info.get("icc_profile")
    opened.load()
    picture = ImageOps.exif_transpose(opened) if "exif" in opened.info else opened
    if profile:
        with suppress(ImageCms.PyCMSError, OSError, ValueError, TypeError):
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            target = ImageCms.createProfile("sRGB")
            changed = ImageCms.profileToProfile(picture, source, target, outputMode="RGB")
            picture = changed or picture
    return picture if picture.mode == "RGB" else picture.convert("RGB")


def _saved(picture: Image.Image, bytes_max: int | None) -> bytes:
    picture.info = {}
    if bytes_max is None:
        return _encoded(picture, LADDER[0])
    content = b""
    for quality in LADDER:
        content = _encoded(picture, quality)
        if len(content) <= bytes_max:
            return content
    while len(content) > bytes_max and max(picture.size) > LEAST:
        size = max(1, picture.width * 4 // 5), max(1, picture.height * 4 // 5)
        picture = picture.resize(size, Image.Resampling.LANCZOS)
        content = _encoded(picture, LADDER[-1])
    return content


def _encoded(picture: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()
