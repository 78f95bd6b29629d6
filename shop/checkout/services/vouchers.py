"""Verbs of discount codes: made by producers, used by orders, given back when those end."""

import hashlib
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from shop.checkout import queries
from shop.checkout.models import Voucher, VoucherRedemption
from shop.checkout.rules import VoucherRefused, VoucherTerms
from shop.core.errors import Invalid
from shop.core.text import N_


def person_key(voucher_id: int, phone: str) -> str:
    """Digest that counts uses per person without keeping who."""
    return hashlib.sha256(f"voucher:{voucher_id}:{phone}".encode()).hexdigest()


def create_voucher(
    db: Session,
    *,
    code: str,
    kind: str,
    starts_at: datetime,
    ends_at: datetime,
    amount: int = 0,
    producer_id: int | None = None,
    max_discount_vnd: int | None = None,
    min_subtotal_vnd: int = 0,
    max_uses: int | None = None,
    per_person: int = 1,
) -> Voucher:
    """A discount code (kept in capitals). Raises Invalid."""
    is_fine = ends_at > starts_at and {
        "percent": 1 <= amount <= 90,
        "fixed": amount >= 1000,
        "free_ship": amount == 0,
    }.get(kind, False)
    if not is_fine or not code.isascii() or not 3 <= len(code) <= 30:
        raise Invalid
    voucher = Voucher(
        code=code.upper(),
        kind=kind,
        amount=amount,
        producer_id=producer_id,
        max_discount_vnd=max_discount_vnd,
        min_subtotal_vnd=min_subtotal_vnd,
        max_uses=max_uses,
        per_person=per_person,
        used=0,
        starts_at=starts_at,
        ends_at=ends_at,
    )
    db.add(voucher)
    db.flush()
    return voucher


def redeem(db: Session, *, voucher: VoucherTerms, order_id: int, phone: str, now: datetime) -> None:
    """Count one use by one conditional UPDATE; its row lock also guards the count per person.

    Raises VoucherRefused (field ``voucher``).
    """
    taken = db.execute(
        update(Voucher)
        .where(
            Voucher.id == voucher.voucher_id,
            Voucher.starts_at <= now,
            Voucher.ends_at > now,
            Voucher.stopped_at.is_(None),
            Voucher.max_uses.is_(None) | (Voucher.used < Voucher.max_uses),
        )
        .values(used=Voucher.used + 1)
        .returning(Voucher.per_person)
    ).scalar()
    if taken is None:
        raise VoucherRefused(N_("Mã giảm giá vừa hết lượt hoặc hết hạn."), field="voucher")
    key = person_key(voucher.voucher_id, phone)
    if queries.uses_of(db, voucher.voucher_id, key) >= taken:
        raise VoucherRefused(N_("Bạn đã dùng hết lượt của mã giảm giá này."), field="voucher")
    db.add(
        VoucherRedemption(
            voucher_id=voucher.voucher_id, order_id=order_id, person_key=key, redeemed_at=now
        )
    )
    db.flush()


def release_voucher(db: Session, *, order_id: int, now: datetime) -> None:
    """An order came to nothing: its voucher may be used again, once."""
    freed = db.scalars(
        update(VoucherRedemption)
        .where(VoucherRedemption.order_id == order_id, VoucherRedemption.released_at.is_(None))
        .values(released_at=now)
        .returning(VoucherRedemption.voucher_id)
    ).all()
    for voucher_id in freed:
        db.execute(update(Voucher).where(Voucher.id == voucher_id).values(used=Voucher.used - 1))
