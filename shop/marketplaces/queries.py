"""Reading what listings are made of, in a fixed number of statements."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.accounts.models import Person
from shop.catalogue.models import Certificate, Producer, Product, ProductPhoto, Variant
from shop.core.errors import NotFound
from shop.core.tasks import Task
from shop.core.text import N_
from shop.marketplaces.models import ExportRun, Listing
from shop.marketplaces.rules.facts import (
    Choice,
    PaperFacts,
    PhotoFacts,
    ProducerFacts,
    ProductFacts,
    VariantFacts,
)
from shop.places.queries import place_names
from shop.stock.queries import is_sellable_lot, levels
from shop.stock.rules import Level
from shop.traceability.models import Lot, TraceCode

RowT = TypeVar("RowT")

Measure = Callable[[str], tuple[int, int, int] | None]
"""Width, height and bytes of the photo that would be handed on; None when it cannot be read."""

HISTORY = 30
"""Runs that a history shows."""


class UnknownProduct(NotFound):
    message = N_("Không tìm thấy sản phẩm này trong cơ sở của bạn.")


class UnknownRun(NotFound):
    message = N_("Không tìm thấy lần xuất này trong cơ sở của bạn.")


def producers_of(db: Session, producer_ids: Collection[int]) -> list[Producer]:
    """The producers by name."""
    return list(
        db.scalars(
            select(Producer)
            .where(Producer.id.in_(producer_ids))
            .order_by(Producer.name, Producer.id)
        )
    )


def producer_called(db: Session, slug: str) -> Producer | None:
    """The producer of this slug."""
    return db.scalar(select(Producer).where(Producer.slug == slug))


def owner_of(db: Session, product_id: int) -> int | None:
    """Whose product it is; None for one that does not exist or is put away."""
    return db.scalar(
        select(Product.producer_id).where(
            Product.id == product_id,
            Product.state != "archived",
            Product.is_service.is_(False),
        )
    )


def producer_facts(db: Session, producer: Producer) -> ProducerFacts:
    """The producer with its address in words."""
    key = (producer.province_code, producer.commune_code)
    place = place_names(db, [key]).get(key, "")
    return ProducerFacts(
        id=producer.id,
        slug=producer.slug,
        name=producer.name,
        place=", ".join(filter(None, (producer.address, place))),
        phone=producer.public_phone or "",
    )


def products_of(
    db: Session, producer_id: int, *, today: date, measure: Measure
) -> tuple[ProductFacts, ...]:
    """The producer's goods that are not put away, by name, with all that hangs on them."""
    products = list(
        db.scalars(
            select(Product)
            .where(
                Product.producer_id == producer_id,
                Product.state != "archived",
                Product.is_service.is_(False),
            )
            .order_by(Product.name, Product.id)
        )
    )
    ids = [product.id for product in products]
    variants = _by_product(
        db.scalars(
            select(Variant)
            .where(Variant.product_id.in_(ids), Variant.is_active)
            .order_by(Variant.position, Variant.id)
        )
    )
    photos = _by_product(
        db.scalars(
            select(ProductPhoto)
            .where(ProductPhoto.product_id.in_(ids))
            .order_by(ProductPhoto.position, ProductPhoto.id)
        )
    )
    papers = list(
        db.scalars(
            select(Certificate)
            .where(Certificate.producer_id == producer_id)
            .order_by(Certificate.kind, Certificate.issued_on, Certificate.id)
        )
    )
    stock = levels(db, [variant.id for found in variants.values() for variant in found])
    codes = _trace_codes(db, ids, today)
    return tuple(
        _product(
            product,
            variants.get(product.id, []),
            stock,
            photos=tuple(_photo(photo, measure) for photo in photos.get(product.id, [])),
            papers=tuple(
                _paper(paper) for paper in papers if paper.product_id in (None, product.id)
            ),
            trace_code=codes.get(product.id, ""),
        )
        for product in products
    )


def _by_product(rows: Iterable[RowT]) -> dict[int, list[RowT]]:
    found: dict[int, list[RowT]] = {}
    for row in rows:
        found.setdefault(row.product_id, []).append(row)  # type: ignore[attr-defined]
    return found


