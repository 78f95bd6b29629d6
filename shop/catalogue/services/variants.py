"""Sizes and prices of a product. On a published product they count at once."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.catalogue import rules
from shop.catalogue.models import Product, Variant
from shop.catalogue.services.facets import refresh_facets
from shop.catalogue.services.homes import audit
from shop.catalogue.services.rights import require_judge, require_maker
from shop.catalogue.services.rows import locked, locked_product
from shop.core.errors import Conflict, Invalid, NotFound
from shop.core.text import N_, random_code, slugify

EDITABLE: Final = (
    *("sku", "label", "label_en", "price_vnd", "net_weight_g", "net_volume_ml"),
    *("packed_weight_g", "length_mm", "width_mm", "height_mm", "gtin", "low_stock_at"),
    *("is_active", "is_price_illustrative"),
)


class LabelTaken(Conflict):
    message = N_("Sản phẩm đã có quy cách mang tên này.")


class SkuTaken(Conflict):
    message = N_("Mã hàng này đã dùng cho quy cách khác của cơ sở.")


class WrongSku(Invalid):
    message = N_("Mã hàng gồm chữ in không dấu, số và gạch nối, tối đa 40 ký tự.")


class PriceTooLow(Invalid):
    message = N_("Giá bán phải từ 1.000 ₫.")


class WrongWeight(Invalid):
    message = N_("Khối lượng cả bao bì phải lớn hơn 0 và không nhỏ hơn khối lượng tịnh.")


class WrongGtin(Invalid):
    message = N_("Mã vạch cần 8, 12, 13 hoặc 14 chữ số.")


class GtinChanged(Conflict):
    message = N_("Mã vạch của quy cách này vừa đổi. Vui lòng tải lại trang.")


class TooManyVariants(Conflict):
    message = N_("Một sản phẩm có tối đa 30 quy cách.")


class ProductPutAway(Conflict):
    message = N_("Sản phẩm đã cất. Hãy mở lại trước khi sửa.")


def add_variant(
    db: Session,
    *,
    product_id: int,
    actor_id: int,
    label: str,
    price_vnd: int,
    packed_weight_g: int,
    now: datetime,
    sku: str = "",
    **further: Any,
) -> Variant:
    """A new size of a product: price in đồng, weights in grams, lengths in millimetres.

    ``further`` are columns of EDITABLE by name; an empty ``sku`` is made from the product's name.
    Raises NotFound, NotAllowed, TooManyVariants, LabelTaken, SkuTaken, WrongSku, PriceTooLow,
    WrongWeight, WrongGtin, ProductPutAway.
    """
    product, producer = locked_product(db, product_id)
    require_maker(db, actor_id, producer.id)
    _require_not_archived(product)
    count, last = db.execute(
        select(func.count(), func.max(Variant.position)).where(Variant.product_id == product_id)
    ).one()
    if count >= rules.MAX_VARIANTS:
        raise TooManyVariants
    _require_free_label(db, product.id, label)
    values = {key: value for key, value in further.items() if key in EDITABLE}
    variant = Variant(
        product_id=product.id,
        producer_id=product.producer_id,
        sku=sku or _made_sku(product),
        label=label,
        price_vnd=price_vnd,
        packed_weight_g=packed_weight_g,
        position=0 if last is None else last + 1,
        **values,
    )
    variant.gtin_status = "declared" if variant.gtin else "none"
    check_variant(variant)
    try:
        with db.begin_nested():
            db.add(variant)
    except IntegrityError:
        raise SkuTaken(field="sku") from None
    audit(db, variant, actor_id, "variant.added", now, price_vnd=price_vnd)
    refresh_facets(db, product_id, now=now)
    return variant


def _require_free_label(db: Session, product_id: int, label: str) -> None:
    """Buyers tell sizes apart by their label, and a second click adds nothing."""
    is_taken = db.scalar(
        select(Variant.id).where(Variant.product_id == product_id, Variant.label == label).limit(1)
    )
    if is_taken is not None:
        raise LabelTaken(field="label")


def edit_variant(
    db: Session, *, variant_id: int, actor_id: int, changes: Mapping[str, Any], now: datetime
) -> Variant:
    """Change a size; a changed barcode number is only declared again.

    Raises as ``add_variant``.
    """
    product_id = db.scalar(select(Variant.product_id).where(Variant.id == variant_id))
    if product_id is None:
        raise NotFound
    product, producer = locked_product(db, product_id)
    variant = locked(db, Variant, variant_id)
    require_maker(db, actor_id, producer.id)
    _require_not_archived(product)
    differing = {
        name: value
        for name, value in changes.items()
        if name in EDITABLE and getattr(variant, name) != value
    }
    if not differing:
        return variant
    before = {name: getattr(variant, name) for name in differing}
    try:
        with db.begin_nested():
            _change(variant, product, differing)
    except IntegrityError:
        raise SkuTaken(field="sku") from None
    audit(db, variant, actor_id, "variant.edited", now, before=before, after=differing)
    refresh_facets(db, product_id, now=now)
    return variant


def decide_gtin(
    db: Session, *, variant_id: int, gtin: str, is_verified: bool, actor_id: int, now: datetime
) -> Variant:
    """Staff say whether ``gtin``, the declared number of a size, is really registered for it.

    A refused number is taken out. Raises NotFound, NotAllowed, OwnWork, GtinChanged when the
    producer wrote another number meanwhile, WrongGtin when it cannot be a GTIN.
    """
    product_id = db.scalar(select(Variant.product_id).where(Variant.id == variant_id))
    if product_id is None:
        raise NotFound
    _product, producer = locked_product(db, product_id)
    variant = locked(db, Variant, variant_id)
    require_judge(db, actor_id, producer_id=producer.id, province_code=producer.province_code)
    if variant.gtin is None or rules.gtin14(variant.gtin) != rules.gtin14(gtin):
        raise GtinChanged
    if is_verified:
        require_gtin(variant.gtin)
    variant.gtin_status = "verified" if is_verified else "none"
    variant.gtin = variant.gtin if is_verified else None
    action = "variant.gtin_verified" if is_verified else "variant.gtin_refused"
    audit(db, variant, actor_id, action, now, gtin=gtin)
    refresh_facets(db, product_id, now=now)
    return variant


def require_gtin(gtin: str) -> None:
    """Raise WrongGtin (field ``gtin``) for a number that cannot be a GTIN."""
    fault = rules.gtin_fault(gtin)
    if fault:
        raise WrongGtin(rules.GTIN_FAULTS[fault], field="gtin")


def _change(variant: Variant, product: Product, differing: Mapping[str, Any]) -> None:
    for name, value in differing.items():
        setattr(variant, name, value)
    if "gtin" in differing:
        variant.gtin_status = "declared" if variant.gtin else "none"
    if not variant.sku:
        variant.sku = _made_sku(product)
    if "price_vnd" in differing:
        variant.is_price_illustrative = False
    check_variant(variant)


def _require_not_archived(product: Product) -> None:
    if product.state == "archived":
        raise ProductPutAway


def _made_sku(product: Product) -> str:
    return f"{slugify(product.name, max_length=30).upper()}-{random_code(4)}"


def check_variant(variant: Variant) -> None:
    """What one size says by itself. Raises WrongSku, PriceTooLow, WrongWeight, WrongGtin."""
    if not rules.is_sku(variant.sku):
        raise WrongSku(field="sku")
    if variant.price_vnd < rules.MIN_PRICE_VND:
        raise PriceTooLow(field="price_vnd")
    if variant.packed_weight_g <= 0 or variant.packed_weight_g < (variant.net_weight_g or 0):
        raise WrongWeight(field="packed_weight_g")
    if variant.gtin:
        require_gtin(variant.gtin)
