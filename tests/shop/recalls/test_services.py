"""A recall from the one confirmation to its end, through the real services."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from shop.catalogue.models import ProductFacets
from shop.core.db import Database
from shop.core.errors import NotAllowed, NotFound
from shop.core.outbox import OutboxMessage
from shop.notifications.jobs import deliver
from shop.notifications.models import CallTask
from shop.notifications.services import record_call
from shop.orders import services as orders
from shop.orders.models import Order
from shop.orders.rules import LotStopped
from shop.recalls import queries, rules, services
from shop.recalls.invariants import INVARIANTS
from shop.recalls.models import Recall, RecallBuyer, RecallLine, RecallLot
from shop.stock.invariants import INVARIANTS as STOCK
from shop.stock.models import StockMovement
from shop.stock.queries import levels
from shop.stock.rules import LotShort, NotBlocked, OutOfStock
from shop.traceability.models import Lot, LotEvent
from shop.traceability.queries import check_lot
from shop.traceability.rules.events import BadFact
from shop.traceability.rules.lots import AlreadyRecalled, WrongMove
from shop.traceability.services import close_lot, release_lot
from tests.conftest import NOW
from tests.factories.accounts import make_member, make_person, make_staff
from tests.factories.orders import make_order
from tests.shop.recalls.conftest import LATER, World, line_of, sign

DAY_AFTER = LATER + timedelta(days=1)


def holds(db: Session) -> None:
    """Every invariant of recalls and stock."""
    db.flush()
    for name, query in {**INVARIANTS, **STOCK}.items():
        assert db.execute(text(query)).all() == [], name


def buyers(db: Session, recall: Recall) -> list[RecallBuyer]:
    found = select(RecallBuyer).where(RecallBuyer.recall_id == recall.id).order_by(RecallBuyer.id)
    return list(db.scalars(found))


def test_one_confirmation_stops_everything(database: Database, db: Session, world: World) -> None:
    world.sell(db, 3)
    recall = world.recall(db, world.raw)
    db.commit()
    states = dict(db.execute(select(Lot.lot_no, Lot.state)).all())
    assert states["XAU-1"] == "recalled", "made from the chosen lot"
    assert states["TOT-1"] == "released"
    level = levels(db, [world.variant.id])[world.variant.id]
    assert level.available == 30, "the other lot alone"
    chosen = dict(db.execute(select(RecallLot.lot_id, RecallLot.is_chosen)).all())
    assert chosen == {world.raw.id: True, world.lot.id: False}
    for lot in (world.raw, world.lot):
        found = db.get_one(Lot, lot.id, populate_existing=True)
        assert found.state == "recalled"
        last = db.scalars(
            select(LotEvent).where(LotEvent.lot_id == lot.id).order_by(LotEvent.seq.desc())
        ).first()
        assert last is not None
        assert (last.kind, last.facts["recall"]) == ("recall", recall.code)
        assert check_lot(db, found).fault is None
    facets = db.get_one(ProductFacets, world.lot.product_id, populate_existing=True)
    assert (facets.recall_code, facets.available) == (recall.code, 30)
    holds(db)


def test_an_order_before_gets_a_notice_and_one_after_is_refused(db: Session, world: World) -> None:
    before = make_order(db, variant=world.variant, quantity=45)
    recall = world.recall(db)
    assert [buyer.order_id for buyer in buyers(db, recall)] == [before.id]
    assert not buyers(db, recall)[0].has_goods
    with pytest.raises(OutOfStock), db.begin_nested():
        make_order_without_stock(db, world)
    holds(db)


def make_order_without_stock(db: Session, world: World) -> Order:
    from shop.orders.rules import OrderDraft
    from tests.factories.orders import make_contact, make_line

    return orders.create_order(
        db,
        draft=OrderDraft(
            producer_id=world.producer.id,
            producer_name=world.producer.name,
            payment_provider="cod",
            is_prepaid=False,
            lines=(make_line(db, world.variant, 1),),
            shipping_vnd=0,
            expires_at=DAY_AFTER,
        ),
        contact=make_contact(),
        submit_key="after-the-recall",
        buyer_id=None,
        now=LATER,
    )


def test_orders_that_other_lots_cover_are_left_alone(db: Session, world: World) -> None:
    make_order(db, variant=world.variant, quantity=30)
    assert buyers(db, world.recall(db)) == []
    holds(db)


def test_units_promised_to_a_waiting_order_never_come_back(db: Session, world: World) -> None:
    order = make_order(db, variant=world.variant, quantity=45)
    world.recall(db)
    orders.cancel_order(
        db, order_id=order.id, by="seller", reason="out_of_stock", actor_id=None, now=LATER
    )
    assert levels(db, [world.variant.id])[world.variant.id].available == 30
    holds(db)


def test_nothing_of_the_lot_is_packed_or_sent_any_more(db: Session, world: World) -> None:
    packed = world.sell(db, 4, sent=False)
    waiting = make_order(db, variant=world.variant, confirmed=True, phone="0912000111")
    recall = world.recall(db)
    with pytest.raises(LotStopped):
        orders.ship(db, order_id=packed.id, carrier="", tracking_no="", actor_id=None, now=LATER)
    with pytest.raises(LotShort):
        orders.pack_order(
            db,
            order_id=waiting.id,
            picks={line_of(db, waiting): [(world.lot.id, 1)]},
            actor_id=None,
            now=LATER,
        )
    with pytest.raises(WrongMove):
        release_lot(db, lot_id=world.lot.id, actor_id=world.owner_id, now=LATER)
    with pytest.raises(WrongMove):
        close_lot(db, lot_id=world.lot.id, actor_id=world.owner_id, now=LATER)
    [buyer] = buyers(db, recall)
    assert (buyer.order_id, buyer.has_goods) == (packed.id, False)
    holds(db)


def test_a_lot_that_is_sold_out_and_closed_can_be_called_back(db: Session, world: World) -> None:
    world.sell(db, 20)
    close_lot(db, lot_id=world.lot.id, actor_id=world.owner_id, now=NOW)
    recall = world.recall(db)
    assert len(buyers(db, recall)) == 1
    holds(db)


def test_each_human_being_is_told_once(db: Session, world: World) -> None:
    person = make_person(db, phone="0912000001").id
    world.sell(db, 1, buyer_id=person, phone="0912000001")
    world.sell(db, 1, phone="0912000001")
    guest = world.sell(db, 1, phone="0912000002")
    again = world.sell(db, 2, phone="0912000002", email="khach@example.test")
    recall = world.recall(db)
    told = buyers(db, recall)
    assert [buyer.recipient.split(":")[0] for buyer in told] == ["person", "contact"]
    assert told[0].recipient == f"person:{person}"
    assert told[1].order_id in {guest.id, again.id}
    units = dict(
        db.execute(select(RecallLine.order_line_id, RecallLine.units)).all()  # type: ignore[arg-type]
    )
    assert sorted(units.values()) == [1, 1, 1, 2]
    rows = db.scalars(select(OutboxMessage).where(OutboxMessage.ref.like("recall_buyer:%"))).all()
    assert len({row.key for row in rows}) == len(rows)
    assert {row.channel for row in rows if row.recipient == told[1].recipient} == {"call"}, (
        "no mail server in tests: whom nothing is pushed to is telephoned"
    )
    holds(db)


def test_the_same_press_again_is_the_same_recall(db: Session, world: World) -> None:
    world.sell(db)
    first = world.recall(db)
    assert world.recall(db).id == first.id
    with pytest.raises(AlreadyRecalled):
        world.recall(db, key="recall-key-2")


def test_a_second_recall_tells_of_its_own_lots_alone(db: Session, world: World) -> None:
    world.sell(db, 2)
    first = world.recall(db)
    orders_before = len(buyers(db, first))
    second = world.recall(db, world.other, world.raw, key="recall-key-2", reason="Thêm lô nữa sai")
    lots = {lot.lot_no for lot, _chosen in queries.lots_of(db, second.id)}
    assert world.lot.lot_no not in lots
    assert orders_before == 1
    assert buyers(db, second) == []
    holds(db)


def test_who_may_order_a_recall(db: Session, world: World) -> None:
    member = make_member(db, "producer", world.producer.id, role="member").id
    stranger, staff = make_person(db).id, make_staff(db, "19").id
    elsewhere = make_staff(db, "01").id
    for who, refusal in ((member, NotAllowed), (stranger, NotAllowed), (elsewhere, NotFound)):
        with pytest.raises(refusal):
            services.open_recall(
                db,
                draft=world.draft(),
                actor_id=who,
                sign=sign,
                now=LATER,
                submit_key=f"key-of-{who}",
            )
    recall = services.open_recall(
        db, draft=world.draft(), actor_id=staff, sign=sign, now=LATER, submit_key="staff-key-1"
    )
    assert recall.ordered_by == "staff"


def test_a_public_reason_holds_no_telephone_number(db: Session, world: World) -> None:
    with pytest.raises(BadFact) as refusal:
        world.recall(db, reason="Gọi chị Mai 0912 345 678 để biết thêm")
    assert refusal.value.field == "reason"
    db.rollback()
    assert db.get_one(Lot, world.lot.id).state == "released"


def test_a_buyer_counts_only_with_an_outcome(database: Database, world: World) -> None:
    with database.transaction() as db:
        world.sell(db, 2, phone="0912000002")
        world.sell(db, 2, phone="0912000003")
        recall = world.recall(db)
        number, first, second = recall.id, *buyers(db, recall)
    deliver(database, LATER)
    with database.transaction() as db:
        recall = db.get_one(Recall, number)
        balances = queries.lot_balances(db, recall)
        assert queries.figures_of(db, recall, balances).reached == 0, "sent is not reached"
        tasks = db.scalars(select(CallTask).order_by(CallTask.id)).all()
        assert {task.desk_key for task in tasks} == {str(world.producer.id)}
        services.answer(db, code=first.code, outcome="stopped", now=DAY_AFTER)
        actor = owner_of(db, world)
        left = [task for task in tasks if task.ref == f"recall_buyer:{second.id}"]
        record_call(
            db,
            actor=actor,
            desk_kind="producer",
            task_id=left[0].id,
            outcome="no_answer",
            now=DAY_AFTER,
        )
        db.refresh(db.get_one(RecallBuyer, second.id))
        assert db.get_one(RecallBuyer, second.id).state == "waiting"
        record_call(
            db,
            actor=actor,
            desk_kind="producer",
            task_id=left[0].id,
            outcome="reached",
            now=DAY_AFTER,
        )
        assert db.get_one(RecallBuyer, second.id).state == "reached"
        figures = queries.figures_of(db, recall, queries.lot_balances(db, recall))
        assert (figures.reached, figures.waiting, figures.reached_percent) == (2, 0, 100)
        settled = db.scalars(
            select(CallTask.settled_at).where(CallTask.ref == f"recall_buyer:{first.id}")
        ).all()
        assert all(settled), "who answered need not be called"


def owner_of(db: Session, world: World):  # type: ignore[no-untyped-def]
    from shop.accounts.queries import actor_of_person

    return actor_of_person(db, world.owner_id)


def test_a_reminder_goes_to_those_not_reached_and_only_once_in_a_while(
    db: Session, world: World
) -> None:
    person = make_person(db, phone="0912000009").id
    world.sell(db, 1, buyer_id=person, phone="0912000009")
    world.sell(db, 1, phone="0912000008")
    recall = world.recall(db)
    first, second = buyers(db, recall)
    services.answer(db, code=second.code, outcome="used_up", now=LATER)
    with pytest.raises(rules.TooSoon):
        services.remind(db, recall_id=recall.id, sign=sign, actor_id=world.owner_id, now=LATER)
    again = services.remind(
        db, recall_id=recall.id, sign=sign, actor_id=world.owner_id, now=DAY_AFTER
    )
    assert again == 1
    rows = db.scalars(
        select(OutboxMessage.kind).where(
            OutboxMessage.ref == f"recall_buyer:{first.id}", OutboxMessage.kind != "recalls.notice"
        )
    ).all()
    assert set(rows) == {"recalls.reminder"}
    calls = db.scalars(
        select(OutboxMessage.id).where(
            OutboxMessage.ref == f"recall_buyer:{first.id}", OutboxMessage.channel == "call"
        )
    ).all()
    assert len(calls) == 1, "one call a buyer, however many rounds"


def test_goods_come_back_are_destroyed_and_the_recall_ends(db: Session, world: World) -> None:
    order = world.sell(db, 5)
    recall = world.recall(db)
    about = {"recall_id": recall.id, "actor_id": world.owner_id, "now": DAY_AFTER}
    with pytest.raises(rules.StillToDo):
        services.close_recall(db, note="Xong việc", **about)  # type: ignore[arg-type]
    line = db.scalars(select(RecallLine)).one()
    assert line.order_line_id == line_of(db, order)
    services.record_return(db, line_id=line.id, units=3, **about)  # type: ignore[arg-type]
    with pytest.raises(rules.WrongReturn):
        services.record_return(db, line_id=line.id, units=3, **about)  # type: ignore[arg-type]
    assert levels(db, [world.variant.id])[world.variant.id].available == 30, "never sold again"
    [balance] = queries.lot_balances(db, recall)
    assert (balance.sold, balance.returned, balance.held_back) == (5, 3, 18)
    with pytest.raises(NotBlocked):
        settle(db, world, recall, 19, "destroyed", "settle-key-0")
    settle(db, world, recall, 10, "destroyed", "settle-key-1")
    settle(db, world, recall, 10, "destroyed", "settle-key-1")
    settle(db, world, recall, 8, "sent_back", "settle-key-2")
    settle(db, world, recall, 8, "sent_back", "settle-key-2")
    [balance] = queries.lot_balances(db, recall)
    assert (balance.held_back, balance.destroyed, balance.sent_back) == (0, 10, 8)
    ledger = db.scalars(
        select(StockMovement.quantity).where(StockMovement.lot_id == world.lot.id)
    ).all()
    assert sum(ledger) == 0, "nothing of the lot is left in the house"
    assert db.get_one(Lot, world.lot.id, populate_existing=True).lost == 10
    holds(db)
    [buyer] = buyers(db, recall)
    services.record_outcome(db, buyer_id=buyer.id, outcome="returned", note="", **about)  # type: ignore[arg-type]
    closed = services.close_recall(db, note="Đã thu lại và tiêu hủy", **about)  # type: ignore[arg-type]
    assert closed.report is not None
    assert closed.report["reached_percent"] == 100
    assert closed.report["brought_back_percent"] == 60
    assert (
        db.get_one(ProductFacets, world.lot.product_id, populate_existing=True).recall_code is None
    )
    assert db.get_one(Lot, world.lot.id).state == "recalled", "for ever"
    with pytest.raises(rules.RecallOver):
        services.record_outcome(db, buyer_id=buyer.id, outcome="returned", note="", **about)  # type: ignore[arg-type]
    services.reopen_recall(db, note="Còn một người mua nữa", **about)  # type: ignore[arg-type]
    assert banner(db, world) == recall.code
    holds(db)


def banner(db: Session, world: World) -> str | None:
    """The recall that the product's page names."""
    facets = db.get_one(ProductFacets, world.lot.product_id, populate_existing=True)
    return facets.recall_code


