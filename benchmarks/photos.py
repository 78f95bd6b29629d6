"""What taking in a 12-megapixel photo costs: ours, a bare Pillow loop, and the naive way.

    .venv/bin/python -m benchmarks.photos [--photos 5] [--rounds 3] [--json FILE]

CPU time (user + system) of this process and its children, per photo, best of the rounds.
"""

import argparse
import io
import json
import math
import resource
import tempfile
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageChops, ImageStat

from shop.catalogue import pictures
from shop.core.storage import Storage

SIZES = pictures.SIZES
FULL = (4000, 3000)
Sizes = list[Image.Image]


def photos(count: int) -> list[bytes]:
    """JPEGs of 12 megapixels: large soft shapes, edges and grain, as a phone takes them."""
    made = []
    for number in range(count):
        bands = [
            Image.effect_noise((40 + 8 * band, 30 + 6 * band), 90 + 5 * number).resize(
                FULL, Image.Resampling.BICUBIC
            )
            for band in range(3)
        ]
        grain = Image.effect_noise(FULL, 8).convert("RGB")
        out = io.BytesIO()
        whole = ImageChops.add(Image.merge("RGB", bands), grain, 1, -128)
        whole.save(out, "JPEG", quality=90)
        made.append(out.getvalue())
    return made


def cpu_seconds() -> float:
    """User and system time of this process and of its ended children."""
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    used = [resource.getrusage(one) for one in who]
    return sum(one.ru_utime + one.ru_stime for one in used)


def ours(raws: list[bytes]) -> None:
    """The photo store with one child process: six files a photo, written and synced."""
    with tempfile.TemporaryDirectory() as folder:
        list(pictures.store_many(Storage(Path(folder)), raws))


def cascade(raw: bytes) -> Sizes:
    """Decode at a fraction, then each size out of the next larger one."""
    with Image.open(io.BytesIO(raw), formats=("JPEG",)) as opened:
        opened.draft("RGB", (SIZES[0], SIZES[0]))
        picture = opened.resize((1200, 900), Image.Resampling.LANCZOS, reducing_gap=2.0)
    made = [picture]
    for size in SIZES[1:]:
        box = (size, size * 3 // 4)
        made.append(made[-1].resize(box, Image.Resampling.LANCZOS, reducing_gap=2.0))
    return made


def every_size_from_the_whole(raw: bytes) -> Sizes:
    """Decode all of it and reduce each size from the twelve megapixels."""
    with Image.open(io.BytesIO(raw), formats=("JPEG",)) as opened:
        opened.load()
        return [opened.resize((size, size * 3 // 4), Image.Resampling.LANCZOS) for size in SIZES]


def webp(picture: Image.Image) -> None:
    picture.save(io.BytesIO(), "WEBP", quality=78, method=2)


def webp_and_jpeg(picture: Image.Image) -> None:
    webp(picture)
    picture.save(io.BytesIO(), "JPEG", quality=82, optimize=True, progressive=True)


def avif(picture: Image.Image) -> None:
    picture.save(
        io.BytesIO(),
        "AVIF",
        quality=pictures.AVIF_QUALITY,
        speed=pictures.AVIF_SPEED,
        max_threads=1,
    )


def loop(
    sizes: Callable[[bytes], Sizes], save: Callable[[Image.Image], None]
) -> Callable[[list[bytes]], None]:
    """Bare Pillow in this process, nothing kept."""

    def run(raws: list[bytes]) -> None:
        for raw in raws:
            for picture in sizes(raw):
                save(picture)

    return run


WAYS: dict[str, Callable[[list[bytes]], None]] = {
    "ours: store_many, 6 files kept": ours,
    "limit: bare cascade, WebP + JPEG": loop(cascade, webp_and_jpeg),
    "limit: bare cascade, WebP alone": loop(cascade, webp),
    "naive: each size from 12 MP, WebP + JPEG": loop(every_size_from_the_whole, webp_and_jpeg),
    "naive: each size from 12 MP, WebP alone": loop(every_size_from_the_whole, webp),
    "AVIF alone, in the background": loop(cascade, avif),
}


def closeness(before: Image.Image, after: Image.Image) -> float:
    """PSNR in decibels."""
    stat = ImageStat.Stat(ImageChops.difference(before, after))
    return 10 * math.log10(255 * 255 / (sum(stat.sum2) / sum(stat.count)))


def weights(raw: bytes) -> dict[str, list[str]]:
    """Bytes and PSNR of each size in the kinds that browsers choose between."""
    kinds: dict[str, tuple[str, dict[str, int]]] = {
        "jpeg": ("JPEG", {"quality": 82}),
        "webp": ("WEBP", {"quality": 78, "method": 2}),
        "avif": ("AVIF", {"quality": pictures.AVIF_QUALITY, "speed": pictures.AVIF_SPEED}),
    }
    found: dict[str, list[str]] = {}
    for name, (kind, options) in kinds.items():
        for picture in cascade(raw):
            out = io.BytesIO()
            picture.save(out, kind, **options)
            with Image.open(out) as again:
                near = closeness(picture, again.convert("RGB"))
            found.setdefault(name, []).append(f"{out.tell() / 1000:.1f} kB {near:.1f} dB")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    raws = photos(asked.photos)
    best = dict.fromkeys(WAYS, math.inf)
    for _ in range(asked.rounds):
        for name, run in WAYS.items():
            before = cpu_seconds()
            run(raws)
            best[name] = min(best[name], (cpu_seconds() - before) / len(raws))
    limit = best["limit: bare cascade, WebP + JPEG"]
    for name, seconds in best.items():
        print(f"{name:44} {seconds * 1000:6.0f} ms  {seconds / limit:5.2f} x limit")
    sizes = weights(raws[0])
    for name, found in sizes.items():
        print(f"{name:6} {' | '.join(found)}")
    if asked.json:
        asked.json.write_text(json.dumps({"cpu_seconds": best, "sizes": sizes}, indent=1))


if __name__ == "__main__":
    main()
