"""Closing a session and settling it, on both databases; races with a control."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from livestream.clubs.services import managers_of
from livestream.results import services, wiring
from livestream.results.invariants import INVARIANTS
from livestream.results.models import GoodsNote, ResultLine, Settlement
from livestream.results.queries.settlements import lines_of, payments_of, terms_waiting
from livestream.results.queries.sheets import result_sheet
from livestream.results.rules.columns import Row
from livestream.results.rules.settling import (
    AlreadyClosed,
    NoFigures,
    NotesOpen,
    SameSide,
    Terms,
    TooManyBack,
    TooManyCharged,
    TooMuchMoney,
    WrongStep,
)
from livestream.results.services import Figures, ItemFigures
from livestream.results.services.figures import write_line
from livestream.sessions.models import LiveSession, SessionItem
from livestream.sessions.services import ItemWish, end_session, keep_time
from shop.core.db import Database
from shop.core.errors import DomainError
from shop.sheets.rules.mapping import Layout
from shop.sheets.services.previews import digest_of
from shop.stock.models import StockLevel, StockMovement, StockReservation
from shop.stock.queries import levels
from tests.factories.accounts import make_person
from tests.factories.catalogue import make_producer, make_product, variant_of
from tests.factories.livestream import EVENING, make_club, make_session
from tests.factories.stock import make_stock

wiring.declare_messages()
OVER = EVENING + timedelta(hours=1)
NONE = Figures(None, None, None, None, "")


@dataclass
class Sold:
    code: str
    item_id: int
    variant_id: int
    producer_id: int
    manager: int
    owner: int


def make_over(database: Database, *, ended: bool = True, set_aside: int = 6) -> Sold:
    """A session with one product of 20 units, set aside in part; on air, or over."""
    with database.transaction() as db:
        owner = make_person(db)
        producer = make_producer(db, owner_id=owner.id)
        variant = variant_of(db, make_product(db, producer=producer))
        make_stock(db, variant.id, 20)
        club = make_club(db)
        wish = ItemWish(variant.id, 10, None, set_aside)
        live = make_session(db, club, items=[wish], state="live")
        manager = managers_of(db, club.id)[0]
        if ended:
            end_session(db, public_id=live.public_id, actor_id=manager, now=OVER)
        item = db.scalars(select(SessionItem).where(SessionItem.session_id == live.id)).one()
        return Sold(live.public_id, item.id, variant.id, producer.id, manager, owner.id)


def session_of(db: Session, sold: Sold) -> LiveSession:
    return db.scalars(select(LiveSession).where(LiveSession.public_id == sold.code)).one()


def type_in(database: Database, sold: Sold, **figures: int) -> None:
    with database.transaction() as db:
        services.save_figures(
            db,
            live=session_of(db, sold),
            figures=NONE,
            items={sold.item_id: ItemFigures(**figures)},
            actor_id=sold.manager,
            now=OVER,
        )


def close(database: Database, sold: Sold) -> None:
    with database.transaction() as db:
        services.close_result(
            db, public_id=sold.code, takes_stock=True, actor_id=sold.manager, now=OVER
        )


def agree_on(database: Database, sold: Sold, terms: Terms) -> None:
    with database.transaction() as db:
        live = session_of(db, sold)
        services.set_terms(
            db, live=live, item_id=sold.item_id, terms=terms, actor_id=sold.manager, now=OVER
        )


def test_terms_that_nobody_agreed_to_are_marked(database: Database) -> None:
    sold = make_over(database)
    with database.read() as db:
        assert terms_waiting(db, session_of(db, sold).id) == []
    agree_on_values = Terms("club", "club", 40_000, 0, "club")
    with database.transaction() as db:
        services.set_terms(
            db,
            live=session_of(db, sold),
            item_id=sold.item_id,
            terms=agree_on_values,
            actor_id=sold.manager,
            now=OVER,
        )
        assert [row[0] for row in terms_waiting(db, session_of(db, sold).id)] == ["A1"]


def the_settlement(db: Session) -> Settlement:
    return db.scalars(select(Settlement)).one()


def broken(database: Database) -> list[str]:
    with database.read() as db:
        return [name for name, query in INVARIANTS.items() if db.execute(text(query)).all()]


def at_once(jobs: list[Callable[[], None]]) -> list[Exception]:
    refused: list[Exception] = []
    shot = threading.Barrier(len(jobs))

    def run(job: Callable[[], None]) -> None:
        shot.wait()
        try:
            job()
        except DomainError as error:
            refused.append(error)

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    return refused


CLUB_SELLS = Terms("club", "club", 50_000, 250, "producer")


def test_from_figures_to_settled(database: Database) -> None:
    sold = make_over(database)
    agree_on(database, sold, CLUB_SELLS)
    with pytest.raises(NoFigures):
        close(database, sold)
    type_in(database, sold, units=5, returned=1, gross_vnd=300_000, platform_vnd=9_000)
    close(database, sold)
    with database.read() as db:
        settlement = the_settlement(db)
        (line,) = lines_of(db, settlement.id)
        assert (line.goods_vnd, line.fee_vnd, line.platform_share_vnd) == (200_000, 5_000, -9_000)
        assert (settlement.state, settlement.owed_vnd) == ("issued", 186_000)
        level = levels(db, [sold.variant_id])[sold.variant_id]
        assert (level.on_hand, level.available) == (16, 16), "four stayed sold, the rest is free"
    with pytest.raises(AlreadyClosed):
        type_in(database, sold, units=9, gross_vnd=1)

    def step(verb: Callable[..., object], **more: object) -> object:
        with database.transaction() as db:
            settlement = the_settlement(db)
            live = session_of(db, sold)
            if "payment" in more:
                more["payment"] = payments_of(db, settlement.id)[-1].payment
            return verb(db, settlement=settlement, live=live, now=OVER, **more)

    def pay(amount: int, key: str) -> object:
        return step(
            services.send_payment,
            side="club",
            amount_vnd=amount,
            paid_on=date(2026, 11, 28),
            reference="FT1",
            submit_key=key,
            actor_id=sold.manager,
        )

    with pytest.raises(WrongStep):
        pay(1_000, "too-early")
    step(services.dispute_settlement, reason="Bán 6 chứ không phải 5", actor_id=sold.owner)
    type_in(database, sold, units=6, returned=1, gross_vnd=360_000, platform_vnd=9_000)
    step(services.revise_settlement, actor_id=sold.manager)
    with database.read() as db:
        assert (the_settlement(db).owed_vnd, the_settlement(db).revision) == (234_750, 2)
    step(services.agree_settlement, actor_id=sold.owner)
    with pytest.raises(TooMuchMoney):
        pay(234_751, "too-much")
    pay(200_000, "first-key")
    pay(200_000, "first-key")
    with pytest.raises(SameSide):
        step(
            services.answer_payment,
            payment=None,
            has_come=True,
            reason="",
            actor_id=sold.manager,
        )
    answer = {"payment": None, "actor_id": sold.owner}
    step(services.answer_payment, has_come=False, reason="Chưa thấy", **answer)
    pay(234_750, "second-key")
    step(services.answer_payment, has_come=True, reason="", **answer)
    with database.read() as db:
        settlement = the_settlement(db)
        assert (settlement.state, settlement.paid_vnd) == ("settled", 234_750)
    assert broken(database) == []


def test_a_non_profit_club_with_the_producers_own_shop_owes_nothing(database: Database) -> None:
    sold = make_over(database)
    type_in(database, sold, units=3, gross_vnd=195_000)
    close(database, sold)
    with database.read() as db:
        assert the_settlement(db).owed_vnd == 0
    with database.transaction() as db:
        services.agree_settlement(
            db,
            settlement=the_settlement(db),
            live=session_of(db, sold),
            actor_id=sold.owner,
            now=OVER,
        )
        assert the_settlement(db).state == "settled"


def test_goods_are_signed_by_two_sides(database: Database) -> None:
    sold = make_over(database)
    agree_on(database, sold, CLUB_SELLS)

    def write(kind: str, units: int, key: str) -> GoodsNote:
        with database.transaction() as db:
            return services.write_note(
                db,
                live=session_of(db, sold),
                producer_id=sold.producer_id,
                kind=kind,
                units={sold.item_id: units},
                side="club",
                remark="",
                submit_key=key,
                actor_id=sold.manager,
                now=OVER,
            )

    def sign(note: GoodsNote, actor: int, side: str = "producer") -> None:
        with database.transaction() as db:
            services.answer_note(
                db,
                note=db.get_one(GoodsNote, note.id),
                live=session_of(db, sold),
                side=side,
                is_right=True,
                reason="",
                actor_id=actor,
                now=OVER,
            )

    given = write("given", 6, "given-key")
    assert write("given", 6, "given-key").id == given.id
    with pytest.raises(SameSide):
        sign(given, sold.manager)
    type_in(database, sold, units=3, gross_vnd=150_000)
    with pytest.raises(NotesOpen):
        close(database, sold)
    sign(given, sold.owner)
    with pytest.raises(TooManyBack):
        write("returned", 7, "too-many")
    notes = [write("returned", 2, "back-1"), write("returned", 5, "back-2")]
    sign(notes[0], sold.owner)
    with pytest.raises(TooManyBack):
        sign(notes[1], sold.owner)
    with database.transaction() as db:
        services.withdraw_note(
            db,
            note=db.get_one(GoodsNote, notes[1].id),
            live=session_of(db, sold),
            side="club",
            actor_id=sold.manager,
            now=OVER,
        )
    type_in(database, sold, units=3, gross_vnd=150_000, charged=2)
    with pytest.raises(TooManyCharged):
        close(database, sold)
    type_in(database, sold, units=3, gross_vnd=150_000, charged=1)
    close(database, sold)
    with database.read() as db:
        (line,) = lines_of(db, the_settlement(db).id)
        assert (line.missing_vnd, line.owed_vnd) == (50_000, 150_000 + 50_000 - 3_750)
    assert broken(database) == []


def test_a_file_counts_each_row_once(database: Database) -> None:
    sold = make_over(database)

    def take(content: bytes, units: int) -> int:
        figures = dict.fromkeys(("clicks", "orders", "returned", "platform"), None)
        row = Row(2, "A1", "row-one", {**figures, "units": units, "gross": units * 60_000})
        with database.transaction() as db:
            live = session_of(db, sold)
            layout = Layout(0, {"product": 0, "units": 1})
            file = services.take_file(
                db,
                live=live,
                file_name="a.csv",
                content=content,
                cells_name="x",
                layout=layout,
                actor_id=sold.manager,
                now=OVER,
            )
            if file.state == "recorded":
                return 0
            return services.record_import(
                db,
                live=live,
                row=file,
                rows=[row],
                items={2: sold.item_id},
                digest=digest_of(file),
                actor_id=sold.manager,
                now=OVER,
            )

    assert (take(b"one", 4), take(b"one", 4), take(b"two", 5)) == (1, 0, 1)
    with database.read() as db:
        (row,) = result_sheet(db, session_of(db, sold)).items
        assert row.channel.units == 5, "the later file's row stands instead of the earlier one's"
    type_in(database, sold, units=6, gross_vnd=360_000)
    with database.read() as db:
        (row,) = result_sheet(db, session_of(db, sold)).items
        assert row.channel.units == 6, "a typed figure stands instead of the file's"


def test_many_close_at_once_and_stock_comes_back_once(database: Database) -> None:
    sold = make_over(database, ended=False)
    late = OVER + timedelta(hours=2)

    def end() -> None:
        with database.transaction() as db:
            end_session(db, public_id=sold.code, actor_id=sold.manager, now=late)

    def tick() -> None:
        with database.transaction() as db:
            keep_time(db, public_id=sold.code, now=late)

    at_once([end, tick, end, tick])
    type_in(database, sold, units=4, gross_vnd=240_000)
    refused = at_once([lambda: close(database, sold) for _ in range(5)])
    assert len(refused) == 4
    assert all(isinstance(error, AlreadyClosed) for error in refused)
    with database.read() as db:
        level = db.get_one(StockLevel, sold.variant_id)
        assert (level.on_hand, level.reserved) == (16, 0)
        sales = select(StockMovement).where(StockMovement.reason == "sale_elsewhere")
        assert len(db.scalars(sales).all()) == 1
    assert broken(database) == []


@pytest.mark.control
def test_a_release_that_reads_first_gives_back_twice(database: Database) -> None:
    """The control: read what is held, then write, as a careless release would."""
    sold = make_over(database, ended=False)
    with database.transaction() as db:  # somebody else's units, or the CHECK would refuse
        db.execute(
            update(StockLevel)
            .where(StockLevel.variant_id == sold.variant_id)
            .values(reserved=StockLevel.reserved + 10)
        )
    seen = threading.Barrier(2)

    def careless() -> None:
        with database.read() as db:
            held = db.scalars(
                select(StockReservation).where(StockReservation.state == "held")
            ).one()
            quantity = held.quantity
        seen.wait()
        with database.transaction() as db:
            db.execute(update(StockReservation).values(state="released"))
            db.execute(
                update(StockLevel)
                .where(StockLevel.variant_id == sold.variant_id)
                .values(reserved=StockLevel.reserved - quantity)
            )

    at_once([careless, careless])
    with database.read() as db:
        assert db.get_one(StockLevel, sold.variant_id).reserved == 10 - 6


def test_two_payments_at_once_never_tell_more_than_is_owed(database: Database) -> None:
    sold = make_over(database)
    agree_on(database, sold, CLUB_SELLS)
    type_in(database, sold, units=2, gross_vnd=120_000)
    close(database, sold)
    with database.transaction() as db:
        live = session_of(db, sold)
        services.agree_settlement(
            db, settlement=the_settlement(db), live=live, actor_id=sold.owner, now=OVER
        )

    def pay(key: str) -> Callable[[], None]:
        def job() -> None:
            with database.transaction() as db:
                services.send_payment(
                    db,
                    settlement=the_settlement(db),
                    live=session_of(db, sold),
                    side="club",
                    amount_vnd=60_000,
                    paid_on=date(2026, 11, 28),
                    reference="",
                    submit_key=key,
                    actor_id=sold.manager,
                    now=OVER,
                )

        return job

    refused = at_once([pay(f"key-{number}-x") for number in range(4)])
    assert len(refused) == 3
    with database.read() as db:
        assert the_settlement(db).sent_vnd == 60_000
        assert len(payments_of(db, the_settlement(db).id)) == 1
    assert broken(database) == []


def test_lines_have_one_row_per_key(database: Database) -> None:
    sold = make_over(database)
    with database.transaction() as db:
        live = session_of(db, sold)
        for units in (1, 2):
            write_line(
                db,
                session_id=live.id,
                item_id=sold.item_id,
                source="file",
                row_key="file:x",
                units=units,
                returned=0,
                gross_vnd=units,
                returned_vnd=0,
                platform_vnd=0,
            )
        assert [row.units for row in db.scalars(select(ResultLine))] == [2]
