"""What is in the basket, and what delivery costs."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.db import Base, Id, Ref, one_of

MAX_QUANTITY = 999


class Basket(Base):
    """A basket: the cookie holds a random token, this row its SHA-256."""

    __tablename__ = "basket"

    id: Mapped[Id]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"), index=True)
    updated_at: Mapped[datetime]


class BasketLine(Base):
    """So many of a variant."""

    __tablename__ = "basket_line"
    __table_args__ = (
        UniqueConstraint("basket_id", "variant_id"),
        CheckConstraint("quantity BETWEEN 1 AND 999", name="quantity"),
    )

    id: Mapped[Id]
    basket_id: Mapped[Ref] = mapped_column(ForeignKey("basket.id"))
    variant_id: Mapped[Ref] = mapped_column(ForeignKey("variant.id"))
    quantity: Mapped[int]
    added_at: Mapped[datetime]


class DeliveryRate(Base):
    """What a producer charges to send up to ``max_weight_g`` to a zone.

    ``producer_id`` None is the house's default. Zones: same province, same region, the rest.
    """

    __tablename__ = "delivery_rate"
    __table_args__ = (
        one_of("zone", ("province", "region", "country")),
        CheckConstraint("price_vnd >= 0 AND max_weight_g > 0", name="amounts"),
        Index(None, "producer_id", "zone", "max_weight_g"),
    )

    id: Mapped[Id]
    producer_id: Mapped[Ref | None] = mapped_column(ForeignKey("producer.id"))
    zone: Mapped[str] = mapped_column(String(10))
    max_weight_g: Mapped[int]
    price_vnd: Mapped[Ref]
    free_from_vnd: Mapped[Ref | None]


class Voucher(Base):
    """A discount code of one producer (or of the house)."""

    __tablename__ = "voucher"
    __table_args__ = (
        one_of("kind", ("percent", "fixed", "free_ship")),
        CheckConstraint("used >= 0 AND (max_uses IS NULL OR used <= max_uses)", name="used"),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
    )

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(30), unique=True)
    producer_id: Mapped[Ref | None] = mapped_column(ForeignKey("producer.id"))
    kind: Mapped[str] = mapped_column(String(10))
    amount: Mapped[Ref]
    """Percent (1 to 90) or đồng, by kind; 0 for free shipping."""
    max_discount_vnd: Mapped[Ref | None]
    min_subtotal_vnd: Mapped[Ref] = mapped_column(default=0)
    max_uses: Mapped[int | None]
    per_person: Mapped[int] = mapped_column(default=1)
    used: Mapped[int] = mapped_column(default=0)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]


class VoucherRedemption(Base):
    """One use of a voucher by one order."""

    __tablename__ = "voucher_redemption"
    __table_args__ = (UniqueConstraint("voucher_id", "order_id"),)

    id: Mapped[Id]
    voucher_id: Mapped[Ref] = mapped_column(ForeignKey("voucher.id"))
    order_id: Mapped[Ref] = mapped_column(ForeignKey("shop_order.id"))
    person_key: Mapped[str] = mapped_column(String(64))
    """Digest of the phone number: counts uses per person without keeping who."""
    redeemed_at: Mapped[datetime]
    released_at: Mapped[datetime | None]
