"""How many listings of a producer have something that keeps them out of an export: for its day.

Assessing reads everything a listing is made of, so the answer is kept until the catalogue version
moves or ten minutes are over; drafts that nobody sees yet may so be counted a little late.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalogue.models import CatalogueVersion, Product
from shop.core.storage import Storage
from shop.marketplaces import queries, registry
from shop.marketplaces.models import ExportRun, Listing
from shop.marketplaces.rules.readiness import assess
from shop.marketplaces.services.desk import load_desks

KEPT_SECONDS: Final = 600.0
KEPT_PRODUCERS: Final = 2_000


@dataclass(frozen=True)
class Faults:
    """Listings with faults, and the channel that has most of them (empty: none)."""

    count: int = 0
    channel: str = ""


class FaultCounts:
    """Counts kept for a while. Safe between threads."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._guard = threading.Lock()
        self._kept: OrderedDict[tuple[int, int, date], tuple[float, Faults]] = OrderedDict()

    def of(
        self,
        db: Session,
        storage: Storage,
        *,
        producer_ids: Collection[int],
        today: date,
        public_url: str,
    ) -> Faults:
        """Listings with faults on the channels that these producers use, in three statements when
        the answer is kept.
        """
        used = _channels_in_use(db, producer_ids)
        version = db.scalar(select(CatalogueVersion.number)) or 0
        worst = Faults()
        total = 0
        for producer_id, channels in sorted(used.items()):
            key = (producer_id, version, today)
            found = self._find(key)
            if found is None:
                found = _count(db, storage, producer_id, sorted(channels), today, public_url)
                self._keep(key, found)
            total += found.count
            worst = max(worst, found, key=lambda one: one.count)
        return Faults(total, worst.channel)

    def _find(self, key: tuple[int, int, date]) -> Faults | None:
        with self._guard:
            known = self._kept.get(key)
        return known[1] if known is not None and known[0] > self._clock() else None

    def _keep(self, key: tuple[int, int, date], found: Faults) -> None:
        with self._guard:
            self._kept[key] = (self._clock() + KEPT_SECONDS, found)
            while len(self._kept) > KEPT_PRODUCERS:
                self._kept.popitem(last=False)


def _channels_in_use(db: Session, producer_ids: Collection[int]) -> dict[int, set[str]]:
    """Producer -> channels it has chosen something for or exported to."""
    chosen = (
        select(Product.producer_id, Listing.channel)
        .join(Product, Product.id == Listing.product_id)
        .where(Product.producer_id.in_(producer_ids))
    )
    exported = select(ExportRun.producer_id, ExportRun.channel).where(
        ExportRun.producer_id.in_(producer_ids)
    )
    known = registry.all_profiles()
    found: dict[int, set[str]] = {}
    for producer_id, channel in db.execute(chosen.union(exported)):
        if channel in known:
            found.setdefault(producer_id, set()).add(channel)
    return found


def _count(
    db: Session,
    storage: Storage,
    producer_id: int,
    channels: list[str],
    today: date,
    public_url: str,
) -> Faults:
    producer = queries.producers_of(db, [producer_id])[0]
    desks = load_desks(
        db, storage, producer=producer, channels=channels, day=today, public_url=public_url
    )
    counts = {
        channel: sum(
            one.status == "blocked"
            for one in assess(registry.profile_called(channel), desk, registry.market_words())
        )
        for channel, desk in desks.items()
    }
    worst = max(counts, key=lambda channel: counts[channel])
    return Faults(sum(counts.values()), worst if counts[worst] else "")
