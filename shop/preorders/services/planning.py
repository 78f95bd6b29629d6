"""What a producer expects, and the windows in which it is promised."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from shop.accounts.services import record_audit, register_subject
from shop.catalogue.queries import variants_for_sale
from shop.catalogue.services import home_by
from shop.core.clock import today_vn
from shop.core.db import insert_into
from shop.core.errors import NotFound
from shop.core.text import CROCKFORD
from shop.payments.queries import has_payee_account
from shop.preorders import rules
from shop.preorders.models import Harvest, ShipWindow
from shop.preorders.rules import (
    AccountNeeded,
    NotForSale,
    PlacesTaken,
    Terms,
    TooManyPlaces,
    WindowChanged,
)

register_subject("harvest", home_by(Harvest))


@dataclass(frozen=True)
class HarvestPlan:
    """What the producer typed of a harvest."""

    season: str
    expected_units: int
    held_back_percent: int
    outlook: str


@dataclass(frozen=True)
class WindowPlan:
    """What the producer typed of a window."""

    from_on: date
    to_on: date
    closes_on: date
    capacity: int
    price_vnd: int
    per_buyer: int | None
    deposit_kind: str
    deposit_amount: int

    @property
    def terms(self) -> Terms:
        """Price and deposit."""
        return Terms(self.price_vnd, self.deposit_kind, self.deposit_amount)


def window_code(submit_key: str, producer_id: int) -> str:
    """The code of the window that this press of the button opens: a second press opens none."""
    digest = hashlib.sha256(f"ship_window:{producer_id}:{submit_key}".encode()).digest()
    return "".join(CROCKFORD[byte % 32] for byte in digest[:12])


def open_season(
    db: Session,
    *,
    variant_id: int,
    harvest: HarvestPlan,
    window: WindowPlan,
    submit_key: str,
    producer_ids: frozenset[int],
    actor_id: int,
    now: datetime,
) -> ShipWindow:
    """Write down an expected harvest with its first window, both or none, once per submit key.

    Raises what ``plan_harvest`` and ``open_window`` raise.
    """
    with db.begin_nested() as both:
        planned = plan_harvest(
            db,
            variant_id=variant_id,
            plan=harvest,
            producer_ids=producer_ids,
            actor_id=actor_id,
            now=now,
        )
        opened = open_window(
            db,
            harvest_id=planned.id,
            plan=window,
            submit_key=submit_key,
            producer_ids=producer_ids,
            actor_id=actor_id,
            now=now,
        )
        if opened.harvest_id != planned.id:
            both.rollback()
    return opened


def plan_harvest(
    db: Session,
    *,
    variant_id: int,
    plan: HarvestPlan,
    producer_ids: frozenset[int],
    actor_id: int,
    now: datetime,
) -> Harvest:
    """Write down an expected harvest. Raises NotFound for someone else's size, NotForSale."""
    row = variants_for_sale(db, [variant_id], today=today_vn(now)).get(variant_id)
    if row is None or row.producer_id not in producer_ids:
        raise NotFound
    if not row.is_for_sale or row.is_service:
        raise NotForSale(field="variant_id")
    harvest = Harvest(
        producer_id=row.producer_id,
        variant_id=variant_id,
        season=plan.season,
        expected_units=plan.expected_units,
        held_back_percent=plan.held_back_percent,
        outlook=plan.outlook,
        created_at=now,
    )
    db.add(harvest)
    db.flush()
    audit(db, harvest.id, "plan", actor_id, now, units=plan.expected_units)
    return harvest


def change_harvest(
    db: Session,
    *,
    harvest_id: int,
    plan: HarvestPlan,
    producer_ids: frozenset[int],
    actor_id: int,
    now: datetime,
) -> Harvest:
    """Correct what is expected; never to less than its windows promise.

    Raises NotFound, TooManyPlaces (field ``expected_units``).
    """
    harvest = lock_harvest(db, harvest_id, producer_ids)
    room = rules.promisable(plan.expected_units, plan.held_back_percent)
    promised = _promised(db, harvest.id)
    if room < promised:
        raise TooManyPlaces(field="expected_units", room=room - promised)
    harvest.season = plan.season
    harvest.expected_units = plan.expected_units
    harvest.held_back_percent = plan.held_back_percent
    harvest.outlook = plan.outlook
    audit(db, harvest.id, "change", actor_id, now, units=plan.expected_units)
    db.flush()
    return harvest


