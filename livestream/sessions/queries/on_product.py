"""The coming sessions of one product: read on every visit to its page, so one statement."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import and_, bindparam, func, select
from sqlalchemy.orm import Session

from livestream.clubs.models import Club, Resource
from livestream.sessions.models import LiveSession, ResourceHold, SessionItem
from livestream.sessions.queries.rows import Shown
from shop.catalogue.models import ProductFacets
from shop.core.db import UtcDateTime

_L: Final[Any] = LiveSession.__table__.c
_C: Final[Any] = Club.__table__.c
_H: Final[Any] = ResourceHold.__table__.c
_R: Final[Any] = Resource.__table__.c
_I: Final[Any] = SessionItem.__table__.c
_F: Final[Any] = ProductFacets.__table__.c

_SHOWN: Final = 3

_COMING: Final = (
    select(
        *(_L.id, _L.slug, _L.title, _L.title_en, _L.starts_at, _L.ends_at, _L.state, _L.club_id),
    )
    .where(
        _L.id.in_(
            select(_I.session_id).where(
                _I.product_id == bindparam("product"), _I.withdrawn_at.is_(None)
            )
        ),
        _L.state.in_(("confirmed", "live")),
        _L.ends_at > bindparam("now", type_=UtcDateTime),
    )
    .order_by(_L.starts_at, _L.id)
    .limit(bindparam("most"))
    .subquery("coming")
)
_ROWS: Final = (
    select(
        _COMING,
        _C.name.label("club_name"),
        _C.place.label("club_place"),
        select(func.aggregate_strings(_R.platform, ","))
        .where(_H.session_id == _COMING.c.id, _R.id == _H.resource_id, _R.platform.is_not(None))
        .scalar_subquery()
        .label("platforms"),
        _F.name.label("shown_name"),
        _F.name_en.label("shown_name_en"),
        _F.photo_sha.label("shown_photo"),
    )
    .join(_C.id.table, _C.id == _COMING.c.club_id)
    .outerjoin(_I.id.table, and_(_I.session_id == _COMING.c.id, _I.withdrawn_at.is_(None)))
    .outerjoin(_F.product_id.table, _F.product_id == _I.product_id)
    .order_by(_COMING.c.starts_at, _COMING.c.id, _I.position, _I.id)
)


@dataclass(frozen=True)
class Airing:
    """A coming session as a card shows it."""

    slug: str
    title: str
    title_en: str | None
    starts_at: datetime
    ends_at: datetime
    state: str
    club_name: str
    club_place: str
    platforms: tuple[str, ...]
    """Slugs of the platforms it is shown on, in their order."""
    shown: tuple[Shown, ...]
    """Its first products."""


def airings_of_product(
    db: Session, product_id: int, *, now: datetime, most: int = 3
) -> list[Airing]:
    """Public sessions that show the product and are not over, soonest first."""
    bound = {"product": product_id, "now": now, "most": most}
    sessions: dict[int, list[Any]] = {}
    for row in db.connection().execute(_ROWS, bound):
        sessions.setdefault(row.id, []).append(row)
    return [_airing(rows) for rows in sessions.values()]


def _airing(rows: list[Any]) -> Airing:
    first = rows[0]
    return Airing(
        *(first.slug, first.title, first.title_en, first.starts_at, first.ends_at, first.state),
        *(first.club_name, first.club_place),
        platforms=tuple(sorted({slug for slug in (first.platforms or "").split(",") if slug})),
        shown=tuple(
            Shown(row.shown_name, row.shown_name_en, row.shown_photo)
            for row in rows[:_SHOWN]
            if row.shown_name is not None
        ),
    )
