"""Copies of one picture stay close, other pictures do not, plain areas have no look."""

import io
import random
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from shop.core.storage import Storage
from shop.marketplaces.rules.likeness import CLOSE, copied_photos
from shop.marketplaces.services import photo_file
from shop.marketplaces.services.looks import look, look_of
from tests.shop.marketplaces.facts import PRODUCT, photo


def picture(seed: int) -> Image.Image:
    """Something like a photo: soft patches of light and dark."""
    chance = random.Random(seed)
    small = Image.new("RGB", (12, 12))
    small.putdata([(chance.randrange(256),) * 3 for _ in range(144)])
    drawn = small.resize((900, 900), Image.Resampling.BICUBIC)
    ImageDraw.Draw(drawn).ellipse((300, 300, 600, 600), fill="#b4232c")
    return drawn


def saved(image: Image.Image, quality: int = 60) -> Image.Image:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return Image.open(io.BytesIO(out.getvalue()))


def bits(image: Image.Image) -> int:
    return look(image.convert("L"))


@pytest.mark.parametrize("seed", range(5))
def test_a_smaller_or_cropped_copy_is_close_and_others_are_far(seed: int) -> None:
    original = picture(seed)
    smaller = saved(original.resize((500, 500)))
    cropped = saved(original.crop((8, 8, 892, 892)))
    for copy in (smaller, cropped):
        assert (bits(original) ^ bits(copy)).bit_count() <= CLOSE
    assert (bits(original) ^ bits(picture(seed + 100))).bit_count() > 2 * CLOSE


def test_a_look_is_kept_beside_its_photo(tmp_path: Path) -> None:
    storage = Storage(tmp_path)
    out = io.BytesIO()
    picture(1).save(out, "JPEG")
    sha = storage.put(out.getvalue(), "jpg").partition(".")[0]
    with pytest.raises(OSError, match="No such file"):
        look_of(storage, sha, photo_file(sha))
    storage.put_as(photo_file(sha), out.getvalue())
    found = look_of(storage, sha, photo_file(sha))
    assert found
    assert int(storage.read(f"{sha}-look.txt"), 16) == found
    assert bits(Image.new("RGB", (90, 90), "#2f6b3c")) == 0


def test_only_other_products_photos_count() -> None:
    one = photo(1, look=1 << 100)
    alike = photo(2, look=1 << 100 | 0b111)
    far = photo(3, look=(1 << 100) - 1)
    same = replace(PRODUCT, photos=(one, alike, photo(4)))
    assert copied_photos([same]) == frozenset()
    other = replace(PRODUCT, id=8, photos=(alike, far))
    assert copied_photos([replace(PRODUCT, photos=(one,)), other]) == {one.sha, alike.sha}
