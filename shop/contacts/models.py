"""Ways to reach a producer, the people behind it, and where else it sells."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shop.contacts.rules import CHANNELS, MAX_URL
from shop.core.db import Base, Id, Ref, one_of


class ProducerContact(Base):
    """What a producer lets the public know besides the phone number of its profile."""

    __tablename__ = "producer_contact"

    producer_id: Mapped[Ref] = mapped_column(
        ForeignKey("producer.id"), primary_key=True, autoincrement=False
    )
    zalo: Mapped[str | None] = mapped_column(String(20))
    shop_address: Mapped[str] = mapped_column(String(200), default="")
    opening: Mapped[str] = mapped_column(String(120), default="")
    """When its own shop is open, in words."""
    consented_by: Mapped[Ref] = mapped_column(ForeignKey("person.id"))
    consented_at: Mapped[datetime]


class ProducerLink(Base):
    """An address on the net where the producer's goods are sold, and when somebody last looked."""

    __tablename__ = "producer_link"
    __table_args__ = (
        one_of("channel", CHANNELS),
        UniqueConstraint("producer_id", "url"),
        Index(None, "checked_on"),
    )

    id: Mapped[Id]
    producer_id: Mapped[Ref] = mapped_column(ForeignKey("producer.id"))
    channel: Mapped[str] = mapped_column(String(12))
    url: Mapped[str] = mapped_column(String(MAX_URL))
    added_at: Mapped[datetime]
    checked_on: Mapped[date]
    checked_by: Mapped[Ref] = mapped_column(ForeignKey("person.id"))


class ProducerFace(Base):
    """Someone of the producer who agreed to be shown with name and picture."""

    __tablename__ = "producer_face"
    __table_args__ = (Index(None, "producer_id", "position"),)

    id: Mapped[Id]
    producer_id: Mapped[Ref] = mapped_column(ForeignKey("producer.id"))
    name: Mapped[str] = mapped_column(String(120))
    work: Mapped[str] = mapped_column(String(120), default="")
    work_en: Mapped[str | None] = mapped_column(String(120))
    photo_sha: Mapped[str | None] = mapped_column(String(64))
    position: Mapped[int] = mapped_column(default=0)
    consented_by: Mapped[Ref] = mapped_column(ForeignKey("person.id"))
    """Who said, on record, that this person agreed."""
    consented_at: Mapped[datetime]
