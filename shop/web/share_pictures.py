"""The picture that a shared link shows: 1200×630, drawn once for what it says, kept by content.

A page names its picture with ``share_url``; the picture's own route gives ``share_answer`` the same
card. The name of the stored file is a digest of all that the card says, so that a new price or the
end of a star makes another picture, and what was drawn before is never drawn again. Drawing takes
about 0.1 s of CPU and happens when a robot asks for the picture, never while a page is drawn.
"""

import hashlib
import io
import json
import threading
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Final

from flask import Response, request
from PIL import Image, ImageDraw, ImageFont, ImageOps

from shop.core.storage import Storage
from shop.web.request import house

SIZE: Final = (1200, 630)
_DRAWING: Final = 2
"""Raise it when the drawing changes: every picture is then drawn anew."""
_SUFFIX: Final = "share"
_KEPT_SECONDS: Final = 3600

_INDIGO: Final = (30, 42, 87)
_INDIGO_SOFT: Final = (53, 68, 138)
_PAPER: Final = (251, 248, 241)
_INK: Final = (35, 33, 29)
_MUTED: Final = (96, 89, 77)
_SUN: Final = (227, 160, 8)
_SUN_SOFT: Final = (253, 243, 215)
_SUN_INK: Final = (107, 72, 0)
_RED: Final = (180, 35, 44)
_WHITE: Final = (255, 255, 255)

_EDGE: Final = 56
_STRIP: Final = 22
_PHOTO: Final = SIZE[1] - _STRIP

_one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class ShareCard:
    """What a share picture says, in the language of the page it belongs to."""

    title: str
    by: str
    """Who stands behind it."""
    place: str = ""
    figure: str = ""
    """The one number people act on: a price, or when it is."""
    stars: int | None = None
    """OCOP stars that count today."""
    label: str = ""
    """What kind of page it is, e.g. "Phiên live"."""
    is_urgent: bool = False
    """The label in red: on air, recalled."""
    photo_sha: str | None = None
    photo_note: str = ""
    """What stands on the photo, e.g. that it is a drawing."""
    note: str = ""
    """A small line that must not be lost, e.g. that the price is illustrative."""

    @property
    def key(self) -> str:
        """The name of the picture that says exactly this."""
        said = json.dumps([_DRAWING, asdict(self)], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(said.encode()).hexdigest()


def share_url(address: str, card: ShareCard) -> str:
    """The address of the picture as a page names it: another one when the card says other things,
    so that no network goes on showing a star that has ended."""
    return f"{address}?v={card.key[:12]}"


def share_answer(card: ShareCard) -> Response:
    """The picture as the answer of a public route; 304 for who has it."""
    name = stored_picture(house().storage, card)
    answer = Response(house().storage.read(name), mimetype="image/jpeg")
    answer.set_etag(card.key)
    answer.headers["Cache-Control"] = f"public, max-age={_KEPT_SECONDS}"
    answer.make_conditional(request)
    return answer


def stored_picture(storage: Storage, card: ShareCard) -> str:
    """The stored file of the card, drawn now when nobody asked for it before."""
    name = f"{card.key}-{_SUFFIX}.jpg"
    if not storage.has(name):
        with _one_at_a_time:
            if not storage.has(name):
                storage.put_as(name, draw(card, _photo_bytes(storage, card.photo_sha)))
    return name


def _photo_bytes(storage: Storage, sha: str | None) -> bytes | None:
    name = f"{sha}-1200.jpg"
    return storage.read(name) if sha and storage.has(name) else None


def draw(card: ShareCard, photo: bytes | None) -> bytes:
    """The JPEG: the photo on the left, words on the right, the brocade strip below."""
    picture = Image.new("RGB", SIZE, _PAPER)
    if photo is None:
        _plain(picture)
    else:
        with Image.open(io.BytesIO(photo)) as opened:
            opened.draft("RGB", (_PHOTO, _PHOTO))
            square = ImageOps.fit(opened.convert("RGB"), (_PHOTO, _PHOTO))
        picture.paste(square, (0, 0))
    pen = ImageDraw.Draw(picture)
    if card.photo_note and photo is not None:
        _pill(pen, (20, 20), card.photo_note, _font("SemiBold", 22), _PAPER, _MUTED)
    _words(pen, card)
    _brocade(pen)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=86, optimize=True, progressive=True)
    return out.getvalue()


def _plain(picture: Image.Image) -> None:
    """No photo: indigo with the market's diamond."""
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 0, _PHOTO, _PHOTO), fill=_INDIGO)
    middle = _PHOTO / 2
    for half, colour in ((210, _INDIGO_SOFT), (150, _SUN), (84, _INDIGO), (34, _PAPER)):
        _diamond(pen, middle, middle, half, colour)