def settle(db: Session, world: World, recall: Recall, units: int, way: str, key: str) -> None:
    services.settle_units(
        db,
        recall_id=recall.id,
        lot_id=world.lot.id,
        units=units,
        way=way,
        actor_id=world.owner_id,
        now=DAY_AFTER,
        submit_key=key,
    )


def test_what_staff_ordered_the_producer_does_not_close(db: Session, world: World) -> None:
    staff = make_staff(db, "19").id
    recall = services.open_recall(
        db, draft=world.draft(), actor_id=staff, sign=sign, now=LATER, submit_key="staff-key-1"
    )
    settle(db, world, recall, 20, "destroyed", "settle-key-1")
    from shop.recalls.services.closing import StaffOrdered

    with pytest.raises(StaffOrdered):
        services.close_recall(
            db, recall_id=recall.id, note="Xong việc", actor_id=world.owner_id, now=DAY_AFTER
        )
    services.close_recall(db, recall_id=recall.id, note="Xong việc", actor_id=staff, now=DAY_AFTER)


def test_a_drill_changes_nothing_and_is_kept(db: Session, world: World) -> None:
    world.sell(db, 2, phone="0912000002")
    make_order(db, variant=world.variant, quantity=40, phone="0912000003")
    before = db.scalar(select(OutboxMessage.id).order_by(OutboxMessage.id.desc()).limit(1))
    drill = services.start_drill(
        db, lot_ids=[world.raw.id], actor_id=world.owner_id, now=LATER, submit_key="drill-key-1"
    )
    same = services.start_drill(
        db, lot_ids=[world.raw.id], actor_id=world.owner_id, now=LATER, submit_key="drill-key-1"
    )
    assert same.id == drill.id
    assert drill.figures["buyers"] == 2
    assert drill.figures["by_phone"] == 2
    assert (drill.figures["sold"], drill.figures["in_stock"]) == (2, 18)
    assert db.get_one(Lot, world.lot.id, populate_existing=True).state == "released"
    assert db.scalar(select(OutboxMessage.id).order_by(OutboxMessage.id.desc()).limit(1)) == before
    done = services.finish_drill(
        db,
        drill_id=drill.id,
        counted=18,
        called=2,
        note="Mất nhiều thời gian tìm số",
        actor_id=world.owner_id,
        now=LATER + timedelta(minutes=12),
    )
    assert done.finished_at is not None
    with pytest.raises(rules.DrillOver):
        services.finish_drill(
            db, drill_id=drill.id, counted=1, called=0, note="", actor_id=world.owner_id, now=LATER
        )
    assert queries.last_drill_on(db, [world.producer.id]) is not None


