"""What the steps of one playing share: the server, the people at their browsers, what they made."""

import io
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from PIL import Image, ImageDraw

from tests.stand_ins.stripe import StripeStandIn
from tests.story.browser import Browser
from tests.story.server import Server
from tests.story.telling import Story

VN = ZoneInfo("Asia/Ho_Chi_Minh")


@dataclass
class World:
    """Everything a step may use. ``made`` holds addresses, codes and ids read from pages."""

    server: Server
    stripe: StripeStandIn
    story: Story
    folder: Path
    people: dict[str, Browser] = field(default_factory=dict)
    made: dict[str, Any] = field(default_factory=dict)

    def browser(self, who: str) -> Browser:
        """The browser of a person, kept between steps."""
        if who not in self.people:
            self.people[who] = Browser(self.server.url, who=who)
        return self.people[who]

    def signed_in(self, login: str) -> Browser:
        """The browser of a demo account, signed in once."""
        is_new = login not in self.people
        browser = self.browser(login)
        if is_new:
            browser.sign_in(login)
        return browser


def today() -> date:
    """The day in Vietnam."""
    return datetime.now(UTC).astimezone(VN).date()


def vn(days: int, hour: int, minute: int = 0) -> datetime:
    """An hour in Vietnam some days from now."""
    day = today() + timedelta(days=days)
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=VN)


def photo(*, words: str = "miến", size: tuple[int, int] = (1600, 1200)) -> bytes:
    """A JPEG as a phone would take it: turned by EXIF, with a GPS position inside."""
    picture = Image.new("RGB", size, "#c9a15a")
    draw = ImageDraw.Draw(picture)
    for row in range(0, size[1], 24):
        draw.line((0, row, size[0], row + 160), fill=(236, 214, 160 - row % 90), width=9)
    draw.text((80, 80), words, fill="#402a10")
    exif = Image.Exif()
    exif[0x0112] = 6  # turned a quarter
    exif.get_ifd(0x8825)[2] = (22.0, 10.0, 0.0)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=88, exif=exif)
    return out.getvalue()
