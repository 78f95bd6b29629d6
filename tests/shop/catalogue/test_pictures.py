"""The photo store takes real pictures, refuses everything else, and stays small."""

import io
import struct
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageCms

from shop.catalogue import pictures
from shop.catalogue.pictures import PictureRefused, scan_name, store_many, store_picture, store_scan
from shop.core.storage import Storage

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return Storage(tmp_path / "media")


def encoded(
    size: tuple[int, int] = (800, 400), mode: str = "RGB", kind: str = "JPEG", **options: Any
) -> bytes:
    small = Image.effect_noise((max(1, size[0] // 8), max(1, size[1] // 8)), 50)
    out = io.BytesIO()
    small.resize(size).convert(mode).save(out, kind, **options)
    return out.getvalue()


def opened(storage: Storage, sha: str, suffix: str) -> Image.Image:
    return Image.open(io.BytesIO(storage.read(f"{sha}-{suffix}")))


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        ("RGB", "JPEG"),
        ("L", "JPEG"),
        ("CMYK", "JPEG"),
        ("RGB", "PNG"),
        ("RGBA", "PNG"),
        ("P", "PNG"),
        ("1", "PNG"),
        ("LA", "PNG"),
        ("I;16", "PNG"),
        ("RGB", "WEBP"),
        ("RGBA", "WEBP"),
    ],
)
def test_every_kind_becomes_six_plain_files(storage: Storage, mode: str, kind: str) -> None:
    picture = store_picture(storage, encoded((2000, 1000), mode, kind))
    assert (picture.width, picture.height) == (1200, 600)
    for size in (1200, 640, 320):
        for suffix, expected in (("jpg", "JPEG"), ("webp", "WEBP")):
            with opened(storage, picture.sha, f"{size}.{suffix}") as image:
                assert image.format == expected
                assert image.size == (size, size // 2)
                assert image.mode == "RGB"


def test_small_pictures_are_not_enlarged_but_have_all_names(storage: Storage) -> None:
    picture = store_picture(storage, encoded((100, 40)))
    assert (picture.width, picture.height) == (100, 40)
    with opened(storage, picture.sha, "1200.webp") as image:
        assert image.size == (100, 40)
    line = store_picture(storage, encoded((5000, 1), "L", "PNG"))
    assert (line.width, line.height) == (1200, 1)


def test_same_content_same_name(storage: Storage) -> None:
    raw = encoded()
    assert store_picture(storage, raw) == store_picture(storage, raw + b"trailing rubbish")
    assert len(list(storage.root.rglob("*.*"))) == 6


def test_upright_and_without_a_word_of_metadata(storage: Storage) -> None:
    image = Image.new("RGB", (400, 200), "white")
    image.paste("red", (0, 0, 200, 200))
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "SecretPhone"
    exif.get_ifd(0x8825)[2] = (21.0, 1.0, 2.0)
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif, comment=b"SecretComment", quality=95)
    picture = store_picture(storage, out.getvalue())
    assert (picture.width, picture.height) == (200, 400)
    for path in storage.root.rglob("*.*"):
        raw = path.read_bytes()
        assert b"Secret" not in raw
        assert b"Exif" not in raw
        with Image.open(path) as kept:
            assert not kept.getexif()
            red = kept.convert("RGB").getpixel((kept.width // 2, kept.height // 8))
            assert isinstance(red, tuple)
            assert red[0] > 200
            assert red[1] < 80


def test_transparency_becomes_white_and_profiles_srgb(storage: Storage) -> None:
    out = io.BytesIO()
    Image.new("RGBA", (300, 300), (0, 0, 0, 0)).save(out, "PNG")
    picture = store_picture(storage, out.getvalue())
    with opened(storage, picture.sha, "320.webp") as image:
        assert image.getpixel((5, 5)) == (255, 255, 255)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    raw = encoded(icc_profile=profile)
    assert store_picture(storage, raw).width == 800


def huge_jpeg(side: int = 65_000) -> bytes:
    """A small JPEG whose header claims a monstrous size."""
    raw = bytearray(encoded((64, 64)))
    at = raw.index(b"\xff\xc0")
    raw[at + 5 : at + 9] = struct.pack(">HH", side, side)
    return bytes(raw)


def huge_png() -> bytes:
    import zlib

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 6, 0, 0, 0)
    body = zlib.compress(b"\0" * 1_000_000)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    )


def gif() -> bytes:
    out = io.BytesIO()
    Image.new("P", (10, 10)).save(out, "GIF")
    return out.getvalue() + b"<script>alert(1)</script>"


REFUSED = {
    "empty": (b"", "empty"),
    "text": (b"hello", "not_picture"),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "not_picture"),
    "html": (b"<!doctype html><script>alert(1)</script>", "not_picture"),
    "zip": (b"PK\x03\x04" + b"\0" * 500, "not_picture"),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3", "not_picture"),
    "gif": (gif(), "not_picture"),
    "truncated": (encoded((2000, 1000))[:5000], "damaged"),
    "truncated png": (encoded((2000, 1000), "RGB", "PNG")[:5000], "damaged"),
    "truncated webp": (encoded((2000, 1000), "RGB", "WEBP")[:900], None),
    "header only": (b"\xff\xd8\xff\xe0", None),
    "huge jpeg": (huge_jpeg(), "too_many_pixels"),
    "huge png": (huge_png(), "too_many_pixels"),
    "long line": (encoded((30_000, 1), "L", "PNG"), "too_many_pixels"),
    "too many bytes": (b"\xff\xd8" + b"\0" * pictures.MAX_BYTES, "too_big"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_picture_is_refused_with_a_reason(storage: Storage, name: str) -> None:
    raw, code = REFUSED[name]
    with pytest.raises(PictureRefused) as refusal:
        store_picture(storage, raw)
    assert refusal.value.field == "photo"
    assert code is None or refusal.value.code == code
    assert not storage.root.exists()


def test_many_pictures_share_one_process(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    started = []
    real = subprocess.Popen

    def counting(*args: Any, **kwargs: Any) -> Any:
        started.append(args)
        return real(*args, **kwargs)

    monkeypatch.setattr(pictures.subprocess, "Popen", counting)
    made = list(store_many(storage, [encoded((100 + n, 80)) for n in range(6)]))
    assert len({picture.sha for picture in made}) == 6
    assert len(started) == 1


def test_a_refused_picture_ends_the_batch_and_frees_its_turn(storage: Storage) -> None:
    for _ in range(pictures.AT_ONCE + 1):
        with pytest.raises(PictureRefused):
            list(store_many(storage, [encoded(), b"rubbish"]))
    assert store_picture(storage, encoded()).width == 800


def test_a_slow_picture_is_stopped(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "WALL_SECONDS", 0.01)
    with pytest.raises(PictureRefused) as refusal:
        store_picture(storage, encoded((6000, 4000)))
    assert refusal.value.code == "too_slow"


def test_scans_are_kept_out_of_the_public_names(storage: Storage) -> None:
    sha = store_scan(storage, encoded((900, 1200)))
    assert storage.has(scan_name(sha))
    assert [path.suffix for path in storage.root.rglob("*.*")] == [".scan"]
    with pytest.raises(PictureRefused) as refusal:
        store_scan(storage, b"x")
    assert refusal.value.field == "scan"


def test_starting_the_child_is_cheap(storage: Storage) -> None:
    raw = encoded((64, 64))
    store_picture(storage, raw)
    started = time.perf_counter()
    store_picture(storage, raw)
    assert time.perf_counter() - started < 2.0


def test_memory_of_parent_and_child_stays_small(tmp_path: Path) -> None:
    """A phone photo, a bomb and a large PNG: the caller under 120 MB, its children under 330."""
    for name, raw in {
        "phone.jpg": encoded((4000, 3000), quality=90),
        "large.jpg": encoded((8000, 6000), quality=60, progressive=True),
        "bomb.jpg": huge_jpeg(),
        "bomb.png": huge_png(),
        "large.png": encoded((5000, 4900), "L", "PNG"),
    }.items():
        (tmp_path / name).write_bytes(raw)
    program = textwrap.dedent(
        """
        import resource, sys
        from pathlib import Path
        from shop.catalogue.pictures import PictureRefused, store_picture
        from shop.core.storage import Storage
        folder = Path(sys.argv[1])
        for path in sorted(folder.glob("*.*g")):
            try:
                store_picture(Storage(folder / "media"), path.read_bytes())
            except PictureRefused as refusal:
                print(path.name, refusal.code)
        status = Path("/proc/self/status").read_text()
        print(int(status.split("VmHWM:")[1].split()[0]) // 1024)
        print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
        """
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    *refused, own, children = done.stdout.split("\n")[:-1]
    assert "bomb.jpg too_many_pixels" in refused
    assert "bomb.png too_many_pixels" in refused
    assert int(own) < 120
    assert int(children) < 330
