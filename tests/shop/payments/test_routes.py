"""Pages about money: who may, what they see, what hostile input gets; webhooks end to end."""

import io
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select

from shop.accounts.models import AuditEntry
from shop.core import clock
from shop.core.db import Database
from shop.core.jobs import run_once
from shop.core.outbox import OutboxMessage
from shop.orders import services as orders
from shop.orders.models import Order
from shop.payments import queries, services
from shop.payments.configuration import config_of
from shop.payments.models import PayeeAccount, PaymentAttempt, PaymentTxn, Refund, WebhookEvent
from shop.payments.providers import stripe as plug
from shop.payments.rules import Money
from shop.payments.starting import start_attempt
from shop.payments.transfer_qr import decode
from shop.payments.wiring import UnsafeSetting
from shop.web.access import sign
from tests.conftest import post
from tests.factories.accounts import make_member, make_person, make_staff
from tests.factories.catalogue import make_producer
from tests.factories.payments import make_attempt, make_payee_account, make_txn
from tests.shop.payments.test_ledger import assert_sound, at_once
from tests.stand_ins.stripe import StripeStandIn

SignIn = Callable[..., FlaskClient]


def link(app: Flask, order: Order, tail: str = "") -> str:
    with app.app_context():
        return f"/don-hang/{order.code}{tail}?k={sign('order', order.code)}"


def waiting(database: Database, provider: str = "vietqr", **over: Any) -> tuple[Order, Any]:
    """A committed order of now that waits for money, and its attempt."""
    with database.transaction() as db:
        return make_attempt(db, provider=provider, now=clock.now(), **over)


def owner_of(database: Database, producer_id: int, role: str = "owner") -> str:
    with database.transaction() as db:
        return make_member(db, "producer", producer_id, role).email or ""


def reload(database: Database, order: Order) -> Order:
    with database.read() as db:
        return db.get_one(Order, order.id)


# The buyer


def test_order_page_tells_how_to_transfer(
    app: Flask, client: FlaskClient, database: Database
) -> None:
    order, attempt = waiting(database)
    body = client.get(link(app, order)).get_data(as_text=True)
    payload = decode(unescape(re.findall(r'data-vietqr="([^"]+)"', body)[0]))
    assert (payload.bank_bin, payload.account) == ("970416", "257678859")
    assert (payload.amount_vnd, payload.purpose) == (95_000, attempt.memo_code)
    for shown in ("ACB", "NONG THI HA", "257678859", attempt.memo_code, 'data-copy="95000"'):
        assert shown in body
    assert "<svg" in body


def test_qr_picture_is_for_the_buyer_only(
    app: Flask, client: FlaskClient, database: Database
) -> None:
    zxingcpp = pytest.importorskip("zxingcpp")
    order, attempt = waiting(database)
    answer = client.get(link(app, order, "/ma-qr.png"))
    assert (answer.status_code, answer.mimetype) == (200, "image/png")
    assert "no-store" in answer.headers["Cache-Control"]
    with Image.open(io.BytesIO(answer.data)) as picture:
        (found,) = zxingcpp.read_barcodes(picture.convert("RGB"))
    assert decode(found.text).purpose == attempt.memo_code
    assert client.get(f"/don-hang/{order.code}/ma-qr.png").status_code == 404
    assert client.get(f"/don-hang/{order.code}/ma-qr.png?k=forged").status_code == 404


def test_partial_money_changes_the_asked_amount(
    app: Flask, client: FlaskClient, database: Database
) -> None:
    order, attempt = waiting(database)
    with database.transaction() as db:
        services.apply_txn(db, make_txn(attempt, amount_vnd=45_000), now=clock.now())
    body = client.get(link(app, order)).get_data(as_text=True)
    assert decode(unescape(re.findall(r'data-vietqr="([^"]+)"', body)[0])).amount_vnd == 50_000


