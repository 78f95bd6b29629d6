"""Parts of a culture product's story. On a published product a change waits for staff too."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from shop.accounts.services import record_audit
from shop.catalogue import queries, rules
from shop.catalogue.services.products import require_editable, revise, write_sections
from shop.catalogue.services.rights import require_maker
from shop.catalogue.services.rows import locked_product
from shop.core.errors import Conflict, NotFound
from shop.core.text import N_


class TooManySections(Conflict):
    message = N_("Một sản phẩm có tối đa 12 phần câu chuyện. Hãy gộp bớt.")


class SectionsChanged(Conflict):
    message = N_(
        "Các phần câu chuyện vừa được sửa ở nơi khác. Vui lòng tải lại trang rồi sửa tiếp."
    )


Sections = list[queries.Section]


def save_section(
    db: Session,
    *,
    product_id: int,
    actor_id: int,
    stamp: str,
    index: int | None,
    section: queries.Section,
    now: datetime,
) -> None:
    """Write part ``index``, or a new one at the end (None).

    ``stamp`` is that of the list the maker saw. Raises NotFound, NotAllowed, Locked,
    SectionsChanged, TooManySections. A photo that is not the product's is left out.
    """

    def change(parts: Sections) -> Sections:
        if index is None:
            if len(parts) >= rules.MAX_SECTIONS:
                raise TooManySections
            return [*parts, section]
        _at(parts, index)
        return [section if place == index else part for place, part in enumerate(parts)]

    _change(db, product_id, actor_id, stamp, change, now)


def move_section(
    db: Session, *, product_id: int, actor_id: int, stamp: str, index: int, now: datetime
) -> None:
    """Move part ``index`` one place up. Raises as ``save_section``."""

    def change(parts: Sections) -> Sections:
        _at(parts, index)
        if index == 0:
            return parts
        return [*parts[: index - 1], parts[index], parts[index - 1], *parts[index + 1 :]]

    _change(db, product_id, actor_id, stamp, change, now)


def remove_section(
    db: Session, *, product_id: int, actor_id: int, stamp: str, index: int, now: datetime
) -> None:
    """Take part ``index`` out. Raises as ``save_section``."""

    def change(parts: Sections) -> Sections:
        _at(parts, index)
        return [part for place, part in enumerate(parts) if place != index]

    _change(db, product_id, actor_id, stamp, change, now)


def _at(parts: Sections, index: int) -> None:
    if not 0 <= index < len(parts):
        raise NotFound


def _change(
    db: Session,
    product_id: int,
    actor_id: int,
    stamp: str,
    change: Callable[[Sections], Sections],
    now: datetime,
) -> None:
    product, producer = locked_product(db, product_id)
    require_maker(db, actor_id, producer.id)
    require_editable(product)
    draft = queries.draft_of(db, product_id)
    if queries.stamp_of(draft.sections) != stamp:
        raise SectionsChanged
    own = {photo.sha for photo in draft.photos}
    parts = [
        part if part.photo_sha in own else replace(part, photo_sha=None)
        for part in change(draft.sections)
    ]
    if product.state == "published":
        changes = {"sections": [part.as_json() for part in parts]}
        revise(db, product, actor_id=actor_id, changes=changes, now=now)
        return
    write_sections(db, product.id, parts)
    product.updated_at = now
    db.flush()
    record_audit(
        db,
        actor_id=actor_id,
        action="product.sections_changed",
        subject_kind="product",
        subject_id=product.id,
        now=now,
        detail={"sections": len(parts)},
    )
