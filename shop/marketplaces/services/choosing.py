"""What a producer decides for products on a channel: one at a time, or many at once."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalogue.models import Product
from shop.core.errors import Invalid
from shop.core.text import N_
from shop.marketplaces import queries, registry
from shop.marketplaces.models import Listing
from shop.marketplaces.rules.choices import cleaned, is_within_bounds, to_stored
from shop.marketplaces.rules.facts import Choice


class WrongChoice(Invalid):
    message = N_(
        "Có chữ quá dài, ảnh không thuộc sản phẩm, hoặc giá, số giữ lại ngoài khoảng cho phép. "
        "Hãy tải lại trang rồi sửa."
    )


class NothingTicked(Invalid):
    message = N_("Chưa chọn sản phẩm nào, hoặc chưa điền điều cần đổi.")


def save_choice(
    db: Session,
    *,
    product_id: int,
    producer_ids: Collection[int],
    channel: str,
    choice: Choice,
    now: datetime,
) -> Listing:
    """Remember what the producer wants for a product on a channel.

    Raises UnknownChannel, UnknownProduct (also for other people's products), WrongChoice.
    """
    profile = registry.profile_called(channel)
    if queries.owner_of(db, product_id) not in set(producer_ids):
        raise queries.UnknownProduct
    kept = cleaned(choice)
    if not is_within_bounds(kept) or not queries.are_photos_of(db, product_id, kept.photos):
        raise WrongChoice
    db.execute(select(Product.id).where(Product.id == product_id).with_for_update()).one()
    listing = db.scalar(
        select(Listing).where(Listing.product_id == product_id, Listing.channel == profile.slug)
    )
    if listing is None:
        listing = Listing(product_id=product_id, channel=profile.slug)
        db.add(listing)
    listing.is_included = kept.is_included
    listing.overrides = to_stored(kept)
    listing.price_percent = kept.price.percent
    listing.price_fixed_vnd = kept.price.fixed_vnd
    listing.price_step_vnd = kept.price.step_vnd
    listing.price_floor_vnd = kept.price_floor_vnd
    listing.stock_reserve = kept.stock_reserve
    listing.updated_at = now
    db.flush()
    return listing


def change_choices(
    db: Session,
    *,
    producer_id: int,
    product_ids: Collection[int],
    channel: str,
    changes: Mapping[str, Any],
    now: datetime,
) -> int:
    """Change the same things for many products of one producer, all or none; how many there were.

    ``changes``: any of ``is_included``, ``percent``, ``fixed_vnd``, ``step_vnd``,
    ``price_floor_vnd`` (0 takes it away), ``stock_reserve``, ``photo_fit``. Raises UnknownChannel,
    UnknownProduct when one is not the producer's, NothingTicked, WrongChoice.
    """
    if not product_ids or not changes:
        raise NothingTicked
    profile = registry.profile_called(channel)
    known = {
        listing.product_id: queries.choice_of(listing)
        for listing in queries.listings_of(db, product_ids)
        if listing.channel == profile.slug
    }
    for product_id in sorted(product_ids):
        save_choice(
            db,
            product_id=product_id,
            producer_ids=[producer_id],
            channel=profile.slug,
            choice=_changed(known.get(product_id, Choice()), changes),
            now=now,
        )
    return len(product_ids)


def choose_categories(
    db: Session,
    *,
    producer_id: int,
    channel: str,
    wanted: Mapping[int, str],
    now: datetime,
) -> int:
    """Keep the channel's category of each product; how many changed. An empty id takes it back.

    Products of other producers are passed over. Raises UnknownChannel, WrongChoice.
    """
    profile = registry.profile_called(channel)
    own = set(
        db.scalars(
            select(Product.id).where(
                Product.producer_id == producer_id,
                Product.id.in_(list(wanted)),
                Product.state != "archived",
                Product.is_service.is_(False),
            )
        )
    )
    known = {
        listing.product_id: queries.choice_of(listing)
        for listing in queries.listings_of(db, own)
        if listing.channel == profile.slug
    }
    changed = 0
    for product_id in sorted(own):
        choice = known.get(product_id, Choice())
        if choice.category_id == wanted[product_id]:
            continue
        changed += 1
        save_choice(
            db,
            product_id=product_id,
            producer_ids=[producer_id],
            channel=profile.slug,
            choice=replace(choice, category_id=wanted[product_id]),
            now=now,
        )
    return changed


def _changed(choice: Choice, changes: Mapping[str, Any]) -> Choice:
    names = ("percent", "fixed_vnd", "step_vnd")
    rule = {name: changes[name] for name in names if name in changes}
    rest = {name: value for name, value in changes.items() if name not in names}
    if "price_floor_vnd" in rest:
        rest["price_floor_vnd"] = rest["price_floor_vnd"] or None
    return replace(choice, price=replace(choice.price, **rule), **rest)
