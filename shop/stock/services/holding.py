"""Promising units, taking promises back, and letting them leave."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import BigInteger, bindparam, case, insert, select, update
from sqlalchemy.orm import Session

from shop.catalogue.models import Product, Variant
from shop.core.errors import Conflict, Invalid
from shop.stock import rules
from shop.stock.models import StockLevel, StockReservation
from shop.stock.rules import (
    LotShort,
    OutOfStock,
    Pick,
    Want,
    WrongPick,
)
from shop.stock.services.parts import (
    add_on_hand,
    add_to_lot,
    is_recorded,
    lock_levels,
    lots_fit,
    publish,
    publish_products,
    record,
    summed,
    take_from_lot,
)
from shop.stock.services.shelf import block_unsellable, check_lots
from shop.stock.signals import stock_came_in


def reserve(
    db: Session, *, wants: Sequence[Want], expires_at: datetime | None, now: datetime
) -> None:
    """Hold units for their owners, all or none.

    An owner that already holds a variant is brought to the quantity wanted now, so asking twice
    holds once. Wants of one variant are summed first. Call it once a transaction with everything
    that is wanted: two calls could wait for each other's levels.

    Raises OutOfStock naming the first product that is short.
    """
    if any(not 0 < want.quantity <= rules.MAX_QUANTITY for want in wants):
        raise Invalid(field="quantity")
    variant_ids = list(rules.total_by_variant(wants))
    with db.begin_nested():
        lock_levels(db, variant_ids)
        keys = {want.owner_key for want in wants}
        theirs = select(StockReservation).where(StockReservation.owner_key.in_(keys))
        rows = db.scalars(theirs.execution_options(populate_existing=True))
        known = {(row.owner_key, row.variant_id): row for row in rows}
        _take_all(db, wants, _hold(db, wants, known, expires_at, now))


def reserve_first(
    db: Session, *, wants: Sequence[Want], expires_at: datetime | None, now: datetime
) -> None:
    """``reserve`` for owners that this transaction made: nobody can hold anything in their name.

    It spares what that needs, and a savepoint: when it raises OutOfStock something may be written,
    and the caller takes back the whole transaction.
    """
    if any(not 0 < want.quantity <= rules.MAX_QUANTITY for want in wants):
        raise Invalid(field="quantity")
    variant_ids = rules.total_by_variant(wants)
    if len(variant_ids) > 1 or any(want.from_owner for want in wants):
        lock_levels(db, variant_ids)  # else the one UPDATE below is all that others wait for
    _take_all(db, wants, _hold(db, wants, {}, expires_at, now))


def _take_all(db: Session, wants: Sequence[Want], needs: Mapping[int, int]) -> None:
    """Take what each variant's level must give, and tell the catalogue. Raises OutOfStock."""
    short, products = [], set()
    for variant_id, need in sorted(needs.items()):
        product_id = _take(db, variant_id, need) if need else None
        if product_id is not None:
            products.add(product_id)
        elif need:
            short.append(variant_id)
    if short:
        raise _out_of_stock(db, short, wants)
    publish_products(db, products)


def release(
    db: Session, *, owner_keys: Collection[str], partly_gone: Collection[str] = (), now: datetime
) -> None:
    """Give back whatever the owners still hold. Releasing twice gives back once.

    ``partly_gone``: those of the owners some of whose units left: their promise ends as one that
    was kept, so that what left may still come back to them (``hold_again``).
    """
    is_theirs = (StockReservation.owner_key.in_(owner_keys), StockReservation.state == "held")
    variant_ids = db.scalars(select(StockReservation.variant_id).where(*is_theirs)).all()
    if not variant_ids:
        return
    lock_levels(db, variant_ids)
    freed = db.execute(
        update(StockReservation)
        .where(*is_theirs)
        .values(
            state=case((StockReservation.owner_key.in_(partly_gone), "committed"), else_="released")
            if partly_gone
            else "released"
        )
        .returning(StockReservation.variant_id, StockReservation.quantity)
    ).all()
    for variant_id, quantity in summed(freed).items():
        db.execute(
            update(StockLevel)
            .where(StockLevel.variant_id == variant_id)
            .values(reserved=StockLevel.reserved - quantity)
        )
    block_unsellable(db, variant_ids, now)
    publish(db, variant_ids)
    stock_came_in.send(None, db=db, variant_ids=sorted(set(variant_ids)), now=now)


