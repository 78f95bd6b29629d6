"""A market that trades at random, for hypothesis: every verb of goods and money, in any order.

Each example runs in one transaction that is rolled back, each step in a savepoint of its own; a
refused step (a DomainError) leaves nothing behind. After every step all invariants hold, orders
moved only along their table, timelines only grew and what was agreed never changed.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from shop.catalogue.models import Variant
from shop.catalogue.services.facets import refresh_facets
from shop.checkout import services as checkout
from shop.checkout.models import Voucher
from shop.cli import broken_invariants
from shop.core.db import Base, Database
from shop.core.errors import DomainError
from shop.orders import queries as order_queries
from shop.orders import services as orders
from shop.orders.models import Order, OrderEvent, OrderLine, Shipment, ShipmentLine
from shop.orders.rules import BUYER_REASONS, SELLER_REASONS, STEPS
from shop.orders.rules.parcels import Back
from shop.payments import queries as payment_queries
from shop.payments import services as payments
from shop.payments.models import PaymentAttempt, PaymentTxn, Refund
from shop.payments.provider import ProviderTxn
from shop.payments.rules import KEEPS_MONEY, OPEN_REFUNDS
from shop.stock import services as stock
from shop.stock.rules import Want
from shop.traceability.models import Lot
from shop.traceability.services import hold_lot, release_lot
from tests.factories.accounts import make_member, make_person, make_staff
from tests.factories.catalogue import make_producer, make_product, make_variant, variant_of
from tests.factories.checkout import make_basket, make_voucher
from tests.factories.payments import NOW, make_config, make_payee_account
from tests.factories.stock import make_stock
from tests.factories.traceability import make_lot
from tests.soundness import invariants

COUNTED = (
    *("shop_order", "order_line", "order_event", "stock_level", "stock_movement"),
    *("stock_reservation", "payment_txn", "payment_match", "payment_attempt", "refund"),
    *("voucher", "voucher_redemption", "shipment", "shipment_line", "outbox_message"),
)
"""Tables that a replayed message must leave as they are."""


OF_TRADE = {
    name: query
    for name, query in invariants().items()
    if name.startswith(("orders", "stock", "payments", "checkout", "returns", "preorders"))
}
"""What a step here could break; all the others are asked at the end of each example."""


@dataclass(frozen=True)
class Market:
    """Who and what there is before the first step."""

    variants: tuple[int, ...]
    lots: tuple[int, ...]
    vouchers: tuple[str, ...]
    buyer: int
    staff: int
    owner: int


def build_market(db: Session) -> Market:
    """Two producers, four sizes (one in two lots, one loose and in a lot), three vouchers."""
    first, second = make_producer(db), make_producer(db)
    owner = make_member(db, "producer", first.id).id
    for producer in (first, second):
        make_payee_account(db, producer.id)
    noodles = make_product(db, producer=first)
    small, large = variant_of(db, noodles), make_variant(db, noodles, price_vnd=123_457)
    refresh_facets(db, noodles.id, now=NOW)
    honey = variant_of(db, make_product(db, producer=second, price_vnd=99_999))
    tea = variant_of(db, make_product(db, producer=second, price_vnd=1_000))
    lots = [
        make_lot(
            db, product=noodles, variant_id=small.id, quantity=9, released=True, actor_id=owner
        )
        for _ in range(2)
    ]
    lots.append(make_lot(db, product=noodles, variant_id=large.id, quantity=4, released=True))
    for variant, units in ((large, 5), (honey, 12), (tea, 30)):
        make_stock(db, variant.id, units)
    vouchers = (
        make_voucher(db, max_uses=3, per_person=2),
        make_voucher(db, kind="fixed", amount=50_001, producer_id=first.id, max_uses=2),
        make_voucher(db, kind="free_ship", amount=0, max_uses=5),
    )
    return Market(
        variants=(small.id, large.id, honey.id, tea.id),
        lots=tuple(lot.id for lot in lots),
        vouchers=tuple(voucher.code for voucher in vouchers),
        buyer=make_person(db).id,
        staff=make_staff(db).id,
        owner=owner,
    )


AMOUNTS = st.sampled_from(("exact", "exact", "exact", "half", "one", "more", "double"))
HINTS = st.sampled_from(("code", "code", "code", "mangled", "none", "two codes"))
FAULTS = st.sampled_from(("", "", "", "", "currency", "account"))
SMALL = st.integers(0, 40)


def pack_some(db: Session, *, order_id: int, **about: Any) -> Any:
    """One unit of the order's first line, from the lots proposed."""
    line = db.scalars(select(OrderLine).where(OrderLine.order_id == order_id).limit(1)).one()
    picks = orders.propose_picks(db, [line], about["now"].date(), {line.id: 1})
    return orders.pack_order(db, order_id=order_id, picks=picks, is_part=True, **about)


