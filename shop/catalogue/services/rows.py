"""Rows taken for a change (locked, so that two changes of one thing wait for each other)."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.catalogue.models import Certificate, Producer, Product, Variant
from shop.core.errors import Conflict, Invalid, NotFound
from shop.core.text import N_, random_code, slugify

RowT = TypeVar("RowT", Producer, Product, Variant, Certificate)
SluggedT = TypeVar("SluggedT", Producer, Product)

SLUG_TRIES = 5


class ReasonNeeded(Invalid):
    message = N_("Vui lòng ghi lý do để cơ sở biết cần sửa gì.")


def locked(db: Session, model: type[RowT], row_id: int) -> RowT:
    """The row, held until the transaction ends. Raises NotFound."""
    found = db.scalars(
        select(model)
        .where(model.id == row_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def locked_product(db: Session, product_id: int) -> tuple[Product, Producer]:
    """The product held for a change, and its producer held against being suspended meanwhile.

    Always the producer first: suspending it locks in the same order. Raises NotFound.
    """
    producer_id = db.scalar(select(Product.producer_id).where(Product.id == product_id))
    if producer_id is None:
        raise NotFound
    producer = db.scalars(
        select(Producer)
        .where(Producer.id == producer_id)
        .with_for_update(read=True)
        .execution_options(populate_existing=True)
    ).one()
    return locked(db, Product, product_id), producer


def add_with_slug(db: Session, name: str, make: Callable[[str], SluggedT], limit: int) -> SluggedT:
    """Insert ``make(slug)`` under a slug of ``name``, with a random tail when it is taken."""
    slug = slugify(name, max_length=limit - 8)
    for attempt in range(SLUG_TRIES):
        row = make(slug if attempt == 0 else f"{slug}-{random_code(4).lower()}")
        try:
            with db.begin_nested():
                db.add(row)
        except IntegrityError:
            continue
        return row
    raise Conflict


def require_reason(note: str) -> str:
    """The reason of a refusal. Raises ReasonNeeded (field ``note``)."""
    if not note:
        raise ReasonNeeded(field="note")
    return note