def test_no_qr_once_the_order_is_over(app: Flask, client: FlaskClient, database: Database) -> None:
    with database.transaction() as db:
        order, _attempt = make_attempt(db, now=clock.now() - timedelta(hours=5))
    assert "data-vietqr" not in client.get(link(app, order)).get_data(as_text=True)
    assert client.get(link(app, order, "/ma-qr.png")).status_code == 404


# The producer


def test_producer_confirms_the_money(signed_in: SignIn, database: Database) -> None:
    order, attempt = waiting(database)
    client = signed_in(owner_of(database, order.producer_id))
    page = f"/ban-hang/don-hang/{order.code}/nhan-tien"
    desk = client.get("/ban-hang/doi-soat").get_data(as_text=True)
    assert order.code in desk
    assert attempt.memo_code in desk
    body = client.get(page).get_data(as_text=True)
    key = re.findall(r'name="submit_key"[^>]*value="([^"]+)"', body)[0]
    assert post(client, page, {"submit_key": key}).status_code == 303
    assert post(client, page, {"submit_key": key}).status_code == 303
    assert post(client, page, {"submit_key": "another-key-1"}).status_code == 409
    found = reload(database, order)
    assert (found.state, found.payment_state) == ("confirmed", "paid")
    with database.read() as db:
        assert queries.money_of(db, order.id) == Money(95_000, 0)
        assert "payments.receipt" in db.scalars(select(AuditEntry.action)).all()
    assert "95.000" in client.get("/ban-hang/doi-soat").get_data(as_text=True)
    assert_sound(database)


def test_typed_amount_counts(signed_in: SignIn, database: Database) -> None:
    order, _attempt = waiting(database)
    client = signed_in(owner_of(database, order.producer_id))
    page = f"/ban-hang/don-hang/{order.code}/nhan-tien"
    assert post(client, page, {"amount": "45.000"}).status_code == 303
    assert reload(database, order).payment_state == "partial"


HOSTILE = [
    "-5",
    "0",
    "1e9",
    "99999999999999999999",
    "2147483648000000",
    "abc",
    "\x00",
    "x" * 1_000_000,
    "१२३",
    "1\u0323000",
    "12.5",
    "' OR 1=1 --",
]


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_amounts_get_the_page_back(
    signed_in: SignIn, database: Database, value: str
) -> None:
    order, _attempt = waiting(database)
    client = signed_in(owner_of(database, order.producer_id))
    page = f"/ban-hang/don-hang/{order.code}/nhan-tien"
    answer = post(client, page, {"amount": value})
    assert answer.status_code in {413, 422} or (value == "\x00" and answer.status_code == 303)
    assert reload(database, order).payment_state in {"unpaid", "paid"}


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/ban-hang/don-hang/{code}/nhan-tien", ["reference", "submit_key", "is_extra"]),
        (
            "/ban-hang/tai-khoan-nhan-tien",
            ["producer_id", "bank", "bank_bin", "number", "holder"],
        ),
        ("/ban-hang/hoan-tien/1", ["reference"]),
        ("/ban-hang/tai-khoan-nhan-tien/2147483647/huy", ["x"]),
    ],
)
@pytest.mark.parametrize("value", ["\x00", "x" * 500_000, "-1", "2147483648", "e\u0301" * 99, ""])
def test_hostile_fields_are_never_a_5xx(
    signed_in: SignIn, database: Database, path: str, fields: list[str], value: str
) -> None:
    order, _attempt = waiting(database)
    client = signed_in(owner_of(database, order.producer_id))
    answer = post(client, path.format(code=order.code), dict.fromkeys(fields, value))
    assert answer.status_code < 500
    assert answer.status_code == 303 or 400 <= answer.status_code < 500


