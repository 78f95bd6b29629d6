"""Wholesale enquiries and quotes for tests, through the real services."""

import itertools
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.orm import Session

from shop.catalogue.models import Producer, Variant
from shop.enquiries.models import Enquiry
from shop.enquiries.services import Visit
from shop.payments.queries import has_payee_account
from shop.wholesale import services
from shop.wholesale.models import Quote
from shop.wholesale.rules import Tier
from tests.factories.accounts import make_person
from tests.factories.payments import make_payee_account

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)

_numbers = itertools.count(1)


def make_asked(**over: Any) -> services.Asked:
    """A shop in Thái Nguyên wants 200 pieces."""
    visit = {
        "submit_key": f"test-wholesale-key-{next(_numbers):06}",
        "name": "Chị Thu",
        "phone": "0912345678",
        "email": "thu@example.test",
        "wanted_on": None,
        "people": None,
        "words": "Cần hàng đều mỗi tháng.",
        "language": "vi",
    }
    visit |= {name: over.pop(name) for name in list(over) if name in visit}
    values: dict[str, Any] = {
        "company": "Siêu thị Minh Họa",
        "tax_code": "0101234567",
        "quantity": 200,
        "province_code": "19",
    }
    return services.Asked(visit=Visit(**visit), **(values | over))  # type: ignore[arg-type]


def make_enquiry(
    db: Session, producer: Producer, *, buyer_id: int | None = None, **over: Any
) -> Enquiry:
    """A wholesale enquiry to the producer."""
    return services.ask(
        db,
        producer_slug=producer.slug,
        product_slug="",
        asked=make_asked(**over),
        buyer_id=buyer_id,
        now=NOW,
    )


def make_offer(variant: Variant, steps: Sequence[tuple[int, int]], **over: Any) -> services.Offer:
    """A quote until the end of the year, paid on delivery; ``steps``: (from, price a unit)."""
    values: dict[str, Any] = {
        "submit_key": f"test-quote-key-{next(_numbers):06}",
        "tiers": tuple(Tier(variant.id, least, price) for least, price in steps),
        "shipping_vnd": 150_000,
        "payment": "cod",
        "valid_until": date(2026, 12, 31),
        "terms": "Đóng thùng 20 gói.",
    }
    return services.Offer(**(values | over))


def make_quote(
    db: Session,
    *,
    producer: Producer,
    variant: Variant,
    enquiry: Enquiry | None = None,
    steps: Sequence[tuple[int, int]] = ((50, 60_000), (200, 55_000)),
    **over: Any,
) -> Quote:
    """An open quote: 60,000 đồng from 50 pieces, 55,000 from 200."""
    enquiry = enquiry or make_enquiry(db, producer)
    if not has_payee_account(db, producer.id):
        make_payee_account(db, producer.id)
    return services.offer_quote(
        db,
        enquiry_code=enquiry.code,
        offer=make_offer(variant, steps, **over),
        producer_ids=frozenset({producer.id}),
        actor_id=make_person(db).id,
        now=NOW,
    )


def make_acceptance(quantities: dict[int, int], **over: Any) -> services.Acceptance:
    """Delivered to Xã Côn Minh."""
    values: dict[str, Any] = {
        "full_name": "Chị Thu",
        "phone": "0912345678",
        "email": None,
        "province_code": "19",
        "commune_code": "02185",
        "street": "Kho số 2",
        "note": "",
    }
    return services.Acceptance(quantities=quantities, **(values | over))
