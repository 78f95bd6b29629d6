"""Photos of a shop for one channel: ours, a bare Pillow loop doing the same, and ours again.

    .venv/bin/python -m benchmarks.channel_photos [--products 500] [--photos 9]

CPU time (user + system) per photo, taking turns product by product. Every photo is 1200 × 900, as
the photo store keeps them, and becomes a white-padded square of 1200, written and synced to disk by
both. A second run reads what is kept.
"""

import argparse
import hashlib
import io
import os
import resource
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PIL import Image, ImageChops

from shop.core.storage import Storage
from shop.marketplaces.services.desk import photo_file
from shop.marketplaces.services.photos import PhotoRule, channel_photo, many_photos

RULE = PhotoRule(side_max=1200, square=2, bytes_max=2_000_000)
KINDS = 8
"""Different pictures; their copies differ in name only."""


def pictures() -> list[bytes]:
    """JPEGs with soft shapes and grain, as a phone takes them."""
    made = []
    for number in range(KINDS):
        bands = [
            Image.effect_noise((20 + band, 15 + band), 90 + 5 * number).resize(
                (1200, 900), Image.Resampling.BICUBIC
            )
            for band in range(3)
        ]
        grain = Image.effect_noise((1200, 900), 8).convert("RGB")
        out = io.BytesIO()
        ImageChops.add(Image.merge("RGB", bands), grain, 1, -128).save(out, "JPEG", quality=82)
        made.append(out.getvalue())
    return made


def bare(storage: Storage, folder: Path, shas: list[str]) -> None:
    """The same operations and nothing else: read, decode, pad, encode, write."""
    for sha in shas:
        content = storage.path(photo_file(sha)).read_bytes()
        with Image.open(io.BytesIO(content), formats=("JPEG",)) as opened:
            opened.load()
            square = Image.new("RGB", (1200, 1200), (255, 255, 255))
            square.paste(opened, (0, 150))
        out = io.BytesIO()
        square.save(out, "JPEG", quality=90, optimize=True)
        with (folder / sha).open("wb") as handle:
            handle.write(out.getvalue())
            handle.flush()
            os.fsync(handle.fileno())


def ours(storage: Storage, shas: list[str]) -> None:
    for sha in shas:
        channel_photo(storage, sha, RULE)


def seconds(run: Callable[[], None]) -> float:
    before = resource.getrusage(resource.RUSAGE_SELF)
    run()
    after = resource.getrusage(resource.RUSAGE_SELF)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--products", type=int, default=500)
    parser.add_argument("--photos", type=int, default=9)
    asked = parser.parse_args()
    contents, count = pictures(), asked.products * asked.photos
    shas = [hashlib.sha256(str(number).encode()).hexdigest() for number in range(count)]
    spent = dict.fromkeys(("bare Pillow loop", "ours, first run", "ours, kept"), 0.0)
    with tempfile.TemporaryDirectory() as folder, many_photos():
        storage = Storage(Path(folder))
        for number, sha in enumerate(shas):
            storage.put_as(photo_file(sha), contents[number % KINDS])
        for first in range(0, count, asked.photos):
            some = shas[first : first + asked.photos]
            spent["bare Pillow loop"] += seconds(partial(bare, storage, Path(folder), some))
            spent["ours, first run"] += seconds(partial(ours, storage, some))
        spent["ours, kept"] = seconds(partial(ours, storage, shas))
    limit = spent["bare Pillow loop"]
    for name, used in spent.items():
        print(f"{name:20} {used * 1000 / count:8.2f} ms a photo  {used / limit:6.3f} x bare")


if __name__ == "__main__":
    main()
