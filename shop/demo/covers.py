"""Drawn covers for products that have no photo we may use, and 1200x630 share pictures.

A cover is an upland scene (sky, sun, layered hills, all chosen by a seed), one Noto icon
(Apache-2.0, from the npm package @iconify-json/noto) and the product's name. Every cover says
"Hình minh họa". The lowest hill is dark enough (lightness at most .35) for white text. What Noto
lacks (lychee, fish sauce, a tea bud) is drawn by us in ``drawings/``.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import random
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from shop.core.text import fold

ILLUSTRATION = "Hình minh họa"
SHARE_SIZE = (1200, 630)

_ROOT = Path(__file__).resolve().parent.parent.parent
_NOTO = _ROOT / "node_modules" / "@iconify-json" / "noto" / "icons.json"
_DRAWINGS = Path(__file__).resolve().parent / "drawings"
_CACHE = _ROOT / ".cache" / "covers"
_ICON_PX = 512
_JPEG_QUALITY = 86
_DEFAULT_ICON = "basket"

STAND_INS = {
    "apple": "red-apple",
    "bottle-with-popping-cork": "wine-jar",
    "cassava": "roasted-sweet-potato",
    "cinnamon": "wood",
    "coffee": "hot-beverage",
    "honey": "honey-pot",
    "noodles": "bowl-noodles",
    "pork": "bacon",
    "rice": "sheaf-of-rice",
    "sake": "wine-jar",
    "spaghetti": "bowl-noodles",
    "steaming-bowl": "bowl-noodles",
    "tea": "tea-bud",
    "vermicelli": "bowl-noodles",
    "weaving": "thread",
}
"""The icon that serves for a name: Noto has none, or a foreign dish stands in for ours."""

BY_NAME = (
    ("thanh long", "dragon-fruit"),
    ("sau rieng", "durian"),
    ("nuoc mam", "fish-sauce"),
    ("tinh dau", "oil-bottle"),
    ("mat mia", "syrup-jar"),
    ("mach nha", "syrup-jar"),
    ("cao mem", "syrup-jar"),
    ("cao toi den", "syrup-jar"),
    ("cao che vang", "syrup-jar"),
    ("quat", "fan"),
    ("buoi", "pomelo"),
    ("vai", "lychee"),
    ("nhan", "longan"),
    ("man", "plum"),
    ("oi", "guava"),
    ("na", "custard-apple"),
)
"""Words at the start of a folded product name (after "qua" or "trai") that have our own drawing."""

_FRUIT = frozenset({"pomelo", "lychee", "longan", "plum", "guava", "custard-apple", "durian"})
_FRUIT_HINTS = frozenset(
    {"cherries", "grapes", "melon", "green-apple", "deciduous-tree", "hibiscus", "pear"}
)

Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Palette:
    """Sky from top to horizon, the sun's disc, and four hills from far to near."""

    sky: tuple[Colour, Colour]
    sun: Colour
    hills: tuple[Colour, Colour, Colour, Colour]


def _rgb(code: str) -> Colour:
    return int(code[0:2], 16), int(code[2:4], 16), int(code[4:6], 16)


def _palette(sky: str, sun: str, hills: str) -> Palette:
    top, low = (_rgb(code) for code in sky.split())
    far, mid, near, front = (_rgb(code) for code in hills.split())
    return Palette((top, low), _rgb(sun), (far, mid, near, front))


PALETTES = (
    _palette("dbe5f6 fbe9c8", "fffaf0", "a3b4da 6a80bd 35448a 1e2a57"),
    _palette("fff1cf f7cf86", "fffaf0", "e2b066 b57a3c 7c4a24 4d2b17"),
    _palette("e6f2ea f7efc6", "fffdf2", "a5c79a 669d69 2f6b3c 1d4527"),
    _palette("fdf0dd f8cbb0", "fff8f0", "e2a08c bd605a 8d2730 5b1720"),
    _palette("efe6f6 f9d3b8", "fffaf3", "c0a5cd 8a6cab 523f82 33275a"),
    _palette("dff1f3 fbefd0", "fffdf4", "9ccaca 549a9c 22656c 12424a"),
    _palette("f7efdf eecfa2", "fffaf0", "cfb08a 9c7853 634933 3d2b1f"),
    _palette("e3ecf4 f3dfd0", "fffcf7", "a9bccb 6f8ba0 3c586f 233a4d"),
)


