"""Reading how a producer can be reached and where else it sells."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from shop.catalogue.models import Producer
from shop.contacts.models import ProducerContact, ProducerFace, ProducerLink
from shop.contacts.rules import CHANNELS, CHECK_COUNTS_DAYS, DROPPED_AFTER_DAYS, Standing, standing
from shop.places.models import Province

_C: Final = ProducerContact.__table__.c
_L: Final = ProducerLink.__table__.c
_P: Final = Producer.__table__.c

_REACH: Final = (
    select(
        *(_C.zalo, _C.shop_address, _C.opening),
        *(_L.channel, _L.url, _L.checked_on),
    )
    .select_from(_P.id.table)
    .outerjoin(_C.producer_id.table, _C.producer_id == _P.id)
    .outerjoin(_L.id.table, (_L.producer_id == _P.id) & (_L.checked_on >= bindparam("since")))
    .where(_P.id == bindparam("producer"))
    .order_by(_L.channel, _L.id)
)
"""One statement, because product pages ask it."""


@dataclass(frozen=True)
class Outlet:
    """A place on the net where the goods are sold."""

    channel: str
    label: str
    """A msgid."""
    url: str
    host: str
    checked_on: date
    standing: Standing


@dataclass(frozen=True)
class Reach:
    """What a producer lets everyone know."""

    zalo: str | None = None
    shop_address: str = ""
    opening: str = ""
    outlets: tuple[Outlet, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.zalo or self.shop_address or self.outlets)


def reach_of(db: Session, producer_id: int, *, today: date) -> Reach:
    """How the producer can be reached; links that nobody checked for half a year are left out."""
    bound = {"producer": producer_id, "since": today - timedelta(days=DROPPED_AFTER_DAYS)}
    rows = db.connection().execute(_REACH, bound).all()
    if not rows:
        return Reach()
    return Reach(
        zalo=rows[0].zalo,
        shop_address=rows[0].shop_address or "",
        opening=rows[0].opening or "",
        outlets=tuple(
            _outlet(row.channel, row.url, row.checked_on, today) for row in rows if row.url
        ),
    )


def _outlet(channel: str, url: str, checked_on: date, today: date) -> Outlet:
    host = url.removeprefix("https://").split("/", 1)[0].removeprefix("www.")
    return Outlet(
        channel, CHANNELS[channel].label, url, host, checked_on, standing(checked_on, today)
    )


def contact_of(db: Session, producer_id: int) -> ProducerContact | None:
    """What the producer has consented to show."""
    return db.get(ProducerContact, producer_id)


def links_of(db: Session, producer_id: int) -> list[ProducerLink]:
    """Every link of a producer, dropped ones too."""
    found = select(ProducerLink).where(ProducerLink.producer_id == producer_id)
    return list(db.scalars(found.order_by(ProducerLink.channel, ProducerLink.id)))


def faces_of(db: Session, producer_id: int) -> list[ProducerFace]:
    """People of the producer who agreed to be shown, in their order."""
    found = select(ProducerFace).where(ProducerFace.producer_id == producer_id)
    return list(db.scalars(found.order_by(ProducerFace.position, ProducerFace.id)))


def count_unchecked(db: Session, producer_ids: Sequence[int], *, today: date) -> int:
    """Links of the producers whose check does not count any more."""
    return (
        db.scalar(
            select(func.count())
            .select_from(ProducerLink)
            .where(
                ProducerLink.producer_id.in_(producer_ids),
                ProducerLink.checked_on < today - timedelta(days=CHECK_COUNTS_DAYS),
            )
        )
        or 0
    )


@dataclass(frozen=True)
class LinkRow:
    """A link as staff look through them."""

    id: int
    channel: str
    url: str
    checked_on: date
    added_at: datetime
    producer_id: int
    producer_name: str
    producer_slug: str
    province_name: str


def links_to_check(
    db: Session, provinces: frozenset[str] | None, *, limit: int, offset: int = 0
) -> tuple[list[LinkRow], int]:
    """Links of the scope (None: everywhere), longest unchecked first, and how many there are."""
    conditions = [] if provinces is None else [Producer.province_code.in_(provinces)]
    total = db.scalar(
        select(func.count())
        .select_from(ProducerLink)
        .join(Producer, Producer.id == ProducerLink.producer_id)
        .where(*conditions)
    )
    rows = db.execute(
        select(
            *(ProducerLink.id, ProducerLink.channel, ProducerLink.url),
            *(ProducerLink.checked_on, ProducerLink.added_at),
            Producer.id.label("producer_id"),
            Producer.name.label("producer_name"),
            Producer.slug.label("producer_slug"),
            Province.name.label("province_name"),
        )
        .join(Producer, Producer.id == ProducerLink.producer_id)
        .join(Province, Province.code == Producer.province_code)
        .where(*conditions)
        .order_by(ProducerLink.checked_on, ProducerLink.id)
        .limit(limit)
        .offset(offset)
    )
    return [LinkRow(**row._mapping) for row in rows], total or 0


def link_with_province(db: Session, link_id: int) -> tuple[ProducerLink, str] | None:
    """A link and the province of its producer."""
    row = db.execute(
        select(ProducerLink, Producer.province_code)
        .join(Producer, Producer.id == ProducerLink.producer_id)
        .where(ProducerLink.id == link_id)
    ).one_or_none()
    return None if row is None else (row[0], row[1])
