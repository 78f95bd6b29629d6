"""Harvests, windows and pre-orders for tests, through the real services."""

import itertools
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.orm import Session

from shop.catalogue.models import Producer, Variant
from shop.orders.models import Order
from shop.payments.queries import has_payee_account
from shop.preorders import services
from shop.preorders.models import Harvest, ShipWindow
from tests.factories.catalogue import make_product, variant_of
from tests.factories.payments import make_config, make_payee_account

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)

_numbers = itertools.count(1)


def make_window_plan(**over: Any) -> services.WindowPlan:
    """Ten places at 50,000 đồng, 30 % deposit, sent 10 to 15 December, ordered until the 5th."""
    values: dict[str, Any] = {
        "from_on": date(2026, 12, 10),
        "to_on": date(2026, 12, 15),
        "closes_on": date(2026, 12, 5),
        "capacity": 10,
        "price_vnd": 50_000,
        "per_buyer": None,
        "deposit_kind": "percent",
        "deposit_amount": 30,
    }
    return services.WindowPlan(**(values | over))


def make_harvest(db: Session, *, variant: Variant | None = None, **over: Any) -> Harvest:
    """A thousand pieces expected, a tenth held back."""
    variant = variant or variant_of(db, make_product(db))
    values: dict[str, Any] = {
        "season": "Vụ hồng tháng 12",
        "expected_units": 1_000,
        "held_back_percent": 10,
        "outlook": "Mưa đá thì hồng ít đi; ai đặt trước được giao trước.",
    }
    return services.plan_harvest(
        db,
        variant_id=variant.id,
        plan=services.HarvestPlan(**(values | over)),
        producer_ids=frozenset({variant.producer_id}),
        actor_id=1,
        now=NOW,
    )


def make_window(db: Session, *, harvest: Harvest | None = None, **over: Any) -> ShipWindow:
    """An open window of a producer who can be paid by transfer."""
    harvest = harvest or make_harvest(db)
    if not has_payee_account(db, harvest.producer_id):
        make_payee_account(db, harvest.producer_id)
    return services.open_window(
        db,
        harvest_id=harvest.id,
        plan=make_window_plan(**over),
        submit_key=f"test-window-key-{next(_numbers):06}",
        producer_ids=frozenset({harvest.producer_id}),
        actor_id=1,
        now=NOW,
    )


def make_request(window: ShipWindow, quantity: int = 1, **over: Any) -> services.PlaceRequest:
    """Somebody in Xã Côn Minh; what is left open by the deposit is paid on delivery."""
    values: dict[str, Any] = {
        "submit_key": f"test-preorder-key-{next(_numbers):06}",
        "window_code": window.code,
        "quantity": quantity,
        "full_name": "Lò Thị Mai",
        "phone": "0912345678",
        "email": None,
        "province_code": "19",
        "commune_code": "02185",
        "street": "Thôn Chè Cọ",
        "note": "",
        "rest_by": "delivery",
    }
    return services.PlaceRequest(**(values | over))


def make_preorder(
    db: Session,
    *,
    window: ShipWindow,
    quantity: int = 1,
    buyer_id: int | None = None,
    now: datetime = NOW,
    **over: Any,
) -> Order:
    """An order with places in the window, waiting for its deposit (or to be confirmed)."""
    return services.place_preorder(
        db,
        request=make_request(window, quantity, **over),
        buyer_id=buyer_id,
        config=make_config(),
        now=now,
    )[0]


def producer_of(db: Session, window: ShipWindow) -> Producer:
    """Who sends the window."""
    harvest = db.get_one(Harvest, window.harvest_id)
    return db.get_one(Producer, harvest.producer_id)
