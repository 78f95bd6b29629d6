"""Money comes, goes back and is fought over, by every way it can."""

import hashlib
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy import func, select

from shop.orders.models import Order
from shop.payments import queries as payment_queries
from shop.payments import services as payments
from shop.payments.models import PaymentAttempt, PaymentTxn, Refund
from shop.payments.provider import DisputeFact, ProviderTxn, RefundFact
from shop.payments.rules import KEEPS_MONEY, OPEN_REFUNDS
from tests.shop.trading.base import SMALL, Base

AMOUNTS = st.sampled_from(("exact", "exact", "exact", "half", "one", "more", "double"))
HINTS = st.sampled_from(("code", "code", "code", "mangled", "none", "two codes"))
FAULTS = st.sampled_from(("", "", "", "", "currency", "account"))
TOLD = st.sampled_from(("", "", "feed", "former"))
FATES = st.sampled_from(("pending", "succeeded", "succeeded", "failed"))
DISPUTED: dict[str, dict[str, Any]] = {
    "inquiry": {"state": "open", "status": "warning_needs_response"},
    "open": {"state": "open", "status": "needs_response", "is_withdrawn": True},
    "won": {"state": "won", "status": "won", "is_withdrawn": True, "is_reinstated": True},
    "lost": {"state": "lost", "status": "lost", "is_withdrawn": True},
}
"""What a provider says of a dispute, from its beginning to one of its ends."""


class Money(Base):
    """Every fact about money, and every decision on it."""

    @precondition(lambda self: self.orders)
    @rule(which=SMALL, amount=AMOUNTS, hint=HINTS, fault=FAULTS, told=TOLD)
    def money_comes(self, which: int, amount: str, hint: str, fault: str, told: str) -> None:
        unpaid = Order.payment_state.in_(("unpaid", "partial"))
        fact = self.fact(self.order(which, unpaid), amount, hint, fault, told)
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

    def fact(
        self, order_id: int, amount: str, hint: str, fault: str, told: str = ""
    ) -> ProviderTxn | None:
        """A charge as a provider would tell it; None for cash, which no one tells.

        ``told``: "former" by the first way that was chosen, "feed" by SePay for a transfer, else by
        the way that the order has now.
        """
        order = self.db.get_one(Order, order_id)
        attempt = self.attempt_of(order, is_former=told == "former")
        if attempt is None or attempt.provider == "cod":
            return None
        is_fed = told == "feed" and attempt.provider == "vietqr"
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
            provider="sepay" if is_fed else attempt.provider,
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

    def attempt_of(self, order: Order, *, is_former: bool) -> PaymentAttempt | None:
        if not is_former:
            return payment_queries.attempt_of(self.db, order.id, order.payment_provider)
        return self.db.scalar(
            select(PaymentAttempt)
            .where(PaymentAttempt.order_id == order.id)
            .order_by(PaymentAttempt.id)
            .limit(1)
        )

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
        transfers = Order.payment_provider == "vietqr"
        stray = self.fact(self.order(which, transfers), "half", "none", "")
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

    @rule(what=st.sampled_from(("ask", "go on", "go on", "back")), which=SMALL, number=SMALL)
    def money_goes_back(self, what: str, which: int, number: int) -> None:
        if what == "ask":
            self.seller_gives_money_back(which, (None, 1, 20_000)[number % 3])
        elif what == "go on":
            verbs = ("finish", "finish", "finish", "approve", "reject", "by hand")
            self.a_refund_goes_on(which, verbs[number % len(verbs)])
        else:
            self.a_refund_comes_back(which)

    def charge(self, which: int, *providers: str) -> PaymentTxn | None:
        """Money of an order that came by one of these providers; some comes if none has."""
        came = select(PaymentTxn.id).where(PaymentTxn.provider.in_(providers))
        if self.db.scalar(came.limit(1)) is None:
            by_them = Order.payment_provider.in_(providers)
            fact = self.fact(self.order(which % 32, by_them), "exact", "code", "")
            if fact is not None:
                self.facts.append(fact)
                self.take(fact)
        charges = self.db.scalars(
            select(PaymentTxn)
            .where(
                PaymentTxn.kind == "charge",
                PaymentTxn.provider.in_(providers),
                PaymentTxn.order_id.is_not(None),
            )
            .order_by(PaymentTxn.id)
        ).all()
        return charges[which % len(charges)] if charges else None

    @precondition(lambda self: self.orders)
    @rule(which=SMALL, said=st.sampled_from(sorted(DISPUTED)))
    def a_bank_disputes(self, which: int, said: str) -> None:
        """Each charge has one dispute; whatever is said of it in whatever order is said twice."""
        charge = self.charge(which, "stripe")
        if charge is None:
            return
        name = f"dp_{charge.id}"
        amount = self.disputed.setdefault(name, self.left_of(charge, name))
        if amount < 1:
            return
        fact = DisputeFact(
            dispute_id=name,
            charge_id=charge.txn_id,
            amount=amount,
            currency="VND",
            reason="product_not_received",
            opened_at=self.now,
            raw_digest="0" * 64,
            **DISPUTED[said],
        )

        def tell() -> None:
            payments.record_dispute(self.db, provider="stripe", fact=fact, now=self.now)
            again = payments.record_dispute(self.db, provider="stripe", fact=fact, now=self.now)
            assert again == "duplicate"

        self.attempt(f"dispute {said}", tell)

    @precondition(lambda self: self.orders)
    @rule(which=SMALL, fate=FATES, is_dashboard=st.booleans())
    def a_provider_gives_back(self, which: int, fate: Any, is_dashboard: bool) -> None:
        """A refund that we asked for, or one made in the provider's own dashboard."""
        charge = self.charge(which, "stripe", "momo", "vnpay", "zalopay")
        if charge is None:
            return
        ours = self.db.scalar(
            select(Refund)
            .where(
                Refund.txn_row_id == charge.id,
                Refund.state.in_(OPEN_REFUNDS),
                Refund.is_by_hand.is_(False),
            )
            .limit(1)
        )
        if is_dashboard or ours is None:
            name, key, amount = f"re_c{charge.id}", "", charge.amount_vnd // 2
        else:
            name, key, amount = f"re_{ours.id}", ours.idempotency_key, ours.amount_vnd
        if amount > self.left_of(charge, name):
            return  # no provider gives back more than it took
        fact = RefundFact(
            refund_id=name,
            charge_id=charge.txn_id,
            amount_vnd=amount,
            currency="VND",
            fate=fate,
            occurred_at=self.now,
            raw_digest="0" * 64,
            key=key,
        )
        provider = charge.provider
        self.attempt(
            f"provider refund {fate}",
            lambda: payments.record_refund(self.db, provider=provider, fact=fact, now=self.now),
        )

    def left_of(self, charge: PaymentTxn, besides: str) -> int:
        """What of a charge other refunds and disputes have not taken: a provider counts also what
        is only on its way back."""
        under_way = select(func.coalesce(func.sum(Refund.amount_vnd), 0)).where(
            Refund.txn_row_id == charge.id,
            Refund.state.in_(("sent", "done")),
            Refund.provider_refund_id.is_distinct_from(besides),
        )
        taken = select(func.coalesce(func.sum(PaymentTxn.amount_vnd), 0)).where(
            PaymentTxn.charge_id == charge.txn_id,
            PaymentTxn.provider == charge.provider,
            PaymentTxn.kind == "chargeback",
            PaymentTxn.txn_id != besides,
        )
        gone = int(self.db.scalar(under_way) or 0) + int(self.db.scalar(taken) or 0)
        return charge.amount_vnd - gone
