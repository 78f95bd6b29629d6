"""Pictures of a product. On a published product a change of pictures waits for staff too."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from shop.accounts.services import record_audit
from shop.catalogue import queries, rules
from shop.catalogue.models import Product
from shop.catalogue.services.products import require_editable, revise, write_photos
from shop.catalogue.services.rights import require_maker
from shop.catalogue.services.rows import locked_product
from shop.core.errors import Conflict, NotFound
from shop.core.tasks import enqueue
from shop.core.text import N_, random_code

MAX_PHOTOS: Final = 12
AVIF_TASK: Final = "catalogue.avif"


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
    ask_for_avif(db, photo.sha, now=now)


def ask_for_avif(db: Session, sha: str, *, now: datetime) -> None:
    """Have the AVIF files of a stored picture made in the background, once."""
    enqueue(
        db,
        kind=AVIF_TASK,
        key=f"{AVIF_TASK}:{sha}",
        public_id=random_code(26),
        arguments={"sha": sha},
        now=now,
    )


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
    alt_en: str = "",
) -> None:
    """Change what is said of a picture. Raises NotFound, NotAllowed, Locked."""
    product, photos = _open(db, product_id, actor_id)
    found = _named(photos, sha)
    changed = replace(
        found,
        alt=alt,
        alt_en=alt_en or None,
        has_right_to_use=has_right_to_use,
        is_illustration=is_illustration,
    )
    kept = [changed if photo is found else photo for photo in photos]
    _save(db, product, kept, actor_id=actor_id, now=now)


def move_photo(
    db: Session, *, product_id: int, actor_id: int, sha: str, to: int, now: datetime
) -> None:
    """Put a picture at place ``to``, counted from 0: the first one is the cover.

    Raises NotFound, NotAllowed, Locked.
    """
    product, photos = _open(db, product_id, actor_id)
    _named(photos, sha)
    by_sha = {photo.sha: photo for photo in photos}
    order = rules.moved(list(by_sha), sha, to)
    if order != list(by_sha):
        _save(db, product, [by_sha[one] for one in order], actor_id=actor_id, now=now)


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
