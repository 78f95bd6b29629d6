"""Reading baskets, delivery rates, vouchers; putting a quote together."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final, cast

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import Session

from shop.catalogue.models import Producer
from shop.catalogue.queries import SaleRow, variants_for_sale
from shop.checkout.models import (
    Basket,
    BasketLine,
    DeliveryTerms,
    DeliveryZone,
    Voucher,
    VoucherRedemption,
)
from shop.checkout.rules import (
    WHY_NOT,
    Goods,
    Home,
    Offer,
    OrderQuote,
    Reach,
    Target,
    Terms,
    VoucherRefused,
    VoucherTerms,
    state_of_voucher,
)
from shop.checkout.rules.settings import TermsDraft, ZoneDraft
from shop.checkout.rules.vouchers import USED_BY_YOU, person_key
from shop.core.clock import today_vn
from shop.core.errors import NotFound
from shop.orders.models import CheckoutGroup, Order, OrderContact
from shop.places.models import Commune, Province
from shop.stock import queries as stock
from shop.stock.rules import Level, LivePrice

Wanted = Mapping[int, int]
"""Variant id -> quantity."""

MAX_LINES: Final = 50
MAX_LISTED: Final = 200
ORDERED_LATELY: Final = timedelta(hours=24)


_BY_TOKEN: Final = select(Basket).where(Basket.token_hash == bindparam("token_hash"))


def find_basket(db: Session, *, token_hash: str, person_id: int | None) -> Basket | None:
    """The visitor's basket: by the cookie, else (signed in) the latest of the person."""
    if token_hash:
        found = db.scalar(_BY_TOKEN, {"token_hash": token_hash})
        if found is not None and found.person_id in {None, person_id}:
            return found
    if person_id is None:
        return None
    return db.scalar(
        select(Basket)
        .where(Basket.person_id == person_id)
        .order_by(Basket.updated_at.desc(), Basket.id.desc())
        .limit(1)
    )


_OF_VISITOR: Final = (
    select(Basket, BasketLine.variant_id, BasketLine.quantity)
    .outerjoin(BasketLine, BasketLine.basket_id == Basket.id)
    .where(Basket.token_hash == bindparam("token_hash"))
    .order_by(BasketLine.id)
)


def look_into_basket(
    db: Session, *, token_hash: str, person_id: int | None
) -> tuple[Basket | None, Wanted]:
    """``find_basket`` and ``basket_lines``; of a guest, who is asked for most, in one statement."""
    if person_id is not None:
        found = find_basket(db, token_hash=token_hash, person_id=person_id)
        return found, basket_lines(db, found.id) if found else {}
    rows = db.execute(_OF_VISITOR, {"token_hash": token_hash}).all() if token_hash else []
    if not rows or rows[0].Basket.person_id is not None:
        return None, {}
    lines = {row.variant_id: row.quantity for row in rows if row.variant_id is not None}
    return rows[0].Basket, lines


def last_group(db: Session, basket: Basket, now: datetime) -> CheckoutGroup | None:
    """What was ordered out of the basket last, if that is not long ago."""
    if basket.last_group_id is None:
        return None
    group = db.get(CheckoutGroup, basket.last_group_id)
    return group if group is not None and group.created_at > now - ORDERED_LATELY else None


def last_contact(db: Session, person_id: int) -> OrderContact | None:
    """Whom and where the person's latest order went to, to fill the next form in."""
    return db.scalar(
        select(OrderContact)
        .join(Order, Order.id == OrderContact.order_id)
        .where(Order.buyer_id == person_id)
        .order_by(Order.id.desc())
        .limit(1)
    )


def basket_lines(db: Session, basket_id: int) -> dict[int, int]:
    """Variant id -> quantity, in the order of adding."""
    rows = db.execute(
        select(BasketLine.variant_id, BasketLine.quantity)
        .where(BasketLine.basket_id == basket_id)
        .order_by(BasketLine.id)
    )
    return {row.variant_id: row.quantity for row in rows}


