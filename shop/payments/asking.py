"""What providers say: their pushed messages, and our questions. No transaction is open meanwhile.

A pushed message is only a hint. Once its signature is good, the provider is asked about the attempt
and the answer goes through ``apply_txn``, like the poller's and the return page's, so the order and
number of messages do not matter. A bank feed's message is the fact itself, under the bank's id.
"""

import hashlib
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Select, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.core.db import Database
from shop.core.errors import DomainError
from shop.orders.models import Order
from shop.payments import queries
from shop.payments.messages import check_headers
from shop.payments.models import PaymentAttempt, WebhookEvent
from shop.payments.provider import (
    BadSignature,
    Malformed,
    PaymentConfig,
    Provider,
    ProviderRefused,
    Pulled,
)
from shop.payments.registry import all_providers, provider_called
from shop.payments.services import apply_txn, record_dispute, record_refund
from shop.payments.starting import view_attempt

log = logging.getLogger(__name__)

POLL_PAUSE = timedelta(seconds=90)
"""How long an attempt is left alone between two questions."""
POLL_BATCH = 40
FEED_WINDOW = timedelta(days=3)
"""How far back a feed is read at each round: longer than a server is likely to be down."""
REFUSED_PER_HOUR = 16
REFUSED_BYTES = 2048
FINISHED = frozenset({"applied", "duplicate", "unmatched", "open", "ignored", "unknown"})


def take_push(
    database: Database,
    provider: Provider,
    config: PaymentConfig,
    headers: Mapping[str, str],
    body: bytes,
    now: datetime,
) -> str:
    """Take one pushed message and say what became of it.

    The message is written down before the provider is asked, and is finished only once its facts
    are in the ledger, so a crash or a silent provider leaves it to the provider's next delivery.
    Raises BadSignature, Malformed, ProviderSilent, ProviderRefused.
    """
    if provider.parse_push is None:
        raise BadSignature
    try:
        if provider.push_method == "POST":
            check_headers(headers)
        pushed = provider.parse_push(config, headers, body, now)
    except (BadSignature, Malformed) as refusal:
        _keep_refused(database, provider.slug, body, now, refusal)
        raise
    first = "received" if pushed.provider_ref or pushed.txns else "ignored"
    known = _keep_event(database, provider.slug, pushed.event_key, body, now, first)
    if known in FINISHED:
        return "duplicate" if known != "ignored" else "ignored"
    if not pushed.txns:
        outcome = ask_provider(database, provider, config, pushed.provider_ref, now)
    with database.transaction() as db:
        for txn in pushed.txns:
            outcome = apply_txn(db, txn, now=now)
        _finish_event(db, provider.slug, pushed.event_key, outcome)
    return outcome


def ask_provider(
    database: Database, provider: Provider, config: PaymentConfig, provider_ref: str, now: datetime
) -> str:
    """Ask the provider about an attempt and put its answer into the ledger; says what came of it.

    Raises ProviderSilent, ProviderRefused, Malformed.
    """
    if provider.pull is None:
        return "ignored"
    pulled = provider.pull(config, provider_ref, now)
    with database.transaction() as db:
        return _record(db, provider, provider_ref, pulled, now)


def read_feeds(database: Database, config: PaymentConfig, now: datetime) -> int:
    """Ask every feed for the transfers of the last days; returns how many were new to us.

    A message that never came costs minutes, not money. A feed's fault leaves it for the next
    round; each transfer is a transaction of its own.
    """
    new = 0
    for slug, provider in all_providers().items():
        if provider.feed is None or not provider.is_on(config):
            continue
        try:
            told = provider.feed(config, now - FEED_WINDOW, now)
        except DomainError as trouble:
            log.warning("feed %s: %s", slug, type(trouble).__name__)
            continue
        with database.read() as db:
            known = queries.known_txn_ids(db, slug, [txn.txn_id for txn in told])
        for txn in told:
            if txn.txn_id not in known:
                with database.transaction() as db:
                    new += apply_txn(db, txn, now=now) != "duplicate"
    return new


def poll_attempts(database: Database, config: PaymentConfig, now: datetime) -> int:
    """Ask about attempts that are still open; returns how many were asked about.

    Each is claimed by moving ``polled_at``, so two pollers never ask about one attempt at once.
    An attempt whose order has ended, or is to be paid another way, is called off at the provider. A
    provider's fault leaves the attempt for the next round.
    """
    asked = [slug for slug, one in all_providers().items() if one.pull and one.is_on(config)]
    with database.read() as db:
        due = db.scalars(
            queries.attempts_to_poll(now, now - POLL_PAUSE, asked).limit(POLL_BATCH)
        ).all()
    return sum(_poll_one(database, config, attempt_id, now) for attempt_id in due)


