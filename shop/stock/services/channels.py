"""Units kept for a channel: the same promises as orders and set-asides, owned by the channel."""

import hashlib
from datetime import datetime

from sqlalchemy import select, true, update
from sqlalchemy.orm import Session

from shop.accounts.services import record_audit
from shop.core.clock import today_vn
from shop.core.db import insert_into
from shop.core.errors import Invalid
from shop.stock import rules
from shop.stock.models import StockLevel, StockMovement, StockReservation
from shop.stock.queries import pick_fefo
from shop.stock.rules import SHOP, NotForChannel, NotKept, channel_key
from shop.stock.services.bulk import lock_for_moves
from shop.stock.services.holding import commit, release
from shop.stock.services.parts import lock_levels, publish
from shop.traceability.services import record_dispatch


def keep_for_channel(
    db: Session, *, variant_id: int, channel: str, units: int, actor_id: int, now: datetime
) -> None:
    """Keep so many units of a variant for a channel from now on; 0 lets go of them.

    Nobody but the channel's own sales may have them. For the shop itself (``SHOP``) it is a floor:
    the shop sells as always, other channels may not be given the last ``units`` free ones. Asking
    twice keeps once. Raises NotForChannel (field ``units``), Invalid.
    """
    if not 0 <= units <= rules.MAX_QUANTITY:
        raise Invalid(field="units")
    with db.begin_nested():
        lock_levels(db, [variant_id])
        if channel == SHOP:
            _set_floor(db, variant_id, units)
        elif units == 0:
            release(db, owner_keys=[channel_key(channel, variant_id)], now=now)
        else:
            _keep(db, variant_id, channel_key(channel, variant_id), units, now)
        publish(db, [variant_id])
    _audit(db, "stock.keep", variant_id, channel, units, actor_id, now)


def _set_floor(db: Session, variant_id: int, units: int) -> None:
    free = StockLevel.on_hand - StockLevel.reserved
    level = update(StockLevel).where(StockLevel.variant_id == variant_id)
    kept = db.execute(
        level.where(free >= units).values(shop_floor=units).returning(StockLevel.variant_id)
    )
    if kept.one_or_none() is None and units:
        raise NotForChannel(field="units", left=_free(db, variant_id))


def _keep(db: Session, variant_id: int, key: str, units: int, now: datetime) -> None:
    """Bring the channel's promise to ``units``: the need is taken by one conditional UPDATE."""
    before = _held(db, key, variant_id)
    need = units - before
    free = StockLevel.on_hand - StockLevel.reserved - StockLevel.shop_floor
    taken = db.execute(
        update(StockLevel)
        .where(StockLevel.variant_id == variant_id, free >= need if need > 0 else true())
        .values(reserved=StockLevel.reserved + need)
        .returning(StockLevel.variant_id)
    )
    if taken.one_or_none() is None:
        left = max(_free(db, variant_id) - _floor(db, variant_id), 0)
        raise NotForChannel(field="units", left=before + left)
    made = insert_into(db, StockReservation).values(
        owner_key=key, variant_id=variant_id, quantity=units, state="held", created_at=now
    )
    db.execute(
        made.on_conflict_do_update(
            index_elements=["owner_key", "variant_id"],
            set_={"quantity": units, "state": "held"},
        )
    )


def sell_on_channel(
    db: Session,
    *,
    variant_id: int,
    channel: str,
    units: int,
    key: str,
    actor_id: int,
    now: datetime,
) -> None:
    """Units kept for a channel were sold there: they leave, first expired first out; the journals
    of their lots say so.

    Once per ``key``. Raises Invalid, NotKept (field ``units``), LotShort when too few of them lie
    in lots that may be sold.
    """
    owner = channel_key(channel, variant_id)
    cause = f"channel_sale:{variant_id}:{hashlib.sha256(key.encode()).hexdigest()[:16]}"
    if not 0 < units <= rules.MAX_QUANTITY:
        raise Invalid(field="units")
    with db.begin_nested():
        picks = pick_fefo(db, variant_id, units, today_vn(now))
        lots = sorted(lot for lot, _count in picks if lot is not None)
        lock_for_moves(db, variant_ids=[variant_id], lot_ids=lots)
        if _is_sold(db, variant_id, cause):
            return
        held = _held(db, owner, variant_id)
        if held < units:
            raise NotKept(field="units", left=held)
        if sum(count for _lot, count in picks) < units:
            raise rules.LotShort(field="units")
        commit(
            db,
            owner_key=owner,
            variant_id=variant_id,
            picks=picks,
            reason=rules.SOLD_ELSEWHERE,
            key=cause,
            actor_id=actor_id,
            now=now,
        )
        record_dispatch(
            db,
            units_by_lot={lot: count for lot, count in picks if lot is not None},
            order_code=channel[:20],
            key=cause,
            actor_id=actor_id,
            now=now,
        )
    _audit(db, "stock.channel_sale", variant_id, channel, units, actor_id, now)


def _held(db: Session, key: str, variant_id: int) -> int:
    found = db.scalar(
        select(StockReservation.quantity).where(
            StockReservation.owner_key == key,
            StockReservation.variant_id == variant_id,
            StockReservation.state == "held",
        )
    )
    return found or 0


def _free(db: Session, variant_id: int) -> int:
    free = select(StockLevel.on_hand - StockLevel.reserved)
    return db.scalar(free.where(StockLevel.variant_id == variant_id)) or 0


def _floor(db: Session, variant_id: int) -> int:
    floor = select(StockLevel.shop_floor)
    return db.scalar(floor.where(StockLevel.variant_id == variant_id)) or 0


def _is_sold(db: Session, variant_id: int, cause: str) -> bool:
    """Whether this sale stands in the ledger, out of whichever lots (the level is locked)."""
    known = select(StockMovement.id).where(
        StockMovement.variant_id == variant_id,
        StockMovement.key.startswith(f"{cause}:", autoescape=True),
    )
    return db.scalar(known.limit(1)) is not None


def _audit(
    db: Session,
    action: str,
    variant_id: int,
    channel: str,
    units: int,
    actor_id: int,
    now: datetime,
) -> None:
    record_audit(
        db,
        actor_id=actor_id,
        action=action,
        subject_kind="variant",
        subject_id=variant_id,
        now=now,
        detail={"channel": channel, "units": units},
    )
