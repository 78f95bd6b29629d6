"""Carriers' settlements: looked at, booked once, differences closed; nobody else's parcels."""

import io
import threading
from typing import Any

import pytest
import xlsxwriter
from flask.testing import FlaskClient
from sqlalchemy import event, func, select, text
from sqlalchemy.exc import IntegrityError

from shop.core.db import Database
from shop.payments.models import PaymentTxn, Refund
from shop.payments.services import confirm_receipt
from shop.shipping import services
from shop.shipping.invariants import INVARIANTS
from shop.shipping.models import CodSettlement, CodSettlementLine
from shop.shipping.queries.settlements import figures, judge_rows
from shop.shipping.rules.settlement import LineMoved, Row
from tests.conftest import csrf
from tests.factories.accounts import make_person
from tests.factories.catalogue import make_producer
from tests.shop.shipping.conftest import NOW, Desk

HEAD = "Mã vận đơn,Tiền thu hộ,Phí,Thực nhận\n"


def ledger(database: Database) -> list[tuple[str, int]]:
    with database.read() as db:
        rows = db.execute(
            select(PaymentTxn.provider, PaymentTxn.amount_vnd).order_by(PaymentTxn.id)
        )
        return [(row[0], row[1]) for row in rows]


def line(database: Database, tracking_no: str) -> CodSettlementLine:
    with database.read() as db:
        return db.scalars(
            select(CodSettlementLine).where(CodSettlementLine.tracking_no == tracking_no)
        ).one()


def test_a_settlement_pays_the_orders_once(desk: Desk) -> None:
    first, second = desk.sent("GHN001"), desk.sent("ghn 002")
    answer = desk.upload(
        HEAD + "GHN001,95.000,22.000,73.000\nGHN002,95.000,22.000,73.000\nTổng cộng,,,\n"
    )
    page = desk.page(answer.location)
    assert page.count('data-stand="new"') == 2
    assert ledger(desk.database) == []  # looking books nothing
    assert desk.post(f"{answer.location}/ghi").status_code == 303
    desk.work()
    assert ledger(desk.database) == [("cod", 95_000), ("cod", 95_000)]
    for order in (first, second):
        assert desk.order(order).payment_state == "paid"
    done = desk.page(answer.location)
    assert 'data-line="GHN001" data-difference="0"' in done
    overview = desk.page("/ban-hang/doi-soat-cod")
    assert "190.000" in overview
    assert "44.000" in overview
    # the same file, pressed again or given again
    assert desk.post(f"{answer.location}/ghi").status_code == 409
    again = desk.upload(
        HEAD + "GHN001,95.000,22.000,73.000\nGHN002,95.000,22.000,73.000\nTổng cộng,,,\n"
    )
    assert again.status_code == 409
    desk.work()
    assert len(ledger(desk.database)) == 2


def test_the_same_row_in_another_file_changes_nothing(desk: Desk) -> None:
    desk.sent("GHN001")
    desk.book(HEAD + "GHN001,95.000,22.000,73.000\n")
    page = desk.book(HEAD + "\nGHN001,95.000,22.000,73.000\n")
    assert len(ledger(desk.database)) == 1
    assert "Đã ghi trước đây" in desk.page(page)
    page = desk.book(HEAD + "GHN001,95.000,0,95.000\n")
    assert "Đã ghi với số khác" in desk.page(page)
    assert line(desk.database, "GHN001").fee_vnd == 22_000
    assert len(ledger(desk.database)) == 1


def test_a_short_payment_stays_open_until_it_is_told_why(desk: Desk) -> None:
    order = desk.sent("GHN001")
    desk.book("Mã vận đơn,Thực nhận\nGHN001,73.000\n")
    assert ledger(desk.database) == [("cod", 73_000)]
    assert desk.order(order).payment_state == "partial"
    page = desk.page("/ban-hang/doi-soat-cod/chenh-lech")
    assert 'data-difference="22000"' in page
    assert "Chênh lệch COD cần xử lý" in desk.page("/ban-hang")
    one = line(desk.database, "GHN001")
    act = f"/ban-hang/doi-soat-cod/dong/{one.id}"
    assert desk.post(act, {"kind": "fee", "amount": "22.001", "steps": 1}).status_code == 422
    assert desk.post(act, {"kind": "fee", "amount": "12.000", "steps": 1}).status_code == 303
    # a second click on the same form
    assert desk.post(act, {"kind": "fee", "amount": "10.000", "steps": 1}).status_code == 409
    assert ledger(desk.database) == [("cod", 73_000), ("cod", 12_000)]
    assert desk.post(act, {"kind": "written_off", "amount": "", "steps": 2}).status_code == 303
    assert desk.order(order).payment_state == "partial"  # what is given up is not the buyer's money
    closed = line(desk.database, "GHN001")
    assert (closed.fee_vnd, closed.written_off_vnd, closed.difference_vnd) == (12_000, 10_000, 0)
    assert desk.post(act, {"kind": "fee", "amount": "", "steps": 3}).status_code == 409
    assert "data-difference" not in desk.page("/ban-hang/doi-soat-cod/chenh-lech")


