"""Tax figures: dated rates as data, each fact of the ledger once, sums to the last đồng."""

import csv
import io
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, select, text

from shop.catalogue.models import Producer
from shop.core.db import Database
from shop.orders.models import Order
from shop.payments.models import PaymentTxn
from shop.payments.queries import attempt_of
from shop.payments.services import apply_txn
from shop.taxes import jobs, queries
from shop.taxes.invariants import INVARIANTS
from shop.taxes.models import Withholding
from shop.taxes.rules import (
    RATES,
    Rate,
    UnknownPeriod,
    activity_of,
    limits_passed,
    period_called,
    periods_near,
    rate_for,
    share_base,
    tax_of,
)
from shop.taxes.services import book_order
from tests.conftest import post
from tests.factories.accounts import make_person, make_staff
from tests.factories.catalogue import make_producer
from tests.factories.payments import make_attempt, make_txn

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
LONG_AGO = datetime(2026, 8, 31, 18, 0, tzinfo=UTC)
"""Already the first of September in Vietnam."""


def goods_rate(**over: Any) -> Rate:
    return replace(RATES["ho-hang-hoa-2025"], **over)


def test_rates_are_dated_and_for_kinds_of_sellers() -> None:
    rates = list(RATES.values())
    day = date(2026, 11, 22)
    found = rate_for(rates, day=day, activity="goods", seller_kind="household")
    assert found is not None
    assert (found.vat_bp, found.pit_bp, found.is_checked) == (100, 50, False)
    assert found.basis
    assert rate_for(rates, day=date(2025, 6, 30), activity="goods", seller_kind="household") is None
    assert rate_for(rates, day=day, activity="goods", seller_kind="company") is None
    ended = [
        goods_rate(valid_until=date(2026, 12, 31)),
        goods_rate(code="z", vat_bp=200, valid_from=date(2027, 1, 1)),
    ]
    for when, wanted in ((date(2026, 12, 31), 100), (date(2027, 1, 1), 200)):
        rate = rate_for(ended, day=when, activity="goods", seller_kind="household")
        assert rate is not None
        assert rate.vat_bp == wanted
    dear = rate_for(
        [goods_rate(), goods_rate(code="z", vat_bp=300)],
        day=day,
        activity="goods",
        seller_kind="household",
    )
    assert dear is not None
    assert dear.vat_bp == 300
    passed = limits_passed(rates, day=day, seller_kind="household", year_vnd=1_000_000_000)
    assert [one.limit_vnd for one in passed] == [500_000_000, 1_000_000_000]
    assert limits_passed(rates, day=day, seller_kind="household", year_vnd=499_999_999) == []
    assert activity_of("visit") == "services"
    assert activity_of("eaten") == "goods"


@pytest.mark.parametrize(
    ("base", "bp", "tax"),
    [
        (95_000, 100, 950),
        (95_000, 50, 475),
        (149, 100, 1),
        (150, 100, 2),
        (50, 100, 1),
        (49, 100, 0),
        (-150, 100, -2),
        (0, 100, 0),
    ],
)
def test_rounding_is_half_a_dong_up(base: int, bp: int, tax: int) -> None:
    assert tax_of(base, bp) == tax


@given(
    steps=st.lists(st.integers(-(10**7), 10**7), min_size=1, max_size=8),
    weights=st.lists(st.integers(0, 10**6), min_size=1, max_size=3),
    bp=st.integers(0, 10_000),
)
def test_an_orders_entries_add_up_to_the_tax_of_its_sum(
    steps: list[int], weights: list[int], bp: int
) -> None:
    """However the money came and went, in parts and back."""
    reached, base = 0, [0] * len(weights)
    taxes = [0] * len(weights)
    for step in steps:
        reached += step
        shares = share_base(reached, weights)
        assert sum(shares) == reached
        taxes = [taxes[i] + tax_of(shares[i], bp) - tax_of(base[i], bp) for i in range(len(base))]
        base = shares
    assert taxes == [tax_of(one, bp) for one in base]
    assert sum(base) == sum(steps)


