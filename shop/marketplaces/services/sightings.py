"""Where products really stand on channels, as people saw it: the evidence behind reports."""

from collections.abc import Collection
from datetime import date, datetime
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.accounts.services import record_audit
from shop.catalogue.models import Product
from shop.core.clock import today_vn
from shop.core.errors import Invalid
from shop.core.text import N_, clean
from shop.marketplaces import queries, registry
from shop.marketplaces.models import SIGHTINGS, ListingSighting


class WrongAddress(Invalid):
    message = N_("Dán đường dẫn đầy đủ của bài đăng, bắt đầu bằng https://.")


class WrongDay(Invalid):
    message = N_("Chọn ngày từ năm 2020 đến hôm nay.")


class WrongSighting(Invalid):
    message = N_("Hãy ghi địa chỉ bài đăng trước, rồi mới ghi lần xem lại.")


def record_sighting(
    db: Session,
    *,
    product_id: int,
    producer_ids: Collection[int],
    channel: str,
    what: str,
    address: str,
    on_day: date,
    helped_by: str,
    actor_id: int,
    now: datetime,
) -> ListingSighting:
    """Keep that the product was listed, seen again, or is gone. The same told twice is kept once.

    ``seen`` and ``gone`` without an address speak of the address before. Raises UnknownChannel,
    UnknownProduct, WrongAddress, WrongDay, WrongSighting.
    """
    profile = registry.profile_called(channel)
    if queries.owner_of(db, product_id) not in set(producer_ids):
        raise queries.UnknownProduct
    if not date(2020, 1, 1) <= on_day <= today_vn(now):
        raise WrongDay(field="on_day")
    db.execute(select(Product.id).where(Product.id == product_id).with_for_update()).one()
    last = queries.newest_sightings(db, [product_id]).get((product_id, profile.slug))
    told = clean(address).replace("\n", "")[:600]
    if not told and last is not None and what != "listed":
        told = last.address
    if what not in SIGHTINGS or (what != "listed" and last is None):
        raise WrongSighting(field="what")
    if not is_address(told):
        raise WrongAddress(field="address")
    helper = clean(helped_by).replace("\n", " ")[:120]
    values = (what, told, on_day, helper)
    if last and (last.what, last.address, last.on_day, last.helped_by) == values:
        return last
    row = ListingSighting(
        product_id=product_id,
        channel=profile.slug,
        what=what,
        address=told,
        on_day=on_day,
        helped_by=helper,
        recorded_by=actor_id,
        recorded_at=now,
    )
    db.add(row)
    db.flush()
    record_audit(
        db,
        actor_id=actor_id,
        action="marketplaces.sighting",
        subject_kind="product",
        subject_id=product_id,
        now=now,
        detail={"channel": profile.slug, "what": what},
    )
    return row


def is_address(text: str) -> bool:
    """A whole web address with a host that can be public."""
    if len(text) > 500 or " " in text or not text.startswith(("https://", "http://")):
        return False
    try:
        return "." in (urlsplit(text).hostname or "")
    except ValueError:
        return False
