"""Orders: what was agreed, frozen at the moment it was agreed."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shop.core.db import Base, Id, Ref, append_only, one_of

ORDER_STATES = (
    "awaiting_payment",
    "awaiting_confirmation",
    "confirmed",
    "completed",
    "cancelled",
    "expired",
)
PAYMENT_STATES = (
    "unpaid",
    "partial",
    "paid",
    "overpaid",
    "partly_refunded",
    "refunded",
    "disputed",
)
FULFILMENT_STATES = (
    "none",
    "packed",
    "partly_shipped",
    "shipped",
    "delivered",
    "failed_delivery",
    "returned",
)
SHIPMENT_STATES = (
    "packed",
    "shipped",
    "delivered",
    "failed",
    "returning",
    "returned",
    "cancelled",
)
CALL_OUTCOMES = ("confirmed", "no_answer", "wrong_number", "refused", "call_again")
DELIVERY_METHODS = ("ship", "hand", "pickup")


class CheckoutGroup(Base):
    """One pressing of "Đặt hàng": one order per producer, at most one group per submit key."""

    __tablename__ = "checkout_group"

    id: Mapped[Id]
    submit_key: Mapped[str] = mapped_column(String(64), unique=True)
    code: Mapped[str] = mapped_column(String(12), unique=True)
    buyer_id: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime]


class Order(Base):
    """What one buyer buys from one producer. Amounts in đồng."""

    __tablename__ = "shop_order"
    __table_args__ = (
        one_of("state", ORDER_STATES),
        one_of("payment_state", PAYMENT_STATES),
        one_of("fulfilment_state", FULFILMENT_STATES),
        one_of("delivery_method", DELIVERY_METHODS),
        CheckConstraint(
            "subtotal_vnd >= 0 AND discount_vnd >= 0 AND shipping_vnd >= 0 AND total_vnd >= 0",
            name="amounts",
        ),
        CheckConstraint("total_vnd = subtotal_vnd + shipping_vnd - discount_vnd", name="total"),
        Index(None, "producer_id", "state", "placed_at"),
        Index(None, "state", "expires_at"),
    )

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(12), unique=True)
    group_id: Mapped[Ref] = mapped_column(ForeignKey("checkout_group.id"), index=True)
    producer_id: Mapped[Ref] = mapped_column(ForeignKey("producer.id"))
    buyer_id: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"), index=True)
    producer_name: Mapped[str] = mapped_column(String(160))
    payment_provider: Mapped[str] = mapped_column(String(20))
    """Slug of a plug in ``payments/providers``."""
    state: Mapped[str] = mapped_column(String(24))
    payment_state: Mapped[str] = mapped_column(String(20), default="unpaid")
    """Derived from the payment ledger, cached; ``flask doctor`` recomputes and compares."""
    fulfilment_state: Mapped[str] = mapped_column(String(20), default="none")
    """Derived from the shipments, cached."""
    delivery_method: Mapped[str] = mapped_column(String(10), default="ship")
    """By post or carrier, by the producer's own hand, or fetched by the buyer."""
    pickup_place: Mapped[str] = mapped_column(String(300), default="")
    """Where and when the buyer fetches it, as it was agreed."""
    subtotal_vnd: Mapped[Ref]
    discount_vnd: Mapped[Ref] = mapped_column(default=0)
    shipping_vnd: Mapped[Ref]
    total_vnd: Mapped[Ref]
    """What was agreed; it never changes."""
    cut_vnd: Mapped[Ref] = mapped_column(default=0)
    """What of it is no longer due: goods that will not be sent, or that came back undelivered; sum
    of ``OrderCut``."""
    received_vnd: Mapped[Ref] = mapped_column(default=0)
    """What the seller holds of the buyer's money; derived from the payment ledger, cached."""
    upfront_vnd: Mapped[Ref | None]
    """What must have come before the next step, where that is neither all nor nothing: a deposit,
    and once the goods are there whatever is due before packing. None: as the way to pay says."""
    awaits_goods: Mapped[bool] = mapped_column(default=False)
    """Goods still to come (a harvest): nothing is held in stock for it and nothing packed."""
    placed_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    end_reason: Mapped[str] = mapped_column(String(60), default="")
    origin_code: Mapped[str | None] = mapped_column(String(12), index=True)
    """Whose word led here (opaque): a code out of the address, which the buyer saw and kept."""
    is_demo: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)

    lines: Mapped[list["OrderLine"]] = relationship(order_by="OrderLine.id", lazy="raise_on_sql")
    contact: Mapped["OrderContact"] = relationship(lazy="raise_on_sql")

    __mapper_args__ = {"version_id_col": version}

    @hybrid_property
    def due_vnd(self) -> int:
        """What the buyer pays in all: what was agreed less what will not be sent."""
        return self.total_vnd - self.cut_vnd

    @property
    def is_ready(self) -> bool:
        """Whether its goods are there, and the money that must come before packing."""
        return not self.awaits_goods and self.received_vnd >= (self.upfront_vnd or 0)


