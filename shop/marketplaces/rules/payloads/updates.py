"""Changed prices and units as calls of the channels' open APIs (level B), never sent by us.

Lazada and Tiki know goods by the seller's own SKU, so their bodies are whole; Shopee and TikTok
want ids of their own, and ``upload:sku:<SKU>`` says whose id goes there. Only what changed is in a
call: a price alone changes no units.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from shop.marketplaces.rules.payloads.lazada import xml_of
from shop.marketplaces.rules.payloads.parts import (
    UPLOAD,
    Call,
    Positive,
    Sku,
    Strict,
    Whole,
    checked,
    dumped,
)
from shop.marketplaces.rules.profile import PayloadKind
from shop.marketplaces.rules.standing import Certainty

MOST_AT_ONCE: Final = 50
"""Sizes of one Shopee call, by its parameter list; nobody names a larger number for the others."""

_Placeholder = Annotated[str, Field(pattern=r"^upload:\S+$")]
_Amount = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,11}$")]


@dataclass(frozen=True)
class SizeUpdate:
    """A size that is on the channel; None: it stays as it is there."""

    sku: str
    price_vnd: int | None
    stock: int | None


@dataclass(frozen=True)
class Known:
    """Where the shape of a channel's update is known from."""

    source: str
    certainty: Certainty
    make: Callable[[Sequence[SizeUpdate], bool], list[Call]]


# Shopee


class ShopeePrice(Strict):
    """``model_id`` 0: an item of a single size."""

    model_id: Whole | _Placeholder
    original_price: Positive


class ShopeeUpdatePrice(Strict):
    item_id: Whole
    price_list: Annotated[list[ShopeePrice], Field(min_length=1, max_length=MOST_AT_ONCE)]


class ShopeeUnits(Strict):
    stock: Whole


class ShopeeStock(Strict):
    model_id: Whole | _Placeholder
    seller_stock: Annotated[list[ShopeeUnits], Field(min_length=1, max_length=1)]


class ShopeeUpdateStock(Strict):
    item_id: Whole
    stock_list: Annotated[list[ShopeeStock], Field(min_length=1, max_length=MOST_AT_ONCE)]


def _shopee(sizes: Sequence[SizeUpdate], has_options: bool) -> list[Call]:
    def model(size: SizeUpdate) -> int | str:
        return _ref(size) if has_options else 0

    prices = [
        ShopeePrice(model_id=model(one), original_price=one.price_vnd)
        for one in sizes
        if one.price_vnd is not None
    ]
    stocks = [
        ShopeeStock(model_id=model(one), seller_stock=[ShopeeUnits(stock=one.stock)])
        for one in sizes
        if one.stock is not None
    ]
    fill_in = ("item_id: số của sản phẩm trên Shopee; model_id: số của từng phân loại",)
    base, made = "POST /api/v2/product", []
    if prices:
        body = dumped(ShopeeUpdatePrice(item_id=0, price_list=prices))
        made.append(Call("update_price", f"{base}/update_price", "json", body, fill_in))
    if stocks:
        body = dumped(ShopeeUpdateStock(item_id=0, stock_list=stocks))
        made.append(Call("update_stock", f"{base}/update_stock", "json", body, fill_in))
    return made


# Lazada


class LazadaSku(Strict):
    SellerSku: Sku
    Price: Positive | None = None
    Quantity: Whole | None = None


class LazadaSkus(Strict):
    Sku: Annotated[list[LazadaSku], Field(min_length=1, max_length=MOST_AT_ONCE)]


def _lazada(sizes: Sequence[SizeUpdate], _has_options: bool) -> list[Call]:
    skus = LazadaSkus(
        Sku=[LazadaSku(SellerSku=one.sku, Price=one.price_vnd, Quantity=one.stock) for one in sizes]
    )
    request: dict[str, Any] = {"Request": {"Product": {"Skus": dumped(skus)}}}
    address = "POST /product/price_quantity/update"
    return [Call("price_quantity", address, "xml", xml_of(request))]


# TikTok Shop


class TikTokPrice(Strict):
    amount: _Amount
    currency: Literal["VND"] = "VND"