def test_strangers_see_and_change_nothing(signed_in: SignIn, database: Database) -> None:
    order, _attempt = waiting(database)
    with database.transaction() as db:
        other = make_producer(db)
    client = signed_in(owner_of(database, other.id))
    page = f"/ban-hang/don-hang/{order.code}/nhan-tien"
    assert client.get(page).status_code == 404
    assert post(client, page, {}).status_code == 404
    assert order.code not in client.get("/ban-hang/doi-soat").get_data(as_text=True)
    assert client.get(f"/don-hang/{order.code}/ma-qr.png").status_code == 404
    assert client.get("/can-bo/doi-soat").status_code == 403
    assert reload(database, order).payment_state == "unpaid"


def test_refund_is_paid_out_by_hand(signed_in: SignIn, database: Database) -> None:
    order, attempt = waiting(database)
    with database.transaction() as db:
        services.apply_txn(db, make_txn(attempt), now=clock.now())
        orders.cancel_order(
            db,
            order_id=order.id,
            by="seller",
            reason="out_of_stock",
            actor_id=None,
            now=clock.now(),
        )
        refund_id = db.scalars(select(Refund.id)).one()
        stranger_producer = make_producer(db)
    stranger = signed_in(owner_of(database, stranger_producer.id))
    page = f"/hoan-tien/{refund_id}"
    assert post(stranger, page, {"reference": "FT9"}).status_code == 404
    assert post(stranger, "/dang-xuat").status_code == 303
    client = signed_in(owner_of(database, order.producer_id))
    assert f'data-refund="{refund_id}"' in client.get("/ban-hang/hoan-tien").get_data(as_text=True)
    assert post(client, page, {"reference": ""}).status_code == 422
    assert post(client, page, {"reference": "FT9"}).status_code == 303
    assert post(client, page, {"reference": "FT9"}).status_code == 409
    assert reload(database, order).payment_state == "refunded"
    assert_sound(database)


# Payee accounts

ACCOUNT = {"bank": "970436", "number": "0011 0022.3344", "holder": "NONG THI HA"}


def test_first_account_needs_staff_and_a_change_needs_a_day(
    signed_in: SignIn, database: Database
) -> None:
    with database.transaction() as db:
        producer = make_producer(db)
        staff = make_staff(db, producer.province_code).email or ""
    owner = owner_of(database, producer.id)
    page, queue = "/ban-hang/tai-khoan-nhan-tien", "/can-bo/tai-khoan-nhan-tien"
    fields = ACCOUNT | {"producer_id": producer.id}

    def in_force(at: datetime) -> str:
        with database.read() as db:
            found = queries.payee_account(db, producer.id, at)
            return found.number if found else ""

    def decide(decision: str = "approve") -> int:
        client = signed_in(staff)
        with database.read() as db:
            waiting_id = db.scalars(
                select(PayeeAccount.id).where(PayeeAccount.state == "submitted")
            ).one()
        assert f'data-account="{waiting_id}"' in client.get(queue).get_data(as_text=True)
        status: int = post(client, f"{queue}/{waiting_id}", {"decision": decision}).status_code
        post(client, "/dang-xuat")
        return status

    client = signed_in(owner)
    assert post(client, page, fields).status_code == 303
    assert post(client, page, fields).status_code == 409, "one waits already"
    assert in_force(clock.now()) == ""
    post(client, "/dang-xuat")
    assert decide() == 303
    assert in_force(clock.now()) == "001100223344"

    client = signed_in(owner)
    assert post(client, page, fields).status_code == 409, "it is the same account"
    assert post(client, page, fields | {"number": "99887766"}).status_code == 303
    post(client, "/dang-xuat")
    assert decide() == 303
    assert in_force(clock.now()) == "001100223344"
    assert in_force(clock.now() + timedelta(hours=23)) == "001100223344"
    assert in_force(clock.now() + timedelta(hours=24, minutes=1)) == "99887766"
    with database.read() as db:
        told = db.scalars(select(OutboxMessage.kind).order_by(OutboxMessage.id)).all()
        assert told == ["payments.payee_submitted", "payments.payee_decided"] * 2
        changed = db.scalars(select(PayeeAccount.id).order_by(PayeeAccount.id.desc())).first()
        assert db.scalar(select(func.count()).select_from(AuditEntry)) >= 4

    client = signed_in(owner)
    assert post(client, f"{page}/{changed}/huy").status_code == 303
    assert post(client, f"{page}/{changed}/huy").status_code == 409
    assert in_force(clock.now() + timedelta(days=9)) == "001100223344"
    assert_sound(database)