def commit(
    db: Session,
    *,
    owner_key: str,
    variant_id: int,
    picks: Sequence[Pick],
    now: datetime,
    actor_id: int | None = None,
    reason: str = rules.SALE,
    key: str | None = None,
) -> None:
    """Turn what the owner holds into units that leave the house, out of the lots picked.

    ``key`` names the cause (a parcel): with one, a part of what is held may leave, and what was
    taken under it is not taken again. Without one everything leaves, once. Raises WrongPick when
    the picks do not fit what is held, LotShort when a lot lacks the units or may not be sold today,
    Conflict when nothing is held.
    """
    taken = summed(picks)
    units, cause = sum(taken.values()), key or owner_key
    with db.begin_nested():
        check_lots(db, variant_id, [lot_id for lot_id in taken if lot_id is not None], now)
        lock_levels(db, [variant_id])
        held = _held(db, owner_key, variant_id)
        if held is None or (key and any(is_recorded(db, _cause(cause, lot)) for lot in taken)):
            return
        if any(one <= 0 for one in taken.values()) or not (0 < units <= held):
            raise WrongPick
        if units < held and key is None:
            raise WrongPick
        _let_go(db, owner_key, variant_id, units, held)
        for lot_id, one in taken.items():
            if lot_id is not None and not take_from_lot(db, lot_id, one):
                raise LotShort
            record(
                db,
                variant_id=variant_id,
                quantity=-one,
                reason=reason,
                key=_cause(cause, lot_id),
                now=now,
                lot_id=lot_id,
                actor_id=actor_id,
            )
        if not lots_fit(db, variant_id):
            raise LotShort


def hold_again(
    db: Session,
    *,
    owner_key: str,
    variant_id: int,
    picks: Sequence[Pick],
    key: str,
    now: datetime,
    actor_id: int | None = None,
) -> None:
    """Undo a commit: the units lie on the shelf again, each in its lot, and stay the owner's.

    Once per ``key``. Raises Conflict when the owner's promise was given back.
    """
    with db.begin_nested():
        lock_levels(db, [variant_id])
        for lot_id, units in summed(picks).items():
            is_new = record(
                db,
                variant_id=variant_id,
                quantity=units,
                reason=rules.UNPACKED,
                key=_cause(key, lot_id),
                now=now,
                lot_id=lot_id,
                actor_id=actor_id,
            )
            if not is_new:
                continue
            add_on_hand(db, variant_id, units)
            if lot_id is not None:
                add_to_lot(db, lot_id, variant_id, units)
            _hold_more(db, owner_key, variant_id, units)


def _hold_more(db: Session, owner_key: str, variant_id: int, units: int) -> None:
    held = StockReservation.quantity
    again = db.execute(
        update(StockReservation)
        .where(
            StockReservation.owner_key == owner_key,
            StockReservation.variant_id == variant_id,
            StockReservation.state != "released",
        )
        .values(
            quantity=case((StockReservation.state == "held", held + units), else_=units),
            state="held",
        )
        .returning(StockReservation.id)
    )
    if again.one_or_none() is None:
        raise Conflict
    db.execute(
        update(StockLevel)
        .where(StockLevel.variant_id == variant_id)
        .values(reserved=StockLevel.reserved + units)
    )


def _hold(
    db: Session,
    wants: Sequence[Want],
    known: Mapping[tuple[str, int], StockReservation],
    expires_at: datetime | None,
    now: datetime,
) -> dict[int, int]:
    """Write the reservations; what each variant's level must give (negative: gets back).

    ``known``: what the owners hold already, by owner and variant.
    """
    needs: dict[int, int] = {}
    fresh: list[dict[str, Any]] = []
    for want in _merged(wants):
        row = known.get((want.owner_key, want.variant_id))
        more = want.quantity
        if row is None:
            fresh.append(
                {
                    "owner_key": want.owner_key,
                    "variant_id": want.variant_id,
                    "quantity": want.quantity,
                    "state": "held",
                    "expires_at": expires_at,
                    "created_at": now,
                }
            )
        elif row.state == "committed":
            continue
        else:
            more -= row.quantity if row.state == "held" else 0
            row.quantity, row.state, row.expires_at = want.quantity, "held", expires_at
        if want.from_owner is not None and more > 0:
            more -= _draw_set_aside(db, want.from_owner, want.variant_id, more)
        needs[want.variant_id] = needs.get(want.variant_id, 0) + more
    if fresh:
        db.execute(_RESERVE, fresh)
    db.flush()
    return needs


