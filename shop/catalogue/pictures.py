"""The photo store: uploaded pictures, opened in a child process and kept re-encoded by content.

Nothing that somebody uploaded is ever kept or served as it came. Each picture becomes six files,
``<sha>-1200.webp``, ``-640``, ``-320`` and the same as ``.jpg``; ``sha`` is the digest of the
largest JPEG. Sizes are the longest side in pixels; a smaller picture is not enlarged but has all
six names. Scans of papers get names that the public picture route does not serve.

AVIF costs more than all the rest together, so that three further files are made afterwards by a
task (``add_avif``); until then the picture route answers for ``.avif`` with the WebP file.

Measured on the two-core reference machine: 0.08 s and 18 MB for a small picture (nearly all of it
the start of the child), 0.35 s and 44 MB for a 12-megapixel photo, at most 320 MB for the largest
picture that is taken.
"""

import hashlib
import io
import json
import struct
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

from PIL import Image

from shop.core.errors import Invalid, Unavailable
from shop.core.storage import Storage
from shop.core.text import N_

MAX_BYTES: Final = 12 * 1024 * 1024
WALL_SECONDS: Final = 30.0
AT_ONCE: Final = 2
"""Pictures that one process opens at the same time; more wait up to QUEUE_SECONDS."""
QUEUE_SECONDS: Final = 20.0
SIZES: Final = (1200, 640, 320)
AVIF_QUALITY: Final = 55
"""About as close as the WebP files and a tenth to a third smaller: see benchmarks/README.md."""
AVIF_SPEED: Final = 8
SCAN_SUFFIX: Final = "scan"

_WORKER: Final = Path(__file__).with_name("picture_worker.py")
_turns = threading.BoundedSemaphore(AT_ONCE)

_REASONS: Final = {
    "empty": N_("Tệp ảnh rỗng. Vui lòng chọn lại ảnh."),
    "too_big": N_("Ảnh lớn hơn 12 MB. Vui lòng chọn ảnh nhỏ hơn."),
    "not_picture": N_("Tệp này không phải ảnh JPEG, PNG, WebP hoặc HEIC."),
    "heic": N_(
        "Máy chủ này chưa mở được ảnh HEIC của iPhone. Trên iPhone, vào Cài đặt, Camera, "
        "Định dạng, chọn Tương thích nhất rồi chụp lại; hoặc chụp màn hình ảnh và chọn ảnh đó."
    ),
    "damaged": N_("Ảnh bị hỏng hoặc thiếu dữ liệu. Vui lòng chụp hoặc chọn lại."),
    "too_many_pixels": N_("Ảnh quá lớn: tối đa 50 triệu điểm ảnh (PNG 25, WebP 16 triệu)."),
    "too_slow": N_("Ảnh này mở quá lâu nên không nhận được. Vui lòng chọn ảnh khác."),
}


class PictureRefused(Invalid):
    """The upload is no picture that we take; ``code`` says why."""

    message = N_("Không nhận được ảnh này.")

    def __init__(self, code: str, field: str = "photo") -> None:
        super().__init__(_REASONS[code], field=field)
        self.code = code


@dataclass(frozen=True)
class Picture:
    """A stored picture: ``media_url(f"{sha}-640.webp")`` shows it. Pixels of the largest size."""

    sha: str
    width: int
    height: int
    sharpness: int
    """See ``picture_worker.Converted``; judged by ``rules.photo_faults``."""


@dataclass(frozen=True)
class _Converted:
    width: int
    height: int
    sharpness: int
    files: dict[str, bytes]


