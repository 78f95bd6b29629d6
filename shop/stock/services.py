"""Verbs of stock. Nothing is ever taken by reading first and writing later.

Every verb locks the levels it needs in ascending order of variant id, and takes by one conditional
UPDATE with the CHECK of the table behind it. Lots are locked before levels, reservations and facets
after them. A verb that refuses leaves nothing behind (savepoint), so the caller may go on.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, not_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from shop.catalogue import services as catalogue
from shop.catalogue.models import Product, Variant
from shop.core.clock import today_vn
from shop.core.errors import Conflict, Invalid
from shop.core.text import N_
from shop.stock import rules
from shop.stock.models import LotLevel, PriceWindow, StockLevel, StockMovement, StockReservation
from shop.stock.queries import is_sellable_lot
from shop.stock.rules import (
    LivePriceOver,
    LotShort,
    NotEnoughStock,
    OutOfStock,
    Pick,
    Want,
    WrongPick,
)
from shop.traceability.models import Lot


def receive(
    db: Session,
    *,
    variant_id: int,
    quantity: int,
    reason: str,
    key: str,
    now: datetime,
    lot_id: int | None = None,
    actor_id: int | None = None,
) -> bool:
    """Add units to what is on hand; says whether they were added.

    ``key`` names the cause: receiving twice with one key adds once. Raises Invalid when the
    quantity is not between 1 and ``rules.MAX_QUANTITY``.
    """
    if not 0 < quantity <= rules.MAX_QUANTITY:
        raise Invalid(field="quantity")
    return _move(
        db,
        variant_id=variant_id,
        quantity=quantity,
        reason=reason,
        key=key,
        now=now,
        lot_id=lot_id,
        actor_id=actor_id,
    )


def adjust(
    db: Session,
    *,
    variant_id: int,
    quantity: int,
    reason: str,
    key: str,
    now: datetime,
    lot_id: int | None = None,
    actor_id: int | None = None,
) -> bool:
    """Correct what is on hand by ``quantity`` (negative takes out); once per ``key``.

    Raises NotEnoughStock when units held for orders, or units of lots, would be touched; Invalid
    when the quantity is zero or absurd.
    """
    if quantity == 0 or abs(quantity) > rules.MAX_QUANTITY:
        raise Invalid(field="quantity")
    return _move(
        db,
        variant_id=variant_id,
        quantity=quantity,
        reason=reason,
        key=key,
        now=now,
        lot_id=lot_id,
        actor_id=actor_id,
    )


def count_stock(
    db: Session,
    *,
    variant_id: int,
    counted: int,
    reason: str,
    key: str,
    now: datetime,
    lot_id: int | None = None,
    actor_id: int | None = None,
) -> int:
    """Record a stock-take: ``counted`` units lie there (of the lot, or loose); returns the change.

    Raises NotEnoughStock when fewer were counted than are held for orders.
    """
    lock_levels(db, [variant_id])
    if _is_recorded(db, key):
        return 0
    change = counted - _units_lying(db, variant_id, lot_id)
    if change:
        adjust(
            db,
            variant_id=variant_id,
            quantity=change,
            reason=reason,
            key=key,
            now=now,
            lot_id=lot_id,
            actor_id=actor_id,
        )
    return change


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
        needs = _hold(db, wants, expires_at, now)
        short = [
            variant_id
            for variant_id, need in sorted(needs.items())
            if not _take(db, variant_id, need)
        ]
        if short:
            raise _out_of_stock(db, short, wants)
        _publish(db, variant_ids)


def release(db: Session, *, owner_keys: Collection[str], now: datetime) -> None:
    """Give back whatever the owners still hold. Releasing twice gives back once."""
    is_theirs = (StockReservation.owner_key.in_(owner_keys), StockReservation.state == "held")
    variant_ids = db.scalars(select(StockReservation.variant_id).where(*is_theirs)).all()
    if not variant_ids:
        return
    lock_levels(db, variant_ids)
    freed = db.execute(
        update(StockReservation)
        .where(*is_theirs)
        .values(state="released")
        .returning(StockReservation.variant_id, StockReservation.quantity)
    ).all()
    for variant_id, quantity in _summed(freed).items():
        db.execute(
            update(StockLevel)
            .where(StockLevel.variant_id == variant_id)
            .values(reserved=StockLevel.reserved - quantity)
        )
    _block_lots(db, variant_ids, now)
    _publish(db, variant_ids)


def commit(
    db: Session,
    *,
    owner_key: str,
    variant_id: int,
    picks: Sequence[Pick],
    now: datetime,
    actor_id: int | None = None,
) -> None:
    """Turn what the owner holds into units that leave the house, out of the lots picked.

    Committing twice takes once. Raises WrongPick when the picks do not sum up to what is held,
    LotShort when a lot lacks the units or may not be sold today, Conflict when nothing is held.
    """
    taken = _summed(picks)
    with db.begin_nested():
        _check_lots(db, variant_id, [lot_id for lot_id in taken if lot_id is not None], now)
        lock_levels(db, [variant_id])
        quantity = _commit_reservation(db, owner_key, variant_id)
        if quantity is None:
            return
        if any(units <= 0 for units in taken.values()) or sum(taken.values()) != quantity:
            raise WrongPick
        db.execute(
            update(StockLevel)
            .where(StockLevel.variant_id == variant_id)
            .values(on_hand=StockLevel.on_hand - quantity, reserved=StockLevel.reserved - quantity)
        )
        for lot_id, units in taken.items():
            if lot_id is not None and not _take_from_lot(db, lot_id, units):
                raise LotShort
            _record(
                db,
                variant_id=variant_id,
                quantity=-units,
                reason=rules.SALE,
                key=f"{owner_key}:{lot_id or 'loose'}",
                now=now,
                lot_id=lot_id,
                actor_id=actor_id,
            )
        if not _lots_fit(db, variant_id):
            raise LotShort


def put_lot_on_sale(
    db: Session,
    *,
    lot_id: int,
    variant_id: int,
    quantity: int,
    now: datetime,
    actor_id: int | None = None,
) -> None:
    """A lot was released: its units come in; or, after a hold, those taken out come back."""
    lock_levels(db, [variant_id])
    is_new = receive(
        db,
        variant_id=variant_id,
        quantity=quantity,
        reason=rules.LOT_RELEASED,
        key=f"lot:{lot_id}",
        now=now,
        lot_id=lot_id,
        actor_id=actor_id,
    )
    if is_new:
        return
    taken_out = db.scalar(
        select(func.coalesce(func.sum(StockMovement.quantity), 0)).where(
            StockMovement.lot_id == lot_id,
            StockMovement.reason.in_((rules.LOT_BLOCKED, rules.LOT_BACK)),
        )
    )
    if taken_out:
        receive(
            db,
            variant_id=variant_id,
            quantity=-int(taken_out),
            reason=rules.LOT_BACK,
            key=_lot_key(db, lot_id, "back"),
            now=now,
            lot_id=lot_id,
            actor_id=actor_id,
        )


def block_lots(db: Session, *, variant_ids: Collection[int], now: datetime) -> None:
    """Take units of held, recalled, closed and expired lots out of what can be sold.

    Units already held for orders stay until the order is packed from another lot or gives them
    back; packing refuses the blocked lot.
    """
    lock_levels(db, variant_ids)
    if _block_lots(db, variant_ids, now):
        _publish(db, variant_ids)


def publish_available(db: Session, *, product_id: int) -> None:
    """Tell the catalogue what is left of a product that has just gone on sale."""
    _publish(
        db, db.scalars(select(Variant.id).where(Variant.product_id == product_id).limit(1)).all()
    )


def lock_levels(db: Session, variant_ids: Iterable[int]) -> None:
    """Make others wait who want the same variants; always in ascending order of id."""
    db.execute(
        select(StockLevel.variant_id)
        .where(StockLevel.variant_id.in_(sorted(set(variant_ids))))
        .order_by(StockLevel.variant_id)
        .with_for_update()
    ).all()


# Live prices


def set_price_window(
    db: Session,
    *,
    owner_key: str,
    variant_id: int,
    price_vnd: int,
    starts_at: datetime,
    ends_at: datetime,
    cap: int | None = None,
    per_buyer: int | None = None,
) -> PriceWindow:
    """Set (or move) the price the variant goes for between two instants; it ends by itself.

    ``cap``: units at this price in all; ``per_buyer``: for one buyer. Raises Invalid.
    """
    if price_vnd < 1000 or ends_at <= starts_at or (cap is not None and cap < 1):
        raise Invalid(N_("Giá live phải từ 1.000 ₫ và giờ kết thúc phải sau giờ bắt đầu."))
    window = db.scalar(
        select(PriceWindow)
        .where(PriceWindow.owner_key == owner_key, PriceWindow.variant_id == variant_id)
        .with_for_update()
    )
    if window is None:
        window = PriceWindow(owner_key=owner_key, variant_id=variant_id, sold=0)
        db.add(window)
    elif cap is not None and cap < window.sold:
        raise Invalid(
            N_("Đã bán %(sold)s với giá này, không thể giảm xuống dưới."), sold=window.sold
        )
    window.price_vnd = price_vnd
    window.starts_at = starts_at
    window.ends_at = ends_at
    window.cap = cap
    window.per_buyer = per_buyer
    window.is_dropped = False
    db.flush()
    return window


def drop_price_windows(db: Session, *, owner_key: str) -> None:
    """End the owner's prices at once. What was ordered at them stays as it was agreed."""
    db.execute(
        update(PriceWindow).where(PriceWindow.owner_key == owner_key).values(is_dropped=True)
    )