def test_rejected_account_is_never_used(signed_in: SignIn, database: Database) -> None:
    with database.transaction() as db:
        producer = make_producer(db)
        person = make_person(db)
        account = services.submit_account(
            db,
            producer_id=producer.id,
            bank_bin="970436",
            number="12345678",
            holder="X Y",
            actor_id=person.id,
            now=clock.now(),
        )
        staff = make_staff(db).email
    client = signed_in(staff)
    page = f"/can-bo/tai-khoan-nhan-tien/{account.id}"
    assert post(client, page, {"decision": "maybe"}).status_code == 422
    assert post(client, page, {"decision": "reject"}).status_code == 303
    assert post(client, page, {"decision": "approve"}).status_code == 409
    with database.read() as db:
        assert not queries.has_payee_account(db, producer.id)


def test_nobody_approves_their_own_account(signed_in: SignIn, database: Database) -> None:
    with database.transaction() as db:
        producer = make_producer(db)
        staff = make_staff(db)
        from shop.accounts.services import add_member

        add_member(
            db,
            person_id=staff.id,
            unit_kind="producer",
            unit_id=producer.id,
            role="owner",
            now=clock.now(),
        )
        other = make_person(db)
        mine, theirs = (
            make_payee_account(db, pid, state="submitted", submitted_by=who, effective_at=None)
            for pid, who in ((producer.id, other.id), (make_producer(db).id, staff.id))
        )
    client = signed_in(staff.email)
    for account in (mine, theirs):
        page = f"/can-bo/tai-khoan-nhan-tien/{account.id}"
        assert post(client, page, {"decision": "approve"}).status_code == 409


def test_staff_of_other_provinces_and_small_roles_stay_out(
    signed_in: SignIn, database: Database
) -> None:
    with database.transaction() as db:
        producer = make_producer(db)
        account = make_payee_account(db, producer.id, state="submitted", effective_at=None)
        elsewhere = make_staff(db, "79").email
    client = signed_in(elsewhere)
    page = f"/can-bo/tai-khoan-nhan-tien/{account.id}"
    assert f'data-account="{account.id}"' not in client.get("/can-bo/tai-khoan-nhan-tien").get_data(
        as_text=True
    )
    assert post(client, page, {"decision": "approve"}).status_code == 404
    post(client, "/dang-xuat")
    client = signed_in(owner_of(database, producer.id, "member"))
    fields = ACCOUNT | {"producer_id": producer.id}
    assert post(client, "/ban-hang/tai-khoan-nhan-tien", fields).status_code == 403
    assert post(client, f"/ban-hang/tai-khoan-nhan-tien/{account.id}/huy").status_code == 403


@pytest.mark.parametrize(
    "over",
    [
        {"number": "12 34 ệ"},
        {"number": "1" * 25},
        {"bank": "other", "bank_bin": "12345"},
        {"bank": "other", "bank_bin": ""},
        {"bank": "123456"},
        {"holder": ""},
    ],
)
def test_wrong_accounts_are_refused_beside_the_field(
    signed_in: SignIn, database: Database, over: dict[str, str]
) -> None:
    with database.transaction() as db:
        producer = make_producer(db)
    client = signed_in(owner_of(database, producer.id))
    fields = ACCOUNT | {"producer_id": producer.id} | over
    answer = post(client, "/ban-hang/tai-khoan-nhan-tien", fields)
    assert answer.status_code == 422
    assert 'class="err"' in answer.get_data(as_text=True)


# The staff desk


