"""Copies of one picture stay close however they were lit or saved, other pictures do not."""

import io
import random
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Final

import pytest
from PIL import Image, ImageDraw, ImageEnhance, ImageOps

from shop.core.storage import Storage
from shop.marketplaces.rules.likeness import CLOSE, copied_photos
from shop.marketplaces.services import photo_file
from shop.marketplaces.services.looks import looks, looks_of
from tests.shop.marketplaces.facts import PRODUCT, photo


@cache
def picture(seed: int) -> Image.Image:
    """Something like a photo: soft patches of colour, finer and finer, a few things in front."""
    chance = random.Random(seed)

    def patches(side: int) -> Image.Image:
        small = Image.new("RGB", (side, side))
        small.putdata([tuple(chance.randrange(256) for _ in "rgb") for _ in range(side * side)])
        return small.resize((600, 450), Image.Resampling.BICUBIC)

    drawn = patches(4)
    for side in (8, 24):
        drawn = Image.blend(drawn, patches(side), 0.25)
    for _ in range(4):
        left, top, size = chance.randrange(450), chance.randrange(300), chance.randrange(40, 150)
        colour = tuple(chance.randrange(256) for _ in "rgb")
        ImageDraw.Draw(drawn).ellipse((left, top, left + size, top + size), fill=colour)
    return drawn


def saved(image: Image.Image, quality: int = 60) -> Image.Image:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return Image.open(io.BytesIO(out.getvalue()))


def lit(image: Image.Image, gamma: float) -> Image.Image:
    return image.point([int(255 * (level / 255) ** gamma) for level in range(256)] * 3)


def cropped(image: Image.Image, part: float) -> Image.Image:
    across, down = int(image.width * part), int(image.height * part)
    return image.crop((across, down, image.width - across, image.height - down))


COPIES: Final[dict[str, Callable[[Image.Image], Image.Image]]] = {
    "half as large": lambda image: image.resize((300, 225)),
    "saved badly": lambda image: saved(image, 15),
    "cropped by 1 %": lambda image: cropped(image, 0.01),
    "cropped by 2 %": lambda image: cropped(image, 0.02),
    "cropped by 6 %": lambda image: cropped(image, 0.06),
    "cropped by 10 %": lambda image: cropped(image, 0.10),
    "cropped by 12 %": lambda image: cropped(image, 0.12),
    "brighter": lambda image: ImageEnhance.Brightness(image).enhance(1.2),
    "darker": lambda image: ImageEnhance.Brightness(image).enhance(0.6),
    "gamma up": lambda image: lit(image, 1.3),
    "gamma down": lambda image: lit(image, 0.75),
    "harder": lambda image: ImageEnhance.Contrast(image).enhance(1.3),
    "softer": lambda image: ImageEnhance.Contrast(image).enhance(0.7),
    "without colour": lambda image: image.convert("L").convert("RGB"),
    "cropped and brighter": lambda image: ImageEnhance.Brightness(cropped(image, 0.02)).enhance(
        1.2
    ),
}


def apart(one: tuple[int, ...], other: tuple[int, ...]) -> int:
    return min((a ^ b).bit_count() for a, b in ((one[0], b) for b in other))


def is_found(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    """Whether photos with these looks, of two products, are told as copies."""
    products = [
        replace(PRODUCT, id=n, photos=(photo(n, looks=x),)) for n, x in ((1, one), (2, other))
    ]
    return len(copied_photos(products)) == 2


def seen(image: Image.Image) -> tuple[int, ...]:
    return looks(saved(image).convert("L"))


@pytest.mark.parametrize("name", COPIES)
def test_a_copy_is_close_however_it_was_changed(name: str) -> None:
    for seed in range(8):
        for turn in (Image.Image.copy, ImageOps.mirror):
            assert is_found(seen(picture(seed)), seen(turn(COPIES[name](picture(seed)))))


def test_different_pictures_are_far_apart() -> None:
    known = [seen(picture(seed)) for seed in range(30)]
    mirrored = [seen(ImageOps.mirror(picture(seed))) for seed in range(30)]
    for some in (known, mirrored):
        far = (apart(known[n], some[m]) for n, m in combinations(range(30), 2))
        assert min(far) > 2 * CLOSE


def test_looks_are_kept_beside_their_photo(tmp_path: Path) -> None:
    storage = Storage(tmp_path)
    out = io.BytesIO()
    picture(1).save(out, "JPEG")
    sha = storage.put(out.getvalue(), "jpg").partition(".")[0]
    with pytest.raises(OSError, match="No such file"):
        looks_of(storage, sha, photo_file(sha))
    storage.put_as(photo_file(sha), out.getvalue())
    found = looks_of(storage, sha, photo_file(sha))
    assert len(found) == 6
    assert storage.read(f"{sha}-looks2.txt") == b"%x %x %x %x %x %x" % found


def test_a_plain_area_has_no_look() -> None:
    assert looks(Image.new("L", (90, 90), 70)) == ()
    almost = Image.effect_noise((300, 300), 2)
    assert looks(almost) == ()


def test_only_other_products_photos_count() -> None:
    one = photo(1, looks=(1 << 100, 5 << 90))
    alike = photo(2, looks=(7 << 40, 1 << 100 | 0b111))
    far = photo(3, looks=((1 << 100) - 1,))
    same = replace(PRODUCT, photos=(one, alike, photo(4)))
    assert copied_photos([same]) == frozenset()
    other = replace(PRODUCT, id=8, photos=(alike, far))
    assert copied_photos([replace(PRODUCT, photos=(one,)), other]) == {one.sha, alike.sha}
