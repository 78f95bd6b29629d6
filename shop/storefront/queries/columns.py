"""What the statements of the public pages share: columns, and conditions that judge the present."""

from collections import namedtuple
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, or_, true

from shop.catalogue.models import (
    Certificate,
    Producer,
    Product,
    ProductPhoto,
    ProductSection,
    Variant,
)
from shop.catalogue.search import TODAY, F, valid_stars
from shop.checkout.models import DeliveryTerms
from shop.contacts.models import ProducerContact, ProducerLink
from shop.core.db import UtcDateTime
from shop.places.models import Commune, Province
from shop.stock.models import PriceWindow, StockLevel
from shop.storefront.rules import LIVE_SOON_DAYS

P: Final = Product.__table__.c
M: Final = Producer.__table__.c
V: Final = Variant.__table__.c
PHOTO: Final = ProductPhoto.__table__.c
PAPER: Final = Certificate.__table__.c
PROVINCE: Final = Province.__table__.c
COMMUNE: Final = Commune.__table__.c
LEVEL: Final = StockLevel.__table__.c
WINDOW: Final = PriceWindow.__table__.c
SECTION: Final = ProductSection.__table__.c
TERMS: Final = DeliveryTerms.__table__.c
REACH: Final = ProducerContact.__table__.c
OUTLET: Final = ProducerLink.__table__.c
AnyRow = Row[*tuple[Any, ...]]
AnySelect = Select[*tuple[Any, ...]]

CARD: Final = (
    F.product_id,
    F.slug,
    F.name,
    F.name_en,
    F.producer_name,
    F.place,
    F.price_min_vnd,
    F.price_max_vnd,
    F.available,
    F.ocop_group,
    F.season_mask,
    F.photo_sha,
    F.youth_unit,
    F.is_demo,
    F.next_session_at,
    F.published_at,
    valid_stars.label("stars"),
)
"""What a product card shows. Statements for cards begin with these: cards read them by place."""

CardRow = namedtuple("CardRow", [column.key for column in CARD])  # type: ignore[misc]
"""A card row that no statement gave."""

IS_LISTED: Final = F.is_listed == true()
_NOW: Final = bindparam("now", type_=UtcDateTime)
_SOON: Final = bindparam("soon", type_=UtcDateTime)
_MONTH: Final = bindparam("month_bit", type_=F.season_mask.type)
IS_IN_SEASON: Final = F.season_mask.op("&")(_MONTH) > 0
IS_LIVE_SOON: Final = and_(F.next_session_at >= _NOW, F.next_session_at < _SOON)
HAS_STARS: Final = F.stars_until >= TODAY
LACKS_STARS: Final = or_(F.stars_until.is_(None), F.stars_until < TODAY)

ORDERS: Final[dict[str, tuple[ColumnElement[Any], ...]]] = {
    "moi": (F.published_at.desc(), F.product_id.desc()),
    "gia-tang": (F.price_min_vnd.asc(), F.product_id.asc()),
    "gia-giam": (F.price_min_vnd.desc(), F.product_id.desc()),
    "sao": (F.stars.desc(), F.sold_count.desc(), F.product_id.desc()),
    "ban-chay": (F.sold_count.desc(), F.product_id.desc()),
}
"""The orders of a list by the value of ``sap_xep``."""


def moment(today: date, now: datetime) -> dict[str, Any]:
    """What statements that judge the present need."""
    return {
        "today": today,
        "now": now,
        "soon": now + timedelta(days=LIVE_SOON_DAYS),
        "month_bit": 1 << (today.month - 1),
    }
