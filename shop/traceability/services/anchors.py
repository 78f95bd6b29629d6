"""Daily roots over all journals."""

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from shop.core.clock import VN, today_vn
from shop.traceability import queries
from shop.traceability.models import Anchor
from shop.traceability.rules import journal

_MOST_ANCHOR_DAYS = 31


def publish_anchors(db: Session, *, now: datetime) -> list[Anchor]:
    """Publish the root of every past day that has none yet, from the last one to yesterday.

    A root covers the heads that moved on its day and the root before it. Days are Vietnam's; a day
    is closed ten minutes after midnight, when nothing recorded in it can still be on its way.
    """
    yesterday = today_vn(now - timedelta(minutes=10)) - timedelta(days=1)
    last = queries.last_anchor(db)
    earliest = yesterday - timedelta(days=_MOST_ANCHOR_DAYS)
    day = max(last.day + timedelta(days=1), earliest) if last else yesterday
    made = []
    while day <= yesterday:
        last = _publish(db, day, last, now)
        made.append(last)
        day += timedelta(days=1)
    return made


def _publish(db: Session, day: date, before: Anchor | None, now: datetime) -> Anchor:
    start = datetime(day.year, day.month, day.day, tzinfo=VN)
    heads = queries.heads_between(db, start, start + timedelta(days=1))
    leaves = [f"moc:{before.day.isoformat()}:{before.merkle_root}"] if before else []
    leaves += [journal.leaf(*head) for head in heads]
    anchor = Anchor(
        day=day,
        merkle_root=journal.merkle_root(leaves),
        leaves=leaves,
        count=len(heads),
        published_at=now,
    )
    db.add(anchor)
    db.flush()
    return anchor
