"""The life of a return request: what may be asked, what is answered, money and goods."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.catalogue.models import ProductFacets
from shop.catalogue.pictures import files_of
from shop.core.db import Database
from shop.core.errors import Conflict, DomainError, Invalid
from shop.core.outbox import OutboxMessage
from shop.orders import queries as orders
from shop.orders.models import Order, ShipmentLine
from shop.orders.rules.parcels import Back
from shop.payments.models import Refund
from shop.returns import invariants, rules, services
from shop.returns.models import ReturnLine, ReturnRequest, ReturnStep, ReturnWords
from shop.returns.rules import Bought
from shop.returns.services import ReturnDraft, Said
from shop.returns.services.erasing import ReturnOpen
from shop.stock import queries as stock
from tests.factories.accounts import make_member, make_person, make_staff
from tests.factories.payments import NOW
from tests.factories.returns import answer, line_of, make_delivered, make_return
from tests.shop.payments.test_ledger import assert_sound, at_once


def check(database: Database) -> None:
    assert_sound(database)
    with database.read() as db:
        for name, query in invariants.INVARIANTS.items():
            assert db.execute(text(query)).all() == [], name


def test_goods_come_back_and_the_money_goes(database: Database) -> None:
    with database.transaction() as db:
        order = make_delivered(db)
        seller = make_member(db, "producer", order.producer_id, "owner").id
        asked = make_return(db, order)
        services.ask_more(db, return_id=asked.id, answer=answer(seller, text="Xin thêm ảnh"))
        services.answer_more(
            db, return_id=asked.id, said=Said("Nắp bị hở từ đầu"), actor_id=None, now=NOW
        )
        services.agree_return(db, return_id=asked.id, refund_vnd=None, answer=answer(seller))
    with database.transaction() as db:
        line = line_of(db, order)
        before = stock.levels(db, [line.variant_id])[line.variant_id].on_hand
        settled = services.settle_return(
            db,
            return_id=asked.id,
            refund_vnd=None,
            counts={line.id: (1, 1)},
            answer=answer(seller),
        )
        assert (settled.state, settled.refund_vnd) == ("settled", 130_000)
        assert stock.levels(db, [line.variant_id])[line.variant_id].on_hand == before + 1
        [refund] = db.scalars(select(Refund).where(Refund.order_id == order.id)).all()
        assert (refund.amount_vnd, refund.state) == (130_000, "requested")
        kinds = [event.kind for event in orders.timeline(db, order.id, public_only=True)]
        assert [kind for kind in kinds if kind.startswith("return_")] == [
            "return_asked",
            "return_more_needed",
            "return_answered",
            "return_agreed",
            "return_settled",
        ]
    check(database)


def test_when_everything_came_back_the_order_says_so(database: Database) -> None:
    """Units lie in their parcels' lines too, so that none comes back a second time."""
    with database.transaction() as db:
        order = make_delivered(db)
        seller, line = make_person(db).id, line_of(db, order)
        facets = db.get_one(ProductFacets, line.product_id)
        assert facets.sold_count == 3
        for units, counts in ((1, (0, 1)), (2, (2, 0))):
            asked = make_return(db, order, units=units)
            services.agree_return(db, return_id=asked.id, refund_vnd=None, answer=answer(seller))
            services.settle_return(
                db,
                return_id=asked.id,
                refund_vnd=None,
                counts={line.id: counts},
                answer=answer(seller),
            )
        came = db.scalars(select(ShipmentLine)).one()
        assert (came.restocked, came.written_off) == (2, 1)
        assert db.get_one(Order, order.id).fulfilment_state == "returned"
        db.refresh(facets)
        assert facets.sold_count == 0
    check(database)


@pytest.mark.parametrize(
    ("came", "counts", "lines"),
    [
        ({1: 3}, (1, 1), [Back(1, 1, 1)]),
        ({1: 2, 2: 3}, (3, 1), [Back(1, 2, 0), Back(2, 1, 1)]),
        ({1: 1, 2: 1, 3: 1}, (0, 2), [Back(1, 0, 1), Back(2, 0, 1)]),
        ({1: 0, 2: 2}, (2, 0), [Back(2, 2, 0)]),
    ],
)
def test_units_lie_in_the_parcels_they_came_in(
    came: dict[int, int], counts: tuple[int, int], lines: list[Back]
) -> None:
    assert rules.spread(came, *counts) == lines


