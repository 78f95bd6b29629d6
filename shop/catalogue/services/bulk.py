"""Many sizes and products of one producer in one transaction, for sheets: few statements.

The caller takes the producer first (``take_producer``) and has judged the values under that lock;
what one size or product says by itself is checked here again. What these verbs write is what
``add_variant``, ``edit_variant``, ``create_product`` and ``edit_product`` would write, audit log
included: prices and sizes count at once, texts of a published product wait in its revision.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.accounts.services import record_audits
from shop.catalogue import queries, rules
from shop.catalogue.models import Producer, Product, ProductFacets, Variant
from shop.catalogue.services.facets import refresh_facets, refresh_prices
from shop.catalogue.services.products import require_editable, revise
from shop.catalogue.services.rights import require_maker
from shop.catalogue.services.variants import EDITABLE, check_variant
from shop.core.errors import Conflict, NotFound
from shop.core.text import random_code, slugify

_SHOWN: Final = frozenset(EDITABLE) - {
    *("price_vnd", "is_price_illustrative", "low_stock_at", "packed_weight_g"),
    *("length_mm", "width_mm", "height_mm", "net_weight_g", "net_volume_ml"),
}
"""Fields of a size that a list shows or finds; prices have a quicker way."""


@dataclass(frozen=True)
class NewSize:
    """A size to add; ``values`` are columns of a variant, SKU included."""

    product_id: int
    values: Mapping[str, Any]


@dataclass(frozen=True)
class NewProduct:
    """A draft to make."""

    name: str
    subgroup: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Maker:
    """Who works for which producer, for as long as the transaction lasts."""

    producer_id: int
    province_code: str
    actor_id: int


def take_producer(db: Session, *, producer_id: int, actor_id: int) -> Maker:
    """Hold the producer, so that nobody else changes its products until the transaction ends.

    Orders go on: the lock does not stand in the way of rows that only refer to the producer.
    Raises NotFound, NotAllowed.
    """
    producer = db.scalars(
        select(Producer)
        .where(Producer.id == producer_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if producer is None:
        raise NotFound
    require_maker(db, actor_id, producer_id)
    return Maker(producer.id, producer.province_code, actor_id)


def create_products(
    db: Session,
    *,
    maker: Maker,
    products: Sequence[NewProduct],
    now: datetime,
) -> list[int]:
    """New drafts of the producer, in the order given; their ids."""
    slugs = _free_slugs(db, [product.name for product in products])
    rows = [
        {
            "slug": slug,
            "producer_id": maker.producer_id,
            "name": new.name,
            "subgroup": new.subgroup,
            "created_at": now,
            "updated_at": now,
            "is_service": rules.is_service(new.subgroup),
            "is_lot_tracked": rules.has_lots(new.subgroup),
        }
        | {key: value for key, value in new.facts.items() if key in queries.EDITABLE}
        for slug, new in zip(slugs, products, strict=True)
    ]
    ids = _insert(db, Product, rows, Product.slug)
    _audit(db, maker, "product", [("product.created", one, {}) for one in ids], now)
    return ids


def _free_slugs(db: Session, names: Sequence[str]) -> list[str]:
    wanted = [slugify(name, max_length=112) for name in names]
    taken = set(db.scalars(select(Product.slug).where(Product.slug.in_(set(wanted)))))
    slugs = []
    for slug in wanted:
        free = slug if slug not in taken else f"{slug}-{random_code(4).lower()}"
        taken.add(free)
        slugs.append(free)
    return slugs


def _insert(db: Session, model: type[Any], rows: Sequence[dict[str, Any]], key: Any) -> list[int]:
    """Insert rows that ``key`` names (a slug; a SKU of one producer); their ids, in order.

    Raises Conflict when a slug or SKU was taken in this very moment.
    """
    if not rows:
        return []
    try:
        with db.begin_nested():
            for together in _alike(rows):
                db.execute(insert(model), together)
    except IntegrityError:
        raise Conflict from None
    producer_id = rows[0]["producer_id"]
    names = [row[key.key] for row in rows]
    found = db.execute(
        select(key, model.id).where(key.in_(names), model.producer_id == producer_id)
    )
    ids = {name: row_id for name, row_id in found}  # noqa: C416 - a Row is no plain pair
    return [ids[name] for name in names]


def _alike(rows: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Rows with the same columns together: one statement each."""
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(tuple(sorted(row)), []).append(row)
    return list(groups.values())


def edit_products(
    db: Session,
    *,
    maker: Maker,
    edits: Mapping[int, Mapping[str, Any]],
    now: datetime,
) -> None:
    """Write texts and facts by product id; a published product's wait in its open revision.

    Raises Locked for a product that waits for staff or is put away.
    """
    entries: list[tuple[str, int, Mapping[str, Any]]] = []
    for product in _by_id(db, Product, edits):
        require_editable(product)
        changes = {key: edits[product.id][key] for key in edits[product.id]}
        if product.state == "published":
            revise(db, product, actor_id=maker.actor_id, changes=changes, now=now)
            continue
        for name, value in changes.items():
            setattr(product, name, value)
        product.is_service = rules.is_service(product.subgroup)
        product.updated_at = now
        entries.append(("product.edited", product.id, {"fields": sorted(changes)}))
    _audit(db, maker, "product", entries, now)


