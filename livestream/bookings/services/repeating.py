"""Slot templates, and recurring slots made into separate sessions."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from livestream.bookings.models import Series, SeriesPart, SlotTemplate, SlotTemplateResource
from livestream.bookings.services.proposing import propose_new
from livestream.sessions.services import ResourceTaken
from livestream.sessions.services.booking import CannotPropose
from livestream.sessions.services.changing import lock_resources
from livestream.sessions.services.drafting import KeyUsed, choose_resources
from livestream.sessions.timing import MAX_MINUTES, MIN_MINUTES, BadTime
from shop.core.errors import Conflict, DomainError, Invalid, NotFound
from shop.core.text import N_

MAX_WEEKS: Final = 26
MAX_TEMPLATES: Final = 60
Taken = Literal["all", "free"]


class NameTaken(Conflict):
    message = N_("Câu lạc bộ đã có khung giờ mang tên này.")


@dataclass(frozen=True)
class Missed:
    """A date of a series that could not be had: why, and what was near."""

    starts_at: datetime
    error: DomainError
    offers: tuple[datetime, ...]


class SomeTaken(Conflict):
    """``missed``: the dates that were taken; nothing has been booked."""

    message = N_("Chưa đặt buổi nào: có ngày đã kín. Bỏ những ngày đó hoặc đổi giờ.")

    def __init__(self, missed: Sequence[Missed]) -> None:
        self.missed = tuple(missed)
        super().__init__(field="weeks")


@dataclass(frozen=True)
class Booked:
    """A series as it was made."""

    series: Series
    session_ids: tuple[int, ...]
    missed: tuple[Missed, ...]


def save_template(
    db: Session,
    *,
    club_id: int,
    name: str,
    weekday: int,
    start_minute: int,
    minutes: int,
    resources: dict[str, Sequence[int]],
    actor_id: int | None,
    now: datetime,
) -> SlotTemplate:
    """Keep a club's usual slot. Raises NameTaken, BadTime, Invalid (field of the wrong choice)."""
    if not MIN_MINUTES <= minutes <= MAX_MINUTES:
        raise BadTime(N_("Phiên dài từ 15 phút đến 13 giờ."), field="minutes")
    if not 0 <= weekday <= 6 or not 0 <= start_minute < 1440:
        raise BadTime(field="start")
    chosen = choose_resources(db, club_id, resources)
    number = len(templates_of(db, club_id))
    if number >= MAX_TEMPLATES:
        raise Invalid(N_("Câu lạc bộ có nhiều khung giờ quá. Hãy bỏ bớt."), field="name")
    template = SlotTemplate(
        club_id=club_id,
        name=name,
        weekday=weekday,
        start_minute=start_minute,
        minutes=minutes,
        created_by=actor_id,
        created_at=now,
    )
    try:
        with db.begin_nested():
            db.add(template)
    except IntegrityError:
        raise NameTaken(field="name") from None
    db.add_all(SlotTemplateResource(template_id=template.id, resource_id=one) for one in chosen)
    db.flush()
    return template


def templates_of(db: Session, club_id: int) -> list[SlotTemplate]:
    """A club's templates through the week."""
    return list(
        db.scalars(
            select(SlotTemplate)
            .where(SlotTemplate.club_id == club_id)
            .order_by(SlotTemplate.weekday, SlotTemplate.start_minute, SlotTemplate.id)
        )
    )


def resources_of_templates(db: Session, template_ids: Collection[int]) -> dict[int, list[int]]:
    """What each template takes."""
    found: dict[int, list[int]] = {}
    rows = db.execute(
        select(SlotTemplateResource.template_id, SlotTemplateResource.resource_id)
        .where(SlotTemplateResource.template_id.in_(template_ids))
        .order_by(SlotTemplateResource.resource_id)
    )
    for template_id, resource_id in rows:
        found.setdefault(template_id, []).append(resource_id)
    return found


def get_template(db: Session, club_id: int, template_id: int) -> SlotTemplate:
    """One of the club's templates. Raises NotFound."""
    template = db.scalars(
        select(SlotTemplate).where(SlotTemplate.id == template_id, SlotTemplate.club_id == club_id)
    ).one_or_none()
    if template is None:
        raise NotFound
    return template


def drop_template(db: Session, *, club_id: int, template_id: int) -> None:
    """Forget a template; sessions made from it stay. Raises NotFound."""
    template = get_template(db, club_id, template_id)
    db.execute(delete(SlotTemplateResource).where(SlotTemplateResource.template_id == template.id))
    db.delete(template)
    db.flush()


def book_series(
    db: Session,
    *,
    club_id: int,
    title: str,
    title_en: str | None = None,
    first: datetime,
    weeks: int,
    minutes: int,
    resources: dict[str, Sequence[int]],
    taken: Taken,
    submit_key: str,
    actor_id: int,
    now: datetime,
    hold_hours: int,
    viewer_clubs: Collection[int] = (),
) -> Booked:
    """Propose a session a week from ``first`` on, each one its own from then on.

    ``taken``: "all" books every date or none (SomeTaken lists those that were taken), "free" books
    the free ones and reports the rest. The same ``submit_key`` again returns the first series.
    Raises SomeTaken, Invalid, BadTime, KeyUsed.
    """
    known = db.scalars(select(Series).where(Series.submit_key == submit_key)).one_or_none()
    if known is not None:
        if known.club_id != club_id:
            raise KeyUsed
        return Booked(known, tuple(_parts(db, known.id)), ())
    if not 1 <= weeks <= MAX_WEEKS:
        raise Invalid(N_("Đặt từ 1 đến 26 tuần một lần."), field="weeks")
    chosen = choose_resources(db, club_id, resources)
    lock_resources(db, chosen)
    series = Series(
        submit_key=submit_key, club_id=club_id, title=title, created_by=actor_id, created_at=now
    )
    db.add(series)
    db.flush()
    made: list[int] = []
    missed: list[Missed] = []
    for week in range(weeks):
        starts_at = first + timedelta(days=7 * week)
        try:
            with db.begin_nested():
                live = propose_new(
                    db,
                    club_id=club_id,
                    title=title,
                    title_en=title_en,
                    starts_at=starts_at,
                    minutes=minutes,
                    resources=resources,
                    submit_key=f"{submit_key[:56]}-{week}",
                    actor_id=actor_id,
                    now=now,
                    hold_hours=hold_hours,
                    viewer_clubs=viewer_clubs,
                )
                db.add(SeriesPart(session_id=live.id, series_id=series.id, seq=week + 1))
                db.flush()
            made.append(live.id)
        except (ResourceTaken, CannotPropose) as error:
            missed.append(Missed(starts_at, error, error.offers))
    if missed and (taken == "all" or not made):
        raise SomeTaken(missed)
    return Booked(series, tuple(made), tuple(missed))


def _parts(db: Session, series_id: int) -> list[int]:
    return list(
        db.scalars(
            select(SeriesPart.session_id)
            .where(SeriesPart.series_id == series_id)
            .order_by(SeriesPart.seq)
        )
    )