def take_live_price(db: Session, *, window_id: int, quantity: int, now: datetime) -> None:
    """Count units sold at a live price. Raises LivePriceOver when it ended or is used up."""
    taken = db.execute(
        update(PriceWindow)
        .where(
            PriceWindow.id == window_id,
            PriceWindow.starts_at <= now,
            PriceWindow.ends_at > now,
            PriceWindow.is_dropped.is_(False),
            PriceWindow.cap.is_(None) | (PriceWindow.sold + quantity <= PriceWindow.cap),
        )
        .values(sold=PriceWindow.sold + quantity)
        .returning(PriceWindow.id)
    )
    if taken.one_or_none() is None:
        name = db.scalar(
            select(Product.name)
            .join(Variant, Variant.product_id == Product.id)
            .join(PriceWindow, PriceWindow.variant_id == Variant.id)
            .where(PriceWindow.id == window_id)
        )
        raise LivePriceOver(product=name or "")


def give_back_live_price(db: Session, *, window_id: int, quantity: int) -> None:
    """Uncount units of an order that came to nothing."""
    db.execute(
        update(PriceWindow)
        .where(PriceWindow.id == window_id, PriceWindow.sold >= quantity)
        .values(sold=PriceWindow.sold - quantity)
    )


# Parts


def _insert(db: Session, table: type[Any]) -> Any:
    """The dialect's INSERT, which knows ON CONFLICT."""
    is_postgres = db.get_bind().dialect.name == "postgresql"
    return postgresql.insert(table) if is_postgres else sqlite.insert(table)


