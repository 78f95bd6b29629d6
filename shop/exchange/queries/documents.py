"""Partners' documents and inspectors' links."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.exchange.models import InspectorLink, InspectorVisit, PartnerDocument, PartnerReceipt
from shop.exchange.rules.links import UnknownItem, UnknownLink, is_alive
from shop.traceability.models import Lot


def documents_of(
    db: Session, producer_ids: Collection[int], *, limit: int = 50
) -> list[PartnerDocument]:
    """Documents that were uploaded, the newest first."""
    return list(
        db.scalars(
            select(PartnerDocument)
            .where(PartnerDocument.producer_id.in_(producer_ids))
            .order_by(PartnerDocument.id.desc())
            .limit(limit)
        )
    )


def document_of(db: Session, document_id: int, producer_ids: Collection[int]) -> PartnerDocument:
    """One document of these producers. Raises UnknownItem."""
    found = db.get(PartnerDocument, document_id)
    if found is None or found.producer_id not in producer_ids:
        raise UnknownItem
    return found


def receipts_of(db: Session, producer_id: int, digests: Collection[str]) -> dict[str, Lot]:
    """The lots that partners' events became, by the event's digest."""
    rows = db.execute(
        select(PartnerReceipt.event_digest, Lot)
        .join(Lot, Lot.id == PartnerReceipt.lot_id)
        .where(PartnerReceipt.producer_id == producer_id, PartnerReceipt.event_digest.in_(digests))
    )
    return {row.event_digest: row.Lot for row in rows}


def links_of(db: Session, lot_id: int) -> list[InspectorLink]:
    """Every link ever handed out for the lot, the newest first."""
    return list(
        db.scalars(
            select(InspectorLink)
            .where(InspectorLink.lot_id == lot_id)
            .order_by(InspectorLink.id.desc())
        )
    )


def visits_of(db: Session, link_ids: Collection[int]) -> dict[int, tuple[int, datetime]]:
    """How often each link was used, and when last."""
    rows = db.execute(
        select(InspectorVisit.link_id, func.count(), func.max(InspectorVisit.at))
        .where(InspectorVisit.link_id.in_(link_ids))
        .group_by(InspectorVisit.link_id)
    )
    return {link_id: (count, at) for link_id, count, at in rows}


def link_of(db: Session, link_id: int, now: datetime) -> tuple[InspectorLink, Lot]:
    """A link that still opens, and its lot. Raises UnknownLink."""
    row = db.execute(
        select(InspectorLink, Lot)
        .join(Lot, Lot.id == InspectorLink.lot_id)
        .where(InspectorLink.id == link_id)
    ).one_or_none()
    if row is None or not is_alive(
        expires_at=row[0].expires_at, revoked_at=row[0].revoked_at, now=now
    ):
        raise UnknownLink
    return row[0], row[1]
