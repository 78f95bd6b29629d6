"""Reading what the sixty-second entry needs: templates, and lots one may write about."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalogue.models import Product
from shop.core.errors import NotFound
from shop.core.text import N_
from shop.traceability.models import EntryTemplate, Lot
from shop.traceability.queries.lots import LotRow

MOST_LOTS = 50


class UnknownTemplate(NotFound):
    message = N_("Không tìm thấy mẫu ghi này.")


@dataclass(frozen=True)
class TemplateRow:
    """A template with the name of its product."""

    template: EntryTemplate
    product_name: str


def templates_of(
    db: Session, producer_ids: Collection[int], *, product_id: int | None = None
) -> list[TemplateRow]:
    """The producers' templates, by product and title."""
    found = (
        select(EntryTemplate, Product.name)
        .join(Product, Product.id == EntryTemplate.product_id)
        .where(Product.producer_id.in_(producer_ids))
        .order_by(Product.name, Product.id, EntryTemplate.title)
        .limit(300)
    )
    if product_id is not None:
        found = found.where(Product.id == product_id)
    return [TemplateRow(*row) for row in db.execute(found)]


def own_template(db: Session, template_id: int, producer_ids: Collection[int]) -> TemplateRow:
    """One template. Raises UnknownTemplate, also for other people's."""
    row = db.execute(
        select(EntryTemplate, Product.name)
        .join(Product, Product.id == EntryTemplate.product_id)
        .where(EntryTemplate.id == template_id, Product.producer_id.in_(producer_ids))
    ).one_or_none()
    if row is None:
        raise UnknownTemplate
    return TemplateRow(*row)


def lots_to_record(
    db: Session, producer_ids: Collection[int], *, kinds: Collection[str] | None = None
) -> list[LotRow]:
    """The producers' lots that one may still write about, open ones first, then the newest."""
    found = (
        select(Lot, Product.name)
        .join(Product, Product.id == Lot.product_id)
        .where(Lot.producer_id.in_(producer_ids), Lot.state != "closed")
        .order_by(Lot.state != "open", Lot.id.desc())
        .limit(MOST_LOTS)
    )
    if kinds is not None:
        found = found.where(Lot.kind.in_(kinds))
    return [LotRow(*row) for row in db.execute(found)]