def _is_recorded(db: Session, key: str) -> bool:
    return db.scalar(select(StockMovement.id).where(StockMovement.key == key)) is not None


def _record(db: Session, *, key: str, now: datetime, **values: Any) -> bool:
    """Write a movement unless its key is there; says whether it was written."""
    made = db.execute(
        _insert(db, StockMovement)
        .values(key=key, at=now, **values)
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(StockMovement.id)
    )
    return made.one_or_none() is not None


def _move(
    db: Session,
    *,
    variant_id: int,
    quantity: int,
    reason: str,
    key: str,
    now: datetime,
    lot_id: int | None,
    actor_id: int | None,
) -> bool:
    with db.begin_nested():
        lock_levels(db, [variant_id])
        is_new = _record(
            db,
            variant_id=variant_id,
            quantity=quantity,
            reason=reason,
            key=key,
            now=now,
            lot_id=lot_id,
            actor_id=actor_id,
        )
        if not is_new:
            return False
        _add_on_hand(db, variant_id, quantity)
        if lot_id is not None:
            _add_to_lot(db, lot_id, variant_id, quantity)
        if quantity < 0 and not _lots_fit(db, variant_id):
            raise _not_enough(db, variant_id)
        if lot_id is not None and quantity > 0:
            _block_lots(db, [variant_id], now)
        _publish(db, [variant_id])
    return True


