"""One actor of a race about money, as a process of its own: ``python -m … URL START ACT …``.

The parent has made everything; each actor waits for the same instant, does its one thing through
the real services and prints how it went. The ``naive_…`` actors look first and write later, as the
guards forbid: with them the invariants must break, or the races would prove nothing.
"""

import json
import sys
import time
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import update

from shop.core.db import Database
from shop.core.errors import DomainError
from shop.orders import services as orders
from shop.orders.models import Order
from shop.payments import asking, queries, services
from shop.payments.models import PaymentAttempt, Refund
from shop.payments.provider import PaymentConfig, StripeConfig
from shop.payments.providers.stripe import PROVIDER
from shop.payments.sending import send_refunds
from shop.payments.stripe_api import sign
from tests.factories.payments import NOW, make_config, make_txn
from tests.processes import begin
from tests.stand_ins.stripe import KEY, WEBHOOK_KEY

LATER = NOW + timedelta(hours=6)
PAUSE_SECONDS = 1.5


def _config(base: str) -> PaymentConfig:
    return make_config(StripeConfig(secret_key=KEY, webhook_secret=WEBHOOK_KEY, api_base=base))


def pay(database: Database, attempt_id: str, txn_id: str, amount: str) -> str:
    with database.transaction() as db:
        attempt = db.get_one(PaymentAttempt, int(attempt_id))
        txn = make_txn(attempt, txn_id=txn_id, amount_vnd=int(amount))
        return services.apply_txn(db, txn, now=NOW)


def expire(database: Database, order_id: str) -> str:
    with database.transaction() as db:
        return f"expired {orders.expire_order(db, order_id=int(order_id), now=LATER)}"


def cancel(database: Database, order_id: str) -> str:
    with database.transaction() as db:
        ended = orders.cancel_order(
            db, order_id=int(order_id), by="buyer", reason="other", actor_id=None, now=LATER
        )
        return ended.state


def hook(database: Database, base: str, session_id: str, event_id: str) -> str:
    event = {
        "id": event_id,
        "type": "checkout.session.completed",
        "livemode": False,
        "data": {"object": {"id": session_id}},
    }
    body, stamp = json.dumps(event).encode(), str(int(NOW.timestamp()))
    headers = {"Stripe-Signature": f"t={stamp},v1={sign(WEBHOOK_KEY, stamp, body)}"}
    return asking.take_push(database, PROVIDER, _config(base), headers, body, NOW)


def page(database: Database, base: str, session_id: str) -> str:
    return asking.ask_provider(database, PROVIDER, _config(base), session_id, NOW)


def poll(database: Database, base: str) -> str:
    return f"polled {asking.poll_attempts(database, _config(base), NOW + timedelta(minutes=2))}"


def send(database: Database, base: str) -> str:
    return f"sent {send_refunds(database, _config(base), NOW)}"


def ask(database: Database, order_id: str, amount: str, cause: str) -> str:
    with database.transaction() as db:
        made = services.ask_refund(
            db,
            order_id=int(order_id),
            amount_vnd=int(amount),
            reason="goodwill",
            asked_by="producer",
            actor_id=None,
            cause=cause,
            now=NOW,
        )
        return f"asked {len(made)}"


def finish(database: Database, refund_id: str, person_id: str) -> str:
    with database.transaction() as db:
        done = services.finish_refund(
            db,
            refund_id=int(refund_id),
            reference=f"FT{person_id}",
            actor_id=int(person_id),
            limit_vnd=10**9,
            now=NOW,
        )
        return done.state


def naive_end(database: Database, order_id: str, state: str) -> str:
    """Ends an order that was unpaid when it looked: ``expired`` or ``cancelled``."""
    with database.read() as db:
        is_unpaid = db.get_one(Order, int(order_id)).payment_state == "unpaid"
    time.sleep(PAUSE_SECONDS)
    if is_unpaid:
        with database.transaction() as db:
            db.execute(update(Order).where(Order.id == int(order_id)).values(state=state))
    return f"naive {is_unpaid}"


def naive_take(database: Database, attempt_id: str, way: str) -> str:
    """Asks whether it is paid, thinks, and records the money under a name of its own way."""
    with database.read() as db:
        is_open = db.get_one(PaymentAttempt, int(attempt_id)).state != "succeeded"
    time.sleep(PAUSE_SECONDS)
    return pay(database, attempt_id, f"{way}:1", "95000") if is_open else "known"


def naive_ask(database: Database, order_id: str, amount: str, cause: str) -> str:
    with database.read() as db:
        left = services.refundable_vnd(db, db.get_one(Order, int(order_id)))
    time.sleep(PAUSE_SECONDS)
    if left >= int(amount):
        with database.transaction() as db:
            refund = Refund(
                order_id=int(order_id),
                provider="vietqr",
                kind="granted",
                amount_vnd=int(amount),
                reason="goodwill",
                idempotency_key=cause,
                created_at=NOW,
            )
            db.add(refund)
    return f"naive {left}"


def naive_finish(database: Database, refund_id: str, person_id: str) -> str:
    with database.read() as db:
        refund = db.get_one(Refund, int(refund_id))
        is_open = refund.state == "requested"
        attempt = queries.attempt_of(db, refund.order_id, refund.provider)
    time.sleep(PAUSE_SECONDS)
    if is_open and attempt is not None:
        with database.transaction() as db:
            this = update(Refund).where(Refund.id == refund.id)
            db.execute(this.values(state="done", done_by=int(person_id)))
            paid = make_txn(
                attempt,
                txn_id=f"refund:{refund.id}:{person_id}",
                kind="refund",
                amount_vnd=refund.amount_vnd,
            )
            services.apply_txn(db, paid, now=NOW)
    return f"naive {is_open}"


ACTORS: dict[str, Callable[..., str]] = {
    one.__name__: one
    for one in (
        pay,
        expire,
        cancel,
        hook,
        page,
        poll,
        send,
        ask,
        finish,
        naive_end,
        naive_take,
        naive_ask,
        naive_finish,
    )
}


def main() -> None:
    """Wait for the others, act, say how it went."""
    from tests.shop.payments.conftest import declare

    declare()
    url, name, *arguments = sys.argv[1:]
    database = Database(url)
    begin()
    try:
        answer = ACTORS[name](database, *arguments)
    except DomainError as refusal:
        answer = f"refused {type(refusal).__name__}"
    print(answer)
    database.dispose()


if __name__ == "__main__":
    main()
