"""Booking the withholding ledger: each fact about money once, to the last đồng."""

from datetime import datetime

from sqlalchemy.orm import Session

from shop.catalogue.models import Producer
from shop.catalogue.rules.groups import GROUPS, SUBGROUPS
from shop.catalogue.services import register_kind
from shop.core.clock import today_vn
from shop.payments.queries import lock_order
from shop.payments.registry import all_providers
from shop.taxes import queries
from shop.taxes.models import Withholding
from shop.taxes.rules import (
    KIND,
    RATES,
    SUCCESSFUL,
    Rate,
    activity_of,
    month_of,
    rate_for,
    share_base,
    tax_of,
)

register_kind(KIND, codes=r"[a-z0-9-]{3,40}", fixed=("activity",))


def book_order(db: Session, *, order_id: int, now: datetime) -> int:
    """Book what is new of an order's money; says how many entries were written.

    The rates are those in force on the day of the order's first money, also for what is given back
    later, so that a sale given back in full leaves nothing. Safe to call again, by several at once:
    the order is locked, and an entry is unique by fact and activity.
    """
    order = lock_order(db, order_id)
    if order is None:
        return 0
    booked = queries.entries_of(db, order_id)
    facts = queries.facts_to_book(db, order_id)
    if not facts or (order.state not in SUCCESSFUL and not booked):
        return 0
    producer = db.get_one(Producer, order.producer_id)
    kind = booked[0].seller_kind if booked else producer.kind
    weights = _weights(db, order_id)
    judged = {activity: _first_rate(booked, activity, facts[0].at, kind) for activity in weights}
    base = {one: sum(e.base_vnd for e in booked if e.activity == one) for one in weights}
    vat = {one: sum(e.vat_vnd for e in booked if e.activity == one) for one in weights}
    pit = {one: sum(e.pit_vnd for e in booked if e.activity == one) for one in weights}
    reached = sum(base.values())
    written = 0
    for fact in facts:
        reached += fact.amount_vnd
        shares = dict(zip(weights, share_base(reached, list(weights.values())), strict=True))
        for activity, share in shares.items():
            code, revision, vat_bp, pit_bp = judged[activity]
            entry = Withholding(
                producer_id=producer.id,
                order_id=order.id,
                txn_row_id=fact.txn_row_id,
                activity=activity,
                period=month_of(today_vn(fact.at)),
                occurred_at=fact.at,
                base_vnd=share - base[activity],
                vat_vnd=tax_of(share, vat_bp) - vat[activity],
                pit_vnd=tax_of(share, pit_bp) - pit[activity],
                vat_bp=vat_bp,
                pit_bp=pit_bp,
                rate_code=code,
                rate_revision=revision,
                seller_kind=kind,
                is_held_by_us=_is_held_by_us(fact.provider),
                booked_at=now,
            )
            db.add(entry)
            base[activity], vat[activity] = share, tax_of(share, vat_bp)
            pit[activity] = tax_of(share, pit_bp)
            written += 1
    db.flush()
    return written


def _weights(db: Session, order_id: int) -> dict[str, int]:
    """Activity -> đồng of the order's lines that are such."""
    found: dict[str, int] = {}
    for subgroup, total in queries.goods_of(db, order_id):
        known = SUBGROUPS.get(subgroup)
        group = GROUPS.get(known.group) if known else None
        activity = activity_of(group.nature if group else "")
        found[activity] = found.get(activity, 0) + total
    return dict(sorted(found.items())) or {"goods": 0}


def _first_rate(
    booked: list[Withholding], activity: str, at: datetime, kind: str
) -> tuple[str, int, int, int]:
    """(code, revision, vat, pit): as the order was first judged, else as rates stand that day."""
    for entry in booked:
        if entry.activity == activity:
            return entry.rate_code, entry.rate_revision, entry.vat_bp, entry.pit_bp
    rate: Rate | None = rate_for(
        RATES.values(), day=today_vn(at), activity=activity, seller_kind=kind
    )
    if rate is None:
        return "", 0, 0, 0
    return rate.code, rate.revision, rate.vat_bp, rate.pit_bp


def _is_held_by_us(provider: str) -> bool:
    known = all_providers().get(provider)
    return known is not None and known.capabilities.operator_money
