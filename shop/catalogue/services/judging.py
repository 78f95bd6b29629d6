"""Staff judge products: publish what waits, send it back with a reason, take it off sale."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from shop.catalogue import queries, rules
from shop.catalogue.models import Product, ProductApproval, ProductRevision
from shop.catalogue.services.facets import refresh_facets
from shop.catalogue.services.homes import audit
from shop.catalogue.services.messages import tell_producer
from shop.catalogue.services.products import (
    apply_changes,
    published_value,
    require_ready,
    withdraw,
)
from shop.catalogue.services.rights import require_judge
from shop.catalogue.services.rows import locked_product, require_reason
from shop.catalogue.signals import product_published


def decide_product(
    db: Session,
    *,
    product_id: int,
    actor_id: int,
    approve: bool,
    now: datetime,
    note: str = "",
    step: str = "",
) -> Product:
    """Staff publish what waits (a new product or an edit), or send it back with a reason.

    ``step`` is the editor's step that the reason is about (``rules.REFUSAL_STEPS``); empty: none.
    Raises NotFound, NotAllowed, OwnWork, ReasonNeeded, NotReady, WrongStep.
    """
    product, producer = locked_product(db, product_id)
    require_judge(db, actor_id, producer_id=producer.id, province_code=producer.province_code)
    draft = queries.draft_of(db, product_id)
    if not draft.waits_for_staff:
        raise rules.WrongStep
    if approve:
        require_ready(draft, now)
    else:
        require_reason(note)
    if product.state == "submitted":
        wanted = "published" if approve else "rejected"
        rules.require_step(rules.PRODUCT_STEPS, product.state, wanted)
        product.state, product.decision_note = wanted, note
        product.decision_step = _step(step, approve=approve)
        if approve:
            product.published_at = product.published_at or now
    else:
        _decide_revision(db, draft, approve=approve, note=note, step=step, now=now)
    if approve:
        keep_approved(db, product, now)
    action = "product.approved" if approve else "product.rejected"
    entry = audit(db, product, actor_id, action, now, note=note)
    tell_producer(
        db,
        producer.id,
        kind=f"catalogue.product_{'approved' if approve else 'rejected'}",
        cause=f"audit:{entry}",
        payload={
            "name": product.name,
            "note": note,
            "product_id": product.id,
            "step": _step(step, approve=approve),
        },
        now=now,
    )
    refresh_facets(db, product_id, now=now)
    if approve:
        product_published.send(None, db=db, product_id=product_id, now=now)
    return product


def _decide_revision(
    db: Session, draft: queries.Draft, *, approve: bool, note: str, step: str, now: datetime
) -> None:
    revision, product = draft.revision, draft.product
    if revision is None:
        raise rules.WrongStep
    wanted = "approved" if approve else "rejected"
    rules.require_step(rules.REVISION_STEPS, revision.state, wanted)
    revision.state, revision.decision_note, revision.decided_at = wanted, note, now
    revision.decision_step = _step(step, approve=approve)
    if not approve:
        db.flush()
        _give_back(db, revision, now)
        return
    revision.before = {name: published_value(db, product, name) for name in revision.changes}
    product.updated_at = now
    apply_changes(db, product, revision.changes, now)


def _give_back(db: Session, refused: ProductRevision, now: datetime) -> None:
    """A refused edit goes on as a draft with the reason on it: nothing typed is lost."""
    db.add(
        ProductRevision(
            product_id=refused.product_id,
            changes=dict(refused.changes),
            before={},
            decision_note=refused.decision_note,
            decision_step=refused.decision_step,
            author_id=refused.author_id,
            created_at=now,
        )
    )
    db.flush()


def _step(step: str, *, approve: bool) -> str:
    return step if not approve and step in rules.REFUSAL_STEPS else ""


def keep_approved(db: Session, product: Product, now: datetime) -> None:
    """Remember the product as it is approved: the next hand-in is compared with it."""
    facts: dict[str, Any] = {name: getattr(product, name) for name in queries.EDITABLE}
    facts["photos"] = [photo.as_json() for photo in queries.photos_of(db, product.id)]
    facts["sections"] = [part.as_json() for part in queries.sections_of(db, product.id)]
    db.add(ProductApproval(product_id=product.id, at=now, facts=facts))
    db.flush()


def take_down_product(
    db: Session, *, product_id: int, actor_id: int, note: str, now: datetime, step: str = ""
) -> Product:
    """Staff take a published product off sale with a reason; its maker may mend and hand it in.

    Raises NotFound, NotAllowed, OwnWork, ReasonNeeded, WrongStep.
    """
    product, producer = locked_product(db, product_id)
    require_judge(db, actor_id, producer_id=producer.id, province_code=producer.province_code)
    if product.state != "published":
        raise rules.WrongStep
    product.decision_note = require_reason(note)
    product.decision_step = _step(step, approve=False)
    entry = withdraw(
        db, product, "rejected", actor_id=actor_id, action="product.taken_down", now=now, note=note
    )
    tell_producer(
        db,
        producer.id,
        kind="catalogue.product_rejected",
        cause=f"audit:{entry}",
        payload={
            "name": product.name,
            "note": note,
            "product_id": product.id,
            "step": product.decision_step,
        },
        now=now,
    )
    return product
