"""Asking to be told of something: a person waits at once, a guest's address once the link of a
mail was opened; who has the code ends it. Rows are of any model that is a ``Following``.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final, TypeVar

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from shop.core.db import insert_into
from shop.core.errors import NotFound
from shop.core.text import random_code
from shop.notifications.models import Following
from shop.notifications.rules import AddressNeeded, NoMail
from shop.notifications.services.kinds import channels_in_use
from shop.notifications.services.writing import contact

UNCONFIRMED_FOR: Final = timedelta(days=2)

F = TypeVar("F", bound=Following)


def can_mail() -> bool:
    """Whether guests can be told at all: without a mail server their link would never come."""
    return any(channel.slug == "email" for channel in channels_in_use())


def follower(
    db: Session, *, person_id: int | None, email: str | None, language: str, now: datetime
) -> str:
    """Who is told, as the outbox knows them. Raises NoMail, AddressNeeded (field ``email``)."""
    if person_id is not None:
        return f"person:{person_id}"
    if not can_mail():
        raise NoMail
    if not email:
        raise AddressNeeded(field="email")
    return contact(db, email=email, language=language, now=now)


def open_wish(db: Session, model: type[F], recipient: str, **about: Any) -> F | None:
    """The recipient's standing wish about one thing."""
    return db.scalar(select(model).filter_by(recipient=recipient, **about).where(model.is_open()))


def add_wish(
    db: Session,
    model: type[F],
    recipient: str,
    *,
    now: datetime,
    about: Mapping[str, Any],
    more: Mapping[str, Any] = MappingProxyType({}),
) -> F:
    """A new wish ``about`` one thing. Two clicks at once make one row: the second meets the unique
    index and gets the first.
    """
    is_guest = recipient.startswith("contact:")
    db.execute(
        insert_into(db, model)
        .values(
            code=random_code(20),
            recipient=recipient,
            state="unconfirmed" if is_guest else model.ACTIVE,
            asked_at=now,
            **about,
            **more,
        )
        .on_conflict_do_nothing()
    )
    made = open_wish(db, model, recipient, **about)
    if made is None:
        raise NotFound
    return made


def wish_called(db: Session, model: type[F], code: str) -> F:
    """The wish that a link names. Raises NotFound."""
    found = db.scalar(select(model).where(model.code == code))
    if found is None:
        raise NotFound
    return found


def confirm_wish(db: Session, model: type[F], code: str) -> F:
    """A guest opened the link: the address is theirs. Twice is once. Raises NotFound when over."""
    found: F | None = db.scalar(
        update(model)
        .where(model.code == code, model.is_open())
        .values(state=model.ACTIVE)
        .returning(model)
    )
    if found is None:
        raise NotFound
    return found


def end_wish(db: Session, model: type[F], code: str, now: datetime) -> F:
    """Call it off; one that is over stays as it is. Raises NotFound for an unknown code."""
    db.execute(
        update(model).where(model.code == code, model.is_open()).values(state="ended", ended_at=now)
    )
    return wish_called(db, model, code)


def is_unconfirmed(db: Session, model: type[Following], ref: str) -> bool:
    """Whether the link of this wish (``follow:7``) may still be sent."""
    number = int(ref.rpartition(":")[2])
    return db.scalar(select(model.state).where(model.id == number)) == "unconfirmed"


def drop_unconfirmed(db: Session, model: type[Following], now: datetime) -> None:
    """Forget what nobody confirmed in UNCONFIRMED_FOR."""
    db.execute(
        delete(model).where(model.state == "unconfirmed", model.asked_at < now - UNCONFIRMED_FOR)
    )