def test_more_than_expected_is_no_buyers_money(desk: Desk) -> None:
    order = desk.sent("GHN001")
    desk.book(HEAD + "GHN001,,0,100.000\n")
    assert ledger(desk.database) == [("cod", 95_000)]
    assert desk.order(order).payment_state == "paid"
    one = line(desk.database, "GHN001")
    assert one.difference_vnd == -5_000
    act = f"/ban-hang/doi-soat-cod/dong/{one.id}"
    assert desk.post(act, {"kind": "fee", "amount": "5000", "steps": 1}).status_code == 422
    assert desk.post(act, {"kind": "written_off", "steps": 1}).status_code == 303
    assert line(desk.database, "GHN001").written_off_vnd == -5_000
    assert len(ledger(desk.database)) == 1
    with desk.database.read() as db:
        assert db.scalars(select(Refund)).all() == []


def test_money_the_producer_wrote_down_by_hand_does_not_count_twice(desk: Desk) -> None:
    order = desk.sent("GHN001")
    with desk.database.transaction() as db:
        confirm_receipt(db, order_id=order.id, actor_id=desk.owner_id, now=NOW, submit_key="k" * 20)
    desk.book(HEAD + "GHN001,95.000,22.000,73.000\n")
    assert ledger(desk.database) == [("cod", 95_000)]
    one = line(desk.database, "GHN001")
    assert (one.posted_vnd, one.difference_vnd) == (0, 0)
    assert desk.order(order).payment_state == "paid"


def test_a_returned_parcel_collects_nothing_but_costs_a_fee(desk: Desk) -> None:
    order = desk.sent("GHN001")
    with desk.database.transaction() as db:
        db.execute(text("UPDATE shipment SET state = 'returned'"))
    desk.book(HEAD + "GHN001,0,-20.000,-20.000\n")
    one = line(desk.database, "GHN001")
    assert (one.expected_vnd, one.remitted_vnd, one.fee_vnd, one.difference_vnd) == (
        *(0, -20_000, 20_000, 0),
    )
    assert ledger(desk.database) == []
    assert desk.order(order).payment_state == "unpaid"


def test_an_unknown_number_waits_and_is_matched_later(desk: Desk) -> None:
    order = desk.sent("")
    desk.book(HEAD + "GHN777,95.000,22.000,73.000\n")
    assert ledger(desk.database) == []
    one = line(desk.database, "GHN777")
    assert one.difference_vnd == -95_000
    act = f"/ban-hang/doi-soat-cod/dong/{one.id}/khop"
    assert desk.post(act, {"steps": 1}).status_code == 409
    with desk.database.transaction() as db:
        db.execute(text("UPDATE shipment SET tracking_no = 'ghn777'"))
    assert desk.post(act, {"steps": 1}).status_code == 303
    assert desk.post(act, {"steps": 1}).status_code == 409
    assert ledger(desk.database) == [("cod", 95_000)]
    assert desk.order(order).payment_state == "paid"
    assert line(desk.database, "GHN777").difference_vnd == 0


def test_two_parcels_with_one_number_are_for_a_person(desk: Desk) -> None:
    desk.sent("GHN001"), desk.sent("GHN001")
    page = desk.book(HEAD + "GHN001,95.000,22.000,73.000\n")
    assert "Nhiều kiện cùng mã" in desk.page(page)
    assert ledger(desk.database) == []


def test_our_own_order_code_names_the_parcel_too(desk: Desk) -> None:
    order = desk.sent("")
    desk.book(f"Client order code,Tiền thu hộ,Phí\n{order.code},95000,22000\n")
    assert ledger(desk.database) == [("cod", 95_000)]
    assert line(desk.database, order.code).shipment_id == desk.parcel(order).id


