"""The life of a product: written, handed in, judged, sold, put away."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.catalogue import queries, rules
from shop.catalogue.models import (
    Producer,
    Product,
    ProductPhoto,
    ProductRevision,
    ProductSection,
)
from shop.catalogue.services.facets import refresh_facets
from shop.catalogue.services.homes import audit
from shop.catalogue.services.rights import require_maker
from shop.catalogue.services.rows import add_with_slug, locked, locked_product
from shop.catalogue.signals import product_withdrawn
from shop.core.clock import today_vn
from shop.core.errors import Conflict, Invalid, NotFound
from shop.core.text import N_

_AT_CREATION: Final = (
    *queries.EDITABLE,
    *("is_service", "is_demo", "source_note", "historic_stars", "historic_stars_note"),
)


class NameTaken(Conflict):
    message = N_("Cơ sở đã có sản phẩm tên này. Hãy mở sản phẩm cũ hoặc đặt tên khác.")


class Locked(Conflict):
    message = N_("Sản phẩm đang chờ duyệt hoặc đã cất. Hãy rút lại hoặc mở lại trước khi sửa.")


class EditedMeanwhile(Conflict):
    message = N_(
        "Người khác vừa lưu phần này. Chữ của bạn vẫn còn trong các ô; hãy so với bản của họ "
        "rồi bấm lưu lần nữa."
    )


class NotReady(Invalid):
    message = N_("Sản phẩm chưa đủ điều kiện: %(missing)s")


class NothingToSubmit(Conflict):
    message = N_("Không có gì để gửi duyệt. Vui lòng tải lại trang.")


def create_product(
    db: Session,
    *,
    producer_id: int,
    actor_id: int,
    name: str,
    subgroup: str,
    now: datetime,
    facts: Mapping[str, Any] | None = None,
) -> Product:
    """A new draft of the producer. ``facts`` are further columns by name.

    Raises NotFound, NotAllowed, NameTaken (field ``name``), Invalid (field ``subgroup``).
    """
    producer = locked(db, Producer, producer_id)
    require_maker(db, actor_id, producer_id)
    _check_subgroup(subgroup, today_vn(now))
    _check_name(db, producer_id, name)
    given = {key: value for key, value in (facts or {}).items() if key in _AT_CREATION}
    given = {
        "is_service": rules.is_service(subgroup),
        "is_lot_tracked": rules.has_lots(subgroup),
    } | given
    product = add_with_slug(
        db,
        name,
        lambda slug: Product(
            slug=slug,
            producer_id=producer.id,
            name=name,
            subgroup=subgroup,
            created_at=now,
            updated_at=now,
            **given,
        ),
        limit=120,
    )
    audit(db, product, actor_id, "product.created", now)
    return product


def _check_subgroup(code: str, today: date, chosen: str = "") -> None:
    """One that may be chosen today, or the one chosen before."""
    if code not in {sub.code for sub in rules.open_subgroups(today, and_also=chosen)}:
        raise Invalid(N_("Vui lòng chọn một mục trong danh sách."), field="subgroup")


def _check_name(db: Session, producer_id: int, name: str, *, but: int | None = None) -> None:
    """The producer row is locked by the caller, so two of one name cannot slip in together."""
    names = db.execute(
        select(Product.id, Product.name).where(
            Product.producer_id == producer_id, Product.state != "archived"
        )
    )
    # Without accents two different things may share a name (chè, che), so marks count.
    if any(other.casefold() == name.casefold() for row, other in names if row != but):
        raise NameTaken(field="name")


def edit_product(
    db: Session,
    *,
    product_id: int,
    actor_id: int,
    changes: Mapping[str, Any],
    now: datetime,
    seen: str = "",
) -> Product:
    """Write texts and facts. On a published product they wait in its one open revision.

    ``seen`` is the digest (``rules.stamp``) of these fields as the editor saw them; with it, other
    values saved meanwhile are not overwritten unseen.
    Raises NotFound, NotAllowed, Locked, NameTaken, Invalid (field ``subgroup``), EditedMeanwhile.
    """
    product, producer = locked_product(db, product_id)
    require_maker(db, actor_id, producer.id)
    wanted = {name: value for name, value in changes.items() if name in queries.EDITABLE}
    if seen:
        _require_unchanged(db, product_id, wanted, seen)
    _check_subgroup(wanted.get("subgroup", product.subgroup), today_vn(now), product.subgroup)
    if wanted.get("name", product.name).casefold() != product.name.casefold():
        _check_name(db, producer.id, wanted["name"], but=product.id)
    require_editable(product)
    if product.state == "published":
        revise(db, product, actor_id=actor_id, changes=wanted, now=now)
        return product
    differing = [name for name, value in wanted.items() if getattr(product, name) != value]
    for name in differing:
        setattr(product, name, wanted[name])
    if differing:
        _after_edit(product)
        product.updated_at = now
        audit(db, product, actor_id, "product.edited", now, fields=sorted(differing))
    return product


def _require_unchanged(db: Session, product_id: int, wanted: Mapping[str, Any], seen: str) -> None:
    """The stored values are those that the editor saw, or already those that are to be written."""
    stored = queries.draft_of(db, product_id).values
    if rules.stamp(stored, wanted) != seen and rules.differing(stored, wanted, wanted):
        raise EditedMeanwhile


def _after_edit(product: Product) -> None:
    product.is_service = rules.is_service(product.subgroup)


def require_editable(product: Product) -> None:
    """Raises Locked while staff judge the product and when it has been put away."""
    if product.state in {"submitted", "archived"}:
        raise Locked


def revise(
    db: Session, product: Product, *, actor_id: int, changes: Mapping[str, Any], now: datetime
) -> ProductRevision | None:
    """Lay changes into the open revision of a published product, opening one when needed.

    What equals the published value again leaves the revision; an empty one is dropped. A revision
    that waited for staff goes back to its maker. The product row is locked by the caller.
    """
    revision = queries.open_revision(db, product.id)
    merged = dict(revision.changes) if revision else {}
    for name, value in changes.items():
        current = published_value(db, product, name)
        if current == value:
            merged.pop(name, None)
        else:
            merged[name] = value
    if revision is None and not merged:
        return None
    if revision is None:
        revision = ProductRevision(
            product_id=product.id, changes=merged, before={}, author_id=actor_id, created_at=now
        )
        db.add(revision)
    elif not merged:
        db.delete(revision)
    elif merged != revision.changes:
        if revision.state == "submitted":
            rules.require_step(rules.REVISION_STEPS, revision.state, "draft")
            revision.state = "draft"
        revision.changes = merged
    audit(db, product, actor_id, "product.revised", now, fields=sorted(merged))
    product.updated_at = now
    db.flush()
    return revision if merged else None


def published_value(db: Session, product: Product, name: str) -> Any:
    if name == "photos":
        return [photo.as_json() for photo in queries.photos_of(db, product.id)]
    if name == "sections":
        return [part.as_json() for part in queries.sections_of(db, product.id)]
    return getattr(product, name)


def discard_revision(db: Session, *, product_id: int, actor_id: int, now: datetime) -> None:
    """Throw away the changes that wait; what is on sale stays. Raises NotFound, NotAllowed."""
    product, producer = locked_product(db, product_id)
    require_maker(db, actor_id, producer.id)
    revision = queries.open_revision(db, product_id)
    if revision is None:
        raise NotFound
    db.delete(revision)
    audit(db, product, actor_id, "product.revision_discarded", now)


def submit_product(db: Session, *, product_id: int, actor_id: int, now: datetime) -> Product:
    """Hand a draft, or the edit of a published product, to staff.

    Raises NotFound, NotAllowed, NotReady (what is missing), NothingToSubmit.
    """
    product, producer = locked_product(db, product_id)
    require_maker(db, actor_id, producer.id)
    draft = queries.draft_of(db, product_id)
    if not draft.can_submit:
        raise NothingToSubmit
    require_ready(draft, now)
    if draft.revision is not None:
        rules.require_step(rules.REVISION_STEPS, draft.revision.state, "submitted")
        draft.revision.state, draft.revision.submitted_at = "submitted", now
    else:
        rules.require_step(rules.PRODUCT_STEPS, product.state, "submitted")
        product.state, product.submitted_at = "submitted", now
    product.updated_at = now
    audit(db, product, actor_id, "product.submitted", now)
    return product


def require_ready(draft: queries.Draft, now: datetime) -> None:
    lacking = rules.blocking(draft.findings(today_vn(now)))
    if lacking:
        missing = " ".join(finding.text % finding.params for finding in lacking)
        raise NotReady(missing=missing)


def withdraw_submission(db: Session, *, product_id: int, actor_id: int, now: datetime) -> Product:
    """Take back what was handed in, to go on editing. Raises NotFound, NotAllowed, WrongStep."""
    product, producer = locked_product(db, product_id)
    require_maker(db, actor_id, producer.id)
    revision = queries.open_revision(db, product_id)
    if product.state == "published" and revision is not None:
        rules.require_step(rules.REVISION_STEPS, revision.state, "draft")
        revision.state = "draft"
    else:
        if product.state != "submitted":
            raise rules.WrongStep
        product.state = "draft"
    audit(db, product, actor_id, "product.taken_back", now)
    return product


def apply_changes(db: Session, product: Product, changes: Mapping[str, Any], now: datetime) -> None:
    """Make what a revision says true of the product."""
    for name, value in changes.items():
        if name == "photos":
            write_photos(db, product.id, [queries.Photo(**photo) for photo in value], now=now)
        elif name == "sections":
            write_sections(db, product.id, [queries.Section(**part) for part in value])
        else:
            setattr(product, name, value)
    _after_edit(product)
    db.flush()


def write_photos(
    db: Session, product_id: int, photos: list[queries.Photo], *, now: datetime
) -> None:
    """Make the stored photos of a product exactly these, in this order."""
    db.execute(delete(ProductPhoto).where(ProductPhoto.product_id == product_id))
    for position, photo in enumerate(photos):
        db.add(
            ProductPhoto(
                product_id=product_id, position=position, created_at=now, **photo.as_json()
            )
        )
    try:
        db.flush()
    except IntegrityError:
        raise Conflict from None


def write_sections(db: Session, product_id: int, sections: list[queries.Section]) -> None:
    """Make the stored parts of a product's story exactly these, in this order."""
    db.execute(delete(ProductSection).where(ProductSection.product_id == product_id))
    for position, section in enumerate(sections):
        db.add(ProductSection(product_id=product_id, position=position, **section.as_json()))
    db.flush()