def render_cover(*, name: str, icon: str, seed: str, size: int = 1000) -> bytes:
    """A square JPEG of ``size`` pixels for the product ``name``.

    ``icon`` is a Noto icon name; unknown names get a stand-in. The same arguments give the same
    picture. Raises nothing when the icon package is missing: the cover then has no icon.
    """
    u = size / 1000
    lines, font = _fit(name, width=880 * u, sizes=(int(78 * u), int(44 * u)), most=3)
    small = _font("SemiBold", int(32 * u))
    step = int(font.size * 1.24)
    foot = size - int(52 * u)
    top = foot - int(66 * u) - step * len(lines)
    picture = _scene(size, size, seed, horizon=min(0.62, top / size - 0.035))
    _put_icon(picture, choose_icon(name, icon), centre=(0.5, 0.335), share=0.43)
    draw = ImageDraw.Draw(picture)
    for number, line in enumerate(lines):
        draw.text((size / 2, top + step * (number + 0.5)), line, "white", font, anchor="mm")
    _caption(draw, size / 2, foot - 10 * u, small, u)
    return _jpeg(picture)


def choose_icon(name: str, icon: str) -> str:
    """Our own drawing when the product's name calls for one, otherwise ``icon`` or its stand-in."""
    words = fold(name).removeprefix("qua ").removeprefix("trai ")
    for start, drawing in BY_NAME:
        is_named = words == start or words.startswith(f"{start} ")
        if is_named and (drawing not in _FRUIT or icon in _FRUIT_HINTS):
            return drawing
    if icon == "teapot" and words.split(" ")[0] in {"che", "tra"}:
        return "tea-bud"
    return STAND_INS.get(icon, icon)


def _choose(seed: str) -> Palette:
    return PALETTES[hashlib.sha256(seed.encode()).digest()[0] % len(PALETTES)]


def _scene(width: int, height: int, seed: str, *, horizon: float) -> Image.Image:
    """Sky, sun and four hills; the last one covers all below ``horizon`` (share of height)."""
    palette = _choose(seed)
    chance = random.Random(f"hills:{seed}")
    picture = _sky(width, height, palette, horizon)
    _sun(picture, palette, width, height)
    levels = (horizon - 0.21, horizon - 0.135, horizon - 0.06, horizon)
    for depth, (level, colour) in enumerate(zip(levels, palette.hills, strict=True)):
        swing = (0.055, 0.05, 0.042, 0.03)[depth]
        ridge = _ridge(chance, width, height * level, height * swing)
        top = max(0, int(min(y for _, y in ridge)) - 24)
        mask = Image.new("L", (width * 2, (height - top) * 2), 0)
        draw = ImageDraw.Draw(mask)
        shape = [(x * 2, (y - top) * 2) for x, y in ridge]
        draw.polygon([*shape, (width * 2, mask.height), (0, mask.height)], fill=255)
        if depth in (1, 2):
            _trees(draw, chance, shape, 9 * height / 1000 * (1 + depth))
        picture.paste(colour, (0, top), mask.reduce(2))
        if depth == 2:
            _terraces(picture, shape, top, colour, height)
    return picture


def _sky(width: int, height: int, palette: Palette, horizon: float) -> Image.Image:
    strip = Image.new("RGB", (1, 64))
    top, low = palette.sky
    for y in range(64):
        t = min(1.0, y / 64 / horizon)
        strip.putpixel((0, y), _mix(top, low, t * t))
    return strip.resize((width, height), Image.Resampling.BICUBIC)