def add_sizes(db: Session, *, maker: Maker, sizes: Sequence[NewSize], now: datetime) -> list[int]:
    """New sizes, in the order given; their ids. Raises as ``add_variant`` does."""
    product_ids = {size.product_id for size in sizes}
    last = db.execute(
        select(Variant.product_id, func.max(Variant.position))
        .where(Variant.product_id.in_(product_ids))
        .group_by(Variant.product_id)
    )
    positions: dict[int, int] = {product_id: position for product_id, position in last}  # noqa: C416
    rows = []
    for size in sizes:
        positions[size.product_id] = positions.get(size.product_id, -1) + 1
        values = {key: value for key, value in size.values.items() if key in EDITABLE}
        check_variant(Variant(**values))
        rows.append(
            {
                **values,
                "product_id": size.product_id,
                "producer_id": maker.producer_id,
                "position": positions[size.product_id],
                "gtin_status": "declared" if values.get("gtin") else "none",
            }
        )
    ids = _insert(db, Variant, rows, Variant.sku)
    entries = [
        ("variant.added", one, {"price_vnd": row["price_vnd"]})
        for one, row in zip(ids, rows, strict=True)
    ]
    _audit(db, maker, "variant", entries, now)
    _refresh(db, product_ids, now)
    return ids


def edit_sizes(
    db: Session,
    *,
    maker: Maker,
    edits: Mapping[int, Mapping[str, Any]],
    now: datetime,
) -> None:
    """Change sizes by id; a changed barcode number is only declared again.

    Raises as ``edit_variant`` does.
    """
    entries: list[tuple[str, int, Mapping[str, Any]]] = []
    shown: set[int] = set()
    priced: set[int] = set()
    for variant in _by_id(db, Variant, edits):
        differing = {
            key: value
            for key, value in edits[variant.id].items()
            if key in EDITABLE and getattr(variant, key) != value
        }
        if not differing:
            continue
        before = {key: getattr(variant, key) for key in differing}
        for key, value in differing.items():
            setattr(variant, key, value)
        if "gtin" in differing:
            variant.gtin_status = "declared" if variant.gtin else "none"
        if "price_vnd" in differing:
            variant.is_price_illustrative = False
        check_variant(variant)
        entries.append(("variant.edited", variant.id, {"before": before, "after": differing}))
        (shown if differing.keys() & _SHOWN else priced).add(variant.product_id)
    db.flush()
    _audit(db, maker, "variant", entries, now)
    refresh_prices(db, priced - shown)
    _refresh(db, shown, now)


def remove_new(
    db: Session,
    *,
    maker: Maker,
    product_ids: Collection[int],
    variant_ids: Collection[int],
    now: datetime,
) -> bool:
    """Delete drafts, or sizes, that nothing refers to yet; False (and nothing done) otherwise."""
    of = select(Variant.product_id).where(Variant.id.in_(variant_ids)).distinct()
    touched = set(db.scalars(of)) - set(product_ids)
    try:
        with db.begin_nested():
            db.execute(delete(Variant).where(Variant.id.in_(variant_ids)))
            db.execute(delete(Product).where(Product.id.in_(product_ids), Product.state == "draft"))
    except IntegrityError:
        return False
    _audit(
        db,
        maker,
        "variant",
        [("variant.removed", one, {}) for one in variant_ids],
        now,
    )
    _audit(
        db,
        maker,
        "product",
        [("product.removed", one, {}) for one in product_ids],
        now,
    )
    _refresh(db, touched, now)
    return True


def _by_id(db: Session, model: type[Any], ids: Collection[int]) -> list[Any]:
    """The rows as they are now, in order of id."""
    return list(
        db.scalars(
            select(model)
            .where(model.id.in_(ids))
            .order_by(model.id)
            .execution_options(populate_existing=True)
        )
    )


def _refresh(db: Session, product_ids: Collection[int], now: datetime) -> None:
    """What lists show of those products that were ever published."""
    listed = db.scalars(
        select(ProductFacets.product_id)
        .where(ProductFacets.product_id.in_(product_ids))
        .order_by(ProductFacets.product_id)
    ).all()
    for product_id in listed:
        refresh_facets(db, product_id, now=now)


def _audit(
    db: Session,
    maker: Maker,
    kind: str,
    entries: Sequence[tuple[str, int, Mapping[str, Any]]],
    now: datetime,
) -> None:
    record_audits(
        db,
        actor_id=maker.actor_id,
        subject_kind=kind,
        home=(maker.producer_id, maker.province_code),
        entries=entries,
        now=now,
    )
