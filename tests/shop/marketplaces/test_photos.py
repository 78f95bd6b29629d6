"""Photos as channels want them, read back as pixels."""

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageCms

from shop.core.storage import Storage
from shop.marketplaces.services.desk import photo_file
from shop.marketplaces.services.photos import (
    PhotoRule,
    channel_photo,
    fitted,
    photo_rule,
)
from tests.factories.marketplaces import jpeg
from tests.shop.marketplaces.facts import profile


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def saved(picture: Image.Image, **options: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=90, **options)
    return out.getvalue()


def test_a_photo_that_is_right_goes_out_byte_for_byte() -> None:
    content = jpeg(1200, 1190)
    assert fitted(content, PhotoRule(square=2, bytes_max=2_000_000)) is content


def test_padding_keeps_the_whole_photo_and_cropping_the_middle() -> None:
    wide = jpeg(1200, 800, "#2f6b3c")
    padded = opened(fitted(wide, PhotoRule(square=2)))
    assert padded.size == (1200, 1200)
    assert all(value > 250 for value in padded.convert("RGB").getpixel((600, 5)))  # type: ignore[union-attr]
    assert padded.convert("RGB").getpixel((600, 600))[0] < 80  # type: ignore[index]
    cropped = opened(fitted(wide, PhotoRule(square=2, fit="crop")))
    assert cropped.size == (800, 800)
    assert cropped.convert("RGB").getpixel((400, 5))[0] < 80  # type: ignore[index]


def test_nothing_is_enlarged_and_too_large_is_made_smaller() -> None:
    assert opened(fitted(jpeg(300, 200), PhotoRule(square=2))).size == (300, 300)
    assert opened(fitted(jpeg(1200, 900), PhotoRule(side_max=600))).size == (600, 450)


def test_qualities_are_tried_until_the_file_is_small_enough() -> None:
    noise = saved(Image.effect_noise((1000, 1000), 80).convert("RGB"))
    least = len(fitted(noise, PhotoRule(bytes_max=1)))
    assert least < len(noise)
    cap = (least + len(noise)) // 2
    assert least <= len(fitted(noise, PhotoRule(bytes_max=cap))) <= cap


def test_what_leaves_is_upright_without_metadata_in_srgb() -> None:
    picture = Image.new("RGB", (400, 200), "#2f6b3c")
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "phone"
    colours = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    made = opened(fitted(saved(picture, exif=exif, icc_profile=colours), PhotoRule()))
    assert made.size == (200, 400)
    assert not made.getexif()
    assert not {"exif", "icc_profile"} & set(made.info)
    assert made.mode == "RGB"
    grey = saved(Image.new("L", (50, 50), 90))
    assert opened(fitted(grey, PhotoRule())).mode == "RGB"


def test_photos_are_kept_by_content_and_rule(tmp_path: Path) -> None:
    storage = Storage(tmp_path)
    sha = "a" * 64
    storage.put_as(photo_file(sha), jpeg(900, 600))
    pad, crop = photo_rule(profile("shopee"), "pad"), photo_rule(profile("shopee"), "crop")
    name, content = channel_photo(storage, sha, pad)
    assert storage.read(name) == content
    storage.drop(photo_file(sha))
    assert channel_photo(storage, sha, pad) == (name, content)
    with pytest.raises(FileNotFoundError):
        channel_photo(storage, sha, crop)
    assert name != f"{sha}-c{crop.key}.jpg"


def test_what_is_no_jpeg_is_refused() -> None:
    for content in (b"", b"GIF89a", jpeg()[:200]):
        with pytest.raises(OSError):  # noqa: PT011 - Pillow's own words differ by kind
            fitted(content, PhotoRule(side_max=10))