def test_columns_are_chosen_by_a_person(desk: Desk) -> None:
    desk.sent("GHN001")
    page = desk.upload("a,b,c\nGHN001,95000,22000\n").location
    assert desk.post(f"{page}/ghi").status_code == 422
    chosen = {"col_tracking": 1, "col_cod": 2, "col_fee": 3, "header": 1}
    for wrong in (
        {},
        {"col_tracking": 1},
        {"col_tracking": 1, "col_cod": 1},
        {"col_tracking": 1, "col_cod": 99},
        {"col_tracking": "x", "col_cod": 2},
        {"col_tracking": "9" * 30, "col_cod": 2},
        {"col_tracking": "\x00", "col_cod": 2},
    ):
        assert desk.post(f"{page}/cot", wrong).status_code == 422, wrong
    assert desk.post(f"{page}/cot", chosen).status_code == 303
    assert 'data-stand="new"' in desk.page(page)
    assert desk.post(f"{page}/ghi").status_code == 303
    assert desk.post(f"{page}/cot", chosen).status_code == 409
    assert desk.post(f"{page}/bo").status_code == 409
    desk.work()
    assert ledger(desk.database) == [("cod", 95_000)]


def test_a_dropped_file_may_be_given_again(desk: Desk) -> None:
    desk.sent("GHN001")
    content = HEAD + "GHN001,95.000,22.000,73.000\n"
    page = desk.upload(content).location
    assert desk.post(f"{page}/bo").status_code == 303
    assert desk.post(f"{page}/ghi").status_code == 409
    desk.book(content)
    assert len(ledger(desk.database)) == 1


def test_two_drafts_of_one_file_are_booked_once(desk: Desk) -> None:
    desk.sent("GHN001")
    content = HEAD + "GHN001,95.000,22.000,73.000\n"
    first, second = desk.upload(content).location, desk.upload(content).location
    assert first != second
    assert desk.post(f"{first}/ghi").status_code == 303
    assert desk.post(f"{second}/ghi").status_code == 409
    desk.work()
    assert len(ledger(desk.database)) == 1


def test_a_second_click_gives_the_same_file(desk: Desk) -> None:
    first = desk.upload(HEAD + "x,1,1,1\n", submit_key="the-same-key-000001")
    second = desk.upload(HEAD + "x,1,1,1\n", submit_key="the-same-key-000001")
    assert first.location == second.location


def test_workbooks_are_read_too(desk: Desk) -> None:
    desk.sent("GHN001")
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for row, cells in enumerate(
            (["Đối soát"], ["Mã vận đơn", "COD", "Phí"], ["GHN001", 95_000, 22_000])
        ):
            sheet.write_row(row, 0, cells)
    desk.book(out.getvalue(), name="doi-soat.xlsx")
    assert ledger(desk.database) == [("cod", 95_000)]


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "a.csv"),
        (b"   ", "a.csv"),
        (b"%PDF-1.4", "a.pdf"),
        (b"PK\x03\x04broken", "a.xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 99, "a.xls"),
        (b"a,b\n" * 6000, "a.csv"),
        (b"\x00\x01\x02", "a.exe"),
    ],
)
def test_what_is_no_sheet_is_refused(desk: Desk, content: bytes, name: str) -> None:
    answer = desk.upload(content, name)
    assert answer.status_code == 422
    with desk.database.read() as db:
        assert db.scalar(select(func.count()).select_from(CodSettlement)) == 0


