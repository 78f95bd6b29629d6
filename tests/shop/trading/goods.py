"""Goods come, are counted, break, are set aside; lots stop, offers end."""

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule
from sqlalchemy import select, update

from shop.catalogue.models import Variant
from shop.checkout.models import Voucher
from shop.stock import services as stock
from shop.stock.rules import Want
from shop.traceability.models import Lot
from shop.traceability.services import hold_lot, release_lot
from tests.shop.trading.base import SMALL, Base


class Goods(Base):
    """What changes in the store, while orders are under way."""

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
