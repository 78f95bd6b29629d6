"""Lots and their journals, for real on both databases."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.core.errors import Conflict, DomainError, Invalid, NotFound
from shop.traceability import queries, services, signals
from shop.traceability.invariants import INVARIANTS
from shop.traceability.models import Lot, LotEvent, ScanStat, TraceCode
from shop.traceability.queries.journals import missing_leaf
from shop.traceability.rules import codes, events, journal, lots
from tests.factories.accounts import make_person
from tests.factories.catalogue import make_product, variant_of
from tests.factories.traceability import NOW, make_lot, tell_story


@pytest.fixture(autouse=True)
def always_hold(db: Session) -> Iterator[None]:
    """Whatever a test did, what must always hold does."""
    yield
    db.rollback()
    for name, query in INVARIANTS.items():
        assert db.execute(text(query)).all() == [], name


def record(db: Session, lot: Lot, **over: Any) -> LotEvent:
    values: dict[str, Any] = {
        "kind": "harvest",
        "facts": {"crop": "Củ dong riềng"},
        "actor_id": 7,
        "submit_key": f"key-{lot.head_seq}",
        "now": NOW,
    } | over
    return services.record_event(db, lot_id=lot.id, **values)


def test_a_lot_opens_with_its_code_and_an_empty_journal(db: Session) -> None:
    product = make_product(db, shelf_life_days=100)
    lot = services.open_lot(
        db,
        product_id=product.id,
        variant_id=variant_of(db, product).id,
        quantity=240,
        made_on=date(2026, 11, 20),
        lot_no=" md-2611 ",
        actor_id=1,
        now=NOW,
    )
    db.commit()
    assert codes.is_right(lot.code)
    assert (lot.lot_no, lot.state, lot.head_seq) == ("MD-2611", "open", 0)
    assert lot.best_before == date(2026, 11, 20) + timedelta(days=100)
    assert lot.head_hash == journal.genesis(lot.code)
    assert queries.lot_code(db, lot.id) == lot.code
    assert queries.get_lot(db, lot.code) is lot
    target = queries.target_of(db, lot.code)
    assert target is not None
    assert (target.lot, target.product) == (lot, product)


def test_numbers_are_proposed_in_order(db: Session) -> None:
    product = make_product(db)
    made = [
        make_lot(db, product=product, lot_no=None, made_on=date(2026, 11, 20), packed_on=None)
        for _ in range(2)
    ]
    assert [lot.lot_no for lot in made] == ["L261120-1", "L261120-2"]


def test_the_same_form_twice_opens_one_lot(db: Session) -> None:
    product = make_product(db)
    first = make_lot(db, product=product, submit_key="k", events=False)
    again = make_lot(db, product=product, submit_key="k", lot_no="OTHER", events=False)
    assert again is first
    with pytest.raises(services.UsedKey):
        make_lot(db, submit_key="k", events=False)


@pytest.mark.parametrize(
    ("over", "refusal", "field"),
    [
        ({"lot_no": "LÔ-1"}, lots.BadLotNumber, "lot_no"),
        ({"lot_no": "A" * 21}, lots.BadLotNumber, "lot_no"),
        ({"lot_no": "A B"}, lots.BadLotNumber, "lot_no"),
        ({"quantity": 0}, Invalid, "quantity"),
        ({"quantity": 2**31}, Invalid, "quantity"),
        ({"kind": "box"}, Invalid, "kind"),
        ({"made_on": date(2026, 11, 23)}, lots.BadLotDates, "made_on"),
        ({"made_on": date(1970, 1, 1)}, lots.BadLotDates, "made_on"),
        ({"packed_on": date(2026, 1, 1)}, lots.BadLotDates, "packed_on"),
        ({"packed_on": date(2027, 1, 1)}, lots.BadLotDates, "packed_on"),
        ({"made_on": date(2026, 11, 1), "best_before": date(9999, 1, 1)}, lots.BadLotDates, None),
        ({"variant_id": None}, Invalid, "variant_id"),
        ({"variant_id": 2**40}, Invalid, "variant_id"),
        ({"product_id": 2**40}, NotFound, "product_id"),
        ({"commune_code": "02185", "province_code": "01"}, Invalid, "commune_code"),
        ({"commune_code": "xxxxx", "province_code": "19"}, Invalid, "commune_code"),
    ],
)
def test_a_lot_that_cannot_be_is_refused_beside_its_field(
    db: Session, over: dict[str, Any], refusal: type[DomainError], field: str | None
) -> None:
    product = make_product(db)
    with pytest.raises(refusal) as refused:
        make_lot(db, product=product, events=False, **over)
    if field:
        assert refused.value.field == field
    assert db.scalar(select(func.count()).select_from(Lot)) == 0


def test_goods_without_lots_have_a_product_code_only(db: Session) -> None:
    product = make_product(db, is_lot_tracked=False)
    with pytest.raises(lots.NotLotTracked):
        make_lot(db, product=product)
    code = services.ensure_product_code(db, product_id=product.id, now=NOW)
    assert services.ensure_product_code(db, product_id=product.id, now=NOW) == code
    assert queries.product_code(db, product.id) == code
    target = queries.target_of(db, code)
    assert target is not None
    assert target.lot is None
    with pytest.raises(lots.UnknownProduct):
        services.ensure_product_code(db, product_id=2**40, now=NOW)


def test_two_lots_of_a_product_never_share_a_number(db: Session) -> None:
    product = make_product(db)
    make_lot(db, product=product, lot_no="A1", events=False)
    with pytest.raises(lots.LotNumberTaken) as refused:
        make_lot(db, product=product, lot_no="a1", events=False)
    assert isinstance(refused.value, Conflict)
    assert make_lot(db, lot_no="A1", events=False).lot_no == "A1"


def test_entries_follow_each_other_and_check_out(db: Session) -> None:
    lot = make_lot(db)
    db.commit()
    entries = queries.events_of(db, lot.id)
    assert [entry.kind for entry in entries] == ["harvest", "processing", "packing"]
    assert entries[0].previous_hash == journal.genesis(lot.code)
    assert entries[1].previous_hash == entries[0].hash
    assert lot.head_hash == entries[2].hash
    assert entries[1].facts["output_kg"] == "180.5"
    checked = queries.check_lot(db, lot)
    assert (checked.count, checked.fault) == (3, None)


def test_a_double_click_is_one_entry(db: Session) -> None:
    lot = make_lot(db, events=False)
    first = record(db, lot, submit_key="same")
    assert record(db, lot, submit_key="same") is first
    assert lot.head_seq == 1
    with pytest.raises(services.UsedKey):
        record(db, make_lot(db, events=False), submit_key="same")


@pytest.mark.parametrize(
    ("over", "refusal"),
    [
        ({"kind": "nothing"}, events.UnknownKind),
        ({"kind": "release"}, events.UnknownKind),
        ({"kind": "correction", "facts": {"reason": "x"}}, events.UnknownKind),
        ({"kind": "care", "facts": {"work": "water"}}, events.UnknownKind),
        ({"facts": {}}, events.MissingFact),
        ({"facts": {"crop": " \u200b "}}, events.MissingFact),
        ({"facts": {"crop": "x", "other": "y"}}, events.BadFact),
        ({"facts": {"crop": "x" * 121}}, events.BadFact),
        ({"facts": {"crop": 5}}, events.BadFact),
        ({"facts": {"crop": "Gọi 0912 345 678"}}, events.PersonalDataInside),
        ({"facts": {"crop": "Hỏi ha@vidu.vn"}}, events.PersonalDataInside),
        ({"facts": {"crop": "x", "quantity_kg": "NaN"}}, events.BadFact),
        ({"facts": {"crop": "x", "quantity_kg": "-1"}}, events.BadFact),
        ({"facts": {"crop": "x", "quantity_kg": "1e400"}}, events.BadFact),
        ({"facts": {"crop": "x", "quantity_kg": "1.23456"}}, events.BadFact),
        ({"happened_at": NOW + timedelta(hours=1)}, lots.BadMoment),
        ({"happened_at": NOW - timedelta(days=4000)}, lots.BadMoment),
        ({"attachments": ["a"] * 5}, services.TooManyPhotos),
        ({"lot_id": 2**40}, lots.UnknownLot),
    ],
)
def test_an_entry_that_cannot_be_is_refused(
    db: Session, over: dict[str, Any], refusal: type[DomainError]
) -> None:
    lot = make_lot(db, events=False)
    values: dict[str, Any] = {
        "lot_id": lot.id,
        "kind": "harvest",
        "facts": {"crop": "Củ dong"},
        "actor_id": 7,
        "submit_key": "k",
        "now": NOW,
    } | over
    with pytest.raises(refusal):
        services.record_event(db, **values)
    assert lot.head_seq == 0


def test_notes_are_sealed_not_shown(db: Session) -> None:
    lot = make_lot(db, events=False)
    note = record(db, lot, kind="note", facts={"text": "Máy sấy hỏng"}, attachments=["ab"])
    assert note.facts == {}
    assert note.inner_facts == {"text": "Máy sấy hỏng"}
    body = queries.entry_of(note, lot.code).body
    assert (body["facts"], body["attachments"]) == ({}, [])
    assert queries.check_lot(db, lot).fault is None
    note.inner_facts = {"text": "khác"}
    assert queries.entry_of(note, lot.code).is_seal_right is False
    db.expunge(note)


def test_a_correction_names_the_entry_and_leaves_it(db: Session) -> None:
    lot = make_lot(db)
    fixed = services.correct_event(
        db,
        lot_id=lot.id,
        seq=1,
        facts={"crop": "Củ dong riềng đỏ"},
        reason="Gõ nhầm giống",
        actor_id=7,
        submit_key="c",
        now=NOW,
    )
    db.commit()
    assert (fixed.kind, fixed.corrects_seq, fixed.seq) == ("correction", 1, 4)
    assert fixed.facts == {"reason": "Gõ nhầm giống", "facts": {"crop": "Củ dong riềng đỏ"}}
    assert queries.events_of(db, lot.id)[0].facts["crop"] == "Củ dong riềng"
    assert queries.check_lot(db, lot).fault is None
    for seq in (4, 99):
        with pytest.raises(services.UnknownEntry):
            services.correct_event(
                db,
                lot_id=lot.id,
                seq=seq,
                facts={"crop": "x"},
                reason="y",
                actor_id=7,
                submit_key=f"d{seq}",
                now=NOW,
            )


def test_a_journal_s_rows_cannot_be_changed_or_removed(db: Session) -> None:
    lot = make_lot(db)
    db.commit()
    for change in (
        "UPDATE lot_event SET kind = 'note'",
        "DELETE FROM lot_event",
    ):
        with pytest.raises(IntegrityError, match="append-only"):
            db.execute(text(change))
        db.rollback()
    assert queries.check_lot(db, lot).fault is None


def test_states_move_along_the_table_and_tell_others(db: Session) -> None:
    heard: list[tuple[str, str]] = []

    def listen(name: str) -> Any:
        def hear(_sender: str, *, db: Session, lot: Lot, now: datetime, actor_id: int) -> None:
            heard.append((name, lot.state))

        return hear

    ears = {name: listen(name) for name in ("released", "held", "closed")}
    signals.lot_released.connect(ears["released"])
    signals.lot_held.connect(ears["held"])
    signals.lot_closed.connect(ears["closed"])
    lot = make_lot(db, released=True)
    services.release_lot(db, lot_id=lot.id, actor_id=1, now=NOW)
    services.hold_lot(db, lot_id=lot.id, reason="Kiểm lại", actor_id=1, now=NOW)
    services.release_lot(db, lot_id=lot.id, actor_id=1, now=NOW)
    services.close_lot(db, lot_id=lot.id, actor_id=1, now=NOW)
    db.commit()
    assert heard == [
        ("released", "released"),
        ("held", "on_hold"),
        ("released", "released"),
        ("closed", "closed"),
    ]
    kinds = [event.kind for event in queries.events_of(db, lot.id)][3:]
    assert kinds == ["release", "hold", "release", "closing"]
    assert lot.state_note == "Kiểm lại"
    with pytest.raises(lots.WrongMove):
        services.release_lot(db, lot_id=lot.id, actor_id=1, now=NOW)
    with pytest.raises(lots.LotClosed):
        record(db, lot)
    assert queries.check_lot(db, lot).fault is None


def test_only_a_told_and_fresh_lot_goes_on_sale(db: Session) -> None:
    empty = make_lot(db, events=False)
    record(db, empty, kind="note", facts={"text": "chỉ ghi chú"})
    with pytest.raises(lots.NothingRecorded):
        services.release_lot(db, lot_id=empty.id, actor_id=1, now=NOW)
    old = make_lot(db, best_before=date(2026, 11, 21))
    with pytest.raises(lots.LotExpired):
        services.release_lot(db, lot_id=old.id, actor_id=1, now=NOW)
    assert (empty.state, old.state) == ("open", "open")


def test_lots_on_sale_come_first_expiring_first(db: Session) -> None:
    product = make_product(db, shelf_life_days=None)
    later = make_lot(db, product=product, released=True, best_before=date(2027, 6, 1))
    never = make_lot(db, product=product, released=True, best_before=None)
    sooner = make_lot(db, product=product, released=True, best_before=date(2026, 12, 1))
    make_lot(db, product=product)
    held = make_lot(db, product=product, released=True)
    services.hold_lot(db, lot_id=held.id, reason="x", actor_id=1, now=NOW)
    found = queries.lots_on_sale(db, product.id, today=date(2026, 11, 22))
    assert found == [sooner, later, never]
    found = queries.lots_on_sale(db, product.id, today=date(2026, 12, 2))
    assert found == [later, never]


def test_other_people_s_lots_are_not_found(db: Session) -> None:
    lot = make_lot(db)
    assert queries.own_lot(db, lot.code, [lot.producer_id]) is lot
    for theirs in ([], [lot.producer_id + 1]):
        with pytest.raises(lots.UnknownLot):
            queries.own_lot(db, lot.code, theirs)


def test_labels_are_noted_and_call_the_code_printed(db: Session) -> None:
    lot = make_lot(db)
    person = make_person(db)
    values: dict[str, Any] = {"template": "a4", "actor_id": person.id, "now": NOW}
    batch = services.make_labels(db, code=lot.code, count=24, **values)
    db.commit()
    assert (batch.count, batch.lot_id, batch.product_id) == (24, lot.id, lot.product_id)
    code = db.get_one(TraceCode, lot.code)
    assert (code.state, code.printed_at) == ("active", NOW)
    for count in (0, 1001, 2**40):
        with pytest.raises(Invalid):
            services.make_labels(db, code=lot.code, count=count, **values)
    with pytest.raises(lots.UnknownLot):
        services.make_labels(db, code="0000000000", count=1, **values)


def test_scans_are_counted_by_day_and_know_nothing_of_people(db: Session) -> None:
    lot = make_lot(db)
    for hours in (0, 1, 30):
        services.count_scan(db, code=lot.code, now=NOW + timedelta(hours=hours))
    db.commit()
    rows = db.execute(select(ScanStat.day, ScanStat.count).order_by(ScanStat.day)).all()
    assert [tuple(row) for row in rows] == [(date(2026, 11, 22), 2), (date(2026, 11, 23), 1)]
    scans = queries.scans_of(db, lot.code)
    assert (scans.total, scans.first_at) == (3, NOW)
    assert {c.name for c in ScanStat.__table__.columns} == {
        "code",
        "day",
        "count",
        "first_seen_at",
        "last_seen_at",
    }


def test_daily_roots_cover_what_moved_and_each_other(db: Session) -> None:
    first, second = make_lot(db), make_lot(db, events=False)
    db.commit()
    tomorrow = NOW + timedelta(days=1)
    made = services.publish_anchors(db, now=tomorrow)
    assert [(a.day, a.count) for a in made] == [(date(2026, 11, 22), 1)]
    assert made[0].leaves == [journal.leaf(first.code, 3, first.head_hash)]
    assert services.publish_anchors(db, now=tomorrow) == []
    tell_story(db, second, actor_id=1, now=tomorrow)
    later = services.publish_anchors(db, now=NOW + timedelta(days=3))
    assert [(a.day.day, a.count) for a in later] == [(23, 1), (24, 0)]
    assert later[0].leaves[0] == f"moc:2026-11-22:{made[0].merkle_root}"
    assert later[0].merkle_root == journal.merkle_root(later[0].leaves)
    db.commit()
    checked = queries.check_lot(db, first)
    assert (checked.fault, checked.anchors) == (None, (date(2026, 11, 22),))


def test_a_rewritten_journal_betrays_itself_against_the_anchor(db: Session) -> None:
    """Whoever owns the database could rewrite a whole chain; the published root remembers."""
    lot = make_lot(db)
    services.publish_anchors(db, now=NOW + timedelta(days=1))
    forged = make_lot(db, product=make_product(db), events=False)
    record(db, forged)
    anchor = queries.last_anchor(db)
    assert anchor is not None
    fake_leaf = journal.leaf(forged.code, 1, "0" * 64)
    assert missing_leaf(anchor, lot.code, {3: "0" * 64}) == 3
    assert fake_leaf not in anchor.leaves


def test_a_lost_tail_is_noticed(db: Session) -> None:
    lot = make_lot(db)
    db.commit()
    db.execute(update(Lot).values(head_seq=4))
    db.expire_all()
    fault = queries.check_lot(db, lot).fault
    assert fault == journal.Break(4, "head")
