"""The price of a basket: pure arithmetic on integers, explained with a worked table in
docs/algorithms/pricing-and-rounding.md. Amounts in đồng, weights in grams.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from shop.checkout.rules.delivery import Target, Terms, Way, ways
from shop.checkout.rules.refusals import VoucherRefused
from shop.checkout.rules.vouchers import MAX_PERCENT
from shop.core.errors import Conflict
from shop.core.money import distribute, format_vnd
from shop.core.text import N_


class PriceChanged(Conflict):
    """Carries nothing but the two sums; the page shows the new figures."""

    message = N_(
        "Giá hoặc phí vừa thay đổi: tổng trước là %(before)s, nay là %(after)s. "
        "Chưa có gì được đặt; vui lòng xem lại rồi bấm đặt hàng."
    )


@dataclass(frozen=True)
class Offer:
    """A variant at its price of this moment."""

    variant_id: int
    product_id: int
    product_name: str
    product_slug: str
    label: str
    sku: str
    photo_sha: str | None
    weight_g: int
    unit_price_vnd: int
    list_price_vnd: int
    """The everyday price; higher than the unit price while a live price holds."""
    left: int
    """Units that can be bought now."""
    window_id: int | None = None
    set_aside_owner: str | None = None
    per_buyer: int | None = None
    is_for_sale: bool = True
    product_name_en: str | None = None
    label_en: str | None = None


@dataclass(frozen=True)
class Goods:
    """A line of the basket at its price of this moment."""

    offer: Offer
    quantity: int
    discount_vnd: int = 0

    @property
    def gross_vnd(self) -> int:
        return self.offer.unit_price_vnd * self.quantity

    @property
    def is_short(self) -> bool:
        """More wanted than left."""
        return self.quantity > self.offer.left


@dataclass(frozen=True)
class VoucherTerms:
    """A voucher that may be used now. ``amount``: percent or đồng, by kind."""

    voucher_id: int
    code: str
    kind: str
    producer_id: int | None
    amount: int
    max_discount_vnd: int | None = None
    min_subtotal_vnd: int = 0
    per_person: int = 1


@dataclass(frozen=True)
class OrderQuote:
    """One producer's part of a basket."""

    producer_id: int
    producer_slug: str
    producer_name: str
    goods: tuple[Goods, ...]
    shipping_list_vnd: int | None
    """None while the place of delivery is not known, or out of reach."""
    voucher: VoucherTerms | None = None
    shipping_discount_vnd: int = 0
    ways: tuple[Way, ...] = ()
    """How it can reach the buyer; empty while the place is not known, or out of reach."""
    way: Way | None = None
    """The one chosen, or the usual one."""
    is_out_of_reach: bool = False

    @property
    def subtotal_vnd(self) -> int:
        return sum(item.gross_vnd for item in self.goods)

    @property
    def discount_vnd(self) -> int:
        return sum(item.discount_vnd for item in self.goods)

    @property
    def shipping_vnd(self) -> int:
        return (self.shipping_list_vnd or 0) - self.shipping_discount_vnd

    @property
    def weight_g(self) -> int:
        return sum(item.offer.weight_g * item.quantity for item in self.goods)

    @property
    def total_vnd(self) -> int:
        return self.subtotal_vnd - self.discount_vnd + self.shipping_vnd

    def delivered(self, terms: Terms, target: Target, method: str) -> "OrderQuote":
        """With delivery to a place; a method that does not reach it becomes the usual one."""
        found = ways(terms, target, weight_g=self.weight_g, goods_vnd=self.subtotal_vnd)
        chosen = next((way for way in found if way.method == method), found[0] if found else None)
        return replace(
            self,
            ways=found,
            way=chosen,
            shipping_list_vnd=chosen.fee_vnd if chosen else None,
            is_out_of_reach=chosen is None,
        )


@dataclass(frozen=True)
class Quote:
    """A whole checkout."""

    orders: tuple[OrderQuote, ...]

    @property
    def total_vnd(self) -> int:
        return sum(order.total_vnd for order in self.orders)

    @property
    def is_complete(self) -> bool:
        """Whether delivery is known, so that the total is what will be asked for."""
        return bool(self.orders) and all(
            order.shipping_list_vnd is not None for order in self.orders
        )

    @property
    def troubles(self) -> list[Goods]:
        """Lines that cannot be ordered as they stand."""
        return [
            item
            for order in self.orders
            for item in order.goods
            if item.is_short or not item.offer.is_for_sale
        ]


def quote_checkout(orders: Sequence[OrderQuote], voucher: VoucherTerms | None) -> Quote:
    """Apply the voucher to the one order it lowers. Raises VoucherRefused (field ``voucher``).

    A producer's voucher lowers that producer's order; one of the house lowers the order with the
    dearest goods (the first of equals). It is never split over orders.
    """
    if voucher is None:
        return Quote(tuple(orders))
    eligible = [
        order
        for order in orders
        if voucher.producer_id in {None, order.producer_id}
        and order.subtotal_vnd >= voucher.min_subtotal_vnd
    ]
    if not eligible:
        raise _unfit(orders, voucher)
    chosen = max(eligible, key=lambda order: order.subtotal_vnd)
    lowered = _lower(chosen, voucher)
    return Quote(tuple(lowered if order is chosen else order for order in orders))


def _unfit(orders: Sequence[OrderQuote], voucher: VoucherTerms) -> VoucherRefused:
    """Says what is missing: the seller's goods, or how much more of them."""
    theirs = [order for order in orders if voucher.producer_id in {None, order.producer_id}]
    if not theirs:
        return VoucherRefused(
            N_("Mã %(code)s chỉ dùng cho hàng của người bán khác."),
            field="voucher",
            code=voucher.code,
        )
    dearest = max(order.subtotal_vnd for order in theirs)
    return VoucherRefused(
        N_("Mã %(code)s cần tiền hàng từ %(least)s; bạn còn thiếu %(more)s."),
        field="voucher",
        code=voucher.code,
        least=format_vnd(voucher.min_subtotal_vnd),
        more=format_vnd(voucher.min_subtotal_vnd - dearest),
    )


def _lower(order: OrderQuote, voucher: VoucherTerms) -> OrderQuote:
    if voucher.kind == "free_ship":
        fee = order.shipping_list_vnd or 0
        cut = fee if voucher.max_discount_vnd is None else min(fee, voucher.max_discount_vnd)
        return replace(order, voucher=voucher, shipping_discount_vnd=cut)
    cut = goods_discount(order.subtotal_vnd, voucher)
    shares = distribute(cut, [item.gross_vnd for item in order.goods])
    goods = tuple(
        replace(item, discount_vnd=share) for item, share in zip(order.goods, shares, strict=True)
    )
    return replace(order, voucher=voucher, goods=goods)


def goods_discount(subtotal_vnd: int, voucher: VoucherTerms) -> int:
    """What a percent or fixed voucher takes off: rounded down, never above the goods."""
    if voucher.kind == "percent":
        cut = subtotal_vnd * min(voucher.amount, MAX_PERCENT) // 100
    else:
        cut = voucher.amount
    if voucher.max_discount_vnd is not None:
        cut = min(cut, voucher.max_discount_vnd)
    return min(cut, subtotal_vnd)