def turn_back(db: Session, *, order_id: int, **about: Any) -> Any:
    """The first parcel under way comes back."""
    return orders.turn_back(
        db, order_id=order_id, shipment_id=_parcel(db, order_id, "shipped", "failed"), **about
    )


def take_back(db: Session, *, order_id: int, **about: Any) -> Any:
    """It is here again: one unit of each line is spoilt, the others lie on the shelf."""
    shipment_id = _parcel(db, order_id, "returning", "failed", "shipped")
    rows = db.scalars(select(ShipmentLine).where(ShipmentLine.shipment_id == shipment_id))
    back = [Back(row.id, row.quantity - 1, 1) for row in rows]
    return orders.take_back(db, order_id=order_id, shipment_id=shipment_id, back=back, **about)


def _parcel(db: Session, order_id: int, *states: str) -> int:
    found = select(Shipment.id).where(Shipment.order_id == order_id, Shipment.state.in_(states))
    return db.scalar(found.limit(1)) or 0


_CONFIRMED = Order.state == "confirmed"
DESK: dict[str, tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]] = {
    "confirm": (orders.confirm_order, (Order.state == "awaiting_confirmation",), {}),
    "pack": (orders.pack_order, (_CONFIRMED, Order.fulfilment_state == "none"), {}),
    "ship": (
        orders.ship,
        (_CONFIRMED, Order.fulfilment_state == "packed"),
        {"carrier": "GHN", "tracking_no": "VN1"},
    ),
    "deliver": (
        orders.deliver,
        (Order.fulfilment_state.in_(("shipped", "failed_delivery")),),
        {},
    ),
    "fail": (orders.fail_delivery, (Order.fulfilment_state == "shipped",), {}),
    "pack some": (pack_some, (_CONFIRMED, Order.fulfilment_state.in_(("none", "packed"))), {}),
    "turn back": (turn_back, (Order.fulfilment_state.in_(("shipped", "failed_delivery")),), {}),
    "take back": (take_back, (Order.fulfilment_state == "failed_delivery",), {}),
    "arrival": (orders.confirm_arrival, (Order.fulfilment_state == "shipped",), {}),
}
"""What the desk and the buyer do with an order: the verb, where it fits, what else it is told."""


