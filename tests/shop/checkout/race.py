"""Buyers in processes of their own, several threads each, pressing "Đặt hàng" at one moment.

python -m tests.shop.checkout.race URL WAY JOBS
JOBS is a JSON list of presses. Says "ready", reads from its input when to begin (seconds of the
clock), and prints a JSON list of what each press led to: an order's code, or the name of the
refusal, and how long it took. WAY ``guarded`` is checkout as it is; ``naive_…`` are negative
controls, each with one guard taken out: what it protects is read before the transaction and written
back from memory, as a careless shop would.
"""

import json
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from shop.catalogue.models import Variant
from shop.checkout.models import Basket, BasketLine, Voucher, VoucherRedemption
from shop.checkout.services import CheckoutRequest, place_checkout
from shop.core.db import Database
from shop.core.errors import DomainError, Unavailable
from shop.notifications.services import register_message
from shop.orders.queries import bought_at_live_price
from shop.orders.services import open_group
from shop.orders.wiring import MESSAGES
from shop.payments.provider import PaymentConfig
from shop.stock.models import PriceWindow, StockLevel
from tests.processes import begin

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
THINKING = 0.05
CONFIG = PaymentConfig(
    public_url="http://localhost",
    order_link=lambda code: f"http://localhost/don-hang/{code}",
    transfer_hold=timedelta(minutes=30),
    cod_confirm=timedelta(hours=48),
)
_seen = threading.local()
"""What a naive press remembers from before its transaction."""


@dataclass(frozen=True)
class Press:
    """One press of the button."""

    basket_id: int
    submit_key: str
    phone: str
    voucher: str = ""


@dataclass(frozen=True)
class Outcome:
    """What a press led to."""

    order: str
    """Code; empty when refused."""
    refusal: str
    seconds: float
    is_busy: bool = False
    """Whether it was told once or more that the database is busy (503 with Retry-After)."""


def press(database: Database, one: Press, way: str) -> Outcome:
    """As the route does it; told "busy", a buyer tries again."""
    began, was_busy = time.perf_counter(), False
    if way != "guarded":
        _remember(database, one)
    for _try in range(20):
        try:
            with database.write() as db:
                placed = place_checkout(
                    db,
                    basket=db.get(Basket, one.basket_id),
                    request=CheckoutRequest(
                        submit_key=one.submit_key,
                        full_name="Lò Thị Mai",
                        phone=one.phone,
                        email=None,
                        province_code="19",
                        commune_code="02185",
                        street="Thôn Chè Cọ",
                        note="",
                        payment="cod",
                        voucher=one.voucher,
                    ),
                    buyer_id=None,
                    config=CONFIG,
                    now=NOW,
                )
                code = placed.orders[0].code
                db.commit()
        except Unavailable:
            was_busy = True
            continue
        except DomainError as refusal:
            name = type(refusal).__name__
            return Outcome("", name, time.perf_counter() - began, was_busy)
        return Outcome(code, "", time.perf_counter() - began, was_busy)
    raise TimeoutError("the database stayed busy")


def _remember(database: Database, one: Press) -> None:
    with database.read() as db:
        lines = db.scalars(select(BasketLine).where(BasketLine.basket_id == one.basket_id))
        _seen.lines = {line.variant_id: line.quantity for line in lines}
        levels = db.scalars(select(StockLevel)).all()
        _seen.levels = {row.variant_id: (row.on_hand, row.reserved) for row in levels}
        _seen.used = {row.id: row.used for row in db.scalars(select(Voucher))}
        windows = list(db.scalars(select(PriceWindow.id)))
        _seen.bought = bought_at_live_price(db, windows, one.phone)
        key = VoucherRedemption.person_key
        used = db.execute(select(key, func.count()).group_by(key))
        _seen.uses = dict(used.all())
    time.sleep(THINKING)


def take_naively(db: Session, variant_id: int, need: int) -> int | None:
    on_hand, reserved = _seen.levels[variant_id]
    if on_hand - reserved < need:
        return None
    changed = update(StockLevel).where(StockLevel.variant_id == variant_id)
    db.execute(changed.values(reserved=reserved + need))
    return db.scalar(select(Variant.product_id).where(Variant.id == variant_id))


def redeem_naively(db: Session, *, voucher: Any, order_id: int, phone: str, now: datetime) -> None:
    used = _seen.used[voucher.voucher_id] + 1
    db.execute(update(Voucher).where(Voucher.id == voucher.voucher_id).values(used=used))
    db.add(
        VoucherRedemption(
            voucher_id=voucher.voucher_id, order_id=order_id, person_key=phone, redeemed_at=now
        )
    )
    db.flush()


def bought_naively(_db: Session, window_ids: list[int], _phone: str) -> dict[int, int]:
    """What the buyer had before, and the one unit of this basket."""
    return {window_id: _seen.bought.get(window_id, 0) + 1 for window_id in window_ids}


def uses_naively(_db: Session, _voucher_id: int, key: str) -> int:
    return int(_seen.uses.get(key, 0))


def open_naively(db: Session, *, submit_key: str, **more: Any) -> Any:
    """A group for every press: nobody remembers the key."""
    own = f"{submit_key[:40]}-{threading.get_ident()}"[-64:]
    return open_group(db, submit_key=own, **more)


def take_lines_naively(_db: Session, _basket: Basket | None) -> dict[int, int]:
    return dict(_seen.lines)


def without_guard(way: str) -> AbstractContextManager[Any]:
    """Checkout with one guard taken out."""
    placing = "shop.checkout.services.placing"
    if way == "naive_stock":
        return patch("shop.stock.services.holding._take", take_naively)
    if way == "naive_voucher":
        return patch(f"{placing}.redeem", redeem_naively)
    if way == "naive_person":
        return patch("shop.checkout.services.vouchers.queries.uses_of", uses_naively)
    if way == "naive_live":
        return patch(f"{placing}.order_queries.bought_at_live_price", bought_naively)
    if way == "naive_press":
        both = ExitStack()
        both.enter_context(patch(f"{placing}._take_lines", take_lines_naively))
        both.enter_context(patch(f"{placing}.orders.open_group", open_naively))
        return both
    return nullcontext()


def press_all(database: Database, jobs: list[Press], way: str, start_at: float) -> list[Outcome]:
    """All presses at once, a thread each; ``in_turn``: one after the other."""
    with database.read() as db:
        db.execute(select(Basket.id).limit(1))

    def one(job: Press) -> Outcome:
        time.sleep(max(0.0, start_at - time.time()))
        return press(database, job, way)

    if way == "in_turn":
        time.sleep(max(0.0, start_at - time.time()))
        return [press(database, job, "guarded") for job in jobs]
    with without_guard(way), ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(one, jobs))


Run = Callable[[Database, list[Press], str], list[Outcome]]


def main(url: str, way: str, jobs: str) -> None:
    for kind, (title, link) in MESSAGES.items():
        register_message(kind, title=title, url=link)
    database = Database(url)
    wanted = [Press(**job) for job in json.loads(jobs)]
    begin()
    outcomes = press_all(database, wanted, way, time.time() + 0.3)
    print(json.dumps([asdict(outcome) for outcome in outcomes]))
    database.dispose()


if __name__ == "__main__":
    main(*sys.argv[1:])