def test_hostile_forms_do_nothing(desk: Desk) -> None:
    desk.sent("GHN001")
    for over in (
        {"carrier": "nobody"},
        {"carrier": ""},
        {"submit_key": "short"},
        {"submit_key": "x" * 70},
        {"submit_key": "\x00" * 20},
    ):
        assert desk.upload(HEAD + "GHN001,1,1,1\n", **over).status_code == 422, over
    assert desk.upload(HEAD + "GHN001,1\x00,1,1\n" + "y" * 9).status_code in {303, 422}
    desk.book("Mã vận đơn,Thực nhận\nGHN001,73.000\n")
    act = f"/ban-hang/doi-soat-cod/dong/{line(desk.database, 'GHN001').id}"
    for data in (
        {"kind": "x", "amount": "1", "steps": 1},
        {"kind": "fee", "amount": "-5", "steps": 1},
        {"kind": "fee", "amount": "1.5", "steps": 1},
        {"kind": "fee", "amount": "9" * 40, "steps": 1},
        {"kind": "fee", "amount": "1", "steps": "9" * 12},
        {"kind": "fee", "amount": "1"},
        {},
    ):
        assert desk.post(act, data).status_code in {409, 422}, data
    assert desk.post("/ban-hang/doi-soat-cod/dong/99999999999999", {}).status_code == 404
    for path in ("/ban-hang/doi-soat-cod/%00", "/ban-hang/doi-soat-cod/" + "A" * 500):
        assert desk.client.get(path).status_code == 404
    assert line(desk.database, "GHN001").difference_vnd == 22_000


def test_formulas_and_marks_in_a_file_stay_words(desk: Desk) -> None:
    page = desk.book(
        HEAD + '"=HYPERLINK(""http://x"")",1.000,0,1.000\n<script>alert(1)</script>,1,0,1\n'
    )
    shown = desk.page(page)
    assert "<script>alert" not in shown


def test_nobody_settles_other_peoples_parcels(desk: Desk, database: Database) -> None:
    with database.transaction() as db:
        other = make_producer(db, name="HTX Khác")
    theirs = desk.sent("GHN999", producer=other)
    page = desk.upload(HEAD + "GHN999,95.000,22.000,73.000\n").location
    assert 'data-stand="unmatched"' in desk.page(page)
    assert theirs.code not in desk.page(page)
    assert desk.post(f"{page}/ghi").status_code == 303
    desk.work()
    assert ledger(database) == []
    # their own settlement is not in the way of this one
    with database.transaction() as db:
        judged = judge_rows(
            db,
            producer_id=other.id,
            carrier="ghn",
            rows=[Row(2, "GHN999", "", 73_000, 22_000)],
        )
    assert [one.stand for one in judged] == ["new"]
    with database.transaction() as db:
        person = make_person(db, email="other@shipping.test")
        make_producer(db, owner_id=person.id, name="HTX Thứ Ba")
    stranger: FlaskClient = desk.app.test_client()
    token = csrf(stranger)
    headers = {"Sec-Fetch-Site": "same-origin"}
    stranger.post(
        "/dang-nhap",
        data={"csrf_token": token, "login": "other@shipping.test", "password": "chophien-demo"},
        headers=headers,
    )
    one = line(database, "GHN999")
    assert stranger.get(page).status_code == 404
    assert f'data-line="{one.tracking_no}"' not in stranger.get(
        "/ban-hang/doi-soat-cod/chenh-lech"
    ).get_data(as_text=True)
    token = csrf(stranger, "/ban-hang/doi-soat-cod")
    for path in (f"{page}/ghi", f"{page}/bo", f"/ban-hang/doi-soat-cod/dong/{one.id}"):
        data = {"csrf_token": token, "kind": "written_off", "steps": 1}
        assert stranger.post(path, data=data, headers=headers).status_code == 404, path
    assert stranger.get(f"/ban-hang/doi-soat-cod?co_so={'htx-cua-toi'}").status_code == 404


def test_one_line_for_a_parcel_and_a_number(desk: Desk) -> None:
    desk.sent("GHN001")
    desk.book(HEAD + "GHN001,95.000,22.000,73.000\n")
    one = line(desk.database, "GHN001")
    values: dict[str, Any] = {
        "settlement_id": one.settlement_id,
        "producer_id": one.producer_id,
        "carrier": "ghn",
        "row_number": 9,
        "expected_vnd": 0,
        "remitted_vnd": 0,
        "fee_vnd": 0,
        "difference_vnd": 0,
    }
    for over in (
        {"tracking_no": "GHN001"},
        {"tracking_no": "ELSE", "shipment_id": one.shipment_id, "order_id": one.order_id},
        {"tracking_no": "ODD", "expected_vnd": 5},
    ):
        with pytest.raises(IntegrityError), desk.database.transaction() as db:
            db.add(CodSettlementLine(**(values | over)))