def order_quotes(
    db: Session,
    wanted: Wanted,
    *,
    target: Target | None,
    methods: Mapping[str, str] | None = None,
    now: datetime,
) -> list[OrderQuote]:
    """The basket at this moment's prices, one quote per producer, with delivery if known.

    ``methods``: producer slug -> way of delivery, where it is not the usual one.
    """
    if not wanted:
        return []
    sale = variants_for_sale(db, list(wanted), today=today_vn(now))
    shelves = stock.shelves(db, list(wanted), now)
    by_producer: dict[int, list[tuple[SaleRow, Goods]]] = {}
    for variant_id, quantity in wanted.items():
        row = sale.get(variant_id)
        if row is not None:
            goods = Goods(_offer(row, *shelves[variant_id], quantity), quantity)
            by_producer.setdefault(row.producer_id, []).append((row, goods))
    quotes = [_order_quote(pairs) for pairs in by_producer.values()]
    if target is None:
        return quotes
    homes = {seller: pairs[0][0].province_code for seller, pairs in by_producer.items()}
    terms = delivery_terms(db, homes)
    chosen = methods or {}
    return [
        quote.delivered(terms[quote.producer_id], target, chosen.get(quote.producer_slug, ""))
        for quote in quotes
    ]


def _offer(row: SaleRow, level: Level, live: LivePrice | None, quantity: int) -> Offer:
    """The live price holds for the whole line or not at all."""
    if live is not None and (
        live.price_vnd >= row.price_vnd
        or (live.left is not None and live.left < quantity)
        or (live.per_buyer is not None and live.per_buyer < quantity)
    ):
        live = None
    return Offer(
        variant_id=row.variant_id,
        product_id=row.product_id,
        product_name=row.product_name,
        product_slug=row.product_slug,
        label=row.label,
        sku=row.sku,
        photo_sha=row.photo_sha,
        weight_g=row.packed_weight_g,
        unit_price_vnd=live.price_vnd if live else row.price_vnd,
        list_price_vnd=row.price_vnd,
        left=max(level.available, 0) + (live.set_aside if live else 0),
        window_id=live.window_id if live else None,
        set_aside_owner=live.owner_key if live else None,
        per_buyer=live.per_buyer if live else None,
        is_for_sale=row.is_for_sale and not row.is_service,
        product_name_en=row.product_name_en,
        label_en=row.label_en,
    )


def _order_quote(pairs: Sequence[tuple[SaleRow, Goods]]) -> OrderQuote:
    row = pairs[0][0]
    return OrderQuote(
        producer_id=row.producer_id,
        producer_slug=row.producer_slug,
        producer_name=row.producer_name,
        goods=tuple(goods for _row, goods in pairs),
        shipping_list_vnd=None,
    )


_TERMS: Final = (
    select(DeliveryTerms, DeliveryZone, Producer.province_code, Producer.commune_code)
    .join(Producer, Producer.id == DeliveryTerms.producer_id)
    .outerjoin(DeliveryZone, DeliveryZone.producer_id == DeliveryTerms.producer_id)
    .where(DeliveryTerms.producer_id.in_(bindparam("sellers", expanding=True)))
    .order_by(DeliveryTerms.producer_id, DeliveryZone.position)
)


def delivery_terms(db: Session, homes: Mapping[int, str]) -> dict[int, Terms]:
    """What each producer says about delivery, in one statement.

    ``homes``: producer id -> its province, which is all that counts where it has said nothing.
    """
    found = {seller: Terms(Home(province)) for seller, province in homes.items()}
    rows = db.execute(_TERMS, {"sellers": list(homes)}).all()
    for seller, same in groupby(rows, key=lambda row: row[0].producer_id):
        mine = list(same)
        terms, _zone, province, commune = mine[0]
        zones = [row[1] for row in mine if row[1] is not None]
        home = Home(province, commune or "")
        found[seller] = said(terms, zones).terms(home, terms.remote_communes)
    return found


def terms_rows(db: Session, producer_id: int) -> tuple[DeliveryTerms | None, list[DeliveryZone]]:
    """What the producer has set, as its page shows it."""
    zones = db.scalars(
        select(DeliveryZone)
        .where(DeliveryZone.producer_id == producer_id)
        .order_by(DeliveryZone.position)
    )
    return db.get(DeliveryTerms, producer_id), list(zones)


def remote_places(db: Session, codes: Sequence[str]) -> list[tuple[str, list[tuple[str, str]]]]:
    """(province, its communes as (code, name)) of the communes, by name."""
    rows = db.execute(
        select(Commune.code, Commune.name, Province.name)
        .join(Province, Province.code == Commune.province_code)
        .where(Commune.code.in_(codes))
        .order_by(Province.name, Commune.folded, Commune.code)
    )
    found: dict[str, list[tuple[str, str]]] = {}
    for code, name, province in rows:
        found.setdefault(province, []).append((code, name))
    return list(found.items())