def test_periods() -> None:
    assert period_called("2026-Q4").months == ("2026-10", "2026-11", "2026-12")
    assert period_called("2026-02").months == ("2026-02",)
    assert len(period_called("2026").months) == 12
    for wrong in ("", "2026-13", "2026-Q5", "26-01", "2026-00", "٢٠٢٦", "2026-1", "x" * 99):
        with pytest.raises(UnknownPeriod):
            period_called(wrong)
    near = periods_near(date(2026, 1, 15))
    assert near[:2] == ["2026-01", "2025-12"]
    assert "2025-Q4" in near
    assert all(period_called(slug) for slug in near)


# The ledger


def seller(database: Database, kind: str = "household", **over: Any) -> int:
    with database.transaction() as db:
        email = over.pop("email", None)
        person = make_person(db, email=email) if email else make_person(db)
        return make_producer(db, owner_id=person.id, kind=kind, **over).id


def paid(database: Database, producer_id: int, *, at: datetime = NOW, **over: Any) -> Order:
    """An order of 95,000 đồng paid by transfer."""
    with database.transaction() as db:
        order, attempt = make_attempt(db, producer=db.get_one(Producer, producer_id), now=at)
        values = {"txn_id": f"T{order.id}", "occurred_at": at} | over
        assert apply_txn(db, make_txn(attempt, **values), now=at) == "applied"
        return order


def gave_back(database: Database, order: Order, amount: int, at: datetime, name: str = "r") -> None:
    with database.transaction() as db:
        attempt = attempt_of(db, order.id, "vietqr")
        assert attempt is not None
        txn = make_txn(
            attempt, kind="refund", txn_id=f"{name}{order.id}", amount_vnd=amount, occurred_at=at
        )
        assert apply_txn(db, txn, now=at) == "applied"


def entries(database: Database) -> Sequence[Withholding]:
    with database.read() as db:
        return db.scalars(select(Withholding).order_by(Withholding.id)).all()


def broken(database: Database) -> list[str]:
    with database.read() as db:
        return [name for name, query in INVARIANTS.items() if db.execute(text(query)).all()]


def test_money_is_booked_once_and_given_back_in_its_own_month(database: Database) -> None:
    order = paid(database, seller(database), at=LONG_AGO)
    jobs.book(database, NOW)
    jobs.book(database, NOW)
    [entry] = entries(database)
    assert (entry.base_vnd, entry.vat_vnd, entry.pit_vnd) == (95_000, 950, 475)
    assert (entry.period, entry.activity, entry.rate_code) == (
        "2026-09",
        "goods",
        "ho-hang-hoa-2025",
    )
    assert entry.is_held_by_us is False
    gave_back(database, order, 33_333, NOW - timedelta(days=1))
    gave_back(database, order, 61_667, NOW, "s")
    jobs.book(database, NOW)
    later = entries(database)[1:]
    assert {one.period for one in later} == {"2026-11"}
    assert sum(one.base_vnd for one in later) == -95_000
    assert sum(one.vat_vnd for one in entries(database)) == 0
    assert sum(one.pit_vnd for one in entries(database)) == 0
    with database.read() as db:
        [producer] = {one.producer_id for one in later}
        month = queries.figures(db, producer, ["2026-11"])
        assert (month.received_vnd, month.returned_vnd, month.base_vnd) == (0, 95_000, -95_000)
        assert queries.figures(db, producer, ["2026-09"]).tax_vnd == 1_425
        assert queries.figures(db, producer, period_called("2026").months).tax_vnd == 0
    assert broken(database) == []


def test_who_is_no_household_has_figures_without_tax(database: Database) -> None:
    paid(database, seller(database, "cooperative"))
    jobs.book(database, NOW)
    [entry] = entries(database)
    assert (entry.base_vnd, entry.vat_vnd, entry.pit_vnd, entry.rate_code) == (95_000, 0, 0, "")


def test_money_of_an_order_that_waits_does_not_count_yet(database: Database) -> None:
    producer_id = seller(database)
    order = paid(database, producer_id, amount_vnd=10_000)
    jobs.book(database, NOW)
    assert entries(database) == []
    with database.transaction() as db:
        attempt = attempt_of(db, order.id, "vietqr")
        assert attempt is not None
        apply_txn(db, make_txn(attempt, txn_id="rest", amount_vnd=85_000), now=NOW)
    jobs.book(database, NOW)
    assert sorted(entry.base_vnd for entry in entries(database)) == [10_000, 85_000]