def test_the_buyer_may_keep_spoiled_goods_and_get_part_of_the_money(database: Database) -> None:
    with database.transaction() as db:
        order = make_delivered(db)
        seller = make_person(db).id
        asked = make_return(db, order)
        for _time in range(1):
            services.settle_return(
                db, return_id=asked.id, refund_vnd=50_000, counts=None, answer=answer(seller)
            )
        with pytest.raises(rules.WrongStep):
            services.settle_return(
                db, return_id=asked.id, refund_vnd=50_000, counts=None, answer=answer(seller)
            )
        assert db.scalars(select(Refund.amount_vnd)).all() == [50_000]
    check(database)


def test_a_refusal_may_go_to_staff_who_settle_or_close(database: Database) -> None:
    with database.transaction() as db:
        seller, staff = make_person(db).id, make_staff(db).id
        for end in ("settled", "closed"):
            order = make_delivered(db)
            asked = make_return(db, order)
            services.refuse_return(
                db, return_id=asked.id, refusal="as_told", answer=answer(seller, text="Đúng mẫu")
            )
            services.appeal(db, return_id=asked.id, said=Said("Không"), actor_id=None, now=NOW)
            services.note_return(
                db, return_id=asked.id, answer=answer(staff, "staff", text="Đã gọi hai bên")
            )
            if end == "settled":
                services.settle_return(
                    db,
                    return_id=asked.id,
                    refund_vnd=None,
                    counts=None,
                    answer=answer(staff, "staff"),
                )
            else:
                services.close_return(db, return_id=asked.id, answer=answer(staff, "staff"))
            assert db.get_one(ReturnRequest, asked.id).state == end
    check(database)


def test_no_step_beside_the_table(db: Session) -> None:
    order = make_delivered(db)
    someone = make_person(db).id
    verbs: dict[tuple[str, str], Callable[[int], Any]] = {
        ("producer", "agreed"): lambda n: services.agree_return(
            db, return_id=n, refund_vnd=None, answer=answer(someone)
        ),
        ("producer", "refused"): lambda n: services.refuse_return(
            db, return_id=n, refusal="other", answer=answer(someone)
        ),
        ("producer", "more_needed"): lambda n: services.ask_more(
            db, return_id=n, answer=answer(someone)
        ),
        ("buyer", "asked"): lambda n: services.answer_more(
            db, return_id=n, said=Said("Đây"), actor_id=None, now=NOW
        ),
        ("buyer", "appealed"): lambda n: services.appeal(
            db, return_id=n, said=Said("Xem giúp"), actor_id=None, now=NOW
        ),
        ("staff", "closed"): lambda n: services.close_return(
            db, return_id=n, answer=answer(someone, "staff")
        ),
    }
    asked = make_return(db, order)
    for state in rules.STATES:
        for (side, wanted), verb in verbs.items():
            if rules.may(state, side, wanted):  # type: ignore[arg-type]
                continue
            asked.state = state
            asked.refund_vnd = 1
            db.flush()
            with pytest.raises(rules.WrongStep):
                verb(asked.id)
    asked.state = "asked"
    db.flush()


@pytest.mark.parametrize(
    ("units", "error"),
    [({}, rules.NothingChosen), ({0: 0}, rules.NothingChosen), ({0: 4}, rules.TooMany)],
)
def test_only_what_came_may_be_asked_about(db: Session, units: Any, error: Any) -> None:
    order = make_delivered(db)
    line = line_of(db, order).id
    draft = ReturnDraft({line + at: count for at, count in units.items()}, "other")
    with pytest.raises(error):
        make_return(db, order, draft=draft)
    with pytest.raises(rules.NothingChosen):
        make_return(db, order, draft=ReturnDraft({line + 999: 1}, "other"))
    with pytest.raises(Invalid):
        make_return(db, order, draft=ReturnDraft({line: 1}, "nonsense"))
    photos = tuple({"sha": "0" * 64, "width": 1, "height": 1} for _ in range(4))
    with pytest.raises(rules.TooManyPhotos):
        make_return(db, order, draft=ReturnDraft({line: 1}, "other", Said("", photos)))


