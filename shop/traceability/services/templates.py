"""Templates of journal entries: what a producer often records of a product."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.core.clock import today_vn
from shop.core.errors import Conflict, Invalid
from shop.core.text import N_, clean
from shop.traceability import queries
from shop.traceability.models import EntryTemplate
from shop.traceability.rules.events import EventKind, read_facts

MOST = 20
"""Templates of one product: more are no help on a phone."""


class TitleTaken(Conflict):
    message = N_("Sản phẩm này đã có mẫu tên như vậy. Hãy đặt tên khác.")


class TooManyTemplates(Invalid):
    message = N_("Mỗi sản phẩm tối đa 20 mẫu. Hãy xóa bớt mẫu không dùng.")


def preset_kind(kind: EventKind) -> EventKind:
    """The kind with every fact optional: a template may leave open what changes each time."""
    fields = tuple(replace(item, is_required=False) for item in kind.fields)
    return replace(kind, fields=fields)


def save_template(
    db: Session,
    *,
    product_id: int,
    kind: str,
    title: str,
    facts: Mapping[str, Any],
    actor_id: int,
    now: datetime,
    template_id: int | None = None,
) -> EntryTemplate:
    """Make a template, or change the one with this id (its product and kind stay).

    The caller has made sure whose product it is. Raises UnknownKind, BadFact, Invalid (field
    ``title``), TitleTaken, TooManyTemplates.
    """
    plug = preset_kind(queries.recordable_kind(kind))
    named = clean(title)
    if not 2 <= len(named) <= 60:
        raise Invalid(N_("Tên mẫu từ 2 đến 60 ký tự."), field="title")
    read = read_facts(plug, facts, today=today_vn(now))
    kept = {**read.public, **read.inner}
    try:
        with db.begin_nested():
            if template_id is not None:
                found = db.get_one(EntryTemplate, template_id)
                found.title, found.facts = named, kept
                return found
            count = select(func.count()).where(EntryTemplate.product_id == product_id)
            if (db.scalar(count) or 0) >= MOST:
                raise TooManyTemplates
            made = EntryTemplate(
                product_id=product_id,
                kind=plug.slug,
                title=named,
                facts=kept,
                made_by=actor_id,
                made_at=now,
            )
            db.add(made)
    except IntegrityError as error:
        raise TitleTaken(field="title") from error
    return made


def delete_template(db: Session, *, template_id: int) -> None:
    """Take a template away; entries that were made from it stay."""
    db.execute(delete(EntryTemplate).where(EntryTemplate.id == template_id))