def _add_on_hand(db: Session, variant_id: int, quantity: int) -> None:
    if quantity > 0:
        added = _insert(db, StockLevel).values(variant_id=variant_id, on_hand=quantity, reserved=0)
        db.execute(
            added.on_conflict_do_update(
                index_elements=["variant_id"],
                set_={"on_hand": StockLevel.on_hand + added.excluded.on_hand},
            )
        )
        return
    taken = db.execute(
        update(StockLevel)
        .where(
            StockLevel.variant_id == variant_id,
            StockLevel.on_hand - StockLevel.reserved >= -quantity,
        )
        .values(on_hand=StockLevel.on_hand + quantity)
        .returning(StockLevel.variant_id)
    )
    if taken.one_or_none() is None:
        raise _not_enough(db, variant_id)


def _add_to_lot(db: Session, lot_id: int, variant_id: int, quantity: int) -> None:
    if quantity < 0:
        if not _take_from_lot(db, lot_id, -quantity):
            raise _not_enough(db, variant_id)
        return
    added = _insert(db, LotLevel).values(lot_id=lot_id, variant_id=variant_id, on_hand=quantity)
    db.execute(
        added.on_conflict_do_update(
            index_elements=["lot_id"],
            set_={"on_hand": LotLevel.on_hand + added.excluded.on_hand},
        )
    )


def _take_from_lot(db: Session, lot_id: int, units: int) -> bool:
    taken = db.execute(
        update(LotLevel)
        .where(LotLevel.lot_id == lot_id, LotLevel.on_hand >= units)
        .values(on_hand=LotLevel.on_hand - units)
        .returning(LotLevel.lot_id)
    )
    return taken.one_or_none() is not None


def _units_lying(db: Session, variant_id: int, lot_id: int | None) -> int:
    """Units of the lot, or those in no lot."""
    if lot_id is not None:
        in_lot = select(LotLevel.on_hand).where(
            LotLevel.lot_id == lot_id, LotLevel.variant_id == variant_id
        )
        return db.scalar(in_lot) or 0
    on_hand = db.scalar(select(StockLevel.on_hand).where(StockLevel.variant_id == variant_id)) or 0
    return on_hand - _units_in_lots(db, variant_id)


def _units_in_lots(db: Session, variant_id: int) -> int:
    return int(
        db.scalar(
            select(func.coalesce(func.sum(LotLevel.on_hand), 0)).where(
                LotLevel.variant_id == variant_id
            )
        )
        or 0
    )


def _lots_fit(db: Session, variant_id: int) -> bool:
    """Whether the lots together hold no more than is on hand (the level is locked by now)."""
    return _units_lying(db, variant_id, None) >= 0


def _not_enough(db: Session, variant_id: int) -> NotEnoughStock:
    level = db.execute(
        select(StockLevel.on_hand - StockLevel.reserved).where(StockLevel.variant_id == variant_id)
    ).scalar()
    return NotEnoughStock(field="quantity", left=level or 0)


def _hold(
    db: Session, wants: Sequence[Want], expires_at: datetime | None, now: datetime
) -> dict[int, int]:
    """Write the reservations; what each variant's level must give (negative: gets back)."""
    keys = {want.owner_key for want in wants}
    known = {
        (row.owner_key, row.variant_id): row
        for row in db.scalars(
            select(StockReservation)
            .where(StockReservation.owner_key.in_(keys))
            .execution_options(populate_existing=True)
        )
    }
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
        db.execute(insert(StockReservation), fresh)
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


def _take(db: Session, variant_id: int, need: int) -> bool:
    """The one statement by which units are promised; False when there are too few."""
    if need == 0:
        return True
    taken = db.execute(
        update(StockLevel)
        .where(
            StockLevel.variant_id == variant_id,
            StockLevel.on_hand - StockLevel.reserved >= need,
        )
        .values(reserved=StockLevel.reserved + need)
        .returning(StockLevel.variant_id)
    )
    return taken.one_or_none() is not None


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


