"""Verbs of the basket."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import case, delete, select, update
from sqlalchemy.orm import Session

from shop.accounts.models import Person
from shop.catalogue.queries import variants_for_sale
from shop.checkout import queries
from shop.checkout.models import MAX_QUANTITY, Basket, BasketLine
from shop.checkout.rules import BasketFull, CannotBuy
from shop.core.clock import today_vn
from shop.core.db import insert_into
from shop.core.errors import NotFound

REPEATED_WITHIN: Final = timedelta(seconds=60)
"""How long the same form sent again is the same wish: two taps, or a second one over a slow
network. Later it is somebody who came back to the page and wants more."""


class Added(NamedTuple):
    """What putting something into a basket led to."""

    lines: int
    """How many lines it has now."""
    is_new: bool
    """Whether anything was added: not by a form that was sent a moment ago."""


def open_basket(
    db: Session, *, token_hash: str, new_token_hash: str, person_id: int | None, now: datetime
) -> Basket:
    """The visitor's basket, made if there is none; a guest's becomes the person's at sign-in.

    What the person had in other baskets moves into this one. Their own row is locked, so that two
    first clicks at once open one basket.
    """
    if person_id is not None:
        db.execute(select(Person.id).where(Person.id == person_id).with_for_update())
    basket = queries.find_basket(db, token_hash=token_hash, person_id=person_id)
    if basket is None:
        basket = Basket(token_hash=new_token_hash, person_id=person_id, updated_at=now)
        db.add(basket)
    basket.updated_at = now
    db.flush()
    if person_id is not None and basket.person_id is None:
        basket.person_id = person_id
        _merge_others(db, basket, person_id, now)
    return basket


def _merge_others(db: Session, basket: Basket, person_id: int, now: datetime) -> None:
    others = select(Basket.id).where(Basket.person_id == person_id, Basket.id != basket.id)
    moved = db.execute(
        delete(BasketLine)
        .where(BasketLine.basket_id.in_(others))
        .returning(BasketLine.variant_id, BasketLine.quantity)
    ).all()
    room = queries.MAX_LINES - len(queries.basket_lines(db, basket.id))
    for variant_id, quantity in moved[: max(room, 0)]:
        _add_line(db, basket.id, variant_id, quantity, now)


def add_to_basket(
    db: Session,
    *,
    basket: Basket,
    variant_id: int,
    quantity: int,
    now: datetime,
    is_new: bool = False,
    submit_key: str = "",
) -> Added:
    """Put more of a variant into the basket, which ``is_new`` if nothing can be in it yet.

    The same ``submit_key`` with the same quantity adds once within REPEATED_WITHIN; the row's own
    statement judges that, so two taps at one moment do not both count. Without a key each counts.
    Raises NotFound, CannotBuy, BasketFull.
    """
    row = variants_for_sale(db, [variant_id], today=today_vn(now)).get(variant_id)
    if row is None:
        raise NotFound
    if not row.is_for_sale or row.is_service:
        raise CannotBuy(product=row.product_name)
    lines = {} if is_new else queries.basket_lines(db, basket.id)
    is_full = variant_id not in lines and len(lines) >= queries.MAX_LINES
    if is_full or lines.get(variant_id, 0) + quantity > MAX_QUANTITY:
        raise BasketFull(field="quantity")
    key = hashlib.sha256(f"{submit_key}:{quantity}".encode()).hexdigest()[:32]
    added = _add_line(db, basket.id, variant_id, quantity, now, key if submit_key else None)
    return Added(len(lines.keys() | {variant_id}), added)


def _add_line(
    db: Session,
    basket_id: int,
    variant_id: int,
    quantity: int,
    now: datetime,
    key: str | None = None,
) -> bool:
    """Add to the line, or make it; False for a ``key`` that added a moment ago."""
    line = insert_into(db, BasketLine.__table__).values(
        basket_id=basket_id, variant_id=variant_id, quantity=quantity, added_at=now, add_key=key
    )
    both = BasketLine.quantity + line.excluded.quantity
    added = db.execute(
        line.on_conflict_do_update(
            index_elements=["basket_id", "variant_id"],
            set_={
                "quantity": case((both > MAX_QUANTITY, MAX_QUANTITY), else_=both),
                "added_at": line.excluded.added_at,
                "add_key": line.excluded.add_key,
            },
            where=BasketLine.add_key.is_distinct_from(key)
            | line.excluded.add_key.is_(None)
            | (BasketLine.added_at < now - REPEATED_WITHIN),
        ).returning(BasketLine.quantity)
    )
    return added.one_or_none() is not None


def set_origin(db: Session, *, basket: Basket, code: str | None) -> None:
    """Keep whose word led here, or forget it; the latest word counts."""
    basket.origin_code = code
    db.flush()


def change_basket(db: Session, *, basket: Basket, quantities: Mapping[int, int]) -> None:
    """Set the quantities of lines that are in the basket; zero takes a line out."""
    for variant_id, quantity in sorted(quantities.items()):
        this = (BasketLine.basket_id == basket.id, BasketLine.variant_id == variant_id)
        if quantity <= 0:
            db.execute(delete(BasketLine).where(*this))
        else:
            db.execute(update(BasketLine).where(*this).values(quantity=min(quantity, MAX_QUANTITY)))
