"""Administrative units, filled by a migration from ``shop/places/data``."""

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.db import Base, Id


class Province(Base):
    """One of the 34 provinces and centrally run cities."""

    __tablename__ = "province"

    code: Mapped[str] = mapped_column(String(2), primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    folded: Mapped[str] = mapped_column(String(60))


class Commune(Base):
    """One of the 3,321 communes, wards and special zones."""

    __tablename__ = "commune"

    code: Mapped[str] = mapped_column(String(5), primary_key=True)
    province_code: Mapped[str] = mapped_column(ForeignKey("province.code"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(20))
    folded: Mapped[str] = mapped_column(String(80), index=True)


class OldPlace(Base):
    """A name in force before 2025-07-01 and one unit it leads to; a split unit has several rows."""

    __tablename__ = "old_place"
    __table_args__ = (Index(None, "folded", "level"),)

    id: Mapped[Id]
    folded: Mapped[str] = mapped_column(String(80))
    label: Mapped[str] = mapped_column(String(200))
    level: Mapped[str] = mapped_column(String(10))
    province_code: Mapped[str] = mapped_column(ForeignKey("province.code"))
    commune_code: Mapped[str | None] = mapped_column(ForeignKey("commune.code"), index=True)