def _merged(wants: Sequence[Want]) -> list[Want]:
    """One want per owner and variant, in ascending order of variant."""
    sums: dict[tuple[int, str], Want] = {}
    for want in wants:
        key = (want.variant_id, want.owner_key)
        before = sums.get(key)
        quantity = want.quantity + (before.quantity if before else 0)
        sums[key] = Want(want.owner_key, want.variant_id, quantity, want.from_owner)
    return [sums[key] for key in sorted(sums)]


def _draw_set_aside(db: Session, owner_key: str, variant_id: int, wanted: int) -> int:
    """Let an order have units that were set aside; returns how many."""
    row = db.scalar(
        select(StockReservation)
        .where(
            StockReservation.owner_key == owner_key,
            StockReservation.variant_id == variant_id,
            StockReservation.state == "held",
        )
        .execution_options(populate_existing=True)
    )
    if row is None:
        return 0
    drawn = min(wanted, row.quantity)
    if drawn == row.quantity:
        row.state = "released"
    else:
        row.quantity -= drawn
    db.flush()
    return drawn


_R: Final = StockReservation.__table__.c.id.table
_RESERVE: Final = insert(_R)
_L: Final = StockLevel.__table__.c
_NEED: Final = bindparam("need", type_=BigInteger)
_TAKE: Final = (
    update(_L.on_hand.table)
    .where(_L.variant_id == bindparam("variant"), _L.on_hand - _L.reserved >= _NEED)
    .values(reserved=_L.reserved + _NEED)
    .returning(
        select(Variant.product_id)
        .where(Variant.id == bindparam("variant"))
        .scalar_subquery()
        .label("product_id")
    )
)


def _take(db: Session, variant_id: int, need: int) -> int | None:
    """The one statement by which units are promised; its product, or None when there are too few.

    A level that was read in this session shows the change only when it is read anew.
    """
    found: int | None = db.execute(_TAKE, {"variant": variant_id, "need": need}).scalar()
    return found


def _out_of_stock(db: Session, short: Sequence[int], wants: Sequence[Want]) -> OutOfStock:
    """The refusal, with what a buyer could still have of each variant (set-asides included)."""
    names: dict[int, str] = {}
    for variant_id, name, label in db.execute(
        select(Variant.id, Product.name, Variant.label)
        .join(Product, Product.id == Variant.product_id)
        .where(Variant.id.in_(short))
    ):
        names[variant_id] = " – ".join(filter(None, (name, label)))
    free = {
        row.variant_id: row.on_hand - row.reserved
        for row in db.execute(
            select(StockLevel.variant_id, StockLevel.on_hand, StockLevel.reserved).where(
                StockLevel.variant_id.in_(short)
            )
        )
    }
    left = {}
    for variant_id in short:
        wanted = sum(want.quantity for want in wants if want.variant_id == variant_id)
        left[variant_id] = min(max(free.get(variant_id, 0), 0), wanted)
    first = short[0]
    return OutOfStock(product=names.get(first, ""), left=left[first], shortages=left)


def _cause(key: str, lot_id: int | None) -> str:
    """The movement's key: what caused it, and which lot it touched."""
    return f"{key}:{lot_id or 'loose'}"


def _held(db: Session, owner_key: str, variant_id: int) -> int | None:
    """Units the owner holds (the level is locked); None when they left before. Raises Conflict."""
    found = db.execute(
        select(StockReservation.state, StockReservation.quantity).where(
            StockReservation.owner_key == owner_key, StockReservation.variant_id == variant_id
        )
    ).one_or_none()
    if found is None or found.state == "released":
        raise Conflict
    return found.quantity if found.state == "held" else None


def _let_go(db: Session, owner_key: str, variant_id: int, units: int, held: int) -> None:
    """The one statement by which promised units leave: a part, or the last of them."""
    values: dict[str, Any] = {"quantity": StockReservation.quantity - units}
    gone = db.execute(
        update(StockReservation)
        .where(
            StockReservation.owner_key == owner_key,
            StockReservation.variant_id == variant_id,
            StockReservation.state == "held",
            StockReservation.quantity == held,
        )
        .values({"state": "committed"} if units == held else values)
        .returning(StockReservation.id)
    )
    if gone.one_or_none() is None:
        raise Conflict
    db.execute(
        update(StockLevel)
        .where(StockLevel.variant_id == variant_id)
        .values(on_hand=StockLevel.on_hand - units, reserved=StockLevel.reserved - units)
    )
