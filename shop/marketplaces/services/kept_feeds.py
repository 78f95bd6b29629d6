"""Feeds kept as files by a job, so that fetching one does not judge every product again.

A kept feed counts on its own day while the job looked at it within ``FRESH``: what it tells is then
at most that old, far less than the hour or the day between two fetches of Meta and Google. Without
the scheduler a feed is written while it is fetched.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.catalogue.models import CatalogueVersion
from shop.core.clock import today_vn
from shop.core.db import Database
from shop.core.surroundings import surroundings_of
from shop.marketplaces import registry
from shop.marketplaces.models import KeptFeed, Listing
from shop.marketplaces.services.feeds import FEEDS, write_feed
from shop.stock.models import StockMovement, StockReservation

FRESH: Final = timedelta(minutes=15)
"""A feed that nobody looked at for so long is written anew: the scheduler stands still."""
LONGEST: Final = timedelta(hours=1)
"""Written anew at least so often: units that set-asides take or give back move no stamp."""


@dataclass(frozen=True)
class Wanted:
    """A feed with the stamp it should carry now."""

    name: str
    stamp: str
    day: date
    is_due: bool


def kept_feed(db: Session, *, name: str, now: datetime) -> KeptFeed | None:
    """The kept feed when it may be handed out at ``now``."""
    kept = db.get(KeptFeed, name)
    if kept is None or kept.day != today_vn(now) or now - kept.checked_at > FRESH:
        return None
    return kept


def keep_feeds(database: Database, now: datetime) -> None:
    """Write every feed whose stamp moved, and note of the others that they are as they should."""
    around = surroundings_of(database)
    for name in FEEDS:
        with database.read() as db:
            wanted = _wanted(db, name, around.public_url, now)
            body = (
                write_feed(
                    db, around.storage, name=name, day=wanted.day, public_url=around.public_url
                )
                if wanted.is_due
                else None
            )
        stored = None if body is None else around.storage.put(body, name.rpartition(".")[2])
        with database.transaction() as db:
            gone = _record(db, wanted, stored, now)
        if gone is not None:
            around.storage.delete(gone)


def _wanted(db: Session, name: str, public_url: str, now: datetime) -> Wanted:
    day, stamp = today_vn(now), _stamp(db, name, public_url)
    kept = db.get(KeptFeed, name)
    is_due = kept is None or (kept.stamp, kept.day) != (stamp, day) or now - kept.made_at > LONGEST
    return Wanted(name, stamp, day, is_due)


def _record(db: Session, wanted: Wanted, stored: str | None, now: datetime) -> str | None:
    """Note what was found; the name of a file that no feed needs any more."""
    kept = db.get(KeptFeed, wanted.name)
    if stored is None:
        if kept is not None:
            kept.checked_at = now
        return None
    if kept is None:
        kept = KeptFeed(name=wanted.name, stored_name=stored)
        db.add(kept)
    before, kept.stored_name = kept.stored_name, stored
    kept.stamp, kept.day, kept.made_at, kept.checked_at = wanted.stamp, wanted.day, now, now
    return before if before != stored else None


def _stamp(db: Session, name: str, public_url: str) -> str:
    """Digest of the catalogue version, the channel's choices and rules, and what moves stock."""
    profile = registry.profile_called(FEEDS[name][0])
    choices = select(func.count(), func.max(Listing.updated_at)).where(
        Listing.channel == profile.slug
    )
    told = (
        db.scalar(select(CatalogueVersion.number)),
        tuple(db.execute(choices).one()),
        db.scalar(select(func.max(StockMovement.id))),
        db.scalar(select(func.max(StockReservation.id))),
        profile.version,
        public_url,
    )
    return hashlib.sha256(repr(told).encode()).hexdigest()
