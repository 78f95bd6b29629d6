"""Verbs of delivery: what a producer asks for it and where it goes."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, insert, update
from sqlalchemy.orm import Session

from shop.accounts.services import record_audit
from shop.checkout.models import DeliveryTerms, DeliveryZone
from shop.checkout.rules import settings
from shop.checkout.rules.settings import TermsChanged, TermsDraft, TooManyRemote
from shop.core.db import insert_into


def set_terms(
    db: Session,
    *,
    producer_id: int,
    draft: TermsDraft,
    seen_version: int,
    actor_id: int | None,
    now: datetime,
) -> None:
    """Replace what the producer says about delivery; the list of remote communes stays.

    ``seen_version``: the version the page showed (0: none yet). Orders already placed keep their
    fee. Raises NoWayLeft, PickupNeedsPlace, DoubleZone, TermsChanged.
    """
    settings.check_terms(draft)
    _take_version(db, producer_id, seen_version, now)
    db.execute(
        update(DeliveryTerms)
        .where(DeliveryTerms.producer_id == producer_id)
        .values(
            has_post=draft.has_post,
            free_from_vnd=draft.free_from_vnd,
            free_max_weight_g=draft.free_max_weight_g,
            remote_vnd=draft.remote_vnd,
            has_pickup=draft.has_pickup,
            pickup_place=draft.pickup_place,
            pickup_hours=draft.pickup_hours,
            has_hand=draft.has_hand,
            hand_area=draft.hand_area,
            hand_vnd=draft.hand_vnd,
            hand_free_from_vnd=draft.hand_free_from_vnd,
            updated_at=now,
            updated_by=actor_id,
        )
    )
    db.execute(delete(DeliveryZone).where(DeliveryZone.producer_id == producer_id))
    rows = [
        {
            "producer_id": producer_id,
            "position": position,
            "reach": zone.reach,
            "provinces": list(zone.provinces),
            "first_g": zone.first_g,
            "first_vnd": zone.first_vnd,
            "step_g": zone.step_g,
            "step_vnd": zone.step_vnd,
            "is_free": zone.is_free,
        }
        for position, zone in enumerate(draft.zones)
    ]
    if rows:
        db.execute(insert(DeliveryZone), rows)
    _note(db, producer_id, "delivery.terms", actor_id, now)


def change_remote(
    db: Session,
    *,
    producer_id: int,
    add: Collection[str] = (),
    remove: Collection[str] = (),
    actor_id: int | None,
    now: datetime,
) -> int:
    """Add communes to those where delivery costs more, or take them out; how many there are then.

    Codes are known to exist. The row is locked, so that two people's changes both count. Raises
    TooManyRemote.
    """
    _make(db, producer_id, now)
    terms = db.get_one(DeliveryTerms, producer_id, with_for_update=True, populate_existing=True)
    codes = (set(terms.remote_communes) | set(add)) - set(remove)
    if len(codes) > settings.MAX_REMOTE:
        raise TooManyRemote
    terms.remote_communes = sorted(codes)
    terms.updated_at, terms.updated_by = now, actor_id
    db.flush()
    _note(db, producer_id, "delivery.remote", actor_id, now)
    return len(codes)


def _make(db: Session, producer_id: int, now: datetime) -> bool:
    """Write the row with which a producer says something of its own; whether it is new."""
    made = db.execute(
        insert_into(db, DeliveryTerms)
        .values(producer_id=producer_id, remote_communes=[], updated_at=now)
        .on_conflict_do_nothing(index_elements=["producer_id"])
        .returning(DeliveryTerms.producer_id)
    )
    return made.one_or_none() is not None


def _take_version(db: Session, producer_id: int, seen_version: int, now: datetime) -> None:
    """Count the change by one conditional UPDATE. Raises TermsChanged when somebody was faster."""
    if seen_version == 0 and _make(db, producer_id, now):
        return
    counted = db.execute(
        update(DeliveryTerms)
        .where(DeliveryTerms.producer_id == producer_id, DeliveryTerms.version == seen_version)
        .values(version=DeliveryTerms.version + 1)
        .returning(DeliveryTerms.version)
    )
    if counted.one_or_none() is None:
        raise TermsChanged


def _note(db: Session, producer_id: int, action: str, actor_id: int | None, now: datetime) -> None:
    record_audit(
        db,
        actor_id=actor_id,
        action=action,
        subject_kind="producer",
        subject_id=producer_id,
        now=now,
    )
