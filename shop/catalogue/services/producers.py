"""Registering, verifying and suspending producers."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.accounts.models import Membership, Person
from shop.accounts.services import add_member
from shop.catalogue import rules
from shop.catalogue.models import Producer, Product
from shop.catalogue.services.facets import bump_version, refresh_facets
from shop.catalogue.services.homes import audit
from shop.catalogue.services.messages import tell_producer
from shop.catalogue.services.rights import require_judge, require_maker
from shop.catalogue.services.rows import add_with_slug, locked, require_reason
from shop.catalogue.signals import product_withdrawn
from shop.core.errors import Conflict, Invalid
from shop.core.text import N_
from shop.places.queries import get_commune, get_province

EDITABLE: Final = ("address", "tax_code", "public_phone", "story", "story_en")
"""What a producer may change after verification; name, kind and place are what staff verified."""

IDENTITY: Final = ("name", "kind", "province_code", "commune_code")


class PlaceFixed(Conflict):
    message = N_("Tên, loại hình và địa bàn đã được xác minh. Hãy nhờ cán bộ Đoàn nếu cần đổi.")


def register_producer(
    db: Session,
    *,
    person_id: int,
    name: str,
    kind: str,
    province_code: str,
    commune_code: str | None,
    now: datetime,
    address: str = "",
    tax_code: str | None = None,
    public_phone: str | None = None,
    story: str = "",
    is_demo: bool = False,
) -> Producer:
    """A new producer, handed to the staff of its province; the person becomes its owner.

    The same person asking again for the same name, as by a second click, gets the one that waits.
    Raises Invalid (field ``kind``), UnknownProvince, UnknownCommune.
    """
    _check_identity(db, kind=kind, province_code=province_code, commune_code=commune_code)
    twin = _waiting_twin(db, person_id=person_id, name=name, province_code=province_code)
    if twin is not None:
        return twin
    producer = add_with_slug(
        db,
        name,
        lambda slug: Producer(
            slug=slug,
            name=name,
            kind=kind,
            province_code=province_code,
            commune_code=commune_code or None,
            address=address,
            tax_code=tax_code or None,
            public_phone=public_phone or None,
            story=story,
            is_demo=is_demo,
            state="submitted",
            created_at=now,
        ),
        limit=90,
    )
    add_member(
        db, person_id=person_id, unit_kind="producer", unit_id=producer.id, role="owner", now=now
    )
    audit(db, producer, person_id, "producer.submitted", now)
    return producer


def _waiting_twin(db: Session, *, person_id: int, name: str, province_code: str) -> Producer | None:
    """What this person has asked for already; their own row is the lock of two clicks at once."""
    db.execute(select(Person.id).where(Person.id == person_id).with_for_update())
    owned = select(Membership.unit_id).where(
        Membership.person_id == person_id,
        Membership.unit_kind == "producer",
        Membership.role == "owner",
    )
    return db.scalars(
        select(Producer)
        .where(
            Producer.id.in_(owned),
            Producer.name == name,
            Producer.province_code == province_code,
            Producer.state == "submitted",
        )
        .limit(1)
    ).one_or_none()


def _check_identity(
    db: Session, *, kind: str, province_code: str, commune_code: str | None
) -> None:
    if kind not in rules.PRODUCER_KINDS:
        raise Invalid(field="kind")
    if commune_code:
        get_commune(db, province_code, commune_code)
    else:
        get_province(db, province_code)


def edit_producer(
    db: Session, *, producer_id: int, actor_id: int, changes: Mapping[str, Any], now: datetime
) -> Producer:
    """Change what the producer says of itself. One that staff sent back is handed in again.

    Raises NotFound, NotAllowed, PlaceFixed when verified name, kind or place would change.
    """
    producer = locked(db, Producer, producer_id)
    require_maker(db, actor_id, producer_id)
    differing = {
        name: value
        for name, value in changes.items()
        if name in (*EDITABLE, *IDENTITY) and getattr(producer, name) != value
    }
    is_fixed = producer.state in {"verified", "suspended"}
    if is_fixed and differing.keys() & set(IDENTITY):
        raise PlaceFixed(field=next(name for name in IDENTITY if name in differing))
    merged = {name: differing.get(name, getattr(producer, name)) for name in IDENTITY}
    if differing.keys() & set(IDENTITY):
        merged.pop("name")
        _check_identity(db, **merged)
    for name, value in differing.items():
        setattr(producer, name, value)
    if producer.state == "rejected":
        rules.require_step(rules.PRODUCER_STEPS, producer.state, "submitted")
        producer.state = "submitted"
        audit(db, producer, actor_id, "producer.submitted", now)
    elif differing:
        audit(db, producer, actor_id, "producer.edited", now, fields=sorted(differing))
    refresh_products(db, producer, now)
    return producer


def decide_producer(
    db: Session,
    *,
    producer_id: int,
    actor_id: int,
    approve: bool,
    now: datetime,
    note: str = "",
) -> Producer:
    """Staff verify the producer, or send it back with a reason.

    Raises NotFound for another province, NotAllowed, OwnWork, ReasonNeeded, WrongStep.
    """
    producer = locked(db, Producer, producer_id)
    require_judge(db, actor_id, producer_id=producer_id, province_code=producer.province_code)
    wanted = "verified" if approve else "rejected"
    rules.require_step(rules.PRODUCER_STEPS, producer.state, wanted)
    producer.decision_note = note if approve else require_reason(note)
    producer.state = wanted
    if approve:
        producer.verified_at, producer.verified_by = now, actor_id
    entry = audit(db, producer, actor_id, f"producer.{wanted}", now, note=note)
    tell_producer(
        db,
        producer_id,
        kind=f"catalogue.producer_{wanted}",
        cause=f"audit:{entry}",
        payload={"name": producer.name, "note": note},
        now=now,
    )
    refresh_products(db, producer, now)
    return producer


def suspend_producer(
    db: Session, *, producer_id: int, actor_id: int, note: str, now: datetime
) -> Producer:
    """Staff take everything of a verified producer off sale at once, with a reason.

    Raises NotFound, NotAllowed, OwnWork, ReasonNeeded, WrongStep.
    """
    producer = locked(db, Producer, producer_id)
    require_judge(db, actor_id, producer_id=producer_id, province_code=producer.province_code)
    rules.require_step(rules.PRODUCER_STEPS, producer.state, "suspended")
    producer.decision_note = require_reason(note)
    producer.state = "suspended"
    entry = audit(db, producer, actor_id, "producer.suspended", now, note=note)
    tell_producer(
        db,
        producer_id,
        kind="catalogue.producer_suspended",
        cause=f"audit:{entry}",
        payload={"name": producer.name, "note": note},
        now=now,
    )
    for product_id in refresh_products(db, producer, now):
        product_withdrawn.send(None, db=db, product_id=product_id, now=now)
    return producer


def restore_producer(
    db: Session, *, producer_id: int, actor_id: int, now: datetime, note: str = ""
) -> Producer:
    """Staff let a suspended producer sell again. Raises NotFound, NotAllowed, WrongStep."""
    producer = locked(db, Producer, producer_id)
    require_judge(db, actor_id, producer_id=producer_id, province_code=producer.province_code)
    if producer.state != "suspended":
        raise rules.WrongStep
    producer.state = "verified"
    producer.decision_note = note
    audit(db, producer, actor_id, "producer.restored", now, note=note)
    refresh_products(db, producer, now)
    return producer


def refresh_products(db: Session, producer: Producer, now: datetime) -> list[int]:
    """Rewrite the list rows of what the producer sells; gives the products' ids."""
    ids = db.scalars(
        select(Product.id)
        .where(Product.producer_id == producer.id, Product.state == "published")
        .order_by(Product.id)
    ).all()
    for product_id in ids:
        refresh_facets(db, product_id, now=now)
    bump_version(db)
    db.flush()
    return list(ids)