def test_booked_figures_stay_when_rates_change(
    database: Database, app: Flask, signed_in: Callable[..., FlaskClient]
) -> None:
    producer_id = seller(database)
    first = paid(database, producer_id)
    jobs.book(database, NOW)
    with database.transaction() as db:
        make_staff(db, email="all@taxes.test")
    staff = signed_in("all@taxes.test")
    page = "/can-bo/thue/muc/sua/ho-hang-hoa-2025"
    assert staff.get(page).status_code == 200
    data = {
        "revision": "0",
        "label": "Hộ bán hàng hóa",
        "label_en": "Household, goods",
        "seller_kinds": ["household"],
        "vat_bp": "200",
        "pit_bp": "100",
        "basis": "Luật mới",
        "is_checked": "y",
        "valid_from": "2025-07-01",
        "why": "theo luật mới",
    }
    assert post(staff, page, data).status_code == 303
    assert post(staff, page, data).status_code == 409  # somebody else's revision came first
    second = paid(database, producer_id)
    gave_back(database, first, 10_000, NOW)
    jobs.book(database, NOW)
    by_order = {
        order.id: [(e.vat_bp, e.vat_vnd) for e in entries(database) if e.order_id == order.id]
        for order in (first, second)
    }
    assert by_order[first.id] == [(100, 950), (100, -100)]
    assert by_order[second.id] == [(200, 1_900)]
    assert "Luật mới" in staff.get("/can-bo/thue/muc").get_data(as_text=True)
    assert broken(database) == []
    for over in (
        {"vat_bp": "10001"},
        {"vat_bp": "-1"},
        {"vat_bp": "9" * 30},
        {"label": "\x00"},
        {"basis": "x" * 300},
        {"valid_from": "2026-13-45"},
        {"valid_from": "2027-01-01", "valid_until": "2026-01-01"},
        {"seller_kinds": "nobody"},
        {"why": ""},
    ):
        assert post(staff, page, data | {"revision": "1"} | over).status_code == 422, over
    new = data | {"code": "ho-moi-2027", "activity": "goods"}
    assert post(staff, "/can-bo/thue/muc/moi", new | {"code": "XX"}).status_code == 422
    assert post(staff, "/can-bo/thue/muc/moi", new | {"activity": ""}).status_code == 422
    assert post(staff, "/can-bo/thue/muc/moi", new).status_code == 303
    assert staff.get("/can-bo/thue/muc/sua/ho-moi-2027").status_code == 200
    assert staff.get("/can-bo/thue/muc/sua/%00").status_code == 404


def test_two_jobs_book_once(database: Database) -> None:
    order = paid(database, seller(database))
    for number in range(3):
        gave_back(database, order, 10_001, NOW, f"r{number}")
    barrier, faults = threading.Barrier(3), []

    def work() -> None:
        barrier.wait()
        try:
            with database.transaction() as db:
                book_order(db, order_id=order.id, now=NOW)
        except Exception as fault:  # noqa: BLE001
            faults.append(fault)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert len(entries(database)) == 4
    assert broken(database) == []


@pytest.mark.control
@pytest.mark.parametrize(
    "harm",
    [
        "INSERT INTO withholding SELECT 99, producer_id, order_id, txn_row_id, 'services', period,"
        " occurred_at, base_vnd, vat_vnd, pit_vnd, vat_bp, pit_bp, rate_code, rate_revision,"
        " seller_kind, is_held_by_us, booked_at FROM withholding",
        "INSERT INTO withholding SELECT 99, producer_id, order_id, txn_row_id, 'services', period,"
        " occurred_at, 0, 77, 0, vat_bp, pit_bp, rate_code, rate_revision,"
        " seller_kind, is_held_by_us, booked_at FROM withholding",
    ],
)
def test_invariants_see_harm(database: Database, harm: str) -> None:
    paid(database, seller(database))
    jobs.book(database, NOW)
    assert broken(database) == []
    with database.transaction() as db:
        db.execute(text(harm))
    assert broken(database)


