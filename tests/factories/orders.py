"""Orders for tests, through the real services."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from shop.catalogue.models import Producer, Product, Variant
from shop.orders import services
from shop.orders.models import Order
from shop.orders.rules import ContactDraft, LineDraft, OrderDraft
from shop.stock import queries as stock_queries
from tests.factories.catalogue import make_product, variant_of
from tests.factories.stock import make_stock

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)

_numbers = itertools.count(1)


def make_contact(**over: Any) -> ContactDraft:
    """Somebody in Xã Côn Minh with the phone 0912345678."""
    values: dict[str, Any] = {
        "full_name": "Lò Thị Mai",
        "phone": "0912345678",
        "province_code": "19",
        "commune_code": "02185",
        "street": "Thôn Chè Cọ",
        "place": "Xã Côn Minh, Tỉnh Thái Nguyên",
    }
    return ContactDraft(**(values | over))


def make_line(db: Session, variant: Variant, quantity: int = 1, **over: Any) -> LineDraft:
    """A line at the variant's own price."""
    product = db.get_one(Product, variant.product_id)
    values: dict[str, Any] = {
        "variant_id": variant.id,
        "product_id": product.id,
        "product_name": product.name,
        "variant_label": variant.label,
        "sku": variant.sku,
        "unit_price_vnd": variant.price_vnd,
        "quantity": quantity,
        "weight_g": variant.packed_weight_g,
    }
    return LineDraft(**(values | over))


def make_order(
    db: Session,
    *,
    producer: Producer | None = None,
    variant: Variant | None = None,
    quantity: int = 1,
    provider: str = "cod",
    buyer_id: int | None = None,
    confirmed: bool = False,
    shipping_vnd: int = 30_000,
    hold: timedelta = timedelta(hours=48),
    now: datetime = NOW,
    upfront_vnd: int | None = None,
    awaits_goods: bool = False,
    **contact: Any,
) -> Order:
    """An order of one line, its stock made if there is none: 65,000 đồng a piece and delivery.

    Paid on delivery it waits for confirmation; ``provider="vietqr"`` waits for money.
    """
    variant = variant or variant_of(db, make_product(db, producer=producer))
    missing = quantity - stock_queries.levels(db, [variant.id])[variant.id].available
    if missing > 0 and not awaits_goods:
        make_stock(db, variant.id, missing)
    seller = db.get_one(Producer, variant.producer_id)
    order = services.create_order(
        db,
        draft=OrderDraft(
            producer_id=seller.id,
            producer_name=seller.name,
            payment_provider=provider,
            is_prepaid=provider != "cod",
            lines=(make_line(db, variant, quantity),),
            shipping_vnd=shipping_vnd,
            expires_at=now + hold,
            upfront_vnd=upfront_vnd,
            awaits_goods=awaits_goods,
        ),
        contact=make_contact(**contact),
        submit_key=f"test-order-key-{next(_numbers):06}",
        buyer_id=buyer_id,
        now=now,
    )
    if confirmed:
        services.confirm_order(db, order_id=order.id, actor_id=None, now=now)
    return order
