"""The process that opens uploaded pictures, with little memory, little time and no network needs.

Run by ``shop.catalogue.pictures`` as a plain script (it imports nothing of ours, so that it starts
quickly and an attacker who takes it over finds nothing). It reads frames from standard input and
answers each: a frame is a four-byte big-endian length and that many bytes. An answer is a JSON
frame, ``{"width", "height", "sharpness", "files": [suffix, …]}`` or ``{"refused": reason}``, and
then a frame for each file.

A JPEG is decoded at the smallest fraction that still fills the largest size (``draft``), and every
size is reduced from the next larger one: benchmarks/photos.py measures what that saves.
"""

import io
import json
import resource
import struct
import sys
from dataclasses import dataclass
from typing import IO, Final

from PIL import Image, ImageCms, ImageFilter, ImageOps, ImageStat, UnidentifiedImageError
from PIL import WebPImagePlugin as _WebPImagePlugin  # noqa: F401 - else Pillow loads all plugins

FORMATS: Final = ("JPEG", "PNG", "WEBP")
SIZES: Final = (1200, 640, 320)
SHARPNESS_SIZE: Final = 640
MAX_PIXELS: Final = {
    "JPEG": 50_000_000,
    "MPO": 50_000_000,
    "PNG": 25_000_000,
    "HEIF": 25_000_000,
    "WEBP": 16_000_000,
}
"""By format: JPEG is decoded at a fraction of its size, the others whole."""
MAX_SIDE: Final = 20_000
MEMORY_BYTES: Final = 640 * 1024 * 1024
CPU_SECONDS: Final = 20
HEIC_BRANDS: Final = frozenset(
    {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
)
"""Brands in the ``ftyp`` box of the pictures that iPhones take."""

Image.MAX_IMAGE_PIXELS = None  # judged here, before anything is decoded


_EDGES: Final = ImageFilter.Kernel((3, 3), (0, 1, 0, 1, -4, 1, 0, 1, 0), scale=1, offset=128)


class Refused(Exception):
    """The picture is not taken; the argument is the reason's code."""


@dataclass(frozen=True)
class Converted:
    """A picture in all its sizes. Pixels of the largest; ``files`` by suffix as ``640.webp``."""

    width: int
    height: int
    sharpness: int
    """Variance of the Laplacian at 640 pixels: how much edges stand out, 0 for a plain surface."""
    files: dict[str, bytes]


def convert(raw: bytes) -> Converted:
    """The sizes of a picture. Raises Refused."""
    if not raw:
        raise Refused("empty")
    formats = _formats(raw)
    try:
        with Image.open(io.BytesIO(raw), formats=formats) as opened:
            return _resize(opened)
    except UnidentifiedImageError:
        raise Refused("not_picture") from None
    except MemoryError:
        raise Refused("too_many_pixels") from None
    except (OSError, SyntaxError, ValueError, RuntimeError, struct.error, EOFError):
        raise Refused("damaged") from None


def _formats(raw: bytes) -> tuple[str, ...]:
    """What the picture may be. HEIC needs the optional pillow-heif: Refused("heic") without it."""
    if raw[4:8] != b"ftyp" or raw[8:12] not in HEIC_BRANDS:
        return FORMATS
    try:
        import pillow_heif  # noqa: PLC0415 - optional, and slow to load for every other picture
    except ImportError:
        raise Refused("heic") from None
    pillow_heif.options.DECODE_THREADS = 1
    pillow_heif.register_heif_opener(thumbnails=False)
    return ("HEIF",)


def _resize(opened: Image.Image) -> Converted:
    width, height = opened.size
    if width * height > MAX_PIXELS[opened.format or ""] or max(width, height) > MAX_SIDE:
        raise Refused("too_many_pixels")
    picture = _small(opened)
    width, height = picture.size
    sharpness = 0
    files = {}
    for size in SIZES:
        box = _fit(picture.size, size)
        if box != picture.size:
            picture = picture.resize(box, Image.Resampling.LANCZOS, reducing_gap=2.0)
        files[f"{size}.jpg"] = _saved(picture, "JPEG", quality=82, optimize=True, progressive=True)
        files[f"{size}.webp"] = _saved(picture, "WEBP", quality=78, method=2)
        if size == SHARPNESS_SIZE:
            sharpness = _sharpness(picture)
    return Converted(width, height, sharpness, files)


def _sharpness(picture: Image.Image) -> int:
    edges = picture.convert("L").filter(_EDGES)
    return round(ImageStat.Stat(edges).var[0])


def _small(opened: Image.Image) -> Image.Image:
    """The picture upright, in plain sRGB, at most as large as the largest size."""
    profile = opened.info.get("icc_profile")
    turned = opened.getexif()
    opened.draft("RGB", (SIZES[0], SIZES[0]))
    small: Image.Image = opened
    if opened.mode in {"P", "PA"}:
        small = opened.convert("RGBA" if "transparency" in opened.info else "RGB")
    elif opened.mode == "1":
        small = opened.convert("L")
    elif opened.mode.startswith("I"):
        small = opened.convert("I").point(lambda value: value / 256).convert("L")
    box = _fit(small.size, SIZES[0])
    if box != small.size:
        small = small.resize(box, Image.Resampling.LANCZOS, reducing_gap=2.0)
    small.getexif().update(turned)
    return _plain(ImageOps.exif_transpose(small), profile)


def _fit(size: tuple[int, int], longest: int) -> tuple[int, int]:
    width, height = size
    scale = min(1.0, longest / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def _plain(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """The same picture in sRGB, on white where it is transparent, without a word of metadata."""
    if picture.mode in {"RGBA", "LA", "La", "RGBa"}:
        seen = picture.convert("RGBA")
        ground = Image.new("RGBA", seen.size, (255, 255, 255, 255))
        picture = Image.alpha_composite(ground, seen).convert("RGB")
    if profile and picture.mode in {"RGB", "CMYK", "L"}:
        picture = _to_srgb(picture, profile)
    plain = picture if picture.mode == "RGB" else picture.convert("RGB")
    bare = Image.new("RGB", plain.size)
    bare.paste(plain)
    return bare


def _to_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    try:
        given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        wanted = ImageCms.createProfile("sRGB")
        changed = ImageCms.profileToProfile(picture, given, wanted, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return picture
    return changed or picture


def _saved(picture: Image.Image, kind: str, **options: int | bool) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def _limit_cpu() -> None:
    """A fresh allowance for the next picture: one process may do many."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    spent = int(used.ru_utime + used.ru_stime)
    resource.setrlimit(resource.RLIMIT_CPU, (spent + CPU_SECONDS, resource.RLIM_INFINITY))


def _write(out: IO[bytes], content: bytes) -> None:
    out.write(struct.pack(">I", len(content)))
    out.write(content)


def serve(source: IO[bytes], out: IO[bytes]) -> None:
    """Answer frames until the input ends."""
    while len(header := source.read(4)) == 4:
        raw = source.read(struct.unpack(">I", header)[0])
        _limit_cpu()
        files: dict[str, bytes] = {}
        try:
            made = convert(raw)
            answer: dict[str, object] = vars(made) | {"files": list(made.files)}
            files = made.files
        except Refused as refused:
            answer = {"refused": refused.args[0]}
        _write(out, json.dumps(answer).encode())
        for content in files.values():
            _write(out, content)
        out.flush()


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    serve(sys.stdin.buffer, sys.stdout.buffer)
