"""What people have typed into the product editor and not yet saved."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from shop.accounts.models import AuditEntry, Person
from shop.catalogue.models import ProductDraft

_STILL_TYPING: Final = timedelta(minutes=15)


def same_product(product_id: int | None) -> ColumnElement[bool]:
    """The condition for drafts of this product; None: of one that is not made yet."""
    column = ProductDraft.product_id
    return column.is_(None) if product_id is None else column == product_id


def typed_of(db: Session, *, person_id: int, product_id: int | None) -> dict[str, ProductDraft]:
    """The person's unsaved words of a product, by form."""
    rows = db.scalars(
        select(ProductDraft).where(ProductDraft.person_id == person_id, same_product(product_id))
    )
    return {row.form: row for row in rows}


def others_typing(
    db: Session, *, product_id: int, form: str, but: int, now: datetime
) -> list[tuple[str, datetime]]:
    """Who else typed into this form within a quarter of an hour, and when last."""
    rows = db.execute(
        select(Person.name, ProductDraft.updated_at)
        .join(Person, Person.id == ProductDraft.person_id)
        .where(
            ProductDraft.product_id == product_id,
            ProductDraft.form == form,
            ProductDraft.person_id != but,
            ProductDraft.updated_at > now - _STILL_TYPING,
        )
        .order_by(ProductDraft.updated_at.desc())
    )
    return [(name, at) for name, at in rows]


def last_editor(db: Session, product_id: int) -> tuple[str, datetime] | None:
    """Who last saved texts of the product, and when."""
    row = db.execute(
        select(Person.name, AuditEntry.at)
        .join(Person, Person.id == AuditEntry.actor_id)
        .where(
            AuditEntry.subject_kind == "product",
            AuditEntry.subject_id == product_id,
            AuditEntry.action.in_(("product.edited", "product.revised", "product.created")),
        )
        .order_by(AuditEntry.id.desc())
        .limit(1)
    ).one_or_none()
    return (row[0], row[1]) if row else None