def test_staff_match_unmatched_money(signed_in: SignIn, database: Database) -> None:
    order, attempt = waiting(database)
    with database.transaction() as db:
        lost = make_txn(attempt, order_hint="<b>chi Ha</b>", account="")
        services.apply_txn(db, lost, now=clock.now())
        wrong = make_txn(attempt, txn_id="w", account="000")
        services.apply_txn(db, wrong, now=clock.now())
        first, second = db.scalars(select(PaymentTxn.id).order_by(PaymentTxn.id)).all()
        province = make_staff(db, "19").email
        country = make_staff(db, "*").email
        elsewhere = make_staff(db, "79").email
    client = signed_in(elsewhere)
    assert "data-txn" not in client.get("/can-bo/doi-soat").get_data(as_text=True)
    assert (
        post(
            client, f"/can-bo/doi-soat/{second}", {"order_code": order.code, "note": "thử xem"}
        ).status_code
        == 404
    )
    post(client, "/dang-xuat")
    client = signed_in(province)
    body = client.get("/can-bo/doi-soat").get_data(as_text=True)
    assert re.findall(r'data-txn="(\d+)"', body) == [str(second)], "the other names no order"
    post(client, "/dang-xuat")
    client = signed_in(country)
    body = client.get("/can-bo/doi-soat").get_data(as_text=True)
    assert re.findall(r'data-txn="(\d+)"', body) == [str(first), str(second)]
    assert "<b>chi Ha</b>" not in body
    page = f"/can-bo/doi-soat/{first}"
    for bad in ({"order_code": "ZZZZZZZZZZ", "note": "đã gọi"}, {"order_code": order.code}):
        assert post(client, page, bad).status_code == 422
    good = {"order_code": order.code.lower(), "note": "đã gọi cho khách"}
    assert post(client, page, good).status_code == 303
    assert post(client, page, good).status_code == 404
    assert reload(database, order).payment_state == "paid"
    assert_sound(database)


# Stripe, end to end


@pytest.fixture
def card(make_app: Callable[..., Flask]) -> Iterator[tuple[Flask, StripeStandIn]]:
    """The application with Stripe switched on, and the stand-in in real time."""
    with StripeStandIn() as stand_in:
        yield (
            make_app(
                stripe_secret_key=stand_in.secret_key,
                stripe_webhook_secret=stand_in.webhook_secret,
                stripe_api_base=stand_in.api_base,
            ),
            stand_in,
        )


def started(app: Flask, database: Database) -> tuple[Order, str]:
    """A card order whose session is open."""
    order, attempt = waiting(database, "stripe")
    own = app.extensions["house"].database
    start_attempt(own, attempt.id, config_of(own), clock.now())
    with database.read() as db:
        return order, db.get_one(PaymentAttempt, attempt.id).provider_ref or ""


def push(app: Flask, stand_in: StripeStandIn, body: bytes, **over: Any) -> int:
    headers = {"Stripe-Signature": over.get("signature") or stand_in.signature(body)}
    return app.test_client().post("/webhooks/stripe", data=body, headers=headers).status_code


def events(database: Database) -> list[tuple[str, str]]:
    with database.read() as db:
        return [
            (row.event_key.split(":")[0][:3], row.outcome)
            for row in db.scalars(select(WebhookEvent).order_by(WebhookEvent.id))
        ]