class Trading(RuleBasedStateMachine):
    """One example: a morning (or a month) at the market."""

    database: Database
    market: Market
    steps = 0
    """Over all examples."""
    done: dict[str, int] = {}
    """How often a verb was not refused, so that the test can see that it is tried for real."""

    def __init__(self) -> None:
        super().__init__()
        self.connection = self.database.engine.connect()
        self.outer = self.connection.begin()
        self.db = Session(
            self.connection, join_transaction_mode="create_savepoint", expire_on_commit=False
        )
        self.now = NOW
        self.number = 0
        self.orders: list[int] = []
        self.agreed: dict[int, Any] = {}
        self.states: dict[int, str] = {}
        self.told: dict[int, int] = {}
        self.facts: list[ProviderTxn] = []
        self.requests: list[tuple[Any, list[int]]] = []

    def teardown(self) -> None:
        assert broken_invariants(self.db, invariants()) == []
        self.db.close()
        self.outer.rollback()
        self.connection.close()

    def attempt(self, name: str, do: Callable[[], Any]) -> Any:
        """Do it in a savepoint; a refusal undoes it and gives None."""
        type(self).steps += 1
        try:
            with self.db.begin_nested():
                given = do()
                self.db.flush()
        except DomainError:
            return None
        finally:
            self.db.expunge_all()
        self.done[name] = self.done.get(name, 0) + 1
        return True if given is None else given

    def next_number(self) -> int:
        self.number += 1
        return self.number

    def order(self, which: int, *where: Any) -> int:
        """One of the orders; mostly one of those in a fitting state, so that steps lead on."""
        fitting = self.db.scalars(select(Order.id).where(*where).order_by(Order.id)).all()
        some = fitting if fitting and which < 32 else self.orders
        return some[-1 - which % len(some)]

    # Buying

    @initialize(units=st.integers(1, 3))
    def three_people_buy(self, units: int) -> None:
        self._place({0: units, 2: 1}, "cod", "", 1, is_guest=True, seen=True)
        self._place({1: units, 2: 1}, "vietqr", "", 2, is_guest=False, seen=True)
        self._place({3: units}, "stripe", "", 3, is_guest=True, seen=True)

    @rule(
        wanted=st.dictionaries(st.integers(0, 3), st.integers(1, 5), min_size=1, max_size=4),
        provider=st.sampled_from(("cod", "cod", "vietqr", "stripe")),
        voucher=st.sampled_from((None, None, 0, 1, 2)),
        phone=st.integers(1, 3),
        is_guest=st.booleans(),
        seen=st.sampled_from((True, True, True, False)),
    )
    def place(
        self,
        wanted: dict[int, int],
        provider: str,
        voucher: int | None,
        phone: int,
        is_guest: bool,
        seen: bool,
    ) -> None:
        """Buys, and now and then once more in another way."""
        code = "" if voucher is None else self.market.vouchers[voucher]
        self._place(wanted, provider, code, phone, is_guest=is_guest, seen=seen)

    def _place(
        self,
        wanted: dict[int, int],
        provider: str,
        voucher: str,
        phone: int,
        *,
        is_guest: bool,
        seen: bool,
    ) -> None:
        quantities = {self.market.variants[one]: units for one, units in wanted.items()}
        request = checkout.CheckoutRequest(
            submit_key=f"press-{self.next_number():08}",
            full_name="Lò Thị Mai",
            phone=f"091234567{phone}",
            email=None,
            province_code="19",
            commune_code="02185",
            street="Thôn Chè Cọ",
            note="",
            payment=provider,
            voucher=voucher,
            expected_total_vnd=None if seen else 1,
        )
        buyer = None if is_guest else self.market.buyer

        def press() -> list[int]:
            basket = make_basket(self.db, quantities)
            placed = checkout.place_checkout(
                self.db,
                basket=basket,
                request=request,
                buyer_id=buyer,
                config=self.config,
                now=self.now,
            )
            assert placed.is_new
            for attempt_id in placed.attempt_ids:  # what start_attempt stores after the call
                self.db.execute(
                    update(PaymentAttempt)
                    .where(PaymentAttempt.id == attempt_id)
                    .values(state="started", provider_ref=f"cs_{attempt_id}")
                )
            return [order.id for order in placed.orders]

        made = self.attempt("place", press)
        if made:
            self.orders += made
            self.requests.append(((request, buyer), made))

    @property
    def config(self) -> Any:
        from shop.payments.provider import StripeConfig

        return make_config(
            StripeConfig(
                secret_key="sk_test_x", webhook_secret="whsec_x", api_base="https://x.test"
            )
        )

    @precondition(lambda self: self.requests)
    @rule(which=SMALL)
    def press_again(self, which: int) -> None:
        (request, buyer), made = self.requests[which % len(self.requests)]
        before = self.fingerprint()

        def press() -> None:
            placed = checkout.place_checkout(
                self.db,
                basket=None,
                request=request,
                buyer_id=buyer,
                config=self.config,
                now=self.now,
            )
            assert not placed.is_new
            assert [order.id for order in placed.orders] == made

        self.attempt("press again", press)
        assert self.fingerprint() == before

    # Money

    @precondition(lambda self: self.orders)
    @rule(which=SMALL, amount=AMOUNTS, hint=HINTS, fault=FAULTS)
    def money_comes(self, which: int, amount: str, hint: str, fault: str) -> None:
        unpaid = Order.payment_state.in_(("unpaid", "partial"))
        fact = self.fact(self.order(which, unpaid), amount, hint, fault)
        if fact is not None:
            self.facts.append(fact)
            self.take(fact)

    @precondition(lambda self: self.facts)
    @rule(which=SMALL, times=st.integers(1, 3))
    def the_same_message_again(self, which: int, times: int) -> None:
        before = self.fingerprint()
        for _ in range(times):
            assert self.take(self.facts[-1 - which % len(self.facts)]) == "duplicate"
        assert self.fingerprint() == before

    def take(self, fact: ProviderTxn) -> Any:
        return self.attempt("money", lambda: payments.apply_txn(self.db, fact, now=self.now))

    def fact(self, order_id: int, amount: str, hint: str, fault: str) -> ProviderTxn | None:
        """A charge as the order's provider would tell it; None for cash, which no one tells."""
        order = self.db.get_one(Order, order_id)
        attempt = payment_queries.attempt_of(self.db, order_id, order.payment_provider)
        if attempt is None or order.payment_provider == "cod":
            return None
        sums = {
            "exact": attempt.amount_vnd,
            "half": attempt.amount_vnd // 2,
            "one": 1,
            "more": attempt.amount_vnd + 7,
            "double": attempt.amount_vnd * 2,
        }
        memo = attempt.memo_code or ""
        hints = {
            "code": memo or order.code,
            "mangled": f"mbvcb.998.{memo[:5].lower()} {memo[5:]}ct tu 0123" if memo else order.code,
            "none": "chuyen tien hang",
            "two codes": f"{memo} OC234567892",
        }
        made = ProviderTxn(
            provider=order.payment_provider,
            txn_id=f"FT{self.next_number():010}",
            kind="charge",
            amount_vnd=max(1, sums[amount]),
            currency="USD" if fault == "currency" else "VND",
            occurred_at=self.now,
            raw_digest=hashlib.sha256(f"{self.number}".encode()).hexdigest(),
            account="999" if fault == "account" else attempt.account_number or "",
            order_hint=hints[hint],
            provider_ref=attempt.provider_ref or "",
        )
        self.db.expunge_all()
        return made

    @precondition(lambda self: self.orders)
    @rule(
        which=SMALL,
        amount=st.sampled_from((None, None, 1, 40_000, 500_000)),
        reference=st.sampled_from(("", "ft 001", "FT001", "FT 002")),
        is_extra=st.booleans(),
    )
    def seller_saw_money(
        self, which: int, amount: int | None, reference: str, is_extra: bool
    ) -> None:
        self.attempt(
            "receipt",
            lambda: payments.confirm_receipt(
                self.db,
                order_id=self.order(which, Order.state.in_(KEEPS_MONEY)),
                actor_id=self.market.owner,
                now=self.now,
                amount_vnd=amount,
                reference=reference,
                submit_key=f"form-{self.next_number()}",
                is_extra=is_extra,
            ),
        )

    @precondition(lambda self: self.orders)
    @rule(which=SMALL, to=SMALL)
    def staff_match_money(self, which: int, to: int) -> None:
        stray = self.fact(self.order(which, Order.payment_provider == "vietqr"), "half", "none", "")
        if stray is not None:
            self.facts.append(stray)
            self.take(stray)
        waiting = self.db.scalars(
            select(PaymentTxn.id).where(payment_queries.is_unmatched()).order_by(PaymentTxn.id)
        ).all()
        if not waiting:
            return
        self.attempt(
            "match",
            lambda: payments.match_txn(
                self.db,
                txn_row_id=waiting[which % len(waiting)],
                order=self.db.get_one(Order, self.order(to)),
                actor_id=self.market.staff,
                now=self.now,
            ),
        )

    def a_refund_goes_on(self, which: int, verb: str) -> None:
        waiting = self.db.scalars(
            select(Refund.id).where(Refund.state.in_(OPEN_REFUNDS)).order_by(Refund.id)
        ).all()
        if not waiting:
            return
        about: dict[str, Any] = {
            "refund_id": waiting[which % len(waiting)],
            "actor_id": self.market.owner if which % 2 else self.market.staff,
            "now": self.now,
        }
        if verb == "finish":
            reference = f"HT{self.next_number()}"
            about |= {"reference": reference, "limit_vnd": 200_000}
            self.attempt("refund", lambda: payments.finish_refund(self.db, **about))
        elif verb == "approve":
            about |= {"limit_vnd": 200_000}
            self.attempt("approve", lambda: payments.approve_refund(self.db, **about))
        elif verb == "reject":
            self.attempt("reject", lambda: payments.reject_refund(self.db, note="x", **about))
        else:
            self.attempt("by hand", lambda: payments.pay_by_hand(self.db, **about))

    def a_refund_comes_back(self, which: int) -> None:
        done = self.db.scalars(select(Refund.id).where(Refund.state == "done")).all()
        if done:
            self.attempt(
                "refund came back",
                lambda: payments.return_refund(
                    self.db,
                    refund_id=done[which % len(done)],
                    note="Sai số tài khoản",
                    actor_id=self.market.owner,
                    now=self.now,
                ),
            )

    def seller_gives_money_back(self, which: int, amount: int | None) -> None:
        order_id = self.order(which, Order.received_vnd > 0)
        self.attempt(
            "ask refund",
            lambda: payments.ask_refund(
                self.db,
                order_id=order_id,
                amount_vnd=amount,
                reason="goodwill",
                asked_by="producer",
                actor_id=self.market.owner,
                cause=f"form:{self.next_number()}",
                now=self.now,
            ),
        )

    # The life of orders

    @precondition(lambda self: self.orders)
    @rule(which=SMALL, verb=st.sampled_from(sorted(DESK)))
    def seller_works(self, which: int, verb: str) -> None:
        do, where, more = DESK[verb]
        self.step(verb, do, which, *where, **more)

    @precondition(lambda self: self.orders)
    @rule(which=SMALL, by=st.sampled_from(("buyer", "seller", "nobody")), why=SMALL)
    def cancel(self, which: int, by: Any, why: int) -> None:
        if by != "nobody":
            reasons = sorted(BUYER_REASONS if by == "buyer" else SELLER_REASONS)
            reason = reasons[why % len(reasons)]
            self.step("cancel", orders.cancel_order, which, by=by, reason=reason)

    @precondition(lambda self: self.orders)
    @rule(which=SMALL)
    def money_comes_too_late(self, which: int) -> None:
        order_id = self.order(which, Order.state == "awaiting_payment")
        end = self.db.scalar(select(Order.expires_at).where(Order.id == order_id))
        fact = self.fact(order_id, "exact", "code", "")
        if end is not None and fact is not None:
            self.now = max(self.now, end + timedelta(minutes=1))
            self.time_passes(0)
            self.facts.append(fact)
            self.take(fact)

    @precondition(lambda self: self.orders)
    @rule(
        which=SMALL,
        steps=st.sampled_from((2, 3, 3, 3, 4)),
        last=st.sampled_from(("arrival", "fail", "take back", "turn back", "deliver")),
    )
    def sell_one_to_the_end(self, which: int, steps: int, last: str) -> None:
        """The good way, or much of it, so that random steps also start from late states."""
        order_id = self.order(which)
        state = self.db.scalar(select(Order.state).where(Order.id == order_id))
        if state == "awaiting_payment":
            fact = self.fact(order_id, "exact", "code", "")
            if fact is not None:
                self.facts.append(fact)
                self.take(fact)
        for verb in (*("confirm", "pack", "ship", "deliver")[:steps], last):
            do, _where, more = DESK[verb]
            self.step(verb, do, which, Order.id == order_id, **more)

    def step(
        self, name: str, verb: Callable[..., Any], which: int, *where: Any, **more: Any
    ) -> None:
        order_id = self.order(which, *where)
        self.attempt(
            name,
            lambda: verb(
                self.db, order_id=order_id, actor_id=self.market.owner, now=self.now, **more
            ),
        )

    @rule(minutes=st.sampled_from((1, 5, 20, 31, 120, 60 * 49)))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        due = order_queries.due_orders(self.db, self.now)
        self.attempt(
            "expire", lambda: orders.expire_orders(self.db, order_ids=due, now=self.now) or None
        )
        still = order_queries.due_orders(self.db, self.now)
        assert not still, "what is due ends at once"

    # Goods

    def goods_come(self, which: int, units: int) -> None:
        self.attempt(
            "receive",
            lambda: stock.receive(
                self.db,
                variant_id=self.market.variants[which],
                quantity=units,
                reason="receipt",
                key=f"receipt:{self.next_number()}",
                now=self.now,
            ),
        )

    def count(self, which: int, counted: int, lot: int | None) -> None:
        lot_id = None if lot is None else self.market.lots[lot]
        self.attempt(
            "count",
            lambda: stock.count_stock(
                self.db,
                variant_id=self.lot_variant(lot_id) or self.market.variants[which],
                counted=counted,
                reason="count",
                key=f"count:{self.next_number()}",
                lot_id=lot_id,
                now=self.now,
            ),
        )

    def lot_variant(self, lot_id: int | None) -> int | None:
        return self.db.scalar(select(Lot.variant_id).where(Lot.id == lot_id))

    def goods_break(self, which: int, units: int) -> None:
        self.attempt(
            "adjust",
            lambda: stock.adjust(
                self.db,
                variant_id=self.market.variants[which],
                quantity=units,
                reason="damaged",
                key=f"damage:{self.next_number()}",
                now=self.now,
            ),
        )

    def set_aside_for_a_live(self, session: int, which: int, units: int, cap: int) -> None:
        """Units held for a line-up item, and its price for two hours."""
        owner, variant_id = f"session_item:{session}", self.market.variants[which]

        def hold() -> None:
            wants = [Want(owner, variant_id, units)]
            stock.reserve(self.db, wants=wants, expires_at=None, now=self.now)
            price = self.db.get_one(Variant, variant_id).price_vnd
            stock.set_price_window(
                self.db,
                owner_key=owner,
                variant_id=variant_id,
                price_vnd=max(1000, price - 999),
                starts_at=self.now,
                ends_at=self.now + timedelta(hours=2),
                cap=(cap % 8) + 1,
            )

        self.attempt("set aside", hold)

    def the_live_ends(self, session: int) -> None:
        owner = f"session_item:{session}"

        def end() -> None:
            stock.release(self.db, owner_keys=[owner], now=self.now)
            stock.drop_price_windows(self.db, owner_key=owner)

        self.attempt("live ends", end)

    def a_lot_is_stopped_or_goes_on(self, which: int, *, is_hold: bool) -> None:
        lot_id = self.market.lots[which]
        about: dict[str, Any] = {"lot_id": lot_id, "actor_id": self.market.owner, "now": self.now}
        if is_hold:
            self.attempt("hold lot", lambda: hold_lot(self.db, reason="Kiểm tra lại", **about))
        else:
            self.attempt("release lot", lambda: release_lot(self.db, **about))

    def a_voucher_ends(self, which: int) -> None:
        if which > 2:
            return
        code = self.market.vouchers[which % 3]

        def end() -> None:
            self.db.execute(
                update(Voucher)
                .where(Voucher.code == code)
                .values(ends_at=self.now + timedelta(hours=1))
            )

        self.attempt("voucher", end)

    @rule(
        what=st.sampled_from(
            ("come", "come", "count", "break", "set aside", "set aside", "end", "lot", "voucher")
        ),
        which=st.integers(0, 3),
        units=st.integers(1, 6),
        number=SMALL,
    )
    def goods_and_offers_change(self, what: str, which: int, units: int, number: int) -> None:
        if what == "come":
            self.goods_come(which, units)
        elif what == "count":
            self.count(which, number % 26, (None, None, 0, 1, 2)[number % 5])
        elif what == "break":
            self.goods_break(which, -units)
        elif what == "set aside":
            self.set_aside_for_a_live(1 + number % 2, which, units, number)
        elif what == "end":
            self.the_live_ends(1 + number % 2)
        elif what == "lot":
            self.a_lot_is_stopped_or_goes_on(which % 3, is_hold=number % 3 == 0)
        else:
            self.a_voucher_ends(number)

    @rule(what=st.sampled_from(("ask", "go on", "go on", "back")), which=SMALL, number=SMALL)
    def money_goes_back(self, what: str, which: int, number: int) -> None:
        if what == "ask":
            self.seller_gives_money_back(which, (None, 1, 20_000)[number % 3])
        elif what == "go on":
            verbs = ("finish", "finish", "finish", "approve", "reject", "by hand")
            self.a_refund_goes_on(which, verbs[number % len(verbs)])
        else:
            self.a_refund_comes_back(which)

    # What must hold after every step

    @invariant()
    def everything_holds(self) -> None:
        assert broken_invariants(self.db, OF_TRADE) == []

    @invariant()
    def orders_move_along_their_table(self) -> None:
        now = dict(self.db.execute(select(Order.id, Order.state)).all())
        for order_id, state in now.items():
            before = self.states.get(order_id, state)
            assert state == before or reachable(before, state), (before, state)
        self.states = now

    @invariant()
    def timelines_only_grow(self) -> None:
        rows = self.db.execute(
            select(OrderEvent.order_id, func.count()).group_by(OrderEvent.order_id)
        )
        now = dict(rows.all())
        assert all(now.get(order_id, 0) >= number for order_id, number in self.told.items())
        self.told = now

    @invariant()
    def what_was_agreed_never_changes(self) -> None:
        columns = list(OrderLine.__table__.columns)
        for row in self.db.execute(select(*columns)):
            assert self.agreed.setdefault(row.id, tuple(row)) == tuple(row)

    def fingerprint(self) -> str:
        """Digest of every row that a replay could touch."""
        digest = hashlib.sha256()
        for name in COUNTED:
            table = Base.metadata.tables[name]
            rows = self.db.execute(select(table).order_by(*table.primary_key.columns)).all()
            digest.update(repr([tuple(row) for row in rows]).encode())
        return digest.hexdigest()


def reachable(before: str, after: str) -> bool:
    """Whether legal steps lead there; one step of the test may make several of the order's."""
    seen, todo = {before}, [before]
    while todo:
        for further in STEPS[todo.pop()] - seen:
            seen.add(further)
            todo.append(further)
    return after in seen