def _poll_one(database: Database, config: PaymentConfig, attempt_id: int, now: datetime) -> bool:
    with database.transaction() as db:
        claimed = db.scalars(
            update(PaymentAttempt)
            .where(
                PaymentAttempt.id == attempt_id,
                PaymentAttempt.state.in_(("created", "started")),
                PaymentAttempt.polled_at.is_(None) | (PaymentAttempt.polled_at < now - POLL_PAUSE),
            )
            .values(polled_at=now)
            .returning(PaymentAttempt)
        ).one_or_none()
        if claimed is None:
            return False
        order = db.get_one(Order, claimed.order_id)
        is_left = order.state in {"cancelled", "expired"} or (
            order.payment_provider != claimed.provider
        )
        if claimed.provider_ref is None:
            _expire_unstarted(claimed, now)
            return False
    provider = provider_called(claimed.provider)
    try:
        outcome = ask_provider(database, provider, config, claimed.provider_ref or "", now)
        if outcome == "open" and is_left and provider.cancel:
            provider.cancel(config, view_attempt(claimed))
    except DomainError:
        return True
    return True


def call_off(database: Database, attempt_id: int, config: PaymentConfig, now: datetime) -> str:
    """Tell a provider to take no more money for an attempt, and record how the attempt ended.

    Money that came first is asked for and lands in the order. Raises ProviderSilent,
    ProviderRefused; the poller tries again.
    """
    with database.read() as db:
        attempt = db.get_one(PaymentAttempt, attempt_id)
    provider = provider_called(attempt.provider)
    if provider.cancel is None or not attempt.provider_ref:
        return "ignored"
    try:
        provider.cancel(config, view_attempt(attempt))
    except ProviderRefused:
        log.info("attempt %s ended before it was called off", attempt_id)
    return ask_provider(database, provider, config, attempt.provider_ref, now)


def _expire_unstarted(attempt: PaymentAttempt, now: datetime) -> None:
    """Nobody can pay an attempt whose address never reached us; its time just runs out."""
    if attempt.expires_at is not None and attempt.expires_at <= now:
        attempt.state = "expired"


def _record(
    db: Session, provider: Provider, provider_ref: str, pulled: Pulled, now: datetime
) -> str:
    outcome = "unknown" if pulled.fate == "unknown" else "open"
    for txn in pulled.txns:
        outcome = apply_txn(db, txn, now=now)
    for refund in pulled.refunds:
        outcome = record_refund(db, provider=provider.slug, fact=refund, now=now)
    for dispute in pulled.disputes:
        outcome = record_dispute(db, provider=provider.slug, fact=dispute, now=now)
    if pulled.fate in {"expired", "failed"}:
        db.execute(
            update(PaymentAttempt)
            .where(
                PaymentAttempt.provider == provider.slug,
                PaymentAttempt.provider_ref == provider_ref,
                PaymentAttempt.state.in_(("created", "started")),
            )
            .values(state=pulled.fate)
        )
    return outcome


def _keep_event(
    database: Database, slug: str, key: str, body: bytes, now: datetime, outcome: str
) -> str:
    """Write the event down unless it is known; returns the outcome on record."""
    with database.transaction() as db:
        known = db.scalar(_event(slug, key))
        if known is not None:
            return known.outcome
        event = WebhookEvent(
            provider=slug,
            event_key=key,
            is_signature_good=True,
            raw=body,
            received_at=now,
            outcome=outcome,
        )
        try:
            with db.begin_nested():
                db.add(event)
                db.flush()
        except IntegrityError:
            return "received"
    return "received" if outcome == "received" else "ignored"


def _finish_event(db: Session, slug: str, key: str, outcome: str) -> None:
    db.execute(
        update(WebhookEvent)
        .where(
            WebhookEvent.provider == slug,
            WebhookEvent.event_key == key,
            WebhookEvent.outcome == "received",
        )
        .values(outcome=outcome)
    )


def _event(slug: str, key: str) -> Select[WebhookEvent]:
    return select(WebhookEvent).where(WebhookEvent.provider == slug, WebhookEvent.event_key == key)


def _keep_refused(
    database: Database, slug: str, body: bytes, now: datetime, refusal: DomainError
) -> None:
    """Keep a sample of refused messages, REFUSED_PER_HOUR at most and cut short.

    Their keys hold a colon, which no real event id does: nobody without the secret can fill the
    table or take a real event's place. Beyond the sample nothing is written at all.
    """
    slot = hashlib.sha256(body).digest()[0] % REFUSED_PER_HOUR
    key = f"refused:{now:%Y%m%d%H}:{slot}"
    with database.read() as db:
        if db.scalar(_event(slug, key)) is not None:
            return
    is_signed = not isinstance(refusal, BadSignature)
    with database.transaction() as db:
        event = WebhookEvent(
            provider=slug,
            event_key=key,
            is_signature_good=is_signed,
            raw=body[:REFUSED_BYTES],
            received_at=now,
            outcome="malformed" if is_signed else "bad_signature",
        )
        try:
            with db.begin_nested():
                db.add(event)
                db.flush()
        except IntegrityError:
            return
