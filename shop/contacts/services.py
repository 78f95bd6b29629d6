"""Verbs of contacts. Who may do them is judged by the route; what is shown changes at once."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.accounts.services import record_audit
from shop.catalogue.services import bump_version
from shop.contacts import rules
from shop.contacts.models import ProducerContact, ProducerFace, ProducerLink
from shop.core.clock import today_vn
from shop.core.db import insert_into
from shop.core.errors import NotFound


def set_contact(
    db: Session,
    *,
    producer_id: int,
    actor_id: int,
    zalo: str | None,
    shop_address: str,
    opening: str,
    has_consent: bool,
    now: datetime,
) -> None:
    """Show these, or nothing when all is empty. Raises ConsentNeeded (field ``consent``)."""
    if not (zalo or shop_address):
        db.execute(delete(ProducerContact).where(ProducerContact.producer_id == producer_id))
    elif not has_consent:
        raise rules.ConsentNeeded(field="consent")
    else:
        values = {
            "zalo": zalo,
            "shop_address": shop_address,
            "opening": opening if shop_address else "",
            "consented_by": actor_id,
            "consented_at": now,
        }
        db.execute(
            insert_into(db, ProducerContact)
            .values(producer_id=producer_id, **values)
            .on_conflict_do_update(index_elements=["producer_id"], set_=values)
        )
    _changed(db, producer_id, actor_id, "producer.contact_changed", now)


def add_link(
    db: Session, *, producer_id: int, actor_id: int, channel: str, url: str, now: datetime
) -> ProducerLink:
    """Name a place to buy; whoever adds it has just looked. Raises BadLink (field ``url``),
    LinkKnown (field ``url``), TooManyLinks."""
    address = rules.checked_url(channel, url)
    if _count(db, ProducerLink, producer_id) >= rules.MAX_LINKS:
        raise rules.TooManyLinks
    link = ProducerLink(
        producer_id=producer_id,
        channel=channel,
        url=address,
        added_at=now,
        checked_on=today_vn(now),
        checked_by=actor_id,
    )
    try:
        with db.begin_nested():
            db.add(link)
    except IntegrityError:
        raise rules.LinkKnown(field="url") from None
    _changed(db, producer_id, actor_id, "producer.link_added", now)
    return link


def check_link(
    db: Session, *, producer_id: int, link_id: int, actor_id: int, now: datetime
) -> None:
    """Somebody looked, and the goods are still sold there. Raises NotFound."""
    checked = db.scalar(
        update(ProducerLink)
        .where(ProducerLink.id == link_id, ProducerLink.producer_id == producer_id)
        .values(checked_on=today_vn(now), checked_by=actor_id)
        .returning(ProducerLink.id)
    )
    if checked is None:
        raise NotFound
    _changed(db, producer_id, actor_id, "producer.link_checked", now)


def remove_link(
    db: Session, *, producer_id: int, link_id: int, actor_id: int, now: datetime
) -> None:
    """Take a link off. Raises NotFound."""
    gone = db.scalar(
        delete(ProducerLink)
        .where(ProducerLink.id == link_id, ProducerLink.producer_id == producer_id)
        .returning(ProducerLink.id)
    )
    if gone is None:
        raise NotFound
    _changed(db, producer_id, actor_id, "producer.link_removed", now)


@dataclass(frozen=True)
class FaceDraft:
    """A person as the producer introduces them."""

    name: str
    work: str
    work_en: str | None
    photo_sha: str | None
    has_consent: bool


def add_face(
    db: Session, *, producer_id: int, actor_id: int, draft: FaceDraft, now: datetime
) -> ProducerFace:
    """Introduce someone who agreed. Raises ConsentNeeded (field ``consent``), TooManyFaces."""
    if not draft.has_consent:
        raise rules.ConsentNeeded(field="consent")
    count = _count(db, ProducerFace, producer_id)
    if count >= rules.MAX_FACES:
        raise rules.TooManyFaces
    face = ProducerFace(
        producer_id=producer_id,
        name=draft.name,
        work=draft.work,
        work_en=draft.work_en,
        photo_sha=draft.photo_sha,
        position=count,
        consented_by=actor_id,
        consented_at=now,
    )
    db.add(face)
    db.flush()
    _changed(db, producer_id, actor_id, "producer.face_added", now)
    return face


def remove_face(
    db: Session, *, producer_id: int, face_id: int, actor_id: int, now: datetime
) -> None:
    """Someone took their consent back, or left. Raises NotFound."""
    gone = db.scalar(
        delete(ProducerFace)
        .where(ProducerFace.id == face_id, ProducerFace.producer_id == producer_id)
        .returning(ProducerFace.id)
    )
    if gone is None:
        raise NotFound
    _changed(db, producer_id, actor_id, "producer.face_removed", now)


def _count(db: Session, model: type[ProducerLink] | type[ProducerFace], producer_id: int) -> int:
    statement = select(func.count()).select_from(model).where(model.producer_id == producer_id)
    return db.scalar(statement) or 0


def _changed(db: Session, producer_id: int, actor_id: int, action: str, now: datetime) -> None:
    record_audit(
        db,
        actor_id=actor_id,
        action=action,
        subject_kind="producer",
        subject_id=producer_id,
        now=now,
    )
    bump_version(db)