def _product(
    product: Product, variants: list[Variant], stock: Mapping[int, Level], **more: Any
) -> ProductFacts:
    return ProductFacts(
        id=product.id,
        slug=product.slug,
        name=product.name,
        subgroup=product.subgroup,
        state=product.state,
        regulated_class=product.regulated_class,
        summary=product.summary,
        story=product.story,
        ingredients=product.ingredients,
        net_content=product.net_content,
        storage=product.storage,
        usage=product.usage,
        warnings=product.warnings,
        origin=product.origin,
        shelf_life_days=product.shelf_life_days,
        is_lot_tracked=product.is_lot_tracked,
        is_demo=product.is_demo,
        variants=tuple(_variant(variant, stock[variant.id].available) for variant in variants),
        **more,
    )


def _variant(variant: Variant, available: int) -> VariantFacts:
    return VariantFacts(
        id=variant.id,
        sku=variant.sku,
        label=variant.label,
        price_vnd=variant.price_vnd,
        packed_weight_g=variant.packed_weight_g,
        net_weight_g=variant.net_weight_g,
        net_volume_ml=variant.net_volume_ml,
        length_mm=variant.length_mm,
        width_mm=variant.width_mm,
        height_mm=variant.height_mm,
        gtin=variant.gtin or "",
        is_price_illustrative=variant.is_price_illustrative,
        available=available,
    )


def _photo(photo: ProductPhoto, measure: Measure) -> PhotoFacts:
    width, height, size = measure(photo.sha) or (photo.width, photo.height, None)
    return PhotoFacts(photo.sha, width, height, size, photo.is_illustration, photo.has_right_to_use)


def _paper(paper: Certificate) -> PaperFacts:
    return PaperFacts(
        kind=paper.kind,
        state=paper.state,
        issued_on=paper.issued_on,
        expires_on=paper.expires_on,
        stars=paper.stars,
        number=paper.certificate_no,
        decision_no=paper.decision_no,
        issuer=paper.issuer,
        scan_sha=paper.scan_sha,
        is_illustration=paper.is_illustration,
        is_own=paper.product_id is not None,
    )


def _trace_codes(db: Session, product_ids: Collection[int], today: date) -> dict[int, str]:
    """The code of the lot that is sold first, else the product's own code, by product."""
    own = db.execute(
        select(TraceCode.product_id, TraceCode.code)
        .where(TraceCode.product_id.in_(product_ids), TraceCode.level == "product")
        .order_by(TraceCode.code.desc())
    )
    lots = db.execute(
        select(Lot.product_id, Lot.code)
        .where(Lot.product_id.in_(product_ids), is_sellable_lot(today))
        .order_by(Lot.best_before.is_(None).desc(), Lot.best_before.desc(), Lot.id.desc())
    )
    return {product_id: code for rows in (own, lots) for product_id, code in rows}


# Choices


def choice_of(listing: Listing) -> Choice:
    """The stored row as a plain value."""
    return Choice(
        is_included=listing.is_included,
        title=str(listing.overrides.get("title", "")),
        price_percent=listing.price_percent,
        price_floor_vnd=listing.price_floor_vnd,
        stock_reserve=listing.stock_reserve,
    )


def listings_of(db: Session, product_ids: Collection[int]) -> list[Listing]:
    """What was decided for these products on every channel."""
    return list(
        db.scalars(select(Listing).where(Listing.product_id.in_(product_ids)).order_by(Listing.id))
    )


def offered_elsewhere(
    listings: Iterable[Listing], products: Iterable[ProductFacts], channel: str
) -> dict[int, int]:
    """Units per variant that listings saved for other channels offer."""
    found: dict[int, int] = {}
    by_product = {product.id: product for product in products}
    for listing in listings:
        if listing.channel == channel or not listing.is_included:
            continue
        for variant in by_product[listing.product_id].variants:
            offered = max(0, variant.available - listing.stock_reserve)
            found[variant.id] = found.get(variant.id, 0) + offered
    return found


# Exports