def test_card_payment_from_page_to_webhook(
    card: tuple[Flask, StripeStandIn], database: Database
) -> None:
    app, stand_in = card
    order, attempt = waiting(database, "stripe")
    client = app.test_client()
    assert stand_in.calls == []
    assert post(client, link(app, order, "/thanh-toan")).status_code == 303
    (session_id,) = stand_in.sessions
    body = client.get(link(app, order)).get_data(as_text=True)
    assert f'href="{stand_in.api_base}/pay/{session_id}"' in body
    assert stand_in.sessions[session_id]["metadata"] == {"order_id": order.code}
    assert stand_in.sessions[session_id]["success_url"] == "http://localhost" + link(app, order)
    assert post(client, link(app, order, "/thanh-toan")).status_code == 303
    assert len(stand_in.sessions) == 1

    stand_in.pay(session_id, tell=False)
    assert "Đã trả đủ" not in client.get(link(app, order)).get_data(as_text=True)
    assert reload(database, order).state == "awaiting_payment", "the return page only displays"
    event = stand_in.event(session_id, "checkout.session.completed")
    assert [push(app, stand_in, event) for _ in range(4)] == [200] * 4
    found = reload(database, order)
    assert (found.state, found.payment_state) == ("confirmed", "paid")
    with database.read() as db:
        assert queries.money_of(db, order.id) == Money(95_000, 0)
        assert db.get_one(PaymentAttempt, attempt.id).state == "succeeded"
    assert events(database) == [("evt", "applied")]
    assert_sound(database)


def test_shuffled_and_foreign_events_have_no_effect_beyond_once(
    card: tuple[Flask, StripeStandIn], database: Database
) -> None:
    app, stand_in = card
    order, session_id = started(app, database)
    early = stand_in.event(session_id, "checkout.session.completed")
    expired = stand_in.event(session_id, "checkout.session.expired")
    assert push(app, stand_in, early) == 200
    assert reload(database, order).payment_state == "unpaid", "the session is not paid yet"
    stand_in.pay(session_id, tell=False)
    bodies = [
        expired,
        stand_in.event(session_id, "checkout.session.async_payment_succeeded"),
        stand_in.event(session_id, "checkout.session.completed"),
        stand_in.event(session_id, "checkout.session.async_payment_failed"),
        stand_in.event(session_id, "invoice.paid"),
    ]
    assert {push(app, stand_in, body) for body in bodies * 2} == {200}
    found = reload(database, order)
    assert (found.state, found.payment_state) == ("confirmed", "paid")
    assert_sound(database)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"amount_total": 1}, "wrong_amount"),
        ({"currency": "usd"}, "wrong_currency"),
        ({"metadata": {"order_id": "ANOTHER123"}}, "wrong_order"),
    ],
)
def test_paid_but_wrong_sessions_go_to_the_desk(
    card: tuple[Flask, StripeStandIn], database: Database, change: dict[str, Any], reason: str
) -> None:
    app, stand_in = card
    order, session_id = started(app, database)
    stand_in.change(session_id, **change)
    stand_in.pay(session_id, tell=False)
    body = stand_in.event(session_id, "checkout.session.completed")
    assert push(app, stand_in, body) == 200
    assert reload(database, order).payment_state == "unpaid"
    assert events(database) == [("evt", "unmatched")]
    with database.read() as db:
        assert db.scalar(select(func.count()).where(queries.is_unmatched())) == 1
    assert_sound(database)


def test_refused_webhooks_change_nothing_and_cannot_fill_the_table(
    card: tuple[Flask, StripeStandIn], database: Database
) -> None:
    app, stand_in = card
    order, session_id = started(app, database)
    stand_in.pay(session_id, tell=False)
    body = stand_in.event(session_id, "checkout.session.completed")
    now = clock.now().timestamp()
    forged = [
        "",
        "t=1,v1=" + "0" * 64,
        stand_in.signature(body, secret="whsec_guess"),
        stand_in.signature(body, at=now - 400),
        stand_in.signature(body, at=now + 400),
        stand_in.signature(body + b" "),
        stand_in.signature(b""),
    ]
    for signature in forged:
        assert push(app, stand_in, body, signature=signature or "x") == 403
    for number in range(60):
        assert push(app, stand_in, b"%d" % number, signature="t=1,v1=x") == 403
    with database.read() as db:
        rows = db.scalars(select(WebhookEvent)).all()
        assert 1 <= len(rows) <= 32
        assert not any(row.is_signature_good for row in rows)
        assert all(len(row.raw) <= 2048 for row in rows)
    assert reload(database, order).payment_state == "unpaid"
    assert push(app, stand_in, body) == 200, "the real event was not pre-empted"
    assert reload(database, order).payment_state == "paid"
    assert_sound(database)