# Pages


def rows_of(raw: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))


def test_a_producer_sees_own_figures_only(
    database: Database, signed_in: Callable[..., FlaskClient]
) -> None:
    mine = seller(database, email="mine@taxes.test", name="Hộ Của Tôi")
    other = seller(database, name="Hộ Khác")
    order, theirs = paid(database, mine), paid(database, other)
    jobs.book(database, NOW)
    client = signed_in("mine@taxes.test")
    for slug in ("2026-11", "2026-Q4", "2026"):
        answer = client.get(f"/ban-hang/thue?ky={slug}")
        page = answer.get_data(as_text=True)
        assert answer.status_code == 200
        assert "950" in page
        assert "chưa đối chiếu văn bản" in page
        assert "Hộ Khác" not in page
    table = client.get("/ban-hang/thue/so.csv?ky=2026-11")
    [row] = rows_of(table.data)
    assert row["Mã đơn"] == order.code
    assert (row["Thuế GTGT (đồng)"], row["Thuế suất TNCN"]) == ("950", "0,5 %")
    assert theirs.code not in table.get_data(as_text=True)
    for path in (
        "/ban-hang/thue?ky=2026-99",
        "/ban-hang/thue?ky=%00",
        "/ban-hang/thue?co_so=ho-khac",
        "/ban-hang/thue/so.csv?co_so=ho-khac",
        "/ban-hang/thue/so.csv?ky=" + "9" * 3000,
    ):
        assert client.get(path).status_code == 404, path
    assert client.get("/can-bo/thue").status_code == 403
    assert client.get("/can-bo/thue/muc").status_code == 403


def test_staff_see_their_provinces_only(
    database: Database, signed_in: Callable[..., FlaskClient]
) -> None:
    near = seller(database, name="=Hộ Gần", province_code="19")
    far = seller(database, name="Hộ Xa", province_code="01", commune_code=None)
    paid(database, near)
    paid(database, far)
    jobs.book(database, NOW)
    with database.transaction() as db:
        make_staff(db, "19", email="near@taxes.test")
    client = signed_in("near@taxes.test")
    page = client.get("/can-bo/thue?ky=2026-11").get_data(as_text=True)
    assert "Hộ Gần" in page
    assert "Hộ Xa" not in page
    [row] = rows_of(client.get("/can-bo/thue/so.csv?ky=2026-11").data)
    assert row["Người bán"] == "'=Hộ Gần"
    assert row["Doanh thu (đồng)"] == "95000"
    # province staff read rates and change none
    assert client.get("/can-bo/thue/muc/sua/ho-hang-hoa-2025").status_code == 200
    data = {
        "revision": "0",
        "label": "xx",
        "label_en": "xx",
        "vat_bp": "1",
        "basis": "xxx",
        "why": "xxx",
    }
    assert post(client, "/can-bo/thue/muc/sua/ho-hang-hoa-2025", data).status_code == 403
    assert client.get("/can-bo/thue/muc/moi").status_code == 200


def test_the_list_of_sellers_costs_the_same_for_many(database: Database) -> None:
    for number in range(6):
        paid(database, seller(database, name=f"Hộ {number}"))
    jobs.book(database, NOW)

    def statements(limit: int) -> int:
        counted: list[str] = []
        with database.read() as db:
            event.listen(
                db.get_bind(), "before_cursor_execute", lambda *args: counted.append(args[2])
            )
            found, total = queries.figures_by_seller(
                db, months=["2026-11"], provinces=None, limit=limit
            )
            assert (len(found), total) == (limit, 6)
        return len(counted)

    assert statements(1) == statements(6)


def test_what_is_unmatched_belongs_to_nobody(database: Database) -> None:
    producer_id = seller(database)
    paid(database, producer_id)
    with database.transaction() as db:
        db.add(
            PaymentTxn(
                provider="vietqr",
                txn_id="lost",
                kind="charge",
                amount_vnd=7,
                raw_digest="0" * 64,
                occurred_at=NOW,
                recorded_at=NOW,
            )
        )
    jobs.book(database, NOW)
    assert [entry.base_vnd for entry in entries(database)] == [95_000]