def _words(pen: ImageDraw.ImageDraw, card: ShareCard) -> None:
    left, right = _PHOTO + _EDGE, SIZE[0] - _EDGE
    top = 44
    _diamond(pen, left + 15, top + 17, 15, _RED)
    _diamond(pen, left + 15, top + 17, 7, _SUN)
    pen.text((left + 44, top + 17), "Chợ Phiên", _INDIGO, _font("Bold", 30), anchor="lm")
    bottom = _foot(pen, card, left, right)
    y = top + 66
    if card.label:
        ground, ink = (_RED, _WHITE) if card.is_urgent else (_SUN_SOFT, _SUN_INK)
        _pill(pen, (left, y), card.label, _font("Bold", 24), ground, ink)
        y += 62
    by = [
        *_wrapped(card.by, _font("Medium", 27), right - left, 2),
        *_wrapped(card.place, _font("Medium", 27), right - left, 1),
    ]
    room = bottom - y - 40 * len(by)
    lines, font = _fitted(card.title, right - left, room)
    step = int(font.size * 1.26)
    y += max(0, (room - step * len(lines)) // 3)
    for line in lines:
        pen.text((left, y), line, _INK, font, anchor="la")
        y += step
    y += 8
    for line in by:
        pen.text((left, y), line, _MUTED, _font("Medium", 27), anchor="la")
        y += 40


def _foot(pen: ImageDraw.ImageDraw, card: ShareCard, left: int, right: int) -> int:
    """Note, figure and stars from the bottom up; says where they begin."""
    y = SIZE[1] - _STRIP - 34
    if card.note:
        pen.text((left, y), card.note, _MUTED, _font("Medium", 21), anchor="ls")
        y -= 36
    if card.figure:
        font = _shrunk(card.figure, "Bold", (60, 34), right - left)
        pen.text((left, y), card.figure, _RED, font, anchor="ls")
        y -= int(font.size * 1.32)
    if card.stars:
        _stars(pen, left, y - 44, card.stars)
        y -= 68
    return y - 10


def _stars(pen: ImageDraw.ImageDraw, left: int, top: int, stars: int) -> None:
    font = _font("Bold", 26)
    word = int(font.getlength("OCOP"))
    width = word + 40 + stars * 38
    pen.rounded_rectangle((left, top, left + width, top + 48), 24, fill=_SUN_SOFT)
    pen.text((left + 18, top + 24), "OCOP", _SUN_INK, font, anchor="lm")
    for number in range(stars):
        _star(pen, left + word + 46 + number * 37, top + 24, 17)


def _star(pen: ImageDraw.ImageDraw, x: float, y: float, radius: float) -> None:
    """A five-pointed star: the outer corners of a pentagon and, between them, the inner ones."""
    corners = (
        *((0.0, -1.0), (0.2245, -0.309), (0.9511, -0.309), (0.3633, 0.118), (0.5878, 0.809)),
        *((0.0, 0.382), (-0.5878, 0.809), (-0.3633, 0.118), (-0.9511, -0.309), (-0.2245, -0.309)),
    )
    pen.polygon([(x + radius * dx, y + radius * dy) for dx, dy in corners], fill=_SUN)


def _brocade(pen: ImageDraw.ImageDraw) -> None:
    top = SIZE[1] - _STRIP
    pen.rectangle((0, top, *SIZE), fill=_INDIGO)
    for x in range(0, SIZE[0] + _STRIP, _STRIP * 2):
        _diamond(pen, x, top + _STRIP / 2, _STRIP / 2 - 2, _RED)
        _diamond(pen, x + _STRIP, top + _STRIP / 2, _STRIP / 2 - 5, _SUN)


def _diamond(
    pen: ImageDraw.ImageDraw, x: float, y: float, half: float, colour: tuple[int, int, int]
) -> None:
    pen.polygon([(x, y - half), (x + half, y), (x, y + half), (x - half, y)], fill=colour)


def _pill(
    pen: ImageDraw.ImageDraw,
    corner: tuple[int, int],
    words: str,
    font: ImageFont.FreeTypeFont,
    ground: tuple[int, int, int],
    ink: tuple[int, int, int],
) -> None:
    x, y = corner
    height = int(font.size * 1.8)
    pen.rounded_rectangle(
        (x, y, x + font.getlength(words) + height, y + height), height // 2, fill=ground
    )
    pen.text((x + height / 2, y + height / 2), words, ink, font, anchor="lm")


@lru_cache(maxsize=64)
def _font(weight: str, size: int) -> ImageFont.FreeTypeFont:
    file = files("fontpkg_be_vietnam_pro") / "files" / f"BeVietnamPro-{weight}.ttf"
    return ImageFont.truetype(str(file), size)


def _shrunk(
    words: str, weight: str, sizes: tuple[int, int], width: float
) -> ImageFont.FreeTypeFont:
    """The largest font of the range in which the words stand on one line."""
    largest, smallest = sizes
    for size in range(largest, smallest, -4):
        if _font(weight, size).getlength(words) <= width:
            return _font(weight, size)
    return _font(weight, smallest)


def _fitted(words: str, width: int, height: int) -> tuple[list[str], ImageFont.FreeTypeFont]:
    """Lines of a title at the largest size at which they fit; the smallest is cut."""
    for size in range(60, 34, -4):
        font = _font("Bold", size)
        most = height // int(size * 1.26)
        lines = _wrapped(words, font, width, most + 1)
        if len(lines) <= min(most, 5) and all(font.getlength(line) <= width for line in lines):
            return lines, font
    font = _font("Bold", 34)
    return _wrapped(words, font, width, max(1, height // 43)), font


def _wrapped(words: str, font: ImageFont.FreeTypeFont, width: float, most: int) -> list[str]:
    """At most ``most`` lines; what is left over becomes an ellipsis."""
    lines: list[str] = []
    for word in words.split():
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and font.getlength(joined) <= width:
            lines[-1] = joined
        else:
            lines.append(word)
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    while last and font.getlength(f"{last}…") > width:
        last = last[:-1]
    return [*lines[: most - 1], f"{last.rstrip(' .,')}…"]