@pytest.mark.parametrize(
    ("body", "statuses"),
    [
        (b"", {422}),
        (b"{", {422}),
        (b"[]", {422}),
        (b'{"id":"evt_1"', {422}),
        (b"\xff" * 100, {422}),
        (b"x" * 5_000_000, {413}),
    ],
)
def test_signed_nonsense_gets_4xx(
    card: tuple[Flask, StripeStandIn], database: Database, body: bytes, statuses: set[int]
) -> None:
    app, stand_in = card
    assert push(app, stand_in, body) in statuses
    assert_sound(database)


def test_webhook_is_closed_without_keys(app: Flask, database: Database) -> None:
    answer = app.test_client().post("/webhooks/stripe", data=b"{}")
    assert answer.status_code == 403


def test_silent_provider_asks_for_redelivery(
    card: tuple[Flask, StripeStandIn], database: Database
) -> None:
    app, stand_in = card
    order, session_id = started(app, database)
    stand_in.pay(session_id, tell=False)
    body = stand_in.event(session_id, "checkout.session.completed")
    stand_in.faults = ["stop500"]
    assert push(app, stand_in, body) == 503
    assert reload(database, order).payment_state == "unpaid"
    assert events(database) == [("evt", "received")]
    assert push(app, stand_in, body) == 200
    assert reload(database, order).payment_state == "paid"
    assert events(database) == [("evt", "applied")]


def test_poller_finds_what_no_webhook_told(
    card: tuple[Flask, StripeStandIn], database: Database
) -> None:
    app, stand_in = card
    order, session_id = started(app, database)
    own, now = app.extensions["house"].database, clock.now()
    run_once("payments.poll", own, now + timedelta(seconds=1))
    assert reload(database, order).payment_state == "unpaid"
    stand_in.pay(session_id, tell=False)
    asked = len(stand_in.calls)
    run_once("payments.poll", own, now + timedelta(seconds=2))
    assert len(stand_in.calls) == asked, "each attempt is left alone between questions"
    stand_in.faults = ["stop500"]
    run_once("payments.poll", own, now + timedelta(minutes=3))
    assert reload(database, order).payment_state == "unpaid"
    run_once("payments.poll", own, now + timedelta(minutes=6))
    assert reload(database, order).payment_state == "paid"
    asked = len(stand_in.calls)
    run_once("payments.poll", own, now + timedelta(minutes=9))
    assert len(stand_in.calls) == asked
    assert_sound(database)


def test_poller_calls_off_sessions_of_ended_orders(
    card: tuple[Flask, StripeStandIn], database: Database
) -> None:
    app, stand_in = card
    order, session_id = started(app, database)
    own, now = app.extensions["house"].database, clock.now()
    with database.transaction() as db:
        orders.cancel_order(
            db, order_id=order.id, by="buyer", reason="other", actor_id=None, now=now
        )
    run_once("payments.poll", own, now + timedelta(minutes=1))
    assert stand_in.sessions[session_id]["status"] == "expired"
    run_once("payments.poll", own, now + timedelta(minutes=5))
    with database.read() as db:
        assert db.scalars(select(PaymentAttempt.state)).one() == "expired"


def test_card_money_for_a_cancelled_order_becomes_a_refund(
    card: tuple[Flask, StripeStandIn], database: Database
) -> None:
    app, stand_in = card
    order, session_id = started(app, database)
    with database.transaction() as db:
        orders.cancel_order(
            db, order_id=order.id, by="buyer", reason="other", actor_id=None, now=clock.now()
        )
    stand_in.pay(session_id, tell=False)
    assert push(app, stand_in, stand_in.event(session_id, "checkout.session.completed")) == 200
    assert reload(database, order).state == "cancelled"
    with database.read() as db:
        assert [one.amount_vnd for one in queries.open_refunds(db, order.id)] == [95_000]
    assert_sound(database)


