"""Photos as channels want them, read back as pixels."""

import io
import struct
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageCms

from shop.core.storage import Storage
from shop.marketplaces.services.desk import photo_file
from shop.marketplaces.services.photos import (
    LEAST,
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
    for part, side in ((0.95, 1000), (0.6, 1000), (0.2, 800)):
        cap = int(len(noise) * part)
        made = fitted(noise, PhotoRule(bytes_max=cap))
        assert cap / 3 < len(made) <= cap
        assert max(opened(made).size) <= side
    assert max(opened(fitted(noise, PhotoRule(bytes_max=1))).size) <= LEAST


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


def display_p3() -> bytes:
    """The profile of the colours that telephones photograph in, with a plain gamma of 2.2."""

    def number(value: float) -> bytes:
        return struct.pack(">i", round(value * 65_536))

    white = (0.9642, 1.0, 0.8249)
    red, green, blue = (
        (0.5151, 0.2412, -0.0011),
        (0.2919, 0.6922, 0.0419),
        (0.1572, 0.0666, 0.7841),
    )
    parts = {
        name: b"XYZ \0\0\0\0" + b"".join(map(number, xyz))
        for name, xyz in ((b"wtpt", white), (b"rXYZ", red), (b"gXYZ", green), (b"bXYZ", blue))
    }
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(2.2 * 256)) + b"\0\0"
    parts |= {b"rTRC": curve, b"gTRC": curve, b"bTRC": curve}
    parts[b"desc"] = b"desc\0\0\0\0" + struct.pack(">I", 3) + b"P3\0" + b"\0" * 79 + b"\0\0"
    parts[b"cprt"] = b"text\0\0\0\0none"
    at, table, body = 132 + 12 * len(parts), b"", b""
    for name, data in parts.items():
        table += name + struct.pack(">II", at + len(body), len(data))
        body += data + b"\0" * (-len(data) % 4)
    head = struct.pack(
        ">I4sI4s4s4s", at + len(body), b"\0" * 4, 0x02100000, b"mntr", b"RGB ", b"XYZ "
    )
    head += b"\0" * 12 + b"acsp" + b"\0" * 28 + b"".join(map(number, white)) + b"\0" * 48
    return head + struct.pack(">I", len(parts)) + table + body


def test_colours_of_other_spaces_become_srgb() -> None:
    wide = saved(Image.new("RGB", (64, 64), (200, 100, 50)), icc_profile=display_p3())
    red, green, blue = opened(fitted(wide, PhotoRule())).getpixel((30, 30))  # type: ignore[misc]
    assert (abs(red - 214) < 5, abs(green - 94) < 5, abs(blue - 32) < 9) == (True, True, True)
    print_ink = saved(Image.new("CMYK", (64, 64), (0, 255, 255, 0)))
    seen = opened(fitted(print_ink, PhotoRule()))
    assert seen.mode == "RGB"
    assert seen.getpixel((30, 30))[0] > 200  # type: ignore[index]
    broken = saved(Image.new("RGB", (64, 64), (200, 100, 50)), icc_profile=b"no profile")
    assert opened(fitted(broken, PhotoRule())).mode == "RGB"


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
