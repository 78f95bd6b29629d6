"""Pictures of a product. On a published product a change of pictures waits for staff too."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from shop.accounts.services import record_audit
from shop.catalogue import queries
from shop.catalogue.models import Product
from shop.catalogue.services.products import require_editable, revise, write_photos
from shop.catalogue.services.rights import require_maker
from shop.catalogue.services.rows import locked_product
from shop.core.errors import Conflict, NotFound
from shop.core.text import N_

MAX_PHOTOS: Final = 12


class TooManyPhotos(Conflict):
    message = N_("Một sản phẩm có tối đa 12 ảnh. Hãy bỏ bớt ảnh cũ.")


def add_photo(
    db: Session,
    *,
    product_id: int,
    actor_id: int,
    photo: queries.Photo,
    now: datetime,
) -> None:
    """Add a stored picture at the end; the same picture again only renews its words and ticks.

    Raises NotFound, NotAllowed, Locked, TooManyPhotos (field ``photo``).
    """
    product, photos = _open(db, product_id, actor_id)
    kept = [photo if other.sha == photo.sha else other for other in photos]
    if photo not in kept:
        kept.append(photo)
    if len(kept) > MAX_PHOTOS:
        raise TooManyPhotos(field="photo")
    _save(db, product, kept, actor_id=actor_id, now=now)


def edit_photo(
    db: Session,
    *,
    product_id: int,
    actor_id: int,
    sha: str,
    now: datetime,
    alt: str,
    has_right_to_use: bool,
    is_illustration: bool,
    is_cover: bool = False,
) -> None:
    """Change what is said of a picture; with ``is_cover`` it becomes the first one.

    Raises NotFound, NotAllowed, Locked.
    """
    product, photos = _open(db, product_id, actor_id)
    found = _named(photos, sha)
    changed = replace(
        found, alt=alt, has_right_to_use=has_right_to_use, is_illustration=is_illustration
    )
    others = [changed if photo is found else photo for photo in photos]
    if is_cover:
        others = [changed, *(photo for photo in others if photo is not changed)]
    _save(db, product, others, actor_id=actor_id, now=now)


def remove_photo(db: Session, *, product_id: int, actor_id: int, sha: str, now: datetime) -> None:
    """Take a picture out. Raises NotFound, NotAllowed, Locked."""
    product, photos = _open(db, product_id, actor_id)
    found = _named(photos, sha)
    kept = [photo for photo in photos if photo is not found]
    _save(db, product, kept, actor_id=actor_id, now=now)


def _open(db: Session, product_id: int, actor_id: int) -> tuple[Product, list[queries.Photo]]:
    product, producer = locked_product(db, product_id)
    require_maker(db, actor_id, producer.id)
    require_editable(product)
    return product, queries.draft_of(db, product_id).photos


def _named(photos: list[queries.Photo], sha: str) -> queries.Photo:
    found = next((photo for photo in photos if photo.sha == sha), None)
    if found is None:
        raise NotFound
    return found


def _save(
    db: Session,
    product: Product,
    photos: list[queries.Photo],
    *,
    actor_id: int,
    now: datetime,
) -> None:
    if product.state == "published":
        changes = {"photos": [photo.as_json() for photo in photos]}
        revise(db, product, actor_id=actor_id, changes=changes, now=now)
        return
    write_photos(db, product.id, photos, now=now)
    product.updated_at = now
    db.flush()
    record_audit(
        db,
        actor_id=actor_id,
        action="product.photos_changed",
        subject_kind="product",
        subject_id=product.id,
        now=now,
        detail={"photos": len(photos)},
    )