class _Worker:
    """The child process, for one picture or for many one after the other."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self._end()

    def convert(self, raw: bytes) -> _Converted:
        """The files of a picture. Raises PictureRefused."""
        if len(raw) > MAX_BYTES:
            raise PictureRefused("too_big")
        child = self._child or self._start()
        late = threading.Event()

        def stop() -> None:
            late.set()
            child.kill()

        timer = threading.Timer(WALL_SECONDS, stop)
        timer.start()
        try:
            return _ask(child, raw)
        except (BrokenPipeError, EOFError):
            self._end()
            raise PictureRefused("too_slow" if late.is_set() else "too_many_pixels") from None
        finally:
            timer.cancel()

    def _start(self) -> subprocess.Popen[bytes]:
        self._child = subprocess.Popen(  # noqa: S603 - our own interpreter and our own file
            [sys.executable, "-I", str(_WORKER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={},
            close_fds=True,
        )
        return self._child

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except BrokenPipeError:
                    continue
        child.wait()


def _ask(child: subprocess.Popen[bytes], raw: bytes) -> _Converted:
    if child.stdin is None or child.stdout is None:
        raise EOFError
    child.stdin.write(struct.pack(">I", len(raw)) + raw)
    child.stdin.flush()
    answer = json.loads(_read_frame(child.stdout))
    if "refused" in answer:
        raise PictureRefused(answer["refused"])
    files = {suffix: _read_frame(child.stdout) for suffix in answer["files"]}
    return _Converted(answer["width"], answer["height"], answer["sharpness"], files)


def _read_frame(source: IO[bytes]) -> bytes:
    header = source.read(4)
    if len(header) < 4:
        raise EOFError
    length: int = struct.unpack(">I", header)[0]
    content = source.read(length)
    if len(content) < length:
        raise EOFError
    return content


def store_picture(storage: Storage, raw: bytes, *, owner: str = "") -> Picture:
    """Keep an uploaded picture in all its sizes. Call it before the write transaction.

    With ``owner`` its names are shared with nobody else's picture, however alike, so that it may
    be dropped when its owner asks. Raises PictureRefused (field ``photo``), Unavailable when too
    many pictures wait.
    """
    return next(iter(store_many(storage, [raw], owner=owner)))


def store_many(storage: Storage, raws: Iterable[bytes], *, owner: str = "") -> Iterator[Picture]:
    """Keep many pictures with one child process, yielding each; for loading and importing.

    Raises PictureRefused at the first one that is not taken, Unavailable.
    """
    if not _turns.acquire(timeout=QUEUE_SECONDS):
        raise Unavailable
    try:
        with _Worker() as worker:
            for raw in raws:
                yield _keep(storage, worker.convert(raw), owner)
    finally:
        _turns.release()


def _keep(storage: Storage, converted: _Converted, owner: str) -> Picture:
    sha = hashlib.sha256(owner.encode() + converted.files["1200.jpg"]).hexdigest()
    for suffix, content in converted.files.items():
        storage.put_as(f"{sha}-{suffix}", content)
    return Picture(sha, converted.width, converted.height, converted.sharpness)


def drop_picture(storage: Storage, sha: str) -> None:
    """Take away all files of a picture that was stored with an owner. Again changes nothing."""
    for name in files_of(sha):
        storage.drop(name)


def files_of(sha: str) -> list[str]:
    """The names under which a picture's files may lie in the store."""
    return [f"{sha}-{size}.{kind}" for size in SIZES for kind in ("webp", "jpg", "avif")]


def add_avif(storage: Storage, sha: str) -> dict[str, int]:
    """Make the AVIF files of a stored picture out of its own largest JPEG; their sizes in bytes.

    One that comes out no smaller than its WebP is not kept. Raises FileNotFoundError.
    """
    made = {}
    with Image.open(io.BytesIO(storage.read(f"{sha}-{SIZES[0]}.jpg")), formats=("JPEG",)) as whole:
        picture: Image.Image = whole.convert("RGB")
    for size in SIZES:
        picture.thumbnail((size, size), Image.Resampling.LANCZOS)
        out = io.BytesIO()
        picture.save(out, "AVIF", quality=AVIF_QUALITY, speed=AVIF_SPEED, max_threads=1)
        content = out.getvalue()
        if len(content) < storage.path(f"{sha}-{size}.webp").stat().st_size:
            storage.put_as(f"{sha}-{size}.avif", content)
            made[f"{size}.avif"] = len(content)
    return made


def store_scan(storage: Storage, raw: bytes) -> str:
    """Keep the picture of a paper, in one size, under a name that is never public; gives its sha.

    Raises PictureRefused (field ``scan``), Unavailable.
    """
    if not _turns.acquire(timeout=QUEUE_SECONDS):
        raise Unavailable
    try:
        with _Worker() as worker:
            content = worker.convert(raw).files["1200.jpg"]
    except PictureRefused as refused:
        raise PictureRefused(refused.code, field="scan") from None
    finally:
        _turns.release()
    return storage.put(content, SCAN_SUFFIX).partition(".")[0]


def scan_name(sha: str) -> str:
    """The stored name of a paper's scan."""
    return f"{sha}.{SCAN_SUFFIX}"