def test_asking_is_in_time_once_and_by_key(db: Session) -> None:
    order = make_delivered(db)
    with pytest.raises(rules.TooLate):
        make_return(db, order, now=NOW + timedelta(days=8))
    first = make_return(db, order, submit_key="the-same-key-000001")
    again = make_return(db, order, submit_key="the-same-key-000001")
    assert first.id == again.id
    with pytest.raises(rules.AlreadyOpen):
        make_return(db, order)
    services.withdraw_return(db, return_id=first.id, actor_id=None, now=NOW)
    services.withdraw_return(db, return_id=first.id, actor_id=None, now=NOW)
    assert make_return(db, order).id != first.id


def test_units_given_back_are_not_given_back_again(db: Session) -> None:
    order = make_delivered(db)
    seller = make_person(db).id
    first = make_return(db, order, units=2)
    services.settle_return(
        db, return_id=first.id, refund_vnd=None, counts=None, answer=answer(seller)
    )
    with pytest.raises(rules.TooMany):
        make_return(db, order, units=2)
    second = make_return(db, order, units=1)
    services.settle_return(
        db, return_id=second.id, refund_vnd=None, counts=None, answer=answer(seller)
    )
    assert first.refund_vnd is not None
    assert second.refund_vnd is not None
    assert first.refund_vnd + second.refund_vnd == line_of(db, order).line_total_vnd


def test_an_old_refusal_does_not_come_alive_over_a_later_return(db: Session) -> None:
    order = make_delivered(db)
    seller = make_person(db).id
    old = make_return(db, order, units=3)
    services.refuse_return(db, return_id=old.id, refusal="other", answer=answer(seller))
    new = make_return(db, order, units=3)
    with pytest.raises((rules.AlreadyOpen, rules.TooMany)):
        services.appeal(db, return_id=old.id, said=Said("Xem"), actor_id=None, now=NOW)
    services.settle_return(
        db, return_id=new.id, refund_vnd=None, counts=None, answer=answer(seller)
    )
    with pytest.raises(rules.TooMany):
        services.agree_return(db, return_id=old.id, refund_vnd=1_000, answer=answer(seller))


@pytest.mark.parametrize("refund", [0, -1, 225_001, 2**62])
def test_no_absurd_refund(db: Session, refund: int) -> None:
    order = make_delivered(db)
    asked = make_return(db, order, units=3)
    with pytest.raises(rules.BadRefund):
        services.agree_return(
            db, return_id=asked.id, refund_vnd=refund, answer=answer(make_person(db).id)
        )


@pytest.mark.parametrize("counts", [{}, {0: (1, 0)}, {0: (3, 0)}, {0: (-1, 3)}, {0: (2, 1)}])
def test_every_unit_that_came_back_is_counted(db: Session, counts: Any) -> None:
    order = make_delivered(db)
    seller, line = make_person(db).id, line_of(db, order).id
    asked = make_return(db, order)
    services.agree_return(db, return_id=asked.id, refund_vnd=None, answer=answer(seller))
    with pytest.raises(rules.BadCount):
        services.settle_return(
            db,
            return_id=asked.id,
            refund_vnd=None,
            counts={line + at: pair for at, pair in counts.items()},
            answer=answer(seller),
        )


def test_each_side_hears_of_each_step_once(db: Session) -> None:
    buyer = make_person(db)
    order = make_delivered(db, buyer_id=buyer.id)
    owner = make_member(db, "producer", order.producer_id, "owner")
    asked = make_return(db, order)
    services.refuse_return(db, return_id=asked.id, refusal="other", answer=answer(owner.id))
    services.appeal(db, return_id=asked.id, said=Said("Xem"), actor_id=buyer.id, now=NOW)
    told = db.execute(
        select(OutboxMessage.kind, OutboxMessage.recipient).where(
            OutboxMessage.kind.startswith("returns."), OutboxMessage.channel == "inbox"
        )
    ).all()
    assert ("returns.asked", f"person:{owner.id}") in told
    assert ("returns.refused", f"person:{buyer.id}") in told
    assert ("returns.appealed", f"person:{owner.id}") in told
    assert len(told) == len(set(told))


