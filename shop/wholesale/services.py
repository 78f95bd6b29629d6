"""Asking for a wholesale price, quoting it, taking it back, and making one order of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shop.accounts.services import record_audit
from shop.catalogue.models import Product
from shop.core.clock import today_vn
from shop.core.errors import NotFound
from shop.core.text import random_code
from shop.enquiries import rules as enquiry_rules
from shop.enquiries import services as enquiries
from shop.enquiries.models import Enquiry, EnquiryContact
from shop.notifications.services import contact, tell
from shop.orders import services as orders
from shop.orders.models import Order
from shop.orders.rules import ContactDraft, LineDraft, OrderDraft
from shop.payments import services as payments
from shop.payments.queries import has_payee_account
from shop.payments.registry import provider_called
from shop.places.queries import get_commune, place_names
from shop.wholesale import queries, rules
from shop.wholesale.models import Quote, QuoteTier, WholesaleRequest
from shop.wholesale.rules import Tier

QUOTED: Final = "wholesale.quoted"
WITHDRAWN: Final = "wholesale.withdrawn"


@dataclass(frozen=True)
class Asked:
    """What a company typed."""

    visit: enquiries.Visit
    company: str
    tax_code: str | None
    quantity: int
    province_code: str


@dataclass(frozen=True)
class Offer:
    """What a producer offers."""

    submit_key: str
    tiers: Sequence[Tier]
    shipping_vnd: int
    payment: str
    valid_until: date
    terms: str


@dataclass(frozen=True)
class Acceptance:
    """What the buyer sent with the quote: variant id -> units, and where they go."""

    quantities: Mapping[int, int]
    full_name: str
    phone: str
    email: str | None
    province_code: str
    commune_code: str
    street: str
    note: str
    language: str = "vi"


def ask(
    db: Session,
    *,
    producer_slug: str,
    product_slug: str,
    asked: Asked,
    buyer_id: int | None,
    now: datetime,
) -> Enquiry:
    """Ask a producer for a wholesale price; once per submit key. The producer is told.

    Raises NotFound, ContactNeeded (field ``phone``), DayPassed (field ``wanted_on``).
    """
    producer = queries.verified_producer(db, producer_slug)
    product = queries.product_of(db, producer.id, product_slug) if producer else None
    if producer is None or (product_slug and product is None):
        raise NotFound
    visit, today = asked.visit, today_vn(now)
    if not (visit.phone or visit.email):
        raise rules.ContactNeeded(field="phone")
    latest = today + timedelta(days=enquiry_rules.MAX_AHEAD_DAYS)
    if visit.wanted_on is not None and not today <= visit.wanted_on <= latest:
        raise rules.DayPassed(field="wanted_on")
    enquiry, is_new = enquiries.open_enquiry(
        db,
        kind="wholesale",
        visit=visit,
        producer_id=producer.id,
        product_id=product.id if product else None,
        about=product.name if product else producer.name,
        buyer_id=buyer_id,
        now=now,
    )
    if is_new:
        db.add(
            WholesaleRequest(
                enquiry_id=enquiry.id,
                company=asked.company,
                tax_code=asked.tax_code,
                quantity=asked.quantity,
                province_code=asked.province_code,
            )
        )
        db.flush()
    return enquiry


def offer_quote(
    db: Session,
    *,
    enquiry_code: str,
    offer: Offer,
    producer_ids: frozenset[int],
    actor_id: int,
    now: datetime,
) -> Quote:
    """Send a quote; the one before it, if open, is withdrawn. Once per submit key.

    The enquiry's row is locked by its step to "answered", so an enquiry has one open quote. Raises
    NotFound, AlreadyClosed, NothingOffered, WrongTiers, WrongValidity, ForeignGoods, AccountNeeded.
    """
    known = queries.own_request(db, enquiry_code, producer_ids)
    if known is None:
        raise NotFound
    enquiry = enquiries.step(db, enquiry_code, producer_ids, "answered", now)
    sent = db.scalar(select(Quote).where(Quote.submit_key == offer.submit_key))
    if sent is not None:
        if sent.enquiry_id != enquiry.id:
            raise NotFound
        return sent
    _judge(db, enquiry, offer, now)
    db.execute(
        update(Quote)
        .where(Quote.enquiry_id == enquiry.id, Quote.state == "offered")
        .values(state="withdrawn", ended_at=now)
    )
    quote = Quote(
        code=random_code(12),
        submit_key=offer.submit_key,
        enquiry_id=enquiry.id,
        seq=queries.last_seq(db, enquiry.id) + 1,
        shipping_vnd=offer.shipping_vnd,
        payment=offer.payment,
        valid_until=offer.valid_until,
        terms=offer.terms,
        created_by=actor_id,
        created_at=now,
        tiers=[
            QuoteTier(
                variant_id=tier.variant_id,
                from_quantity=tier.from_quantity,
                unit_price_vnd=tier.unit_price_vnd,
            )
            for tier in offer.tiers
        ],
    )
    db.add(quote)
    db.flush()
    said = f"Báo giá {quote.code} · Quote {quote.code}"
    enquiries.say(db, enquiry, "producer", actor_id, said, now)
    _audit(db, "offer", enquiry, quote, actor_id, now)
    _tell_buyer(db, QUOTED, enquiry, quote, now)
    return quote


def _judge(db: Session, enquiry: Enquiry, offer: Offer, now: datetime) -> None:
    rules.require_tiers(offer.tiers)
    rules.require_validity(offer.valid_until, today_vn(now))
    sizes = queries.sizes_of(db, enquiry.producer_id)
    if any(tier.variant_id not in sizes for tier in offer.tiers):
        raise rules.ForeignGoods
    needs_account = provider_called(offer.payment).capabilities.needs_payee_account
    if needs_account and not has_payee_account(db, enquiry.producer_id):
        raise rules.AccountNeeded(field="payment")


def withdraw_quote(
    db: Session, *, code: str, producer_ids: frozenset[int], actor_id: int, now: datetime
) -> None:
    """Take an open quote back; the buyer is told. Raises NotFound, QuoteOver."""
    view = queries.quote_called(db, code, now)
    if view is None or view.producer.id not in producer_ids:
        raise NotFound
    if not _step(db, view.quote.id, "withdrawn", now):
        raise rules.QuoteOver
    _audit(db, "withdraw", view.enquiry, view.quote, actor_id, now)
    _tell_buyer(db, WITHDRAWN, view.enquiry, view.quote, now)


def _step(db: Session, quote_id: int, wanted: str, now: datetime) -> bool:
    """Move a quote along the table by one conditional UPDATE; says whether it moved."""
    moved = db.execute(
        update(Quote)
        .where(Quote.id == quote_id, Quote.state.in_(rules.QUOTE_STEPS[wanted]))
        .values(state=wanted, ended_at=now)
        .returning(Quote.id)
    ).one_or_none()
    return moved is not None


def accept_quote(
    db: Session, *, code: str, acceptance: Acceptance, buyer_id: int | None, now: datetime
) -> tuple[Order, bool]:
    """Make an order out of a quote at its prices, exactly once; says whether it is new.

    Whoever accepts first locks the quote's row; everybody after gets the same order. Raises
    NotFound, QuoteExpired, QuoteWithdrawn, NothingChosen, TooFew, OutOfStock, NoPayeeAccount,
    UnknownProvince, UnknownCommune; the caller must not commit then.
    """
    db.execute(select(Quote.id).where(Quote.code == code).with_for_update())
    view = queries.quote_called(db, code, now)
    if view is None:
        raise NotFound
    quote = view.quote
    if quote.order_id is not None:
        return db.get_one(Order, quote.order_id), False
    if view.state != "offered":
        raise rules.QuoteExpired if view.state == "expired" else rules.QuoteWithdrawn
    lines = _lines(view, acceptance.quantities)
    order = _place(db, view, lines, acceptance, buyer_id, now)
    quote.state, quote.ended_at, quote.order_id = "accepted", now, order.id
    db.flush()
    _audit(db, "accept", view.enquiry, quote, buyer_id, now)
    if order.state == "awaiting_confirmation":
        orders.confirm_order(db, order_id=order.id, actor_id=None, now=now)
    return order, True


def _lines(view: queries.QuoteView, quantities: Mapping[int, int]) -> list[LineDraft]:
    """The lines of what was chosen, at the price of its tier. Raises NothingChosen, TooFew."""
    lines = []
    for variant_id, tiers in view.tiers.items():
        quantity, sold = quantities.get(variant_id, 0), view.goods[variant_id]
        if quantity <= 0:
            continue
        price = rules.unit_price(tiers, quantity)
        if price is None:
            raise rules.TooFew(product=sold.product_name, least=tiers[0].from_quantity)
        lines.append(
            LineDraft(
                variant_id=variant_id,
                product_id=sold.product_id,
                product_name=sold.product_name,
                variant_label=sold.label,
                sku=sold.sku,
                photo_sha=sold.photo_sha,
                unit_price_vnd=price,
                quantity=quantity,
                weight_g=sold.weight_g,
            )
        )
    if not lines:
        raise rules.NothingChosen
    return lines


def _place(
    db: Session,
    view: queries.QuoteView,
    lines: Sequence[LineDraft],
    acceptance: Acceptance,
    buyer_id: int | None,
    now: datetime,
) -> Order:
    commune = get_commune(db, acceptance.province_code, acceptance.commune_code)
    place = place_names(db, [(acceptance.province_code, commune.code)])
    provider = provider_called(view.quote.payment)
    is_demo = all(
        db.scalars(
            select(Product.is_demo).where(Product.id.in_({line.product_id for line in lines}))
        )
    )
    order = orders.create_order(
        db,
        draft=OrderDraft(
            producer_id=view.producer.id,
            producer_name=view.producer.name,
            payment_provider=provider.slug,
            is_prepaid=provider.first_state == "awaiting_payment",
            lines=tuple(lines),
            shipping_vnd=view.quote.shipping_vnd,
            expires_at=now + rules.PAY_DAYS,
            is_demo=is_demo,
            max_line_quantity=rules.MAX_QUANTITY,
            detail={"quote": view.quote.code},
        ),
        contact=ContactDraft(
            full_name=acceptance.full_name,
            phone=acceptance.phone,
            email=acceptance.email,
            province_code=acceptance.province_code,
            commune_code=commune.code,
            street=acceptance.street,
            place=place[acceptance.province_code, commune.code],
            note=acceptance.note,
            language=acceptance.language,
        ),
        submit_key=f"quote:{view.quote.code}",
        buyer_id=buyer_id,
        now=now,
    )
    payments.create_attempt(db, order=order, provider=provider, now=now)
    return order


def _audit(
    db: Session, what: str, enquiry: Enquiry, quote: Quote, actor_id: int | None, now: datetime
) -> None:
    record_audit(
        db,
        actor_id=actor_id,
        action=f"wholesale.{what}",
        subject_kind="producer",
        subject_id=enquiry.producer_id,
        now=now,
        detail={"quote": quote.code, "enquiry": enquiry.code},
    )


def _tell_buyer(db: Session, kind: str, enquiry: Enquiry, quote: Quote, now: datetime) -> None:
    """Tell the asker; who left only a telephone number is called by the producer's desk."""
    known = db.get(EnquiryContact, enquiry.id)
    if enquiry.buyer_id is not None:
        recipient = f"person:{enquiry.buyer_id}"
    elif known is not None and (known.email or known.phone):
        recipient = contact(
            db,
            name=known.name,
            email=known.email,
            phone=known.phone,
            language=enquiry.language,
            now=now,
        )
    else:
        return
    tell(
        db,
        recipients=[recipient],
        kind=kind,
        cause=f"quote:{quote.id}",
        payload={"code": quote.code, "until": f"{quote.valid_until:%d/%m/%Y}"},
        ref=f"enquiry:{enquiry.id}",
        now=now,
        desk=f"producer:{enquiry.producer_id}",
    )
