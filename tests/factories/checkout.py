"""Baskets and vouchers for tests."""

import hashlib
import itertools
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from shop.checkout import services
from shop.checkout.models import Basket, Voucher
from shop.checkout.rules.settings import TermsDraft
from shop.checkout.rules.vouchers import VoucherDraft

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)

_numbers = itertools.count(1)


def make_basket(db: Session, quantities: dict[int, int], **over: Any) -> Basket:
    """A basket with these quantities of variants; a guest's unless ``person_id`` is given."""
    token = secrets.token_urlsafe(24)
    basket = services.open_basket(
        db,
        token_hash="",
        new_token_hash=hashlib.sha256(token.encode()).hexdigest(),
        person_id=over.pop("person_id", None),
        now=NOW,
    )
    for variant_id, quantity in quantities.items():
        services.add_to_basket(db, basket=basket, variant_id=variant_id, quantity=quantity, now=NOW)
    return basket


def make_voucher(db: Session, **over: Any) -> Voucher:
    """Ten percent off for everybody, all day long."""
    values: dict[str, Any] = {
        "code": f"GIAM{next(_numbers)}",
        "kind": "percent",
        "amount": 10,
        "starts_at": NOW - timedelta(days=1),
        "ends_at": NOW + timedelta(days=1),
        "max_uses": 100,
    }
    producer_id = over.pop("producer_id", None)
    draft = VoucherDraft(**(values | over))
    return services.create_voucher(db, draft=draft, producer_id=producer_id, now=NOW)


def make_terms(db: Session, producer_id: int, **over: Any) -> None:
    """A producer's own delivery; the house's rates unless ``zones`` are given."""
    services.set_terms(
        db,
        producer_id=producer_id,
        draft=TermsDraft(**over),
        seen_version=0,
        actor_id=None,
        now=NOW,
    )
