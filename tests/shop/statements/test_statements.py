"""Bank statements: columns guessed, rows foreseen and recorded once, private rows not kept."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.core import clock
from shop.core.db import Database
from shop.core.text import random_code
from shop.orders.models import Order
from shop.payments import queries as payments
from shop.payments import services as money
from shop.payments.models import PayeeAccount, PaymentAttempt, PaymentTxn, PaymentTxnDetail
from shop.payments.rules import Money
from shop.sheets.rules.mapping import Layout, PreviewChanged
from shop.sheets.services import previews
from shop.statements import queries, services
from shop.statements.models import StatementImport
from shop.statements.rules import (
    Line,
    NoColumns,
    NoLines,
    TooLong,
    guess,
    is_whole,
    read_lines,
)
from tests.conftest import post
from tests.factories.accounts import make_member, make_person
from tests.factories.catalogue import make_producer
from tests.factories.payments import NOW, make_attempt
from tests.shop.payments.test_ledger import assert_sound, at_once
from tests.shop.payments.test_told_twice import told

SignIn = Callable[..., FlaskClient]
PAGE = "/ban-hang/sao-ke"
HEAD = ["STT", "Ngày giao dịch", "Số tham chiếu", "Ghi nợ", "Ghi có", "Số dư", "Nội dung"]


def row_of(day: str, ref: str, out: str, into: str, text: str) -> list[str]:
    return ["1", day, ref, out, into, "1.000.000", text]


def lines_of(*rows: list[str]) -> list[Line]:
    cells: list[list[Any]] = [HEAD, *rows]
    return read_lines(cells, guess(cells))


# Columns


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (HEAD, {"date": 1, "reference": 2, "debit": 3, "credit": 4, "text": 6}),
        (
            ["Ngày giao dịch/ Transaction date", "Số tiền/ Amount", "Diễn giải/ Description"],
            {"date": 0, "amount": 1, "text": 2},
        ),
        (["Date", "Debit", "Credit", "Balance", "Description"], {"date": 0, "debit": 1}),
        (
            ["Ngày GD", "Phát sinh nợ", "Phát sinh có", "Nội dung chi tiết", "Số CT", "Đối tác"],
            {"debit": 1, "credit": 2, "reference": 4, "payer": 5},
        ),
        (["Thời gian", "Tiền vào", "Tiền ra", "Mô tả"], {"date": 0, "credit": 1, "debit": 2}),
        (["NGÀY", "NỢ", "CÓ", "NỘI DUNG"], {"date": 0, "debit": 1, "credit": 2, "text": 3}),
    ],
)
def test_columns_are_guessed_below_the_banks_own_words(
    head: list[str], expected: dict[str, int]
) -> None:
    cells: list[list[Any]] = [["NGÂN HÀNG"], ["Tài khoản: 257678859"], [], head, ["x"]]
    layout = guess(cells)
    assert layout.header == 3
    assert {field: layout.columns[field] for field in expected} == expected
    assert is_whole(layout)


def test_a_list_of_something_else_has_no_columns() -> None:
    layout = guess([["Tên", "Giá"], ["Mật ong", "95000"]])
    assert not is_whole(layout)
    with pytest.raises(NoColumns):
        read_lines([["Tên"]], layout)


# Rows


@pytest.mark.parametrize(
    ("cell", "amount", "is_out"),
    [
        ("95,000", 95_000, False),
        ("95.000", 95_000, False),
        ("+95,000 VND", 95_000, False),
        ("95000.00", 95_000, False),
        (95_000.0, 95_000, False),
        ("-50.000", 50_000, True),
        ("(50,000)", 50_000, True),
        (-50_000, 50_000, True),
    ],
)
def test_one_column_with_a_sign(cell: Any, amount: int, is_out: bool) -> None:
    cells = [["Ngày", "Số tiền", "Nội dung"], ["22/11/2026", cell, "x"]]
    (line,) = read_lines(cells, guess(cells))
    assert (line.amount_vnd, line.is_out, line.fault) == (amount, is_out, "")


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("22/11/2026 10:05:33", datetime(2026, 11, 22, 3, 5, tzinfo=UTC)),
        ("22-11-2026", datetime(2026, 11, 21, 17, 0, tzinfo=UTC)),
        ("2026-11-22 10:05", datetime(2026, 11, 22, 3, 5, tzinfo=UTC)),
        ({"date": "2026-11-22T10:05:00"}, datetime(2026, 11, 22, 3, 5, tzinfo=UTC)),
    ],
)
def test_dates_are_vietnams_day_first(cell: Any, expected: datetime) -> None:
    cells = [["Ngày", "Số tiền", "Nội dung"], [cell, "95.000", "x"]]
    (line,) = read_lines(cells, guess(cells))
    assert line.at == expected


def test_totals_and_blank_rows_are_no_lines_and_faults_are_told() -> None:
    lines = lines_of(
        ["", "", "", "", "", "", ""],
        row_of("22/11/2026", "FT1", "", "95.000", "mua mat ong"),
        ["Tổng", "", "", "50.000", "95.000", "", ""],
        row_of("32/11/2026", "FT2", "", "95.000", "ngay sai"),
        row_of("22/11/2026", "FT3", "", "chín mươi", "so sai"),
    )
    assert [(line.number, bool(line.fault)) for line in lines] == [(3, False), (5, True), (6, True)]


def test_too_long_and_empty_lists_are_refused() -> None:
    with pytest.raises(NoLines):
        lines_of()
    with pytest.raises(TooLong):
        lines_of(*(row_of("22/11/2026", f"F{n}", "", "1000", "x") for n in range(1_001)))


def test_equal_rows_of_one_file_are_two_transfers_and_names_stay() -> None:
    twice = [row_of("22/11/2026", "", "", "95.000", "mat ong")] * 2
    first, second = lines_of(*twice)
    assert first.name != second.name
    later = lines_of(row_of("21/11/2026", "", "", "1.000", "x"), *twice)
    assert [line.name for line in later[1:]] == [first.name, second.name]


# Foreseeing equals recording


def taken(db: Session, account: PayeeAccount, content: bytes = b"x") -> StatementImport:
    return services.take_statement(
        db,
        account_id=account.id,
        producer_ids={account.producer_id},
        actor_id=make_person(db).id,
        file_name="sao-ke.csv",
        content=content,
        cells_name="cells",
        layout=Layout(0, {"date": 0, "amount": 1, "text": 2}),
        now=NOW,
    )


def record(db: Session, account: PayeeAccount, lines: list[Line], **over: Any) -> dict[int, str]:
    """Record the lines and tell what each with an effect did."""
    row = over.pop("row", None) or taken(db, account, random_code(26).encode())
    services.record_statement(
        db,
        row=row,
        account=account,
        lines=lines,
        digest=over.pop("digest", previews.digest_of(row)),
        left_out=over.pop("left_out", set()),
        actor_id=row.made_by,
        limit_vnd=10**9,
        now=NOW,
    )
    return {number: did for number, _amount, did, _code in row.results}


def account_of(db: Session, order: Order) -> PayeeAccount:
    account = payments.payee_account(db, order.producer_id, NOW)
    assert account is not None
    return account


def coded(attempt: PaymentAttempt, into: str = "95.000", ref: str = "FT26326000001") -> list[str]:
    return row_of("22/11/2026 10:00", ref, "", into, f"MBVCB.12.{attempt.memo_code}.CT tu")


def test_every_kind_of_row_does_what_was_foreseen(db: Session) -> None:
    from shop.orders.services import expire_order

    producer = make_producer(db)
    (exact, a), (less, b), (more, c), (late, d), (hand, e) = (
        make_attempt(db, producer=producer) for _ in range(5)
    )
    expire_order(db, order_id=late.id, now=NOW + timedelta(hours=3))
    money.confirm_receipt(
        db, order_id=hand.id, actor_id=make_person(db).id, now=NOW, submit_key="k" * 16
    )
    lines = lines_of(
        coded(a, ref="FT26326000001"),
        coded(b, "40.000", "FT26326000002"),
        coded(c, "100.000", "FT26326000003"),
        coded(d, ref="FT26326000004"),
        coded(e, ref="FT26326000005"),
        row_of("22/11/2026", "FT26326000006", "", "95.000", "mua mat ong"),
        row_of("22/11/2026", "FT26326000007", "", "7.000", "tien rieng"),
        row_of("22/11/2026", "FT26326000008", "20.000", "", "tien dien"),
    )
    account = account_of(db, exact)
    seen = queries.foresee(db, account, lines)
    assert [one.does for one in seen] == [
        *("paid", "partial", "excess", "late", "desk", "desk", "desk", "out"),
    ]
    assert [one.is_private for one in seen[5:7]] == [False, True]
    did = record(db, account, lines, left_out={8})
    assert did == {2: "paid", 3: "partial", 4: "excess", 5: "late", 6: "desk", 7: "desk"}
    states = [one.payment_state for one in (exact, less, more, hand)]
    assert states == ["paid", "partial", "overpaid", "paid"]
    hints = db.scalars(select(PaymentTxnDetail.hint)).all()
    assert "tien rieng" not in hints, "private rows are not kept"
    again = queries.foresee(db, account, lines)
    assert {one.does for one in again} == {"known", "desk", "out"}
    assert record(db, account, lines, left_out={8}) == {}


def test_feed_and_statement_count_once_and_near_ones_wait(db: Session) -> None:
    producer = make_producer(db)
    (first, a), (second, b) = (make_attempt(db, producer=producer) for _ in range(2))
    money.apply_txn(db, told(a, reference="FT26326000001"), now=NOW)
    money.apply_txn(db, told(b, txn_id="2", reference=""), now=NOW)
    lines = lines_of(coded(a), coded(b, ref="FT26326000002"))
    account = account_of(db, first)
    assert [one.does for one in queries.foresee(db, account, lines)] == ["counted", "desk"]
    assert record(db, account, lines) == {2: "counted", 3: "desk"}
    for order in (first, second):
        assert payments.money_of(db, order.id) == Money(95_000, 0)


def test_money_out_finishes_the_refund_that_it_names(db: Session) -> None:
    order, attempt = make_attempt(db)
    money.apply_txn(db, told(attempt, amount_vnd=100_000), now=NOW)
    (refund,) = payments.open_refunds(db, order.id)
    lines = lines_of(
        row_of("22/11/2026", "FT26326000009", "5.000", "", f"hoan {attempt.memo_code}"),
        row_of("22/11/2026", "FT26326000010", "4.000", "", f"hoan {attempt.memo_code}"),
    )
    account = account_of(db, order)
    assert [one.does for one in queries.foresee(db, account, lines)] == ["refund", "out"]
    did = record(db, account, lines)
    db.refresh(refund)
    if did == {2: "refund"}:
        assert (refund.state, order.payment_state) == ("done", "paid")
    else:
        assert did == {2: "refund_open"}, "it needs proof or a second person first"
        assert refund.state != "done"


def test_same_file_again_is_the_same_statement(db: Session) -> None:
    order, _attempt = make_attempt(db)
    account = account_of(db, order)
    first, second = taken(db, account), taken(db, account)
    assert first.id == second.id


def test_what_was_not_seen_is_not_recorded(db: Session) -> None:
    order, attempt = make_attempt(db)
    account = account_of(db, order)
    row = taken(db, account)
    with pytest.raises(PreviewChanged), db.begin_nested():
        record(db, account, lines_of(coded(attempt)), row=row, digest="x")
    db.refresh(row)
    record(db, account, lines_of(coded(attempt)), row=row)
    with pytest.raises(PreviewChanged):
        previews.set_layout(db, row=row, layout=Layout(1, {}))
    assert order.payment_state == "paid"


def test_two_presses_and_an_overlapping_statement_at_once(database: Database) -> None:
    with database.transaction() as db:
        producer = make_producer(db)
        pairs = [make_attempt(db, producer=producer) for _ in range(4)]
        account = account_of(db, pairs[0][0])
        rows = [coded(attempt, ref=f"FT2632600000{n}") for n, (_order, attempt) in enumerate(pairs)]
        forward, backward = lines_of(*rows), lines_of(*reversed(rows))
        first, second = taken(db, account, b"1").id, taken(db, account, b"2").id

    def press(row_id: int, lines: list[Line]) -> Callable[[], Any]:
        def work() -> Any:
            with database.transaction() as db:
                row = db.get_one(StatementImport, row_id)
                payee = db.get_one(PayeeAccount, account.id)
                return record(db, payee, lines, row=row)

        return work

    results = at_once([press(first, forward), press(first, forward), press(second, backward)])
    assert sum(isinstance(one, PreviewChanged) for one in results) == 1
    assert sum(isinstance(one, dict) for one in results) == 2
    with database.read() as db:
        for order, _attempt in pairs:
            assert payments.money_of(db, order.id) == Money(95_000, 0)
        assert db.scalar(select(func.count()).select_from(PaymentTxn)) == 4
    assert_sound(database)


def test_reading_costs_the_same_for_many_rows(database: Database) -> None:
    from sqlalchemy import event

    with database.transaction() as db:
        order, attempt = make_attempt(db)
        account = account_of(db, order)
    counts = []
    for size in (1, 300):
        lines = lines_of(*(coded(attempt, f"{n + 1}000", f"FT26326{n:06d}") for n in range(size)))
        seen: list[int] = []
        with database.read() as db:
            bind = db.get_bind()
            event.listen(bind, "before_cursor_execute", lambda *_given, s=seen: s.append(1))
            queries.foresee(db, account, lines)
        counts.append(len(seen))
    assert counts[1] <= counts[0] + 2


# Pages


def csv_of(*rows: list[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([["Sao kê tài khoản"], HEAD, *rows])
    return out.getvalue().encode()


def send(client: FlaskClient, account_id: Any, content: bytes, name: str = "sk.csv") -> Any:
    fields = {"account_id": str(account_id), "sheet": (io.BytesIO(content), name)}
    return post(client, PAGE, fields)


def made(database: Database) -> tuple[Order, PaymentAttempt, PayeeAccount, str]:
    with database.transaction() as db:
        order, attempt = make_attempt(db, now=clock.now())
        owner = make_member(db, "producer", order.producer_id, "owner")
        account = payments.payee_account(db, order.producer_id, clock.now())
        assert account is not None
        return order, attempt, account, owner.email or ""


def test_from_upload_to_recorded(signed_in: SignIn, database: Database) -> None:
    order, attempt, account, email = made(database)
    client = signed_in(email)
    assert "257678859" in client.get(PAGE).get_data(as_text=True)
    day = clock.now().strftime("%d/%m/%Y")
    content = csv_of(
        row_of(day, "FT26326000001", "", "95.000", f"CT {attempt.memo_code}"),
        row_of(day, "FT26326000002", "", "7.000", "<b>tien rieng</b>"),
    )
    answer = send(client, account.id, content)
    assert answer.status_code == 303
    page = answer.headers["Location"]
    body = client.get(page).get_data(as_text=True)
    assert 'data-does="paid"' in body
    assert "<b>tien rieng</b>" not in body
    assert 'name="bo" value="4" checked' in body
    layout = {"header": "1", "date": "1", "credit": "4", "debit": "-1", "amount": "-1"}
    chosen = layout | {"text": "6", "reference": "2", "payer": "-1"}
    old = body.split('name="digest" value="')[1].split('"')[0]
    assert post(client, f"{page}/cot", chosen).status_code == 303
    assert post(client, page, {"digest": old, "bo": "4"}).status_code == 409
    body = client.get(page).get_data(as_text=True)
    digest = body.split('name="digest" value="')[1].split('"')[0]
    assert post(client, page, {"digest": digest, "bo": "4"}).status_code == 303
    assert 'data-did="paid"' in client.get(page).get_data(as_text=True)
    assert post(client, page, {"digest": digest}).status_code == 303
    assert send(client, account.id, content).headers["Location"] == page
    with database.read() as db:
        assert db.get_one(Order, order.id).payment_state == "paid"
        assert db.scalar(select(func.count()).select_from(PaymentTxn)) == 1
        assert db.scalars(select(StatementImport.cells_name)).all() == [None]
    assert_sound(database)


def test_hostile_files_and_columns(signed_in: SignIn, database: Database) -> None:
    _order, _attempt, account, email = made(database)
    client = signed_in(email)
    for content, name in (
        (b"", "x.csv"),
        (b"%PDF-1.7", "x.csv"),
        (b"PK\x03\x04broken", "x.xlsx"),
        (b"\x00" * 100, "x.csv"),
    ):
        assert send(client, account.id, content, name).status_code == 422
    for bad in ("", "0", "-1", "x", str(2**40), "1" * 1_000):
        assert send(client, bad, csv_of(), "x.csv").status_code == 422
    with database.transaction() as db:
        foreign, _attempt = make_attempt(db)
        other = payments.payee_account(db, foreign.producer_id, NOW)
        assert other is not None
    assert send(client, other.id, csv_of()).status_code in {404, 422}
    page = send(client, account.id, b"a,b\n1,2\n").headers["Location"]
    assert client.get(page).status_code == 200
    for columns in (
        {},
        {"header": "0", "date": "0", "text": "0", "credit": "0"},
        {"header": "99", "date": "0", "text": "1", "credit": "2"},
        {"header": "x" * 100_000},
    ):
        assert post(client, f"{page}/cot", columns).status_code == 422
    assert post(client, page, {"digest": "x"}).status_code == 422
    for strange in ("/khong-co", "/" + "A" * 26, "/a.b", "/%00"):
        assert client.get(PAGE + strange).status_code == 404


def test_nobody_reads_other_peoples_statements(signed_in: SignIn, database: Database) -> None:
    _order, attempt, account, email = made(database)
    client = signed_in(email)
    content = csv_of(coded(attempt))
    page = send(client, account.id, content).headers["Location"]
    _other, _attempt, _account, stranger = made(database)
    post(client, "/dang-xuat")
    client = signed_in(stranger)
    assert client.get(page).status_code == 404
    for tail, fields in (("", {"digest": "x"}), ("/cot", {"header": "0"})):
        assert post(client, page + tail, fields).status_code == 404


def test_old_statements_are_forgotten(db: Session) -> None:
    order, _attempt = make_attempt(db)
    row = taken(db, account_of(db, order))
    assert previews.forget_old(db, NOW + timedelta(days=6)) == []
    assert previews.forget_old(db, NOW + timedelta(days=8)) == ["cells"]
    db.refresh(row)
    assert row.cells_name is None
    assert taken(db, account_of(db, order)).cells_name == "cells", "sent again, readable again"
