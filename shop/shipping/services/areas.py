"""What carriers call places: written as new rows, never changed."""

from datetime import datetime

from sqlalchemy.orm import Session

from shop.accounts import queries as accounts
from shop.accounts.rules import EVERYWHERE
from shop.catalogue.services.rights import require_maker
from shop.core.errors import NotAllowed
from shop.places.queries import get_commune
from shop.shipping.models import CarrierArea
from shop.shipping.rules.carriers import Area


def name_area(
    db: Session,
    *,
    carrier: str,
    province_code: str,
    commune_code: str,
    area: Area,
    producer_id: int | None,
    actor_id: int,
    now: datetime,
) -> CarrierArea:
    """Write what a carrier calls a commune, for one producer or (None, by staff of the whole
    country) for all. Raises NotAllowed, NotFound, UnknownCommune, UnknownProvince.
    """
    get_commune(db, province_code, commune_code)
    if producer_id is not None:
        require_maker(db, actor_id, producer_id)
    else:
        actor = accounts.actor_of_person(db, actor_id)
        if actor is None or not (actor.is_admin or EVERYWHERE in actor.staff_provinces):
            raise NotAllowed
    row = CarrierArea(
        carrier=carrier,
        commune_code=commune_code,
        producer_id=producer_id,
        province=area.province,
        district=area.district,
        ward=area.ward,
        changed_by=actor_id,
        changed_at=now,
    )
    db.add(row)
    db.flush()
    return row