def test_lost_answer_is_asked_again_with_the_same_key(
    card: tuple[Flask, StripeStandIn], database: Database
) -> None:
    app, stand_in = card
    order, attempt = waiting(database, "stripe")
    client = app.test_client()
    stand_in.faults = ["500"] * 3
    assert post(client, link(app, order, "/thanh-toan")).status_code == 303
    with database.read() as db:
        assert db.get_one(PaymentAttempt, attempt.id).state == "created"
    assert "Mở trang thanh toán" in client.get(link(app, order)).get_data(as_text=True)
    stand_in.faults = ["lost", "lost", "lost"]
    assert post(client, link(app, order, "/thanh-toan")).status_code == 303
    assert post(client, link(app, order, "/thanh-toan")).status_code == 303
    assert len(stand_in.sessions) == 1
    assert len({call["key"] for call in stand_in.calls}) == 1
    with database.read() as db:
        assert db.get_one(PaymentAttempt, attempt.id).state == "started"


def test_refusal_closes_the_attempt(card: tuple[Flask, StripeStandIn], database: Database) -> None:
    app, stand_in = card
    order, attempt = waiting(database, "stripe")
    stand_in.faults = ["400"]
    assert post(app.test_client(), link(app, order, "/thanh-toan")).status_code == 303
    with database.read() as db:
        assert db.get_one(PaymentAttempt, attempt.id).state == "failed"
    assert post(app.test_client(), link(app, order, "/thanh-toan")).status_code == 409


def test_webhook_return_page_and_poll_at_once(
    card: tuple[Flask, StripeStandIn], database: Database
) -> None:
    app, stand_in = card
    order, session_id = started(app, database)
    stand_in.pay(session_id, tell=False)
    own, now = app.extensions["house"].database, clock.now()
    bodies = [stand_in.event(session_id, "checkout.session.completed") for _ in range(3)]
    works: list[Callable[[], Any]] = [
        lambda body=body: push(app, stand_in, body) for body in bodies
    ]
    works += [lambda: push(app, stand_in, bodies[0])] * 2
    works += [
        lambda: run_once("payments.poll", own, now + timedelta(minutes=5)),
        lambda: post(app.test_client(), link(app, order, "/thanh-toan/kiem-tra")).status_code,
    ]
    results = at_once(works)
    assert [one for one in results if isinstance(one, Exception)] == []
    assert {one for one in results if isinstance(one, int)} <= {200, 303}
    with database.read() as db:
        assert queries.money_of(db, order.id) == Money(95_000, 0)
        assert db.scalar(select(func.count()).select_from(PaymentTxn)) == 1
    assert reload(database, order).state == "confirmed"
    assert_sound(database)


def test_paying_is_for_the_buyer_only(
    card: tuple[Flask, StripeStandIn], database: Database
) -> None:
    app, stand_in = card
    order, _attempt = waiting(database, "stripe")
    for tail in ("/thanh-toan", "/thanh-toan/kiem-tra"):
        bare = f"/don-hang/{order.code}{tail}"
        assert post(app.test_client(), bare).status_code == 404
        assert post(app.test_client(), bare + "?k=x").status_code == 404
    assert app.test_client().post(link(app, order, "/thanh-toan")).status_code == 403
    assert stand_in.calls == []


@pytest.mark.parametrize(
    "base",
    [
        "http://api.stripe.com",
        "https://key@api.stripe.com",
        "https://api.stripe.com/v1",
        "ftp://x",
        "//api.stripe.com",
    ],
)
def test_unsafe_api_base_stops_the_start(make_app: Callable[..., Flask], base: str) -> None:
    with pytest.raises(UnsafeSetting):
        make_app(stripe_secret_key="sk", stripe_webhook_secret="wh", stripe_api_base=base)


def test_hold_outlasts_the_session() -> None:
    assert plug.PROVIDER.life == plug.SESSION_LIFE
