"""Reading baskets, delivery rates, vouchers; putting a quote together."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from shop.catalogue.queries import SaleRow, variants_for_sale
from shop.checkout.models import Basket, BasketLine, DeliveryRate, Voucher, VoucherRedemption
from shop.checkout.rules import (
    Goods,
    Offer,
    OrderQuote,
    Rate,
    VoucherRefused,
    VoucherTerms,
    choose_rates,
    delivery_fee,
    zone_between,
)
from shop.core.clock import today_vn
from shop.core.text import N_
from shop.stock import queries as stock
from shop.stock.rules import Level, LivePrice

Wanted = Mapping[int, int]
"""Variant id -> quantity."""

MAX_LINES: Final = 50


def find_basket(db: Session, *, token_hash: str, person_id: int | None) -> Basket | None:
    """The visitor's basket: by the cookie, else (signed in) the latest of the person."""
    if token_hash:
        found = db.scalar(select(Basket).where(Basket.token_hash == token_hash))
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


def basket_lines(db: Session, basket_id: int) -> dict[int, int]:
    """Variant id -> quantity, in the order of adding."""
    rows = db.execute(
        select(BasketLine.variant_id, BasketLine.quantity)
        .where(BasketLine.basket_id == basket_id)
        .order_by(BasketLine.id)
    )
    return {row.variant_id: row.quantity for row in rows}


def order_quotes(
    db: Session, wanted: Wanted, *, province_code: str | None, now: datetime
) -> list[OrderQuote]:
    """The basket at this moment's prices, one quote per producer, with delivery if known."""
    if not wanted:
        return []
    sale = variants_for_sale(db, list(wanted), today=today_vn(now))
    live = stock.prices(db, list(wanted), now)
    levels = stock.levels(db, list(wanted))
    by_producer: dict[int, list[tuple[SaleRow, Goods]]] = {}
    for variant_id, quantity in wanted.items():
        row = sale.get(variant_id)
        if row is not None:
            goods = Goods(_offer(row, live.get(variant_id), levels[variant_id], quantity), quantity)
            by_producer.setdefault(row.producer_id, []).append((row, goods))
    rates = _rates(db, list(by_producer)) if province_code else {}
    return [
        _order_quote(pairs, province_code, (rates.get(producer_id, ()), rates.get(None, ())))
        for producer_id, pairs in by_producer.items()
    ]


def _offer(row: SaleRow, live: LivePrice | None, level: Level, quantity: int) -> Offer:
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
    )


def _order_quote(
    pairs: Sequence[tuple[SaleRow, Goods]],
    province_code: str | None,
    tables: Sequence[Sequence[Rate]],
) -> OrderQuote:
    row = pairs[0][0]
    quote = OrderQuote(
        producer_id=row.producer_id,
        producer_slug=row.producer_slug,
        producer_name=row.producer_name,
        goods=tuple(goods for _row, goods in pairs),
        shipping_list_vnd=None,
    )
    if province_code is None:
        return quote
    zone = zone_between(row.province_code, province_code)
    fee = delivery_fee(
        choose_rates(tables, zone), weight_g=quote.weight_g, goods_vnd=quote.subtotal_vnd
    )
    return replace(quote, shipping_list_vnd=fee)


def delivery_tables(db: Session, producer_id: int) -> tuple[list[Rate], list[Rate]]:
    """The producer's own rates and those the house set, in the order in which they count."""
    rates = _rates(db, [producer_id])
    return rates.get(producer_id, []), rates.get(None, [])


def _rates(db: Session, producer_ids: Sequence[int]) -> dict[int | None, list[Rate]]:
    """Each producer's own rates; under None those the house set."""
    found: dict[int | None, list[Rate]] = {}
    rows = db.scalars(
        select(DeliveryRate)
        .where(or_(DeliveryRate.producer_id.in_(producer_ids), DeliveryRate.producer_id.is_(None)))
        .order_by(DeliveryRate.id)
    )
    for row in rows:
        rate = Rate(row.zone, row.max_weight_g, row.price_vnd, row.free_from_vnd)
        found.setdefault(row.producer_id, []).append(rate)
    return found


def voucher_terms(db: Session, code: str, *, now: datetime) -> VoucherTerms | None:
    """The voucher of this code, if it may be used now; None for an empty code.

    Raises VoucherRefused (field ``voucher``).
    """
    if not code:
        return None
    row = db.scalar(
        select(Voucher).where(
            Voucher.code == code.upper(),
            Voucher.starts_at <= now,
            Voucher.ends_at > now,
            or_(Voucher.max_uses.is_(None), Voucher.used < Voucher.max_uses),
        )
    )
    if row is None:
        raise VoucherRefused(N_("Mã giảm giá không có, đã hết hạn hoặc hết lượt."), field="voucher")
    return VoucherTerms(
        voucher_id=row.id,
        code=row.code,
        kind=row.kind,
        producer_id=row.producer_id,
        amount=row.amount,
        max_discount_vnd=row.max_discount_vnd,
        min_subtotal_vnd=row.min_subtotal_vnd,
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
