"""What a lot was made from: links to its parents, each said in the lot's own journal."""

from datetime import datetime

from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from shop.catalogue.models import Product
from shop.core.clock import today_vn
from shop.core.errors import Invalid
from shop.core.text import N_
from shop.traceability import queries
from shop.traceability.models import Lot, LotEvent, LotLink
from shop.traceability.rules import balance, lots
from shop.traceability.rules.events import read_facts
from shop.traceability.services.journals import append, lock_lot, recorded

_LOCK_SPACE = 0x4C4F54  # "LOT": keeps our advisory locks apart from other ones


def set_input(
    db: Session,
    *,
    child_id: int,
    parent_id: int,
    quantity: int,
    actor_id: int,
    now: datetime,
    submit_key: str,
) -> LotEvent | None:
    """Say that ``quantity`` of the parent, in its unit, is in the child; 0 takes the link away.

    It is the total, so saying it again corrects it; both words stay in the child's journal. None
    when nothing changes. Links of one producer are written one after the other, so that neither
    the sums nor the absence of circles can be raced.
    Raises UnknownLot, ParentSold, ParentNotUsable, ParentYounger, OverConsumed, Cycle, LotClosed,
    Invalid, UsedKey.
    """
    producer_id = db.scalar(select(Lot.producer_id).where(Lot.id == child_id))
    if producer_id is None:
        raise lots.UnknownLot
    take_turns(db, producer_id)
    child, parent = _locked_pair(db, child_id, parent_id)
    if parent.producer_id != producer_id:
        raise lots.UnknownLot
    said = recorded(db, submit_key, child.id)
    if said is not None:
        return said
    _require_open(child, quantity)
    link = db.scalar(
        select(LotLink).where(LotLink.parent_id == parent.id, LotLink.child_id == child.id)
    )
    if quantity == (link.quantity if link else 0):
        return None
    if link is None or quantity > link.quantity:
        _require_usable(db, child, parent, quantity)
    _keep(db, link, parent=parent, child=child, quantity=quantity)
    return _write(db, child, parent, quantity, actor_id=actor_id, now=now, submit_key=submit_key)


def _write(
    db: Session,
    child: Lot,
    parent: Lot,
    quantity: int,
    *,
    actor_id: int,
    now: datetime,
    submit_key: str,
) -> LotEvent:
    plug = queries.kind_of("input")
    facts = {
        "parent": parent.code,
        "lot_no": parent.lot_no,
        "material": parent.material or db.get_one(Product, parent.product_id).name[:160],
        "quantity": str(quantity),
        "uom": parent.uom,
    }
    return append(
        db,
        child,
        plug,
        read_facts(plug, facts, today=today_vn(now)),
        happened_at=now,
        actor_id=actor_id,
        now=now,
        submit_key=submit_key,
    )


def take_turns(db: Session, producer_id: int) -> None:
    """On PostgreSQL an advisory lock per producer; on SQLite writers take turns anyway."""
    if db.get_bind().dialect.name == "postgresql":
        statement = text("SELECT pg_advisory_xact_lock(:space, hashint8(:producer))")
        db.execute(statement, {"space": _LOCK_SPACE, "producer": producer_id})


def _locked_pair(db: Session, child_id: int, parent_id: int) -> tuple[Lot, Lot]:
    """Both lots, locked by id. Raises UnknownLot, Cycle for a lot in itself."""
    if child_id == parent_id:
        raise balance.Cycle(field="parent")
    locked = {lot_id: lock_lot(db, lot_id) for lot_id in sorted((child_id, parent_id))}
    return locked[child_id], locked[parent_id]


def _require_open(child: Lot, quantity: int) -> None:
    if child.state in ("closed", "recalled"):
        raise lots.LotClosed
    if not 0 <= quantity <= lots.MAX_QUANTITY:
        raise Invalid(N_("Số lượng phải từ 0 đến 1.000.000."), field="quantity")


def _require_usable(db: Session, child: Lot, parent: Lot, quantity: int) -> None:
    if parent.kind == "finished":
        raise balance.ParentSold(field="parent")
    if parent.state != "open":
        raise balance.ParentNotUsable(field="parent")
    if parent.made_on > max(child.made_on, child.packed_on or child.made_on):
        raise balance.ParentYounger(field="parent")
    if parent.id in queries.relatives(db, [child.id], "forward"):
        raise balance.Cycle(field="parent")
    elsewhere = select(func.sum(LotLink.quantity)).where(
        LotLink.parent_id == parent.id, LotLink.child_id != child.id
    )
    balance.require_enough(
        quantity=parent.quantity,
        used_elsewhere=int(db.scalar(elsewhere) or 0) + parent.lost,
        asked=quantity,
        lot_no=parent.lot_no,
        uom=parent.uom,
    )


def _keep(db: Session, link: LotLink | None, *, parent: Lot, child: Lot, quantity: int) -> None:
    if quantity == 0:
        db.execute(
            delete(LotLink).where(LotLink.parent_id == parent.id, LotLink.child_id == child.id)
        )
    elif link is None:
        db.add(LotLink(parent_id=parent.id, child_id=child.id, quantity=quantity))
    else:
        link.quantity = quantity
    db.flush()
