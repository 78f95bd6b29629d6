"""Links for inspectors: granted for days, revoked at once, each use written down."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.accounts.services import record_audit
from shop.core.text import clean
from shop.exchange.models import InspectorLink, InspectorVisit
from shop.exchange.rules.links import DAYS, MAX_LINKS, BadLife, TooManyLinks, UnknownLink
from shop.traceability.models import Lot


def grant_link(
    db: Session, *, lot: Lot, label: str, days: int, actor_id: int, now: datetime
) -> InspectorLink:
    """A link to the lot for ``days`` (one of DAYS). Raises BadLife, TooManyLinks."""
    if days not in DAYS:
        raise BadLife(field="days")
    living = db.scalar(
        select(func.count())
        .select_from(InspectorLink)
        .where(
            InspectorLink.lot_id == lot.id,
            InspectorLink.revoked_at.is_(None),
            InspectorLink.expires_at > now,
        )
    )
    if (living or 0) >= MAX_LINKS:
        raise TooManyLinks
    link = InspectorLink(
        producer_id=lot.producer_id,
        lot_id=lot.id,
        label=clean(label)[:120],
        created_by=actor_id,
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    db.add(link)
    db.flush()
    _note(db, "exchange.link_granted", lot, link, actor_id, now)
    return link


def revoke_link(
    db: Session, *, link_id: int, lot: Lot, actor_id: int, now: datetime
) -> InspectorLink:
    """End a link of the lot; ending it again changes nothing. Raises UnknownLink."""
    link = db.get(InspectorLink, link_id)
    if link is None or link.lot_id != lot.id:
        raise UnknownLink
    if link.revoked_at is None:
        link.revoked_at = now
        db.flush()
        _note(db, "exchange.link_revoked", lot, link, actor_id, now)
    return link


def _note(
    db: Session, action: str, lot: Lot, link: InspectorLink, actor_id: int, now: datetime
) -> None:
    record_audit(
        db,
        actor_id=actor_id,
        action=action,
        subject_kind="lot",
        subject_id=lot.id,
        now=now,
        detail={"link": link.id},
    )


def record_visit(db: Session, *, link_id: int, page: str, now: datetime) -> None:
    """Write down that a link was used."""
    db.add(InspectorVisit(link_id=link_id, page=page[:40], at=now))
    db.flush()