class OrderContact(Base):
    """Who gets the parcel and where: kept apart, so that erasure can empty it."""

    __tablename__ = "order_contact"

    order_id: Mapped[Ref] = mapped_column(
        ForeignKey("shop_order.id"), primary_key=True, autoincrement=False
    )
    full_name: Mapped[str] = mapped_column(String(120))
    phone: Mapped[str] = mapped_column(String(20), index=True)
    email: Mapped[str | None] = mapped_column(String(200))
    province_code: Mapped[str] = mapped_column(String(2))
    commune_code: Mapped[str] = mapped_column(String(5))
    street: Mapped[str] = mapped_column(String(200))
    place: Mapped[str] = mapped_column(String(160))
    """Commune and province in words, as they were."""
    note: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(String(2), default="vi")
    search_text: Mapped[str] = mapped_column(String(120), default="")
    """The name without marks, in small letters: what the desk's search looks in."""


class OrderLine(Base):
    """A snapshot of what was bought; edits of the product never change it."""

    __tablename__ = "order_line"
    __table_args__ = (
        UniqueConstraint("order_id", "variant_id"),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("discount_vnd >= 0", name="discount_vnd"),
        CheckConstraint(
            "line_total_vnd = quantity * unit_price_vnd - discount_vnd AND line_total_vnd >= 0",
            name="line_total",
        ),
    )

    id: Mapped[Id]
    order_id: Mapped[Ref] = mapped_column(ForeignKey("shop_order.id"))
    variant_id: Mapped[Ref] = mapped_column(ForeignKey("variant.id"), index=True)
    product_id: Mapped[Ref] = mapped_column(ForeignKey("product.id"), index=True)
    product_name: Mapped[str] = mapped_column(String(160))
    variant_label: Mapped[str] = mapped_column(String(80))
    sku: Mapped[str] = mapped_column(String(40))
    photo_sha: Mapped[str | None] = mapped_column(String(64))
    unit_price_vnd: Mapped[Ref]
    quantity: Mapped[int]
    discount_vnd: Mapped[Ref] = mapped_column(default=0)
    """This line's share of the order's discount, to the last đồng; not subtracted twice."""
    line_total_vnd: Mapped[Ref]
    weight_g: Mapped[int]
    price_window_id: Mapped[Ref | None] = mapped_column(ForeignKey("price_window.id"))