def _sun(picture: Image.Image, palette: Palette, width: int, height: int) -> None:
    """A pale disc with a faint ring behind the icon."""
    side = int(height * 0.64)
    disc = _disc(side)
    corner = (width // 2 - side // 2, int(height * 0.345) - side // 2)
    picture.paste(palette.sun, corner, disc)


@lru_cache(maxsize=8)
def _disc(side: int) -> Image.Image:
    mask = Image.new("L", (side * 2, side * 2), 0)
    draw = ImageDraw.Draw(mask)
    for share, alpha in ((1.0, 70), (0.86, 190)):
        edge = side * (1 - share)
        draw.ellipse((edge, edge, side * 2 - edge, side * 2 - edge), fill=alpha)
    return mask.reduce(2)


def _ridge(
    chance: random.Random, width: int, level: float, swing: float
) -> list[tuple[float, float]]:
    waves = [
        (swing, chance.uniform(0.7, 1.2), chance.uniform(0, math.tau)),
        (swing * 0.45, chance.uniform(1.8, 2.8), chance.uniform(0, math.tau)),
        (swing * 0.14, chance.uniform(4.5, 7.0), chance.uniform(0, math.tau)),
    ]
    steps = 100
    return [
        (
            width * i / steps,
            level + sum(a * math.sin(p + f * math.tau * i / steps) for a, f, p in waves),
        )
        for i in range(steps + 1)
    ]


def _trees(
    draw: ImageDraw.ImageDraw,
    chance: random.Random,
    ridge: list[tuple[float, float]],
    tall: float,
) -> None:
    """A few small firs in clusters on the ridge."""
    for _ in range(3):
        start = chance.choice((chance.randrange(2, 26), chance.randrange(72, 94)))
        for step in range(chance.randrange(2, 5)):
            x, y = ridge[min(start + step, len(ridge) - 1)]
            size = tall * chance.uniform(0.75, 1.35)
            for part in (0.0, 0.34, 0.68):
                half = size * (0.30 + 0.16 * part)
                head = y - size * (2.1 - part * 1.5)
                draw.polygon(
                    [
                        (x, head),
                        (x - half, head + size * 0.95),
                        (x + half, head + size * 0.95),
                    ],
                    fill=255,
                )


def _terraces(
    picture: Image.Image,
    ridge: list[tuple[float, float]],
    top: int,
    colour: Colour,
    height: int,
) -> None:
    """Thin lighter lines that follow the hill: rice terraces."""
    width = picture.width
    band = int(height * 0.2)
    mask = Image.new("L", (width * 2, band * 2), 0)
    draw = ImageDraw.Draw(mask)
    gap = height / 1000 * 2
    for number in range(1, 6):
        drop = gap * (9 + number * 13)
        points = [(x, y + drop + gap * 5 * math.sin(x / width * 5 + number)) for x, y in ridge]
        draw.line(points, fill=max(20, 78 - number * 9), width=max(2, round(gap * 1.6)))
    picture.paste(_mix(colour, (255, 255, 255), 0.55), (0, top), mask.reduce(2))


def _put_icon(
    picture: Image.Image, icon: str, *, centre: tuple[float, float], share: float
) -> None:
    side = int(picture.height * share)
    pair = _icon_with_shadow(icon, side)
    if pair is None:
        return
    drawn, shadow = pair
    x = int(picture.width * centre[0]) - side // 2
    y = int(picture.height * centre[1]) - side // 2
    pad = (shadow.width - side) // 2
    picture.paste((35, 26, 20), (x - pad, y - pad + side // 28), shadow)
    picture.paste(drawn, (x, y), drawn)


@lru_cache(maxsize=128)
def _icon_with_shadow(icon: str, side: int) -> tuple[Image.Image, Image.Image] | None:
    png = _icon_png(icon)
    if png is None:
        return None
    with Image.open(io.BytesIO(png)) as source:
        drawn = source.convert("RGBA").resize((side, side), Image.Resampling.LANCZOS)
    pad = side // 8
    alpha = Image.new("L", (side + 2 * pad, side + 2 * pad), 0)
    alpha.paste(drawn.getchannel("A").point(lambda a: a * 2 // 5), (pad, pad))
    return drawn, alpha.filter(ImageFilter.GaussianBlur(side / 30))


@lru_cache(maxsize=128)
def _icon_png(icon: str) -> bytes | None:
    """The icon as PNG, kept in ``.cache/covers``, drawn once with resvg; None without Noto."""
    kept = _CACHE / f"{''.join(c for c in icon if c.isalnum() or c == '-')}-{_ICON_PX}.png"
    if kept.is_file():
        return kept.read_bytes()
    svg = _icon_svg(icon)
    if svg is None:
        return None
    import resvg_py  # noqa: PLC0415 - only in the demo extra

    png = bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg, width=_ICON_PX, height=_ICON_PX, skip_system_fonts=True
        )
    )
    _CACHE.mkdir(parents=True, exist_ok=True)
    kept.write_bytes(png)
    return png


def _icon_svg(icon: str) -> str | None:
    own = _DRAWINGS / f"{icon}.svg"
    if own.is_file():
        return own.read_text(encoding="utf-8")
    data = _noto()
    if data is None:
        return None
    icons, aliases = data["icons"], data.get("aliases", {})
    for wanted in (icon, _DEFAULT_ICON):
        found = aliases.get(wanted, {}).get("parent", wanted)
        if found in icons:
            side = icons[found].get("width", data.get("width", 128))
            body = icons[found]["body"]
            return (
                '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
                f' viewBox="0 0 {side} {side}">{body}</svg>'
            )
    return None


@cache
def _noto() -> dict[str, Any] | None:
    if not _NOTO.is_file():
        return None
    loaded: dict[str, Any] = json.loads(_NOTO.read_bytes())
    return loaded


@lru_cache(maxsize=64)
def _font(weight: str, size: int) -> ImageFont.FreeTypeFont:
    file = files("fontpkg_be_vietnam_pro") / "files" / f"BeVietnamPro-{weight}.ttf"
    return ImageFont.truetype(str(file), max(8, size))


def _fit(
    text: str, *, width: float, sizes: tuple[int, int], most: int
) -> tuple[list[str], ImageFont.FreeTypeFont]:
    """Break ``text`` into at most ``most`` even lines, at the largest size that fits."""
    largest, smallest = sizes
    for size in range(largest, smallest - 1, -4):
        font = _font("Bold", size)
        for count in range(1, most + 1):
            lines = _wrap(text, font, width, count)
            if lines is not None:
                return lines, font
    font = _font("Bold", smallest)
    lines = _wrap(text, font, width, 99) or [text]
    if len(lines) > most:
        lines = [*lines[: most - 1], lines[most - 1].rstrip(" .,") + "…"]
    return lines, font


def _wrap(text: str, font: ImageFont.FreeTypeFont, width: float, count: int) -> list[str] | None:
    """``text`` in ``count`` lines of about the same length, or None when it needs more."""
    words = text.split()
    even = font.getlength(text) / count
    for slack in (1.0, 1.12, 1.25, 1.45, 9.0):
        limit = min(width, even * slack) if count > 1 else width
        lines: list[str] = []
        for word in words:
            joined = f"{lines[-1]} {word}" if lines else word
            if lines and font.getlength(joined) <= limit:
                lines[-1] = joined
            else:
                lines.append(word)
        if len(lines) <= count and all(font.getlength(line) <= width for line in lines):
            return lines
    return None


def _caption(
    draw: ImageDraw.ImageDraw,
    x: float,
    y: float,
    font: ImageFont.FreeTypeFont,
    u: float,
) -> None:
    half = font.getlength(ILLUSTRATION) / 2
    draw.text((x, y), ILLUSTRATION, (255, 240, 205), font, anchor="mm")
    for side in (-1, 1):
        _diamond(draw, x + side * (half + 26 * u), y + 2 * u, 8 * u, (240, 184, 60))


def _diamond(draw: ImageDraw.ImageDraw, x: float, y: float, half: float, colour: Colour) -> None:
    draw.polygon([(x, y - half), (x + half, y), (x, y + half), (x - half, y)], fill=colour)


def _mix(a: Colour, b: Colour, t: float) -> Colour:
    r, g, bl = (round(p + (q - p) * t) for p, q in zip(a, b, strict=True))
    return r, g, bl


def _jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=_JPEG_QUALITY, optimize=False, progressive=False)
    return out.getvalue()
