"""Writing messages: one outbox row a recipient and channel, in the transaction of the cause."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from sqlalchemy import Select, String, and_, cast, literal, select, update
from sqlalchemy.orm import Session

from shop.core import outbox
from shop.core.db import insert_into
from shop.core.outbox import OutboxMessage
from shop.notifications import queries
from shop.notifications.models import Contact
from shop.notifications.rules import (
    DEFAULT_LEVEL,
    Channel,
    MessageKind,
    Payload,
    Reach,
    is_wanted,
    outbox_key,
)
from shop.notifications.services.kinds import CHANNELS, channels_in_use, declared, is_pushing, post

CALL = "call"


def notify(
    db: Session,
    *,
    person_ids: Iterable[int],
    kind: str,
    cause: str,
    payload: Payload,
    now: datetime,
    ref: str | None = None,
    due_at: datetime | None = None,
    desk: str | None = None,
) -> int:
    """Tell people with accounts; see ``tell``. Returns how many outbox rows are new."""
    recipients = [f"person:{person_id}" for person_id in sorted(set(person_ids))]
    told = tell(
        db,
        recipients=recipients,
        kind=kind,
        cause=cause,
        payload=payload,
        now=now,
        ref=ref,
        due_at=due_at,
        desk=desk,
    )
    return sum(len(channels) for channels in told.values())


def tell(
    db: Session,
    *,
    recipients: Sequence[str | Reach],
    kind: str,
    cause: str,
    payload: Payload,
    now: datetime,
    ref: str | None = None,
    due_at: datetime | None = None,
    desk: str | None = None,
) -> dict[str, list[str]]:
    """Write one outbox row a recipient and channel, once per (cause, kind, recipient, channel).

    Recipients are ``person:3`` or ``contact:5`` (from ``contact``), or known already
    (``reached_contact``). ``cause`` names what happened,
    e.g. ``order:7``; ``ref`` is what ``still_due`` and ``outbox.withdraw`` ask for; ``payload``
    holds codes and names of things, no personal data. With ``desk`` (``producer:5``, ``club:3``,
    ``province:04``) whoever no channel can push a message to gets a call task there, and so does a
    mail that finally fails. Returns the channels written now, by recipient: an empty list is a
    recipient told before, or one whom nothing reaches. Raises KeyError for a kind that nobody
    declared, ValueError for a desk that is none.
    """
    declaration = declared(kind)
    reaches = {one.recipient: one for one in recipients if isinstance(one, Reach)}
    unknown = [one for one in recipients if isinstance(one, str)]
    reaches |= queries.reaches_of(db, unknown, with_push=is_pushing())
    levels = queries.levels_of(
        db, [reach.person_id for reach in reaches.values() if reach.person_id is not None]
    )
    told: dict[str, list[str]] = {recipient: [] for recipient in [*unknown, *reaches]}
    for recipient in sorted(reaches):
        reach = reaches[recipient]
        for channel in _channels_for(reach, declaration, levels, desk):
            is_new = outbox.put(
                db,
                key=outbox_key(cause, kind, recipient, channel.slug),
                kind=kind,
                channel=channel.slug,
                recipient=recipient,
                payload=payload,
                due_at=due_at or now,
                ref=ref,
                desk=desk,
            )
            if is_new:
                told[recipient].append(channel.slug)
    return told


def can_reach(kind: str, *, email: str | None, phone: str | None, desk: str | None) -> bool:
    """Whether ``tell`` would write anything to someone without an account who has these addresses.

    It asks no database: who only has a phone often has no channel, and needs no row then.
    """
    nobody = Reach("contact:0", "", email, phone, "vi")
    return bool(_channels_for(nobody, declared(kind), {}, desk))


def _channels_for(
    reach: Reach, kind: MessageKind, levels: dict[tuple[int, str], str], desk: str | None
) -> list[Channel]:
    chosen = [
        channel
        for channel in channels_in_use()
        if channel.reaches(reach)
        and channel.carries(kind.slug, post())
        and (not channel.pushes or _is_wanted(reach, channel, kind, levels))
    ]
    is_pushed = any(channel.pushes for channel in chosen)
    if desk is not None and not is_pushed and CHANNELS[CALL].reaches(reach):
        chosen.append(CHANNELS[CALL])
    return chosen


def _is_wanted(
    reach: Reach, channel: Channel, kind: MessageKind, levels: dict[tuple[int, str], str]
) -> bool:
    if reach.person_id is None:
        return True  # a contact is written to only for what they asked or bought
    return is_wanted(kind.importance, levels.get((reach.person_id, channel.slug), DEFAULT_LEVEL))


def ask_to_call(
    db: Session,
    *,
    recipient: str,
    desk: str,
    kind: str,
    cause: str,
    payload: Payload,
    now: datetime,
    ref: str | None = None,
) -> bool:
    """Have ``desk`` telephone the recipient whatever other channels did; says whether it is new."""
    return outbox.put(
        db,
        key=outbox_key(cause, declared(kind).slug, recipient, CALL),
        kind=kind,
        channel=CALL,
        recipient=recipient,
        payload=payload,
        due_at=now,
        ref=ref,
        desk=desk,
    )


def contact(
    db: Session,
    *,
    now: datetime,
    name: str = "",
    email: str | None = None,
    phone: str | None = None,
    language: str | None = None,
) -> str:
    """The recipient (``contact:5``) of someone without an account; see ``reached_contact``."""
    found = reached_contact(db, now=now, name=name, email=email, phone=phone, language=language)
    return found.recipient


def reached_contact(
    db: Session,
    *,
    now: datetime,
    name: str = "",
    email: str | None = None,
    phone: str | None = None,
    language: str | None = None,
) -> Reach:
    """How someone without an account is reached, one row an e-mail and phone.

    ``email`` is lower-cased, ``phone`` ten digits as forms give it. ``language``: the one they last
    used here; without it the row keeps what it has (``vi`` at first). Raises ValueError without any
    address.
    """
    email, phone = (email or "").strip().lower() or None, phone or None
    if email is None and phone is None:
        raise ValueError("a contact needs an e-mail or a phone")
    digest = hashlib.sha256(f"{email or ''}|{phone or ''}".encode()).hexdigest()
    values = {"name": name[:120], "email": email, "phone": phone, "language": language or "vi"}
    known = {"language": language} if language else {"digest": digest}
    # a known row is written to as well: until this is committed ``forget_contacts`` leaves it alone
    row = db.execute(
        insert_into(db, Contact.__table__)
        .values(digest=digest, created_at=now, **values)
        .on_conflict_do_update(index_elements=["digest"], set_=known)
        .returning(Contact.id, Contact.name, Contact.email, Contact.phone, Contact.language)
    ).one()
    return Reach(f"contact:{row.id}", row.name, row.email, row.phone, row.language)


def erase_contact(db: Session, recipient: str) -> None:
    """Forget who a contact is; whatever still waits for them is superseded when its time comes."""
    row = db.get(Contact, int(recipient.removeprefix("contact:")))
    if row is not None:
        row.name, row.email, row.phone, row.digest = "", None, None, None
        db.flush()


Need = Callable[[datetime], Select[str]]
_needs: dict[str, Need] = {}


def keep_contacts_of(feature: str, need: Need) -> None:
    """Have the recipients that ``need`` selects at a time kept, though no message waits for them.

    Who can derive a recipient from addresses of its own (an order's, an enquiry's) need not ask.
    """
    _needs[feature] = need


def forget_contacts(db: Session, *, now: datetime, limit: int = 500) -> int:
    """Erase e-mail addresses that no message and no feature needs any more; how many.

    The rows are locked first and judged by a second statement, so that whoever asks for one
    meanwhile (``contact`` writes to it) either keeps it or makes it anew.
    """
    recipient = literal("contact:").concat(cast(Contact.id, String))
    waiting = select(OutboxMessage.recipient).where(OutboxMessage.state.in_(("pending", "sending")))
    idle = and_(
        Contact.digest.is_not(None),
        Contact.phone.is_(None),
        *(recipient.not_in(need) for need in (waiting, *(need(now) for need in _needs.values()))),
    )
    held = select(Contact.id).where(idle).order_by(Contact.id).limit(limit)
    numbers = db.scalars(held.with_for_update(skip_locked=True)).all()
    erased = db.scalars(
        update(Contact)
        .where(Contact.id.in_(numbers), idle)
        .values(name="", email=None, digest=None)
        .returning(Contact.id)
    )
    return len(erased.all())
