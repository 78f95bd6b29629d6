"""Whose the catalogue's things are (their maker and its province), and the audit log about them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.accounts.services.audit import Home, record_audit, register_subject
from shop.catalogue.models import Certificate, Producer, Product, Variant, YouthEndorsement


def home_by(model: type[Any]) -> Callable[[Session, int], Home]:
    """How to find the maker of a row of ``model``, which has a ``producer_id``."""
    statement = select(Producer.id, Producer.province_code).join(
        model, model.producer_id == Producer.id
    )

    def home(db: Session, subject_id: int) -> Home:
        row = db.execute(statement.where(model.id == subject_id)).one_or_none()
        return (row[0], row[1]) if row else (None, None)

    return home


def _home_of_producer(db: Session, producer_id: int) -> Home:
    code = db.scalar(select(Producer.province_code).where(Producer.id == producer_id))
    return (producer_id, code) if code else (None, None)


register_subject("producer", _home_of_producer)
register_subject("product", home_by(Product))
register_subject("variant", home_by(Variant))
register_subject("certificate", home_by(Certificate))
register_subject("endorsement", home_by(YouthEndorsement))


def audit(
    db: Session,
    row: Producer | Product | Variant | Certificate | YouthEndorsement,
    actor_id: int | None,
    action: str,
    now: datetime,
    *,
    note: str = "",
    **detail: Any,
) -> int:
    """Write down what was done to a row; the entry's id. ``action`` begins with the subject's kind:
    ``product.edited``.
    """
    db.flush()
    entry = record_audit(
        db,
        actor_id=actor_id,
        action=action,
        subject_kind=action.partition(".")[0],
        subject_id=row.id,
        now=now,
        detail=detail,
        note=note,
    )
    return entry.id
