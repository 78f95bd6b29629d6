"""What a product page says of where the goods come from: read on every visit, so one statement."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import Date, and_, bindparam, or_, select
from sqlalchemy.orm import Session

from shop.catalogue.models import Product
from shop.traceability.models import Lot, TraceCode

_L: Final = Lot.__table__.c
_C: Final = TraceCode.__table__.c
_P: Final = Product.__table__.c
_TODAY: Final = bindparam("today", type_=Date)

_ON_SALE: Final = (
    select(
        *(_L.code, _L.lot_no, _L.made_on, _L.best_before),
        select(_C.code)
        .where(_C.product_id == _P.id, _C.level == "product")
        .scalar_subquery()
        .label("product_code"),
    )
    .select_from(_P.id.table)
    .outerjoin(
        _L.id.table,
        and_(
            _L.product_id == _P.id,
            _L.state == "released",
            or_(_L.best_before.is_(None), _L.best_before >= _TODAY),
        ),
    )
    .where(_P.id == bindparam("product"))
    .order_by(_L.best_before.is_(None), _L.best_before, _L.id)
    .limit(bindparam("most"))
)


@dataclass(frozen=True)
class LotOnSale:
    """A lot as the product page names it."""

    code: str
    lot_no: str
    made_on: date
    best_before: date | None


@dataclass(frozen=True)
class Origin:
    """The lots that may be sold, first expiring first, and the product-level code, if any."""

    lots: list[LotOnSale]
    product_code: str | None


def origin_of(db: Session, product_id: int, *, today: date, most: int = 5) -> Origin:
    """Where one can look up the goods of this product; at most ``most`` lots."""
    bound = {"product": product_id, "today": today, "most": most}
    rows = db.connection().execute(_ON_SALE, bound).all()
    lots = [LotOnSale(*row[:4]) for row in rows if row.code is not None]
    return Origin(lots, rows[0].product_code if rows else None)