def test_erasing_empties_the_words_and_keeps_the_steps(db: Session) -> None:
    order = make_delivered(db)
    asked = make_return(
        db,
        order,
        draft=ReturnDraft(
            {line_of(db, order).id: 1},
            "other",
            Said("Nhà tôi ở…", ({"sha": "a" * 64, "width": 1, "height": 1},)),
        ),
    )
    files: set[str] = set()
    with pytest.raises(ReturnOpen):
        services.erase_returns(None, db=db, order=order, files=files)
    services.withdraw_return(db, return_id=asked.id, actor_id=None, now=NOW)
    services.erase_returns(None, db=db, order=order, files=files)
    assert files == set(files_of("a" * 64))
    assert set(db.scalars(select(ReturnWords.text))) == {""}
    assert db.scalar(select(func.count()).where(ReturnStep.return_id == asked.id)) == 2


def test_steps_only_grow(database: Database) -> None:
    with database.transaction() as db:
        make_return(db, make_delivered(db))
    for change in ("UPDATE return_step SET kind = 'x'", "DELETE FROM return_step"):
        with database.write() as db, pytest.raises(IntegrityError, match="append-only"):
            db.execute(text(change))


@given(
    total=st.integers(0, 10**9),
    ordered=st.integers(1, 999),
    cuts=st.lists(st.integers(1, 999), max_size=6),
)
def test_shares_add_up_to_the_line(total: int, ordered: int, cuts: list[int]) -> None:
    given_back, paid = 0, 0
    for cut in [*cuts, ordered]:
        units = min(cut, ordered - given_back)
        line = Bought(1, "x", total, ordered, ordered, given_back)
        share = rules.share_vnd(line, units)
        assert share >= 0
        paid += share
        given_back += units
    assert paid == total


# Races


def test_two_answers_at_one_moment_settle_once(database: Database) -> None:
    for _round in range(4):
        with database.transaction() as db:
            order = make_delivered(db)
            seller = make_person(db).id
            asked = make_return(db, order).id

        def settle(n: int = asked, who: int = seller) -> str:
            with database.transaction() as db:
                services.settle_return(
                    db, return_id=n, refund_vnd=None, counts=None, answer=answer(who)
                )
            return "settled"

        def refuse(n: int = asked, who: int = seller) -> str:
            with database.transaction() as db:
                services.refuse_return(db, return_id=n, refusal="other", answer=answer(who))
            return "refused"

        said = at_once([settle, settle, refuse])
        assert all(isinstance(one, (str, DomainError)) for one in said), said
        with database.read() as db:
            refunds = db.scalars(select(Refund).where(Refund.order_id == order.id)).all()
            state = db.get_one(ReturnRequest, asked).state
            assert len(refunds) == (1 if "settled" in said else 0)
            assert state in {"settled", "refused"}
            assert said.count("settled") <= 1
    check(database)


def test_two_requests_at_one_moment_are_one(database: Database) -> None:
    with database.transaction() as db:
        order = make_delivered(db)

    def ask(number: int) -> Callable[[], str]:
        def work() -> str:
            with database.transaction() as db:
                found = orders.order_by_code(db, order.code)
                assert found is not None
                make_return(db, found, submit_key=f"racing-return-{number:06}")
            return "asked"

        return work

    said = at_once([ask(number) for number in range(4)])
    assert said.count("asked") == 1, said
    assert all(isinstance(one, (str, Conflict)) for one in said)
    check(database)


def test_the_invariants_see_what_they_are_for(database: Database) -> None:
    """Negative control: rows that the services would never write are found."""
    with database.transaction() as db:
        order = make_delivered(db)
        asked = make_return(db, order, units=3)
        line = db.scalars(select(ReturnLine).where(ReturnLine.return_id == asked.id)).one()
        line.restocked = 1
        asked.state, asked.refund_vnd = "settled", 1
        db.add(
            ReturnRequest(
                code="X" * 10,
                submit_key="k" * 20,
                order_id=order.id,
                producer_id=order.producer_id,
                state="asked",
                reason="other",
                asked_at=NOW,
                changed_at=NOW,
                lines=[ReturnLine(order_line_id=line_of(db, order).id, quantity=1)],
            )
        )
    broken = set()
    with database.read() as db:
        for name, query in invariants.INVARIANTS.items():
            if db.execute(text(query)).all():
                broken.add(name)
        assert db.get_one(Order, order.id)
    assert broken == {
        "returns.no_more_than_was_bought",
        "returns.state_is_the_latest_step",
        "returns.what_came_back_is_in_the_ledger",
        "returns.what_came_back_is_counted_at_its_parcel",
        "returns.settled_has_its_refund",
    }
