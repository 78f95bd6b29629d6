"""Promises: places in a harvest that is still to come, and quotes to shops."""

from datetime import date, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import rule
from sqlalchemy import select

from shop.catalogue.models import Producer, Variant
from shop.core.clock import today_vn
from shop.orders.models import Order
from shop.preorders import services as preorders
from shop.preorders.models import ShipWindow
from shop.wholesale import services as wholesale
from shop.wholesale.models import Quote
from tests.factories.preorders import make_request
from tests.factories.wholesale import make_acceptance, make_enquiry, make_offer
from tests.shop.trading.base import SMALL, Base
from tests.shop.trading.market import every_way_to_pay

WINDOW_STEPS = ("move", "bring in", "settle", "settle", "cancel")
QUOTE_STEPS = ("offer", "accept", "accept", "withdraw")


class Promises(Base):
    """Goods that are sold before they are there, or by the hundred."""

    @rule(
        which=st.integers(0, 1),
        units=st.integers(1, 3),
        rest_by=st.sampled_from(("delivery", "transfer")),
        phone=st.integers(1, 3),
    )
    def order_from_a_harvest(self, which: int, units: int, rest_by: str, phone: int) -> None:
        def press() -> list[int]:
            window = self.window(which)
            number = f"preorder-press-{self.next_number():08}"
            more = {"rest_by": rest_by, "phone": f"091234567{phone}", "submit_key": number}
            request = make_request(window, units, **more)
            about = {"buyer_id": None, "config": every_way_to_pay(), "now": self.now}
            order, is_new = preorders.place_preorder(self.db, request=request, **about)
            again, is_newer = preorders.place_preorder(self.db, request=request, **about)
            assert (is_new, is_newer, again.id) == (True, False, order.id)
            return [order.id]

        self.orders += self.attempt("preorder", press) or []

    def window(self, which: int) -> ShipWindow:
        code = self.market.windows[which % len(self.market.windows)]
        return self.db.scalars(select(ShipWindow).where(ShipWindow.code == code)).one()

    @rule(which=SMALL, verb=st.sampled_from(WINDOW_STEPS), days=st.integers(1, 20))
    def the_harvest_goes_on(self, which: int, verb: str, days: int) -> None:
        window_id, code, moves = (window := self.window(which)).id, window.code, window.moves
        about = self.about(code=code, producer_ids=frozenset({self.market.producers[1]}))
        if verb == "move":
            first = today_vn(self.now) + timedelta(days=days)
            days_of = {"from_on": first, "to_on": first + timedelta(days=5)}
            more = {"reason": "weather", "seen_moves": moves, **days_of}
            self.attempt("move window", lambda: preorders.move_window(self.db, **more, **about))
        elif verb == "bring in":
            self.attempt("bring in", lambda: preorders.bring_in(self.db, **about))
        elif verb == "settle":
            self.attempt(
                "settle window",
                lambda: preorders.settle_window(self.db, window_id=window_id, now=self.now),
            )
        elif days > 14:
            self.attempt(
                "cancel window",
                lambda: preorders.cancel_window(self.db, reason="too_little", **about),
            )

    @rule(which=SMALL)
    def keep_the_place(self, which: int) -> None:
        if self.orders:
            order_id = self.order(which, Order.awaits_goods.is_(True))
            self.attempt(
                "keep place",
                lambda: preorders.keep_place(
                    self.db,
                    order=self.db.get_one(Order, order_id),
                    actor_id=None,
                    now=self.now,
                ),
            )

    @rule(
        which=st.integers(0, 3),
        verb=st.sampled_from(QUOTE_STEPS),
        units=st.integers(1, 8),
        payment=st.sampled_from(("cod", "vietqr")),
    )
    def deal_with_a_shop(self, which: int, verb: str, units: int, payment: str) -> None:
        if verb == "offer" or not self.quoted:
            self.attempt("offer quote", lambda: self.offer(which, payment))
        quotes = self.db.scalars(select(Quote).order_by(Quote.id)).all()
        if verb == "offer" or not quotes:
            return
        quote = quotes[-1 - which % len(quotes)]
        code, variant_id = quote.code, self.quoted[quote.id]
        if verb == "withdraw":
            producer_ids = frozenset(self.market.producers)
            about = self.about(code=code, producer_ids=producer_ids)
            self.attempt("withdraw quote", lambda: wholesale.withdraw_quote(self.db, **about))
            return

        def accept() -> list[int]:
            wish = make_acceptance({variant_id: units})
            about = {"code": code, "buyer_id": None, "now": self.now}
            order, is_new = wholesale.accept_quote(self.db, acceptance=wish, **about)
            again, is_newer = wholesale.accept_quote(self.db, acceptance=wish, **about)
            assert (is_newer, again.id) == (False, order.id)
            return [order.id] if is_new else []

        self.orders += self.attempt("accept quote", accept) or []

    def offer(self, which: int, payment: str) -> None:
        """A price from two pieces, for a company that asked."""
        variant = self.db.get_one(Variant, self.market.variants[which])
        producer = self.db.get_one(Producer, variant.producer_id)
        offer = make_offer(
            variant,
            [(2, 40_001), (5, 30_003)],
            payment=payment,
            submit_key=f"quote-{self.next_number():08}",
            valid_until=date(2026, 12, 31),
        )
        enquiry = make_enquiry(self.db, producer, submit_key=f"enquiry-{self.next_number():08}")
        quote = wholesale.offer_quote(
            self.db,
            enquiry_code=enquiry.code,
            offer=offer,
            **self.about(producer_ids=frozenset({producer.id})),
        )
        self.quoted[quote.id] = variant.id