def open_window(
    db: Session,
    *,
    harvest_id: int,
    plan: WindowPlan,
    submit_key: str,
    producer_ids: frozenset[int],
    actor_id: int,
    now: datetime,
) -> ShipWindow:
    """Offer a part of the harvest for some days; it can be ordered at once. The same submit key
    gives the same window.

    Raises NotFound, WrongDays, WrongClose, WrongDeposit, AccountNeeded (field ``deposit_kind``),
    TooManyPlaces (field ``capacity``).
    """
    harvest = lock_harvest(db, harvest_id, producer_ids)
    code = window_code(submit_key, harvest.producer_id)
    known = db.scalar(select(ShipWindow).where(ShipWindow.code == code))
    if known is not None:
        return known
    rules.require_days(plan.from_on, plan.to_on, today_vn(now))
    _require_terms(db, harvest, plan, now)
    _require_room(db, harvest, plan.capacity)
    made = db.scalar(
        insert_into(db, ShipWindow)
        .values(
            code=code,
            harvest_id=harvest.id,
            from_on=plan.from_on,
            to_on=plan.to_on,
            closes_on=plan.closes_on,
            capacity=plan.capacity,
            taken=0,
            state="open",
            end_reason="",
            price_vnd=plan.price_vnd,
            per_buyer=plan.per_buyer,
            deposit_kind=plan.deposit_kind,
            deposit_amount=plan.deposit_amount,
            moves=0,
            created_at=now,
        )
        .on_conflict_do_nothing(index_elements=["code"])
        .returning(ShipWindow.id)
    )
    window = db.scalars(select(ShipWindow).where(ShipWindow.code == code)).one()
    if made is None:
        return window
    audit(db, harvest.id, "open_window", actor_id, now, window=window.code)
    return window


def change_window(
    db: Session,
    *,
    code: str,
    plan: WindowPlan,
    producer_ids: frozenset[int],
    actor_id: int,
    now: datetime,
) -> ShipWindow:
    """Change room, price, limit, deposit and last day of an open window, for those who order from
    now on; its days are changed by ``move_window`` alone.

    Raises NotFound, WindowChanged, WrongClose, WrongDeposit, AccountNeeded, TooManyPlaces,
    PlacesTaken (field ``capacity``).
    """
    found = db.execute(
        select(ShipWindow.id, ShipWindow.harvest_id).where(ShipWindow.code == code)
    ).one_or_none()
    if found is None:
        raise NotFound
    harvest = lock_harvest(db, found.harvest_id, producer_ids)
    _require_terms(db, harvest, plan, now)
    _require_room(db, harvest, plan.capacity, besides=found.id)
    changed = db.scalar(
        update(ShipWindow)
        .where(
            ShipWindow.id == found.id,
            ShipWindow.state == "open",
            ShipWindow.taken <= plan.capacity,
        )
        .values(
            capacity=plan.capacity,
            price_vnd=plan.price_vnd,
            per_buyer=plan.per_buyer,
            deposit_kind=plan.deposit_kind,
            deposit_amount=plan.deposit_amount,
            closes_on=plan.closes_on,
        )
        .returning(ShipWindow)
        .execution_options(populate_existing=True)
    )
    if changed is None:
        known = db.get_one(ShipWindow, found.id, populate_existing=True)
        if known.state != "open":
            raise WindowChanged
        raise PlacesTaken(field="capacity", taken=known.taken)
    audit(db, harvest.id, "change_window", actor_id, now, window=code)
    return changed


def lock_harvest(db: Session, harvest_id: int, producer_ids: frozenset[int]) -> Harvest:
    """The producer's harvest, locked: promises of its windows are added up under this lock.

    Raises NotFound.
    """
    harvest = db.scalar(
        select(Harvest)
        .where(Harvest.id == harvest_id, Harvest.producer_id.in_(producer_ids))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if harvest is None:
        raise NotFound
    return harvest


def _require_terms(db: Session, harvest: Harvest, plan: WindowPlan, now: datetime) -> None:
    rules.require_close(plan.closes_on, plan.to_on, today_vn(now))
    rules.require_deposit(plan.terms)
    if plan.deposit_kind != "none" and not has_payee_account(db, harvest.producer_id):
        raise AccountNeeded(field="deposit_kind")


def _promised(db: Session, harvest_id: int, besides: int = 0) -> int:
    units = db.scalar(
        select(func.sum(ShipWindow.capacity)).where(
            ShipWindow.harvest_id == harvest_id,
            ShipWindow.state != "cancelled",
            ShipWindow.id != besides,
        )
    )
    return int(units or 0)


def _require_room(db: Session, harvest: Harvest, capacity: int, besides: int = 0) -> None:
    room = rules.promisable(harvest.expected_units, harvest.held_back_percent)
    room -= _promised(db, harvest.id, besides)
    if capacity > room:
        raise TooManyPlaces(field="capacity", room=max(room, 0))


def audit(
    db: Session, harvest_id: int, action: str, actor_id: int, now: datetime, **detail: str | int
) -> None:
    """Write who did what to the harvest or one of its windows."""
    record_audit(
        db,
        actor_id=actor_id,
        action=f"preorders.{action}",
        subject_kind="harvest",
        subject_id=harvest_id,
        now=now,
        detail=detail,
    )