def said(row: DeliveryTerms, zones: Sequence[DeliveryZone]) -> TermsDraft:
    """The rows as the values they were set with."""
    return TermsDraft(
        has_post=row.has_post,
        zones=tuple(
            ZoneDraft(
                reach=cast(Reach, zone.reach),
                first_g=zone.first_g,
                first_vnd=zone.first_vnd,
                step_g=zone.step_g,
                step_vnd=zone.step_vnd,
                provinces=tuple(zone.provinces),
                is_free=zone.is_free,
            )
            for zone in zones
        ),
        free_from_vnd=row.free_from_vnd,
        free_max_weight_g=row.free_max_weight_g,
        remote_vnd=row.remote_vnd,
        has_pickup=row.has_pickup,
        pickup_place=row.pickup_place,
        pickup_hours=row.pickup_hours,
        has_hand=row.has_hand,
        hand_area=row.hand_area,
        hand_vnd=row.hand_vnd,
        hand_free_from_vnd=row.hand_free_from_vnd,
    )


def voucher_terms(db: Session, code: str, *, now: datetime) -> VoucherTerms | None:
    """The voucher of this code, if it may be used now; None for an empty code.

    Raises VoucherRefused (field ``voucher``).
    """
    if not code:
        return None
    row = db.scalar(select(Voucher).where(Voucher.code == code.upper()))
    state = "unknown" if row is None else voucher_state(row, now)
    if row is None or state != "running":
        raise VoucherRefused(WHY_NOT[state], field="voucher")
    return VoucherTerms(
        voucher_id=row.id,
        code=row.code,
        kind=row.kind,
        producer_id=row.producer_id,
        amount=row.amount,
        max_discount_vnd=row.max_discount_vnd,
        min_subtotal_vnd=row.min_subtotal_vnd,
        per_person=row.per_person,
    )


def check_own_uses(
    db: Session,
    voucher: VoucherTerms | None,
    *,
    phone: str,
    person_id: int | None,
    basket: Basket | None,
) -> None:
    """Say before the press that this number has used the voucher as often as one may.

    Only to whom the number has shown itself to belong: an order of the signed-in person, or the
    last one out of this very basket, went to it. To others nothing is told: whoever types a
    stranger's number must not learn what they bought with. Raises VoucherRefused.
    """
    if voucher is None or not phone:
        return
    owners = []
    if person_id is not None:
        owners.append(Order.buyer_id == person_id)
    if basket is not None and basket.last_group_id is not None:
        owners.append(Order.group_id == basket.last_group_id)
    if not owners:
        return
    is_theirs = db.scalar(
        select(OrderContact.order_id)
        .join(Order, Order.id == OrderContact.order_id)
        .where(OrderContact.phone == phone, or_(*owners))
        .limit(1)
    )
    key = person_key(voucher.voucher_id, phone)
    if is_theirs and uses_of(db, voucher.voucher_id, key) >= voucher.per_person:
        raise VoucherRefused(USED_BY_YOU, field="voucher")


def vouchers_of(db: Session, producer_id: int) -> list[Voucher]:
    """The producer's discount codes, the newest first."""
    own = select(Voucher).where(Voucher.producer_id == producer_id)
    return list(db.scalars(own.order_by(Voucher.id.desc()).limit(MAX_LISTED)))


def voucher_of(db: Session, producer_id: int, voucher_id: int) -> Voucher:
    """One of the producer's discount codes. Raises NotFound."""
    found = db.scalar(
        select(Voucher).where(Voucher.id == voucher_id, Voucher.producer_id == producer_id)
    )
    if found is None:
        raise NotFound
    return found


def discounts_given(db: Session, voucher_ids: Collection[int]) -> dict[int, int]:
    """Voucher id -> đồng it took off goods in orders that stand."""
    rows = db.execute(
        select(VoucherRedemption.voucher_id, func.sum(Order.discount_vnd))
        .join(Order, Order.id == VoucherRedemption.order_id)
        .where(VoucherRedemption.voucher_id.in_(voucher_ids))
        .where(VoucherRedemption.released_at.is_(None))
        .group_by(VoucherRedemption.voucher_id)
    )
    return {voucher_id: int(total or 0) for voucher_id, total in rows}


def voucher_state(row: Voucher, now: datetime) -> str:
    """Where the voucher stands now."""
    return state_of_voucher(
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        is_stopped=row.stopped_at is not None,
        used=row.used,
        max_uses=row.max_uses,
        now=now,
    )


def uses_of(db: Session, voucher_id: int, person_key: str) -> int:
    """How often this person used the voucher in orders that still stand."""
    used = (
        select(func.count())
        .select_from(VoucherRedemption)
        .where(
            VoucherRedemption.voucher_id == voucher_id,
            VoucherRedemption.person_key == person_key,
            VoucherRedemption.released_at.is_(None),
        )
    )
    return db.scalar(used) or 0
