"""Verbs of discount codes: made by producers, used by orders, given back when those end."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shop.accounts.services import record_audit, register_subject
from shop.catalogue.services import home_by
from shop.checkout import queries
from shop.checkout.models import Voucher, VoucherRedemption
from shop.checkout.rules import VoucherRefused, VoucherTerms
from shop.checkout.rules.vouchers import (
    AFTER_SESSION,
    MAX_USES,
    USED_BY_YOU,
    BadVoucher,
    CodeTaken,
    FewerThanUsed,
    VoucherDraft,
    check_voucher,
    person_key,
)
from shop.core.db import insert_into
from shop.core.text import N_

register_subject("voucher", home_by(Voucher))


def create_voucher(
    db: Session,
    *,
    draft: VoucherDraft,
    producer_id: int | None = None,
    actor_id: int | None = None,
    now: datetime,
) -> Voucher:
    """A new discount code; the same wish again (a second press) gives the same one.

    Raises BadVoucher, CodeTaken.
    """
    check_voucher(draft)
    made = db.execute(
        insert_into(db, Voucher)
        .values(producer_id=producer_id, used=0, **asdict(draft))
        .on_conflict_do_nothing(index_elements=["code"])
        .returning(Voucher.id)
    ).scalar()
    voucher = db.scalars(select(Voucher).where(Voucher.code == draft.code)).one()
    if made is None:
        is_same = voucher.producer_id == producer_id and all(
            getattr(voucher, name) == value for name, value in asdict(draft).items()
        )
        if not is_same:
            raise CodeTaken(field="code")
        return voucher
    _note(db, voucher, "voucher.created", actor_id, now)
    return voucher


def change_voucher(
    db: Session,
    *,
    voucher: Voucher,
    ends_at: datetime,
    max_uses: int | None,
    per_person: int,
    actor_id: int | None,
    now: datetime,
) -> None:
    """Let a code run longer or shorter, and for more or fewer uses; what it takes off stays.

    Raises BadVoucher, FewerThanUsed.
    """
    if ends_at <= voucher.starts_at:
        raise BadVoucher(N_("Giờ kết thúc phải sau giờ bắt đầu."), field="ends_at")
    changed = db.execute(
        update(Voucher)
        .where(Voucher.id == voucher.id, Voucher.used <= (max_uses or MAX_USES))
        .values(ends_at=ends_at, max_uses=max_uses, per_person=per_person)
        .returning(Voucher.id)
    )
    if changed.one_or_none() is None:
        raise FewerThanUsed(field="max_uses", used=voucher.used)
    _note(db, voucher, "voucher.changed", actor_id, now)


def stop_voucher(db: Session, *, voucher: Voucher, actor_id: int | None, now: datetime) -> None:
    """No order can use it from now on; orders that did keep what was taken off. Twice is once."""
    stopped = db.execute(
        update(Voucher)
        .where(Voucher.id == voucher.id, Voucher.stopped_at.is_(None))
        .values(stopped_at=now)
        .returning(Voucher.id)
    )
    if stopped.one_or_none() is not None:
        _note(db, voucher, "voucher.stopped", actor_id, now)


def follow_session(
    db: Session, *, session_key: str, starts_at: datetime, ends_at: datetime
) -> None:
    """A livestream was moved: its vouchers go with it."""
    db.execute(
        update(Voucher)
        .where(Voucher.session_key == session_key)
        .values(starts_at=starts_at, ends_at=ends_at + AFTER_SESSION)
    )


def stop_session(db: Session, *, session_key: str, now: datetime) -> None:
    """A livestream was called off: so are its vouchers."""
    db.execute(
        update(Voucher)
        .where(Voucher.session_key == session_key, Voucher.stopped_at.is_(None))
        .values(stopped_at=now)
    )


def _note(db: Session, voucher: Voucher, action: str, actor_id: int | None, now: datetime) -> None:
    record_audit(
        db,
        actor_id=actor_id,
        action=action,
        subject_kind="voucher",
        subject_id=voucher.id,
        now=now,
        detail={"code": voucher.code},
    )


def redeem(db: Session, *, voucher: VoucherTerms, order_id: int, phone: str, now: datetime) -> None:
    """Count one use by one conditional UPDATE; its row lock also guards the count per person.

    Asked for last of all when an order is placed: so to find out whether a number that is not one's
    own has used a code, one has to place an order with it.
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
        raise VoucherRefused(USED_BY_YOU, field="voucher")
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
