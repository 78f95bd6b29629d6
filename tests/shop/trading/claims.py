"""Claims: buyers give goods back, producers and staff answer."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy import select

from shop.orders.models import Order, OrderLine
from shop.returns import services as returns
from shop.returns.models import ReturnLine, ReturnRequest
from shop.returns.rules import REFUSALS
from shop.returns.services import Answer, ReturnDraft, Said
from tests.shop.trading.base import SMALL
from tests.shop.trading.desk import Desk

STEPS = ("agree", "settle", "settle", "settle", "refuse", "ask more", "note")


class Claims(Desk):
    """What becomes of goods that were delivered."""

    @precondition(lambda self: self.orders)
    @rule(which=SMALL, units=st.integers(1, 3))
    def buyer_wants_to_give_back(self, which: int, units: int) -> None:
        order_id = self.delivered(which)
        lines = self.db.scalars(select(OrderLine.id).where(OrderLine.order_id == order_id)).all()
        draft = ReturnDraft({lines[which % len(lines)]: units}, "spoiled", Said("Bị mốc ở nắp"))
        key = f"return-{self.next_number():08}"

        def ask() -> None:
            about: dict[str, Any] = {"draft": draft, "submit_key": key, "days": 7}
            about |= {"order_id": order_id, "actor_id": None, "now": self.now}
            made = returns.ask_return(self.db, **about).id
            assert returns.ask_return(self.db, **about).id == made

        self.attempt("ask return", ask)

    def delivered(self, which: int) -> int:
        """An order whose goods are with the buyer; one is sold to the end if there is none."""
        is_there = Order.fulfilment_state == "delivered"
        if self.db.scalar(select(Order.id).where(is_there).limit(1)) is None:
            self.sell_one_to_the_end(which, 4, "arrival")
        return self.order(which, is_there)

    def claim(self, which: int, *states: str) -> int | None:
        """A request, mostly one in such a state; somebody asks first if nobody has."""
        found = select(ReturnRequest.id).order_by(ReturnRequest.id)
        if self.db.scalar(found.limit(1)) is None:
            self.buyer_wants_to_give_back(which, 1)
        fitting = self.db.scalars(found.where(ReturnRequest.state.in_(states))).all()
        some = fitting if fitting and which < 32 else self.db.scalars(found).all()
        return some[-1 - which % len(some)] if some else None

    @precondition(lambda self: self.orders)
    @rule(which=SMALL, verb=st.sampled_from(STEPS), refund=st.sampled_from((None, None, 1, 90_000)))
    def the_other_side_answers(self, which: int, verb: str, refund: int | None) -> None:
        claim = self.claim(which, "asked", "agreed", "more_needed", "appealed")
        if claim is None:
            return
        side = "producer" if which % 3 else "staff"
        who = self.market.owner if side == "producer" else self.market.staff
        answer = Answer(side, who, self.now, "Đã xem")  # type: ignore[arg-type]
        about: dict[str, Any] = {"return_id": claim, "answer": answer}
        settled = {"refund_vnd": refund, "counts": self.counted(claim, which)}
        refusal = next(iter(REFUSALS))
        verbs = {
            "agree": lambda: returns.agree_return(self.db, refund_vnd=refund, **about),
            "settle": lambda: returns.settle_return(self.db, **settled, **about),
            "refuse": lambda: returns.refuse_return(self.db, refusal=refusal, **about),
            "ask more": lambda: returns.ask_more(self.db, **about),
            "note": lambda: returns.note_return(self.db, **about),
        }
        self.attempt(f"return {verb}", verbs[verb])

    def counted(self, claim: int, which: int) -> dict[int, tuple[int, int]] | None:
        """Every unit that came back: one of each line spoilt. Now and then nobody counted."""
        if which % 5 == 0:
            return None
        lines = self.db.scalars(select(ReturnLine).where(ReturnLine.return_id == claim))
        return {line.order_line_id: (line.quantity - 1, 1) for line in lines}

    @precondition(lambda self: self.orders)
    @rule(which=SMALL, verb=st.sampled_from(("say more", "withdraw", "appeal", "appeal", "close")))
    def the_buyer_goes_on(self, which: int, verb: str) -> None:
        state = {"say more": "more_needed", "appeal": "refused", "close": "appealed"}
        claim = self.claim(which, state.get(verb, "asked"))
        if claim is None:
            return
        about: dict[str, Any] = {"return_id": claim, "actor_id": None, "now": self.now}
        said = Said("Nắp bị hở từ đầu")
        staff = Answer("staff", self.market.staff, self.now, "Đã xem")
        verbs = {
            "say more": lambda: returns.answer_more(self.db, said=said, **about),
            "withdraw": lambda: returns.withdraw_return(self.db, **about),
            "appeal": lambda: returns.appeal(self.db, said=said, **about),
            "close": lambda: returns.close_return(self.db, return_id=claim, answer=staff),
        }
        self.attempt(f"return {verb}", verbs[verb])
