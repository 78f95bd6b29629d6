"""Pages of refunds: who may, what they see, two people, proof, the buyer's account."""

import gc
import io
import warnings
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from shop.core import clock
from shop.core.db import Database
from shop.orders import services as orders
from shop.orders.models import Order
from shop.payments import services
from shop.payments.models import PaymentTxn, Refund
from shop.payments.provider import DisputeFact
from shop.web.access import sign
from tests.conftest import post
from tests.factories.accounts import make_member, make_staff
from tests.factories.catalogue import make_producer
from tests.factories.payments import make_attempt, make_txn
from tests.shop.orders.test_cutting import send
from tests.shop.payments.test_ledger import assert_sound

SignIn = Callable[..., FlaskClient]
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def paid(database: Database, provider: str = "vietqr", quantity: int = 1) -> Order:
    """A committed order (65,000 đồng a piece and 30,000 delivery) whose money came now."""
    with database.transaction() as db:
        order, attempt = make_attempt(db, provider=provider, now=clock.now(), quantity=quantity)
        if provider == "stripe":
            attempt.provider_ref = f"cs_test_{order.id}"
            db.flush()
        txn = make_txn(attempt, txn_id=f"pi_{order.id}")
        services.apply_txn(db, txn, now=clock.now())
    return order


def cancelled(database: Database, order: Order) -> int:
    """The refund that calling the order off made."""
    with database.transaction() as db:
        orders.cancel_order(
            db,
            order_id=order.id,
            by="seller",
            reason="out_of_stock",
            actor_id=None,
            now=clock.now(),
        )
        return db.scalars(select(Refund.id).where(Refund.order_id == order.id)).one()


def member(database: Database, producer_id: int, role: str = "owner") -> str:
    with database.transaction() as db:
        return make_member(db, "producer", producer_id, role).email or ""


def officer(database: Database) -> str:
    with database.transaction() as db:
        return make_staff(db).email or ""


def state_of(database: Database, refund_id: int) -> str:
    with database.read() as db:
        return db.get_one(Refund, refund_id).state


def asked(client: FlaskClient, order: Order, **over: Any) -> Any:
    form = {"amount": "20000", "reason": "damaged", "note": "", "submit_key": "k" * 20} | over
    return post(client, f"/hoan-tien/moi/{order.code}", form)


def test_seller_gives_part_back_with_a_pdf(signed_in: SignIn, database: Database) -> None:
    order = paid(database)
    client = signed_in(member(database, order.producer_id))
    desk = client.get(f"/ban-hang/don-hang/{order.code}").get_data(as_text=True)
    assert f"/hoan-tien/moi/{order.code}" in desk
    assert client.get(f"/hoan-tien/moi/{order.code}").status_code == 200
    answer = asked(client, order)
    assert answer.status_code == 303
    again = asked(client, order)
    assert again.location == answer.location, "the same form twice is one refund"
    page = answer.location
    assert "20.000" in client.get(page).get_data(as_text=True)
    form = {"reference": "FT26", "proof": (io.BytesIO(PDF), "chung-tu.pdf")}
    assert post(client, page, form).status_code == 303
    proof = client.get(f"{page}/chung-tu")
    assert proof.data == PDF
    assert proof.headers["Content-Disposition"].startswith("attachment")
    assert proof.headers["X-Content-Type-Options"] == "nosniff"
    done = client.get("/ban-hang/hoan-tien?muc=xong").get_data(as_text=True)
    assert 'data-state="done"' in done
    assert_sound(database)


def test_what_was_granted_for_goods_that_are_cut_is_offered_to_count_once(
    signed_in: SignIn, database: Database
) -> None:
    order = paid(database, quantity=3)
    with database.transaction() as db:
        sent = db.get_one(Order, order.id)
        send(db, sent, 1, clock.now())
    client = signed_in(member(database, order.producer_id))
    assert asked(client, order).status_code == 303
    with database.transaction() as db:
        orders.cut_rest(
            db, order_id=order.id, reason="out_of_stock", actor_id=None, now=clock.now()
        )
        owed = db.scalars(select(Refund.id).where(Refund.kind == "owed")).one()
    page = f"/hoan-tien/{owed}"
    assert f"{page}/cung-hang" in client.get(page).get_data(as_text=True)
    assert "press the" in client.get(f"/en{page}").get_data(as_text=True)
    with database.transaction() as db:
        other = make_producer(db).id
    stranger = signed_in(member(database, other))
    assert post(stranger, f"{page}/cung-hang").status_code == 404
    client = signed_in(member(database, order.producer_id))
    assert post(client, f"{page}/cung-hang").status_code == 303
    assert f"{page}/cung-hang" not in client.get(page).get_data(as_text=True)
    assert post(client, f"{page}/cung-hang").status_code == 409
    assert_sound(database)