@dataclass(frozen=True)
class RunView:
    """An export as its page shows it: the run, its task, and who asked for it."""

    run: ExportRun
    producer_slug: str
    producer_name: str
    made_by: str
    task_state: str
    progress: int
    error: str

    @property
    def state(self) -> str:
        """``queued``, ``running``, ``done`` or ``failed``."""
        if self.run.state == "done":
            return "done"
        return {"running": "running", "queued": "queued"}.get(self.task_state, "failed")

    @property
    def is_waiting(self) -> bool:
        return self.state in {"queued", "running"}

    @property
    def file_name(self) -> str:
        """How the bundle is called when it is downloaded."""
        return bundle_file_name(self.run.channel, self.producer_slug, self.run.made_at)


def bundle_file_name(channel: str, producer_slug: str, day: date | datetime) -> str:
    """``shopee_htx-tai-hoan_20261122.zip``."""
    return f"{channel}_{producer_slug}_{day:%Y%m%d}.zip"


def _runs() -> Any:
    return (
        select(ExportRun, Producer.slug, Producer.name, Person.name, Task)
        .join(Producer, Producer.id == ExportRun.producer_id)
        .outerjoin(Person, Person.id == ExportRun.made_by)
        .outerjoin(Task, Task.id == ExportRun.task_id)
    )


def _run_view(row: Any) -> RunView:
    run, slug, producer_name, person_name, task = row
    return RunView(
        run=run,
        producer_slug=slug,
        producer_name=producer_name,
        made_by=person_name or "",
        task_state=task.state if task else "",
        progress=task.progress if task else 0,
        error=(task.error or "") if task else "",
    )


def runs_of(db: Session, producer_id: int, channel: str | None = None) -> list[RunView]:
    """The producer's last exports, newest first."""
    statement = _runs().where(ExportRun.producer_id == producer_id)
    if channel is not None:
        statement = statement.where(ExportRun.channel == channel)
    newest = statement.order_by(ExportRun.made_at.desc(), ExportRun.id.desc()).limit(HISTORY)
    return [_run_view(row) for row in db.execute(newest)]


def run_of(db: Session, public_id: str, producer_ids: Collection[int]) -> RunView:
    """One export of one of these producers. Raises UnknownRun, also for other people's."""
    if not (public_id.isascii() and public_id.isalnum()):
        raise UnknownRun
    row = db.execute(
        _runs().where(ExportRun.public_id == public_id, ExportRun.producer_id.in_(producer_ids))
    ).one_or_none()
    if row is None:
        raise UnknownRun
    return _run_view(row)


def waiting_run(db: Session, producer_id: int, channel: str) -> ExportRun | None:
    """The export of this channel that waits or runs, if any."""
    return db.scalars(
        select(ExportRun)
        .join(Task, Task.id == ExportRun.task_id)
        .where(
            ExportRun.producer_id == producer_id,
            ExportRun.channel == channel,
            ExportRun.state == "queued",
            Task.state.in_(("queued", "running")),
        )
        .order_by(ExportRun.id)
        .limit(1)
    ).one_or_none()


def run_of_task(db: Session, task_id: int) -> ExportRun | None:
    """The export that a task makes."""
    return db.scalar(select(ExportRun).where(ExportRun.task_id == task_id))


def last_done(db: Session, producer_id: int) -> dict[str, datetime]:
    """When each channel was last exported, by slug."""
    rows = db.execute(
        select(ExportRun.channel, func.max(ExportRun.made_at))
        .where(ExportRun.producer_id == producer_id, ExportRun.state == "done")
        .group_by(ExportRun.channel)
    )
    return {row[0]: row[1] for row in rows}


def shown_elsewhere(db: Session, variant_ids: Collection[int]) -> list[tuple[str, str, str]]:
    """(product, its slug here, channel) of everything made ready for elsewhere with one of the
    sizes: what its producer has to hide there by hand when a lot is called back."""
    products = select(Variant.product_id).where(Variant.id.in_(variant_ids))
    rows = db.execute(
        select(Product.name, Product.slug, Listing.channel)
        .join(Listing, Listing.product_id == Product.id)
        .where(Product.id.in_(products), Listing.is_included)
        .order_by(Product.name, Listing.channel)
    )
    return [(name, slug, channel) for name, slug, channel in rows]