def test_owners_are_reminded_of_the_drill_once_a_year(database: Database, world: World) -> None:
    from shop.recalls.jobs import remind_of_drills

    def told() -> int:
        with database.read() as db:
            kind = OutboxMessage.kind == "recalls.drill_due"
            mine = OutboxMessage.recipient == f"person:{world.owner_id}"
            where = (kind, mine, OutboxMessage.channel == "inbox")
            return len(db.scalars(select(OutboxMessage.id).where(*where)).all())

    remind_of_drills(database, LATER)
    remind_of_drills(database, DAY_AFTER)
    assert told() == 1
    with database.transaction() as db:
        about = {"actor_id": world.owner_id, "now": DAY_AFTER}
        drill = services.start_drill(db, lot_ids=[world.lot.id], submit_key="drill-key-1", **about)
        services.finish_drill(db, drill_id=drill.id, counted=20, called=0, note="", **about)
    remind_of_drills(database, DAY_AFTER + timedelta(days=300))
    assert told() == 1
    remind_of_drills(database, DAY_AFTER + timedelta(days=400))
    assert told() == 2


def test_the_preview_names_what_sells_the_lots_elsewhere(db: Session, world: World) -> None:
    from shop.catalogue.models import Product
    from shop.marketplaces.models import Listing
    from shop.traceability.slots import RECALL_TOUCHES

    product = db.get_one(Product, world.lot.product_id)
    db.add(Listing(product_id=product.id, channel="shopee", overrides={}, updated_at=NOW))
    db.flush()
    found = RECALL_TOUCHES.collect(db, [world.variant.id], LATER)
    rows = [row for group in found for row in group.rows]
    assert [(name, url) for name, _channel, url in rows] == [
        (product.name, f"/san-pham/{product.slug}")
    ]