def archive_product(db: Session, *, product_id: int, actor_id: int, now: datetime) -> Product:
    """Put a product away; one on sale leaves the shop at once.

    Raises NotFound, NotAllowed, WrongStep.
    """
    product, producer = locked_product(db, product_id)
    require_maker(db, actor_id, producer.id)
    withdraw(db, product, "archived", actor_id=actor_id, action="product.archived", now=now)
    return product


def withdraw(
    db: Session,
    product: Product,
    state: str,
    *,
    actor_id: int,
    action: str,
    now: datetime,
    note: str = "",
) -> int:
    was_published = product.state == "published"
    rules.require_step(rules.PRODUCT_STEPS, product.state, state)
    product.state, product.updated_at = state, now
    revision = queries.open_revision(db, product.id)
    if revision is not None:
        _fold_in(db, product, revision, now)
    entry = audit(db, product, actor_id, action, now, note=note)
    refresh_facets(db, product.id, now=now)
    if was_published:
        product_withdrawn.send(None, db=db, product_id=product.id, now=now)
    return entry


def _fold_in(db: Session, product: Product, revision: ProductRevision, now: datetime) -> None:
    """Off sale, the maker's unfinished edit becomes the draft itself: nothing typed is lost."""
    apply_changes(db, product, revision.changes, now)
    db.delete(revision)
    db.flush()


def restore_product(db: Session, *, product_id: int, actor_id: int, now: datetime) -> Product:
    """Take an archived product out again, as a draft. Raises NotFound, NotAllowed, WrongStep."""
    product, producer = locked_product(db, product_id)
    require_maker(db, actor_id, producer.id)
    if product.state != "archived":
        raise rules.WrongStep
    _check_name(db, producer.id, product.name, but=product.id)
    product.state, product.updated_at = "draft", now
    audit(db, product, actor_id, "product.restored", now)
    return product