class TikTokPriced(Strict):
    id: _Placeholder
    price: TikTokPrice


class TikTokPrices(Strict):
    skus: Annotated[list[TikTokPriced], Field(min_length=1, max_length=100)]


class TikTokInventory(Strict):
    warehouse_id: _Placeholder = f"{UPLOAD}warehouse"
    quantity: Whole


class TikTokStocked(Strict):
    id: _Placeholder
    inventory: Annotated[list[TikTokInventory], Field(min_length=1)]


class TikTokInventories(Strict):
    skus: Annotated[list[TikTokStocked], Field(min_length=1, max_length=100)]


def _tiktok(sizes: Sequence[SizeUpdate], _has_options: bool) -> list[Call]:
    prices = [
        TikTokPriced(id=_ref(one), price=TikTokPrice(amount=str(one.price_vnd)))
        for one in sizes
        if one.price_vnd is not None
    ]
    stocks = [
        TikTokStocked(id=_ref(one), inventory=[TikTokInventory(quantity=one.stock)])
        for one in sizes
        if one.stock is not None
    ]
    base, made = "POST /product/202309/products/{product_id}", []
    ids = "product_id (trong địa chỉ) và skus.id: số của TikTok Shop"
    if prices:
        body = dumped(TikTokPrices(skus=prices))
        made.append(Call("prices_update", f"{base}/prices/update", "json", body, (ids,)))
    if stocks:
        body = dumped(TikTokInventories(skus=stocks))
        fill_in = (ids, "warehouse_id: mã kho của gian hàng")
        made.append(Call("inventory_update", f"{base}/inventory/update", "json", body, fill_in))
    return made


# Tiki


class TikiQuantity(Strict):
    warehouse_id: Whole
    qty_available: Whole


class TikiUpdate(Strict):
    original_sku: Sku
    price: Annotated[int, Field(ge=1_000, le=20_000_000)] | None = None
    warehouse_quantities: list[TikiQuantity] | None = None


def _tiki(sizes: Sequence[SizeUpdate], _has_options: bool) -> list[Call]:
    made = []
    for number, one in enumerate(sizes, start=1):
        units = None
        if one.stock is not None:
            units = [TikiQuantity(warehouse_id=0, qty_available=one.stock)]
        body = TikiUpdate(original_sku=one.sku, price=one.price_vnd, warehouse_quantities=units)
        fill_in = ("warehouse_id: mã kho của gian hàng",) if units else ()
        address = "PUT /integration/v2/products/updateSku"
        made.append(Call(f"update_sku-{number}", address, "json", dumped(body), fill_in))
    return made


def _ref(size: SizeUpdate) -> str:
    """Stands for the channel's own id of a size."""
    return f"{UPLOAD}sku:{'-'.join(size.sku.split())}"


UPDATES: Final[dict[PayloadKind, Known]] = {
    "shopee": Known(
        "bản lưu công khai danh sách tham số chính thức của Shopee",
        "certain",
        _shopee,
    ),
    "lazada": Known(
        "mã nguồn công khai của nhiều người bán gọi price_quantity/update; chưa thử với sàn",
        "uncertain",
        _lazada,
    ),
    "tiktok": Known(
        "hồ sơ thử công khai gọi bản 202309 ở gian hàng thử Việt Nam, sàn trả lời thành công",
        "certain",
        _tiktok,
    ),
    "tiki": Known(
        "mã nguồn công khai gọi updateSku bằng original_sku; chưa thử với sàn",
        "uncertain",
        _tiki,
    ),
}


def update_calls(
    kind: PayloadKind, sizes: Sequence[SizeUpdate], *, has_options: bool
) -> list[Call]:
    """The calls that tell a channel of one product's new prices and units; ``has_options``: whether
    the product has several sizes there. Raises PayloadRefused when they fit no model."""
    made: list[Call] = []
    changed = [one for one in sizes if one.price_vnd is not None or one.stock is not None]
    for first in range(0, len(changed), MOST_AT_ONCE):
        some = changed[first : first + MOST_AT_ONCE]
        made += checked(lambda some=some: UPDATES[kind].make(some, has_options))  # type: ignore[misc]
    return made