def _commit_reservation(db: Session, owner_key: str, variant_id: int) -> int | None:
    """Units now committed; None when they were before. Raises Conflict when nothing is held."""
    is_it = (
        StockReservation.owner_key == owner_key,
        StockReservation.variant_id == variant_id,
    )
    quantity = db.execute(
        update(StockReservation)
        .where(*is_it, StockReservation.state == "held")
        .values(state="committed")
        .returning(StockReservation.quantity)
    ).scalar()
    if quantity is None and (
        db.scalar(select(StockReservation.state).where(*is_it)) != "committed"
    ):
        raise Conflict
    return quantity


def _check_lots(db: Session, variant_id: int, lot_ids: Sequence[int], now: datetime) -> None:
    """Lock the lots, so that a hold waits; raise LotShort when one may not be sold today."""
    if not lot_ids:
        return
    good = db.scalars(
        select(Lot.id)
        .where(Lot.id.in_(lot_ids), Lot.variant_id == variant_id, is_sellable_lot(today_vn(now)))
        .order_by(Lot.id)
        .with_for_update()
    ).all()
    if len(good) != len(lot_ids):
        raise LotShort


def _block_lots(db: Session, variant_ids: Collection[int], now: datetime) -> bool:
    """Take unsellable lots' units off, as far as they are not promised; levels are locked."""
    rows = db.execute(
        select(LotLevel.variant_id, LotLevel.lot_id, LotLevel.on_hand)
        .join(Lot, Lot.id == LotLevel.lot_id)
        .where(
            LotLevel.variant_id.in_(variant_ids),
            LotLevel.on_hand > 0,
            not_(is_sellable_lot(today_vn(now))),
        )
        .order_by(LotLevel.variant_id, LotLevel.lot_id)
    ).all()
    is_changed = False
    for variant_id, lot_id, lying in rows:
        free = db.scalar(
            select(StockLevel.on_hand - StockLevel.reserved).where(
                StockLevel.variant_id == variant_id
            )
        )
        units = min(lying, free or 0)
        if units <= 0:
            continue
        _add_on_hand(db, variant_id, -units)
        _add_to_lot(db, lot_id, variant_id, -units)
        _record(
            db,
            variant_id=variant_id,
            quantity=-units,
            reason=rules.LOT_BLOCKED,
            key=_lot_key(db, lot_id, "blocked"),
            now=now,
            lot_id=lot_id,
            actor_id=None,
        )
        is_changed = True
    return is_changed


def _lot_key(db: Session, lot_id: int, what: str) -> str:
    """A movement key: the lot, what happened, and the how-manieth movement of the lot it is."""
    before = select(func.count()).select_from(StockMovement).where(StockMovement.lot_id == lot_id)
    return f"lot:{lot_id}:{what}:{db.scalar(before)}"


def _publish(db: Session, variant_ids: Collection[int]) -> None:
    """Tell the catalogue how many of each product can be bought, products in order of id."""
    products = select(Variant.product_id).where(Variant.id.in_(variant_ids))
    rows = db.execute(
        select(
            Variant.product_id,
            func.coalesce(func.sum(StockLevel.on_hand - StockLevel.reserved), 0),
        )
        .outerjoin(StockLevel, StockLevel.variant_id == Variant.id)
        .where(Variant.product_id.in_(products), Variant.is_active.is_(True))
        .group_by(Variant.product_id)
        .order_by(Variant.product_id)
    ).all()
    for product_id, available in rows:
        catalogue.set_available(db, product_id, int(available))


def _summed(pairs: Iterable[Any]) -> dict[Any, int]:
    """Quantities per first element, in ascending order (None last)."""
    sums: dict[Any, int] = {}
    for key, quantity in pairs:
        sums[key] = sums.get(key, 0) + quantity
    return dict(sorted(sums.items(), key=lambda pair: (pair[0] is None, pair[0] or 0)))