@pytest.mark.control
@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE cod_settlement_line SET posted_vnd = posted_vnd + 1",
        "UPDATE cod_settlement_line SET steps = 7",
    ],
)
def test_invariants_see_harm(desk: Desk, harm: str) -> None:
    """The negative control: a ledger that disagrees is found."""
    desk.sent("GHN001")
    desk.book(HEAD + "GHN001,95.000,22.000,73.000\n")
    with desk.database.write() as db:
        db.execute(text(harm))
        found = [name for name, query in INVARIANTS.items() if db.execute(text(query)).all()]
        db.rollback()
    assert found


def test_two_workers_book_a_file_once(desk: Desk) -> None:
    """The same file's rows booked by two at the same time, over and over."""
    orders = [desk.sent(f"GHN{n:03}") for n in range(4)]
    rows = "".join(f"GHN{n:03},95.000,22.000,73.000\n" for n in range(4))
    page = desk.upload(HEAD + rows).location
    assert desk.post(f"{page}/ghi").status_code == 303
    with desk.database.read() as db:
        settlement = db.scalars(select(CodSettlement)).one()
    wanted = [Row(n + 2, f"GHN{n:03}", "", 73_000, 22_000) for n in range(4)]
    barrier, faults = threading.Barrier(3), []

    def work(order: int) -> None:
        barrier.wait()
        try:
            for _again in range(2):
                with desk.database.transaction() as db:
                    services.book_chunk(
                        db,
                        settlement=settlement,
                        rows=wanted if order % 2 else wanted[::-1],
                        actor_id=desk.owner_id,
                        now=NOW,
                    )
        except Exception as fault:  # noqa: BLE001
            faults.append(fault)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert ledger(desk.database) == [("cod", 95_000)] * 4
    assert {desk.order(order).payment_state for order in orders} == {"paid"}
    desk.work()
    with desk.database.read() as db:
        assert figures(db, desk.producer_id).open_lines == 0


def test_two_people_close_one_difference_once(desk: Desk) -> None:
    desk.sent("GHN001")
    desk.book("Mã vận đơn,Thực nhận\nGHN001,73.000\n")
    one = line(desk.database, "GHN001")
    barrier, outcomes = threading.Barrier(3), []

    def work() -> None:
        barrier.wait()
        try:
            with desk.database.transaction() as db:
                services.close_difference(
                    db,
                    line_id=one.id,
                    seen_steps=1,
                    kind="fee",
                    amount_vnd=22_000,
                    actor_id=desk.owner_id,
                    now=NOW,
                )
            outcomes.append("done")
        except LineMoved:
            outcomes.append("moved")

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["done", "moved", "moved"]
    assert ledger(desk.database) == [("cod", 73_000), ("cod", 22_000)]


def test_a_partial_shipment_settles_parcel_by_parcel(desk: Desk) -> None:
    order = desk.sent("GHN001", quantity=2, parts=1)  # 160,000 in all: 80,000 with each
    desk.rest_sent(order, "GHN002")
    desk.book(HEAD + "GHN002,80.000,22.000,58.000\n")
    assert desk.order(order).payment_state == "partial"
    desk.book(HEAD + "GHN001,80.000,22.000,58.000\n")
    assert desk.order(order).payment_state == "paid"
    assert ledger(desk.database) == [("cod", 80_000), ("cod", 80_000)]
    assert line(desk.database, "GHN002").difference_vnd == 0


def test_a_deposit_lowers_what_the_carrier_was_to_collect(desk: Desk) -> None:
    order = desk.sent("GHN001", deposit_vnd=30_000)
    desk.book(HEAD + "GHN001,65.000,22.000,43.000\n")
    assert line(desk.database, "GHN001").expected_vnd == 65_000
    assert line(desk.database, "GHN001").difference_vnd == 0
    assert desk.order(order).payment_state == "paid"


def test_looking_at_many_rows_costs_the_same_as_at_one(desk: Desk) -> None:
    for number in range(8):
        desk.sent(f"GHN{number:03}")

    def statements(count: int) -> int:
        counted: list[str] = []
        with desk.database.read() as db:
            event.listen(db.get_bind(), "before_cursor_execute", lambda *a: counted.append(a[2]))
            rows = [Row(n, f"GHN{n:03}", "", 73_000, 22_000) for n in range(count)]
            judged = judge_rows(db, producer_id=desk.producer_id, carrier="ghn", rows=rows)
            assert {one.stand for one in judged} == {"new"}
        return len(counted)

    assert statements(1) == statements(8)