def test_large_refund_goes_through_two_people(signed_in: SignIn, database: Database) -> None:
    order = paid(database, quantity=40)
    refund_id = cancelled(database, order)
    page = f"/hoan-tien/{refund_id}"
    owner, helper = member(database, order.producer_id), officer(database)
    client = signed_in(owner)
    assert post(client, page, {"reference": "FT9"}).status_code == 409
    assert post(client, f"{page}/duyet").status_code == 303
    assert post(client, page, {"reference": "FT9"}).status_code == 409, "one person alone"
    post(client, "/dang-xuat")
    staff = signed_in(helper)
    assert post(staff, page, {"reference": "FT9"}).status_code == 403, "not their money"
    post(staff, "/dang-xuat")
    second = signed_in(member(database, order.producer_id, "member"))
    assert post(second, page, {"reference": "FT9"}).status_code == 422, "no proof"
    form = {"reference": "FT9", "proof": (io.BytesIO(PDF), "a.pdf")}
    assert post(second, page, form).status_code == 303
    assert state_of(database, refund_id) == "done"
    assert_sound(database)


def test_staff_are_the_second_person_of_a_one_person_shop(
    signed_in: SignIn, database: Database
) -> None:
    order = paid(database, quantity=40)
    refund_id = cancelled(database, order)
    staff = signed_in(officer(database))
    assert f'data-refund="{refund_id}"' in staff.get("/can-bo/hoan-tien").get_data(as_text=True)
    assert post(staff, f"/hoan-tien/{refund_id}/duyet").status_code == 303
    post(staff, "/dang-xuat")
    owner = signed_in(member(database, order.producer_id))
    form = {"reference": "FT9", "proof": (io.BytesIO(PDF), "a.pdf")}
    assert post(owner, f"/hoan-tien/{refund_id}", form).status_code == 303
    assert_sound(database)


@pytest.mark.parametrize("role", ["supporter", "stranger"])
def test_others_see_and_do_nothing(signed_in: SignIn, database: Database, role: str) -> None:
    order = paid(database)
    refund_id = cancelled(database, order)
    with database.transaction() as db:
        other = make_producer(db)
    who = member(database, order.producer_id if role == "supporter" else other.id, "owner")
    if role == "supporter":
        who = member(database, order.producer_id, "supporter")
    client = signed_in(who)
    page = f"/hoan-tien/{refund_id}"
    for path in (page, f"{page}/chung-tu", f"/hoan-tien/moi/{order.code}"):
        assert client.get(path).status_code in {403, 404}
    for path in (page, f"{page}/duyet", f"{page}/khong", f"{page}/bi-tra", f"{page}/chuyen-tay"):
        form = {"reference": "FT9", "note": "không phải"}
        assert post(client, path, form).status_code in {403, 404}
    assert asked(client, order).status_code in {403, 404}
    assert state_of(database, refund_id) == "requested"


def test_staff_of_another_province_stay_out(signed_in: SignIn, database: Database) -> None:
    order = paid(database)
    refund_id = cancelled(database, order)
    with database.transaction() as db:
        far = make_staff(db, "01").email or ""
    client = signed_in(far)
    assert client.get(f"/hoan-tien/{refund_id}").status_code == 404
    assert f'data-refund="{refund_id}"' not in client.get("/can-bo/hoan-tien").get_data(
        as_text=True
    )


def test_card_money_is_the_staffs_to_decide(signed_in: SignIn, database: Database) -> None:
    order = paid(database, "stripe")
    client = signed_in(member(database, order.producer_id))
    page = asked(client, order).location
    assert post(client, f"{page}/duyet").status_code == 403
    assert post(client, page, {"reference": "FT9"}).status_code == 403
    post(client, "/dang-xuat")
    staff = signed_in(officer(database))
    assert post(staff, f"{page}/duyet").status_code == 303
    assert post(staff, f"{page}/chuyen-tay").status_code == 303
    assert post(staff, page, {"reference": "FT9"}).status_code == 303
    assert_sound(database)


def test_transfer_that_came_back(signed_in: SignIn, database: Database) -> None:
    order = paid(database)
    refund_id = cancelled(database, order)
    client = signed_in(member(database, order.producer_id))
    page = f"/hoan-tien/{refund_id}"
    assert post(client, page, {"reference": "FT9"}).status_code == 303
    assert post(client, f"{page}/bi-tra", {"note": "sai số tài khoản"}).status_code == 303
    assert state_of(database, refund_id) == "failed"
    with database.read() as db:
        states = db.scalars(select(Refund.state).order_by(Refund.id)).all()
    assert states == ["failed", "requested"]
    assert_sound(database)


