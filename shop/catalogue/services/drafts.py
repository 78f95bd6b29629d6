"""Words typed into the product editor, kept before they are saved: one draft a person and form.

Two people never share a draft. The same person in two windows does: then the window that knows the
newest version goes on, and the other one is told, with its words still in it.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from shop.catalogue.models import Product, ProductDraft
from shop.catalogue.queries.drafts import same_product
from shop.catalogue.services.rights import require_maker
from shop.core.db import insert_into
from shop.core.errors import Conflict, NotFound, Unavailable
from shop.core.text import N_

Fields = Mapping[str, list[str]]

KEPT: Final = timedelta(days=90)
"""How long words that nobody saved, dropped or typed on are kept."""


class TypedElsewhere(Conflict):
    """``version`` is what the draft has reached elsewhere."""

    message = N_("Phần này vừa được gõ tiếp ở một máy hoặc cửa sổ khác. Chữ ở đây vẫn còn nguyên.")

    def __init__(self, draft: ProductDraft) -> None:
        super().__init__()
        self.version = draft.version
        self.at = draft.updated_at


def keep_typed(
    db: Session,
    *,
    actor_id: int,
    product_id: int | None,
    form: str,
    fields: Fields,
    seen: str,
    version: int,
    now: datetime,
) -> ProductDraft:
    """Keep what stands in a form. ``version`` is the draft's last one that the window knows (0:
    none), ``seen`` the digest of the stored values that the typing began from.

    The same words again, as after a lost answer, change nothing. Raises NotFound, NotAllowed,
    TypedElsewhere when another window has gone further, Unavailable when it was dropped just now.
    """
    if product_id is not None:
        _require_own(db, actor_id, product_id)
    mine = (
        ProductDraft.person_id == actor_id,
        same_product(product_id),
        ProductDraft.form == form,
    )
    made = db.execute(
        insert_into(db, ProductDraft)
        .values(
            person_id=actor_id,
            product_id=product_id,
            form=form,
            fields=dict(fields),
            seen=seen,
            version=version + 1,
            updated_at=now,
        )
        .on_conflict_do_nothing()
        .returning(ProductDraft.id)
    ).one_or_none()
    if made is None:
        db.execute(
            update(ProductDraft)
            .where(*mine, ProductDraft.version == version)
            .values(fields=dict(fields), seen=seen, version=version + 1, updated_at=now)
        )
    draft = db.scalars(
        select(ProductDraft).where(*mine).execution_options(populate_existing=True)
    ).one_or_none()
    if draft is None:
        raise Unavailable
    if draft.fields != fields:
        raise TypedElsewhere(draft)
    return draft


def drop_typed(db: Session, *, actor_id: int, product_id: int | None, form: str) -> None:
    """Forget the person's unsaved words of a form: they were saved, or given up."""
    db.execute(
        delete(ProductDraft).where(
            ProductDraft.person_id == actor_id,
            same_product(product_id),
            ProductDraft.form == form,
        )
    )


def forget_typed(db: Session, *, now: datetime) -> None:
    """Forget what was typed and left alone for KEPT."""
    db.execute(delete(ProductDraft).where(ProductDraft.updated_at < now - KEPT))


def _require_own(db: Session, actor_id: int, product_id: int) -> None:
    producer_id = db.scalar(select(Product.producer_id).where(Product.id == product_id))
    if producer_id is None:
        raise NotFound
    require_maker(db, actor_id, producer_id)
