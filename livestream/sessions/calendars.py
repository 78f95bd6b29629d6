"""iCalendar (RFC 5545, RFC 7986) from session rows: the same rows give the same bytes.

UID never changes, SEQUENCE never falls, DTSTAMP and LAST-MODIFIED come from the row. Times carry
TZID Asia/Ho_Chi_Minh with its VTIMEZONE; a floating time would be shown hours off elsewhere.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from typing import Final, Literal
from urllib.parse import urlsplit

from flask import Response, make_response, request
from icalendar import Alarm, Calendar, Event, vCalAddress, vDuration, vUri

from livestream.clubs.rules import PLATFORM_NAMES
from livestream.sessions.models import LiveSession
from livestream.sessions.queries import SessionRow
from livestream.sessions.timing import VN
from shop.notifications.rules import Invitation, Payload, Post, Reach, payload_in

STATUS: Final = {
    "proposed": "TENTATIVE",
    "cancelled": "CANCELLED",
    "no_show": "CANCELLED",
}
REFRESH: Final = timedelta(hours=6)
_PREFIX: Final = {"en": "/en"}
"""Where public pages of a language live."""


def build_calendar(
    rows: Sequence[SessionRow],
    *,
    name: str,
    public_url: str,
    is_private: bool = False,
    language: str = "vi",
) -> bytes:
    """The feed's bytes. Reminders are only in a private feed: subscribers choose their own.

    ``language``: what the sessions are called in and where their links lead; the UID is the same.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Cho Phien//Phien live//VI")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", VN.key)
    calendar.add("refresh-interval", vDuration(REFRESH), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(REFRESH))
    for row in rows:
        calendar.add_component(_event(row, public_url, is_private, language))
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def title_in(live: LiveSession, language: str) -> str:
    """What a session is called in a language; its Vietnamese title when it has no English one."""
    return live.title_en or live.title if language == "en" else live.title


def uid(public_id: str, public_url: str) -> str:
    """The UID of a session; never changes."""
    return f"live-{public_id}@{urlsplit(public_url).hostname or 'localhost'}"


def invitation(
    method: Literal["REQUEST", "CANCEL"], payload: Payload, reach: Reach, post: Post
) -> Invitation | None:
    """The session as an invitation by mail (iMIP, RFC 6047), from what the message said.

    UID and SEQUENCE are those of the feeds, so that a calendar which has both holds one entry. A
    move that nobody confirmed yet is no invitation. Answers go nowhere (RSVP=FALSE): who cannot
    come says so on the session's page.
    """
    if "ends_at" not in payload or reach.email is None or payload.get("is_firm") is False:
        return None
    event = Event()
    event.add("uid", uid(payload["public_id"], post.origin))
    event.add("sequence", payload["seq"])
    event.add("dtstamp", datetime.fromisoformat(payload["told_at"]).replace(microsecond=0))
    event.add("dtstart", datetime.fromisoformat(payload["starts_at"]).astimezone(VN))
    event.add("dtend", datetime.fromisoformat(payload["ends_at"]).astimezone(VN))
    event.add("summary", payload_in(payload, reach.language)["title"])
    address = f"{post.origin}{_PREFIX.get(reach.language, '')}/phien-live/{payload['slug']}"
    event.add("url", vUri(address))
    event.add("location", address)
    event.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    name, sender = parseaddr(post.sender)
    event.add("organizer", vCalAddress(f"mailto:{sender}"), parameters={"CN": name or sender})
    event.add(
        "attendee",
        vCalAddress(f"mailto:{reach.email}"),
        parameters={
            "CN": reach.name or reach.email,
            "ROLE": "REQ-PARTICIPANT",
            "PARTSTAT": "NEEDS-ACTION",
            "RSVP": "FALSE",
        },
    )
    calendar = Calendar()
    calendar.add("prodid", "-//Cho Phien//Phien live//VI")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(event)
    calendar.add_missing_timezones()
    return Invitation(method, bytes(calendar.to_ical()))


def _event(row: SessionRow, public_url: str, is_private: bool, language: str) -> Event:
    live = row.live
    title = title_in(live, language)
    event = Event()
    event.add("uid", uid(live.public_id, public_url))
    event.add("sequence", live.schedule_seq)
    event.add("dtstamp", live.updated_at.astimezone(UTC).replace(microsecond=0))
    event.add("last-modified", live.updated_at.astimezone(UTC).replace(microsecond=0))
    event.add("created", live.created_at.astimezone(UTC).replace(microsecond=0))
    event.add("dtstart", live.starts_at.astimezone(VN))
    event.add("dtend", live.ends_at.astimezone(VN))
    event.add("summary", title)
    event.add("status", STATUS.get(live.state, "CONFIRMED"))
    event.add("description", _description(row, language))
    address = f"{public_url}{_PREFIX.get(language, '')}/phien-live/{live.slug}"
    if live.state == "proposed":
        address = f"{public_url}/clb/phien/{live.public_id}"
    event.add("url", vUri(address))
    event.add("location", live.watch_url or _platforms(row) or address)
    if is_private and STATUS.get(live.state) != "CANCELLED":
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", title)
        alarm.add("trigger", timedelta(hours=-1))
        event.add_component(alarm)
    return event


def _platforms(row: SessionRow) -> str:
    return ", ".join(PLATFORM_NAMES[slug] for slug in row.platforms)


def _description(row: SessionRow, language: str) -> str:
    is_english = language == "en"
    goods = (one.name_en if one.name_en and is_english else one.name for one in row.shown)
    lines = [row.club.name, _platforms(row), *goods]
    if row.live.about:
        lines.append(row.live.about)
    return "\n".join(line for line in lines if line)


def calendar_answer(body: bytes, *, is_private: bool) -> Response:
    """A feed as the answer to a request: what a subscriber has already is not sent again."""
    response = make_response(body)
    response.headers["Content-Type"] = "text/calendar; charset=utf-8"
    response.headers["Content-Disposition"] = 'inline; filename="phien-live.ics"'
    response.headers["Cache-Control"] = (
        "private, max-age=300" if is_private else "public, max-age=300"
    )
    response.add_etag()
    response.make_conditional(request)
    return response
