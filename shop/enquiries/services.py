"""Verbs of enquiries: ask, answer, close."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shop.accounts.queries import members_of
from shop.core.clock import today_vn
from shop.core.db import insert_into
from shop.core.errors import NotFound
from shop.core.text import random_code
from shop.enquiries import queries, rules
from shop.enquiries.models import Enquiry, EnquiryContact, EnquiryMessage
from shop.notifications.services import contact, notify, tell

ASKED = "enquiries.asked"
ANSWERED = "enquiries.answered"


@dataclass(frozen=True)
class Visit:
    """What a guest asks of a service."""

    submit_key: str
    name: str
    phone: str | None
    email: str | None
    wanted_on: date | None
    people: int | None
    words: str
    language: str


def ask_for_visit(
    db: Session, *, slug: str, visit: Visit, buyer_id: int | None, now: datetime
) -> Enquiry:
    """Ask a producer about a service. Pressing twice (one submit key) asks once.

    Raises NotAService, DayPassed (field ``wanted_on``), ContactNeeded (field ``phone``).
    """
    asked = queries.service_by_slug(db, slug)
    if asked is None:
        raise rules.NotAService
    today = today_vn(now)
    latest = today + timedelta(days=rules.MAX_AHEAD_DAYS)
    if visit.wanted_on is not None and not today <= visit.wanted_on <= latest:
        raise rules.DayPassed(field="wanted_on")
    if not (visit.phone or visit.email):
        raise rules.ContactNeeded(field="phone")
    return open_enquiry(
        db,
        kind="visit",
        visit=visit,
        producer_id=asked.producer_id,
        product_id=asked.product_id,
        about=asked.name,
        buyer_id=buyer_id,
        now=now,
    )[0]


def open_enquiry(
    db: Session,
    *,
    kind: str,
    visit: Visit,
    producer_id: int,
    product_id: int | None,
    about: str,
    buyer_id: int | None,
    now: datetime,
) -> tuple[Enquiry, bool]:
    """Write down what was asked, who asked and how to answer, and tell the producer; once per
    submit key. Says whether it is new. ``about`` is the name of what is asked for."""
    enquiry, is_new = _open(db, kind, visit, (producer_id, product_id), buyer_id, now)
    if not is_new:
        return enquiry, False
    db.add(
        EnquiryContact(enquiry_id=enquiry.id, name=visit.name, phone=visit.phone, email=visit.email)
    )
    say(db, enquiry, "buyer", buyer_id, visit.words, now)
    notify(
        db,
        person_ids=[one.person_id for one in members_of(db, "producer", producer_id)],
        kind=ASKED,
        cause=f"enquiry:{enquiry.id}",
        payload={"code": enquiry.code, "product": about},
        ref=f"enquiry:{enquiry.id}",
        now=now,
    )
    return enquiry, True


def _open(
    db: Session,
    kind: str,
    visit: Visit,
    of: tuple[int, int | None],
    buyer_id: int | None,
    now: datetime,
) -> tuple[Enquiry, bool]:
    made = db.execute(
        insert_into(db, Enquiry)
        .values(
            code=random_code(12),
            submit_key=visit.submit_key,
            kind=kind,
            producer_id=of[0],
            product_id=of[1],
            buyer_id=buyer_id,
            wanted_on=visit.wanted_on,
            people=visit.people,
            language=visit.language,
            state="new",
            asked_at=now,
            changed_at=now,
        )
        .on_conflict_do_nothing(index_elements=["submit_key"])
        .returning(Enquiry.id)
    ).scalar()
    enquiry = db.scalars(select(Enquiry).where(Enquiry.submit_key == visit.submit_key)).one()
    if made is None and enquiry.buyer_id not in {None, buyer_id}:
        raise NotFound
    return enquiry, made is not None


def say(
    db: Session, enquiry: Enquiry, side: str, author_id: int | None, words: str, now: datetime
) -> EnquiryMessage:
    """Add what one side said."""
    message = EnquiryMessage(
        enquiry_id=enquiry.id, side=side, author_id=author_id, words=words, at=now
    )
    db.add(message)
    db.flush()
    return message


def answer(
    db: Session,
    *,
    code: str,
    producer_ids: frozenset[int],
    actor_id: int,
    words: str,
    now: datetime,
) -> None:
    """The producer answers; the buyer is told in the inbox or by mail.

    Raises NotFound for someone else's enquiry, AnswerNeeded (field ``words``), AlreadyClosed.
    """
    if not words:
        raise rules.AnswerNeeded(field="words")
    enquiry = step(db, code, producer_ids, "answered", now)
    message = say(db, enquiry, "producer", actor_id, words, now)
    recipient = _buyer_of(db, enquiry, now)
    if recipient is not None:
        thread = queries.thread_of(db, code)
        tell(
            db,
            recipients=[recipient],
            kind=ANSWERED,
            cause=f"enquiry_message:{message.id}",
            payload={
                "code": enquiry.code,
                "producer": thread.producer.name if thread else "",
                "product": thread.product.name if thread and thread.product else "",
            },
            ref=f"enquiry:{enquiry.id}",
            now=now,
        )


def _buyer_of(db: Session, enquiry: Enquiry, now: datetime) -> str | None:
    """Whom to tell: the account, else the e-mail address; None when only a telephone is left."""
    if enquiry.buyer_id is not None:
        return f"person:{enquiry.buyer_id}"
    known = db.get(EnquiryContact, enquiry.id)
    if known is None or not known.email:
        return None
    return contact(db, name=known.name, email=known.email, language=enquiry.language, now=now)


def close(db: Session, *, code: str, producer_ids: frozenset[int], now: datetime) -> None:
    """The producer puts an enquiry away. Raises NotFound, AlreadyClosed."""
    step(db, code, producer_ids, "closed", now)


def step(
    db: Session, code: str, producer_ids: frozenset[int], wanted: str, now: datetime
) -> Enquiry:
    """Bring an enquiry of these producers to a state, by one conditional UPDATE along the table.

    Raises NotFound, AlreadyClosed.
    """
    changed = db.scalar(
        update(Enquiry)
        .where(
            Enquiry.code == code,
            Enquiry.producer_id.in_(producer_ids),
            Enquiry.state.in_(rules.STEPS[wanted]),
        )
        .values(state=wanted, changed_at=now)
        .returning(Enquiry)
        .execution_options(populate_existing=True)
    )
    if changed is not None:
        return changed
    known = select(Enquiry.id).where(Enquiry.code == code, Enquiry.producer_id.in_(producer_ids))
    raise NotFound if db.scalar(known) is None else rules.AlreadyClosed