class OrderCut(Base):
    """Units of a line that the buyer does not get although the order stands: not sent, or sent and
    come back undelivered (``CAME_BACK``). Append-only."""

    __tablename__ = "order_cut"
    __table_args__ = (
        CheckConstraint("units > 0", name="units"),
        CheckConstraint("amount_vnd >= 0", name="amount_vnd"),
    )

    id: Mapped[Id]
    order_line_id: Mapped[Ref] = mapped_column(ForeignKey("order_line.id"), index=True)
    units: Mapped[int]
    amount_vnd: Mapped[Ref]
    """What is no longer due for them, their part of the delivery included."""
    reason: Mapped[str] = mapped_column(String(20))
    """A code of rules.CUT_REASONS, or rules.CAME_BACK."""
    actor_id: Mapped[Ref | None]
    at: Mapped[datetime]


class OrderEvent(Base):
    """One step of an order's timeline. Append-only; codes and opaque ids, no names."""

    __tablename__ = "order_event"
    __table_args__ = (Index(None, "order_id", "id"),)

    id: Mapped[Id]
    order_id: Mapped[Ref] = mapped_column(ForeignKey("shop_order.id"))
    kind: Mapped[str] = mapped_column(String(40))
    is_public: Mapped[bool]
    actor_id: Mapped[Ref | None]
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime]


class OrderCall(Base):
    """A telephone call to confirm an order: who called, when, what came of it. Append-only."""

    __tablename__ = "order_call"
    __table_args__ = (
        one_of("outcome", CALL_OUTCOMES),
        CheckConstraint("outcome <> 'call_again' OR next_at IS NOT NULL", name="next_at"),
        Index(None, "order_id", "id"),
        Index(None, "next_at"),
    )

    id: Mapped[Id]
    order_id: Mapped[Ref] = mapped_column(ForeignKey("shop_order.id"))
    outcome: Mapped[str] = mapped_column(String(12))
    next_at: Mapped[datetime | None]
    """When to call again; the newest call of an order counts."""
    actor_id: Mapped[Ref]
    submit_key: Mapped[str] = mapped_column(String(64), unique=True)
    at: Mapped[datetime]


class Shipment(Base):
    """A parcel of an order; an order may go in several."""

    __tablename__ = "shipment"
    __table_args__ = (
        one_of("state", SHIPMENT_STATES),
        CheckConstraint("cod_vnd >= 0", name="cod_vnd"),
    )

    id: Mapped[Id]
    order_id: Mapped[Ref] = mapped_column(ForeignKey("shop_order.id"), index=True)
    state: Mapped[str] = mapped_column(String(10), default="packed")
    carrier: Mapped[str] = mapped_column(String(40), default="")
    tracking_no: Mapped[str] = mapped_column(String(60), default="")
    cod_vnd: Mapped[Ref | None]
    """What its carrier was told to collect when it took the parcel, in đồng. None: still here, or
    sent before this was kept."""
    fail_reason: Mapped[str] = mapped_column(String(20), default="")
    """Why the last try to deliver it failed: a code of rules.FAIL_REASONS."""
    submit_key: Mapped[str | None] = mapped_column(String(80), unique=True)
    """The form that packed it: pressing twice packs once."""
    packed_at: Mapped[datetime]
    shipped_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    returned_at: Mapped[datetime | None]


class ShipmentLine(Base):
    """Units of an order line in a parcel, from one lot (None: the product has no lots)."""

    __tablename__ = "shipment_line"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint(
            "restocked >= 0 AND written_off >= 0 AND restocked + written_off <= quantity",
            name="came_back",
        ),
    )

    id: Mapped[Id]
    shipment_id: Mapped[Ref] = mapped_column(ForeignKey("shipment.id"), index=True)
    order_line_id: Mapped[Ref] = mapped_column(ForeignKey("order_line.id"), index=True)
    lot_id: Mapped[Ref | None] = mapped_column(ForeignKey("lot.id"), index=True)
    quantity: Mapped[int]
    restocked: Mapped[int] = mapped_column(default=0)
    """Units that came back and lie on the shelf again."""
    written_off: Mapped[int] = mapped_column(default=0)
    """Units that came back spoilt, or never came back."""


append_only("order_call")
append_only("order_cut")
append_only("order_event")
