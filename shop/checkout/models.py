"""What is in the basket, and what delivery costs."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.db import Base, Id, Ref, one_of

MAX_QUANTITY = 999
REACHES = ("list", "province", "region", "country")
HAND_AREAS = ("commune", "province")


class Basket(Base):
    """A basket: the cookie holds a random token, this row its SHA-256."""

    __tablename__ = "basket"

    id: Mapped[Id]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"), index=True)
    last_group_id: Mapped[Ref | None] = mapped_column(ForeignKey("checkout_group.id"))
    """What was ordered out of it last: whoever comes back to an empty basket is led there."""
    origin_code: Mapped[str | None] = mapped_column(String(12))
    """Whose word led here (opaque), shown to the buyer, who may take it out."""
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
    """When it was put in last."""
    add_key: Mapped[str | None] = mapped_column(String(32))
    """Digest of the form that put it in last: the same form sent twice adds once."""


class DeliveryTerms(Base):
    """How a producer's goods reach their buyers, beside the zones. No row: the house's rates."""

    __tablename__ = "delivery_terms"
    __table_args__ = (
        one_of("hand_area", HAND_AREAS),
        CheckConstraint(
            "remote_vnd >= 0 AND hand_vnd >= 0 AND free_from_vnd >= 0"
            " AND free_max_weight_g > 0 AND hand_free_from_vnd >= 0",
            name="amounts",
        ),
    )

    producer_id: Mapped[Ref] = mapped_column(
        ForeignKey("producer.id"), primary_key=True, autoincrement=False
    )
    has_post: Mapped[bool] = mapped_column(default=True)
    """Whether goods are sent by post or a carrier at all."""
    free_from_vnd: Mapped[Ref | None]
    free_max_weight_g: Mapped[int | None]
    remote_vnd: Mapped[Ref] = mapped_column(default=0)
    remote_communes: Mapped[list[str]] = mapped_column(JSON, default=list)
    has_pickup: Mapped[bool] = mapped_column(default=False)
    pickup_place: Mapped[str] = mapped_column(String(200), default="")
    pickup_hours: Mapped[str] = mapped_column(String(100), default="")
    has_hand: Mapped[bool] = mapped_column(default=False)
    hand_area: Mapped[str] = mapped_column(String(10), default="commune")
    hand_vnd: Mapped[Ref] = mapped_column(default=0)
    hand_free_from_vnd: Mapped[Ref | None]
    updated_at: Mapped[datetime]
    updated_by: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"))
    version: Mapped[int] = mapped_column(default=1)
    """Counts the changes: a page that shows an older one may not overwrite a newer one."""


class DeliveryZone(Base):
    """What a producer asks for a parcel to some provinces: so much up to a weight, then by step."""

    __tablename__ = "delivery_zone"
    __table_args__ = (
        one_of("reach", REACHES),
        UniqueConstraint("producer_id", "position"),
        CheckConstraint(
            "first_g > 0 AND first_vnd >= 0 AND step_g > 0 AND step_vnd >= 0", name="amounts"
        ),
    )

    id: Mapped[Id]
    producer_id: Mapped[Ref] = mapped_column(ForeignKey("delivery_terms.producer_id"))
    position: Mapped[int]
    reach: Mapped[str] = mapped_column(String(10))
    provinces: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Codes, for a zone that is a list; empty for the others."""
    first_g: Mapped[int]
    first_vnd: Mapped[Ref]
    step_g: Mapped[int]
    step_vnd: Mapped[Ref]
    is_free: Mapped[bool] = mapped_column(default=True)
    """Whether the free-from amount counts here."""


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
    producer_id: Mapped[Ref | None] = mapped_column(ForeignKey("producer.id"), index=True)
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
    session_key: Mapped[str | None] = mapped_column(String(60), index=True)
    """The livestream it is for (opaque here): its window follows that session's."""
    stopped_at: Mapped[datetime | None]


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
