"""How the two demo producers deliver, and their discount codes in every state."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalogue.models import Producer
from shop.checkout.models import DeliveryTerms, Voucher
from shop.checkout.rules.settings import TermsDraft, ZoneDraft
from shop.checkout.rules.vouchers import VoucherDraft
from shop.checkout.services import change_remote, create_voucher, set_terms, stop_voucher
from shop.demo.orders import SELLERS
from shop.demo.people import person_id
from shop.places.queries import island_codes

TERMS: Final = {
    "HTX Tài Hoan": TermsDraft(
        has_pickup=True,
        pickup_place="Xưởng miến, Xã Côn Minh",
        pickup_hours="7–17 giờ, trừ Chủ nhật",
        has_hand=True,
        hand_area="commune",
        hand_vnd=10_000,
        hand_free_from_vnd=200_000,
    ),
    "HTX Tây Bắc": TermsDraft(
        zones=(
            ZoneDraft("province", 2_000, 18_000, 1_000, 3_000),
            ZoneDraft("region", 2_000, 28_000, 1_000, 5_000),
            ZoneDraft("country", 2_000, 38_000, 1_000, 8_000, is_free=False),
            ZoneDraft("list", 2_000, 32_000, 500, 3_000, provinces=("01", "24")),
        ),
        free_from_vnd=500_000,
        free_max_weight_g=10_000,
        remote_vnd=25_000,
    ),
}
"""Made up, as every figure of the demo."""


def load_selling(db: Session, *, now: datetime) -> str:
    """What is not loaded yet of delivery terms and codes."""
    return f"{_load_terms(db, now)} delivery terms, {_load_vouchers(db, now)} vouchers"


def _load_terms(db: Session, now: datetime) -> int:
    made = 0
    for name, draft in TERMS.items():
        producer, actor_id = _producer(db, name), person_id(db, SELLERS[name][0])
        if db.get(DeliveryTerms, producer.id) is not None:
            continue
        set_terms(
            db,
            producer_id=producer.id,
            draft=draft,
            seen_version=0,
            actor_id=actor_id,
            now=now,
        )
        if draft.remote_vnd:
            change_remote(
                db, producer_id=producer.id, add=island_codes(db), actor_id=actor_id, now=now
            )
        made += 1
    return made


def _drafts(now: datetime) -> list[VoucherDraft]:
    start, end = now - timedelta(days=3), now + timedelta(days=30)
    return [
        VoucherDraft(
            code="MIENDONG10",
            kind="percent",
            amount=10,
            max_discount_vnd=30_000,
            min_subtotal_vnd=150_000,
            max_uses=200,
            starts_at=start,
            ends_at=end,
        ),
        VoucherDraft(
            code="KHACHQUEN20K",
            kind="fixed",
            amount=20_000,
            min_subtotal_vnd=200_000,
            per_person=3,
            starts_at=start,
            ends_at=end,
        ),
        VoucherDraft(code="GIAOTANNHA", kind="free_ship", starts_at=start, ends_at=end),
        VoucherDraft(
            code="TETSOM15",
            kind="percent",
            amount=15,
            max_uses=50,
            starts_at=now + timedelta(days=20),
            ends_at=now + timedelta(days=27),
        ),
        VoucherDraft(
            code="RAMTHANG10",
            kind="percent",
            amount=5,
            starts_at=now - timedelta(days=40),
            ends_at=now - timedelta(days=10),
        ),
    ]


def _load_vouchers(db: Session, now: datetime) -> int:
    known = set(db.scalars(select(Voucher.code)))
    name = "HTX Tài Hoan"
    producer, actor_id = _producer(db, name), person_id(db, SELLERS[name][0])
    wanted = [draft for draft in _drafts(now) if draft.code not in known]
    for draft in wanted:
        voucher = create_voucher(
            db, draft=draft, producer_id=producer.id, actor_id=actor_id, now=now
        )
        if draft.code == "GIAOTANNHA":
            stop_voucher(db, voucher=voucher, actor_id=actor_id, now=now)
    return len(wanted)


def _producer(db: Session, name: str) -> Producer:
    return db.scalars(select(Producer).where(Producer.name == name, Producer.is_demo)).one()