def test_buyer_names_an_account_and_the_seller_sees_a_qr(
    app: Flask, client: FlaskClient, signed_in: SignIn, database: Database
) -> None:
    order = paid(database)
    refund_id = cancelled(database, order)
    with app.app_context():
        key = sign("order", order.code)
    page = f"/don-hang/{order.code}/hoan-tien?k={key}"
    shown = client.get(f"/don-hang/{order.code}?k={key}").get_data(as_text=True)
    assert f"/don-hang/{order.code}/hoan-tien" in shown
    assert client.get(page).status_code == 200
    assert client.get(f"/don-hang/{order.code}/hoan-tien").status_code in {302, 303, 403, 404}
    form = {"bank": "970416", "bank_bin": "", "number": "1234 5678", "holder": "LO THI MAI"}
    for bad in (
        {"number": "1" * 40},
        {"number": "số tài khoản"},
        {"bank": "x"},
        {"bank": "other", "bank_bin": "12"},
        {"holder": ""},
        {"number": "\x00" * 8},
        {"holder": "x" * 100_000},
    ):
        assert post(client, page, form | bad).status_code == 422, bad
    assert post(client, page, form).status_code == 303
    seller = signed_in(member(database, order.producer_id))
    shown = seller.get(f"/hoan-tien/{refund_id}").get_data(as_text=True)
    assert "12345678" in shown
    assert "LO THI MAI" in shown
    assert 'class="qr"' in shown
    assert post(seller, f"/hoan-tien/{refund_id}", {"reference": "FT9"}).status_code == 303
    assert client.get(page).status_code == 303, "nothing waits any more"
    assert post(client, page, form).status_code == 303
    with database.read() as db:
        assert db.get_one(Refund, refund_id).payee_number == "12345678"


@pytest.mark.parametrize(
    "over",
    [
        {"amount": "0"},
        {"amount": "-5"},
        {"amount": "95001"},
        {"amount": "99999999999999999999"},
        {"amount": "1e9"},
        {"amount": "\x00"},
        {"reason": "nonsense"},
        {"reason": ""},
        {"note": "x" * 1_000_000},
        {"submit_key": ""},
        {"submit_key": "'; drop table refund; --"},
    ],
)
def test_hostile_wishes_get_the_page_back(
    signed_in: SignIn, database: Database, over: dict[str, str]
) -> None:
    order = paid(database)
    client = signed_in(member(database, order.producer_id))
    assert asked(client, order, **over).status_code in {413, 422}
    with database.read() as db:
        assert db.scalars(select(Refund)).all() == []


@pytest.mark.parametrize(
    "raw",
    [
        b"<html><script>alert(1)</script>",
        b"%PDF-1.4 no end",
        b"%PDF-" + b"x" * (6 * 1024 * 1024) + b"%%EOF",
        b"\x00" * 50,
        b"GIF89a" + b"\x00" * 40,
    ],
    ids=["page", "half", "long", "noise", "gif"],
)
def test_hostile_proofs_are_refused(signed_in: SignIn, database: Database, raw: bytes) -> None:
    order = paid(database)
    refund_id = cancelled(database, order)
    client = signed_in(member(database, order.producer_id))
    form = {"reference": "FT9", "proof": (io.BytesIO(raw), "a.pdf")}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # the test client leaves long bodies open
        assert post(client, f"/hoan-tien/{refund_id}", form).status_code == 422
        gc.collect()
    assert state_of(database, refund_id) == "requested"


@pytest.mark.parametrize("number", ["0", "-1", "2147483648", "99999999999999", "x", "1.0"])
def test_strange_numbers_are_not_found(signed_in: SignIn, database: Database, number: str) -> None:
    order = paid(database)
    client = signed_in(member(database, order.producer_id))
    assert client.get(f"/hoan-tien/{number}").status_code == 404
    assert post(client, f"/hoan-tien/{number}", {"reference": "FT9"}).status_code in {404, 405}


def test_disputes_are_on_the_staffs_desk(signed_in: SignIn, database: Database) -> None:
    order = paid(database, "stripe")
    with database.transaction() as db:
        services.record_dispute(
            db,
            provider="stripe",
            fact=DisputeFact(
                dispute_id="dp_1",
                charge_id=f"pi_{order.id}",
                amount=95_000,
                currency="VND",
                state="open",
                status="needs_response",
                reason="fraudulent",
                opened_at=clock.now(),
                raw_digest="0" * 64,
                answer_by=clock.now() + timedelta(days=7),
            ),
            now=clock.now(),
        )
        assert db.scalars(select(PaymentTxn.kind)).all() == ["charge"]
    staff = signed_in(officer(database))
    page = staff.get("/can-bo/khieu-nai").get_data(as_text=True)
    assert order.code in page
    assert "dp_1" in page
    assert "Ngân hàng khiếu nại" in staff.get("/can-bo").get_data(as_text=True)
