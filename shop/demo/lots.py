"""A lot with a short journal for each lot-tracked pack, and stock without a lot for the rest."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalogue.models import Product, Variant
from shop.core.clock import today_vn
from shop.demo.figures import SeedVariant, draw, figures_for
from shop.demo.people import person_id
from shop.demo.products import OWNERS, producer_name
from shop.demo.seed_rows import SeedProduct
from shop.stock.services import receive
from shop.traceability.services import open_lot, record_event, release_lot

MARK: Final = "Số liệu minh họa"
GROWN: Final = {
    "F11": "Thu hái tại vườn",
    "F51": "Hái búp chè",
    "F52": "Thu hái dược liệu",
    "F32": "Đào củ, nhổ nguyên liệu",
    "F6": "Hái quả chín",
}


def load_stock(db: Session, product: Product, row: SeedProduct, *, now: datetime) -> None:
    """Give every pack of the product its illustrative stock."""
    figures = figures_for(row)
    by_sku = {variant.sku: variant for variant in figures.variants}
    actor_id = person_id(db, OWNERS.get(producer_name(row), "ocop@demo.test"))
    for variant in db.scalars(select(Variant).where(Variant.product_id == product.id)):
        seed = by_sku[variant.sku]
        if figures.is_lot_tracked:
            _load_lot(db, product, variant, seed, row, actor_id, now)
        elif seed.stock:
            receive(
                db,
                variant_id=variant.id,
                quantity=seed.stock,
                reason="receipt",
                key=f"demo:{variant.sku}:{variant.id}",
                actor_id=actor_id,
                now=now,
            )


def _load_lot(
    db: Session,
    product: Product,
    variant: Variant,
    seed: SeedVariant,
    row: SeedProduct,
    actor_id: int,
    now: datetime,
) -> None:
    shelf_days = product.shelf_life_days or 365
    age = min(draw(row, f"age{variant.sku}", 4, 30), max(2, shelf_days // 4))
    made_on = today_vn(now) - timedelta(days=age)
    lot = open_lot(
        db,
        product_id=product.id,
        variant_id=variant.id,
        quantity=max(1, seed.stock),
        made_on=made_on,
        packed_on=made_on + timedelta(days=1),
        province_code=row.province_code,
        commune_code=row.commune_code or None,
        actor_id=actor_id,
        is_demo=True,
        now=now,
    )
    began = now - timedelta(days=age)
    steps = (
        ("harvest", {"crop": GROWN.get(row.ocop_subgroup, row.name_vi), "remark": MARK}, 0),
        ("processing", {"step": "Sơ chế, chế biến theo quy trình của cơ sở", "remark": MARK}, 8),
        (
            "packing",
            {"units": max(1, seed.stock), "package": seed.label, "remark": MARK},
            24,
        ),
    )
    for kind, facts, hours in steps:
        record_event(
            db,
            lot_id=lot.id,
            kind=kind,
            facts=facts,
            actor_id=actor_id,
            happened_at=began + timedelta(hours=hours),
            submit_key=f"demo:{lot.code}:{kind}",
            now=now,
        )
    release_lot(db, lot_id=lot.id, actor_id=actor_id, now=now)
