"""Buying: many baskets, several ways to pay, the same press again, another way after all."""

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from shop.checkout import services as checkout
from shop.orders.models import Order
from shop.payments import services as payments
from tests.factories.checkout import make_basket
from tests.shop.trading.base import SMALL, Base
from tests.shop.trading.market import every_way_to_pay

OTHER_WAYS = ("payos", "vnpay", "momo", "zalopay")


class Buying(Base):
    """What buyers do before and after they press the button."""

    @initialize(units=st.integers(1, 3))
    def three_people_buy(self, units: int) -> None:
        self._place({0: units, 2: 1}, "cod", "", 1, is_guest=True, seen=True)
        self._place({1: units, 2: 1}, "vietqr", "", 2, is_guest=False, seen=True)
        self._place({3: units}, "stripe", "", 3, is_guest=True, seen=True)

    @rule(
        wanted=st.dictionaries(st.integers(0, 3), st.integers(1, 5), min_size=1, max_size=4),
        provider=st.sampled_from(("cod", "cod", "vietqr", "vietqr", "stripe", *OTHER_WAYS)),
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
                config=every_way_to_pay(),
                now=self.now,
            )
            assert placed.is_new
            for attempt_id in placed.attempt_ids:
                self.open_page(attempt_id)
            return [order.id for order in placed.orders]

        made = self.attempt("place", press)
        if made:
            self.orders += made
            self.requests.append(((request, buyer), made))

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
                config=every_way_to_pay(),
                now=self.now,
            )
            assert not placed.is_new
            assert [order.id for order in placed.orders] == made

        self.attempt("press again", press)
        assert self.fingerprint() == before

    @precondition(lambda self: self.orders)
    @rule(which=SMALL, way=st.sampled_from(("cod", "vietqr", "vietqr", "stripe", *OTHER_WAYS)))
    def pay_another_way(self, which: int, way: str) -> None:
        """Money by the former way may still come; see ``money_comes``."""
        order_id = self.order(which, Order.state.like("awaiting%"))

        def choose() -> None:
            chosen = payments.choose_way(
                self.db,
                order_id=order_id,
                slug=way,
                config=every_way_to_pay(),
                actor_id=None,
                now=self.now,
            )
            if chosen.to_start is not None:
                self.open_page(chosen.to_start)

        self.attempt("another way", choose)
