"""Every receiver over real routes: what strangers send is a calm 4xx and changes nothing."""

import json
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest
from flask import Flask
from sqlalchemy import func, select

from shop.core import clock
from shop.core.db import Database
from shop.orders.models import Order
from shop.payments import queries
from shop.payments.configuration import config_of
from shop.payments.models import PaymentAttempt, PaymentTxn, WebhookEvent
from shop.payments.registry import all_providers, provider_called
from shop.payments.rules import Money
from shop.payments.starting import start_attempt
from shop.payments.wiring import UnsafeSetting
from tests.factories.payments import make_attempt
from tests.shop.payments.test_ledger import assert_sound, at_once
from tests.stand_ins import banks, wallets
from tests.stand_ins.banks import BankStandIn
from tests.stand_ins.stripe import KEY, WEBHOOK_KEY, StripeStandIn
from tests.stand_ins.wallets import WalletsStandIn

PUSHING = sorted(slug for slug, one in all_providers().items() if one.parse_push)
WALLETS = ("vnpay", "momo", "zalopay")


class StandIns(NamedTuple):
    """Everybody who would be called."""

    wallet: WalletsStandIn
    bank: BankStandIn
    stripe: StripeStandIn


def settings_of(wallet: WalletsStandIn) -> dict[str, Any]:
    """Every receiver on; the wallets lead to the stand-in."""
    return {
        "sepay_webhook_secret": banks.SEPAY_SECRET,
        "payos_account": ":".join(banks.ACCOUNT),
        "payos_client_id": banks.CLIENT_ID,
        "payos_api_key": banks.API_KEY,
        "payos_checksum_key": banks.CHECKSUM_KEY,
        "vnpay_tmn_code": wallets.TMN,
        "vnpay_hash_secret": wallets.VNPAY_KEY,
        "vnpay_pay_url": f"{wallet.base}/pay",
        "vnpay_api_url": f"{wallet.base}/api",
        "momo_partner_code": wallets.PARTNER,
        "momo_access_key": wallets.ACCESS,
        "momo_secret_key": wallets.MOMO_KEY,
        "momo_api_base": wallet.base,
        "zalopay_app_id": wallets.APP_ID,
        "zalopay_key1": wallets.KEY1,
        "zalopay_key2": wallets.KEY2,
        "zalopay_api_base": wallet.base,
    }


@pytest.fixture
def shop(make_app: Callable[..., Flask]) -> Iterator[tuple[Flask, WalletsStandIn]]:
    """The application with every receiver on; the wallets lead to a stand-in in real time."""
    with WalletsStandIn() as wallet:
        yield (
            make_app(
                stripe_secret_key=KEY,
                stripe_webhook_secret=WEBHOOK_KEY,
                stripe_api_base="http://127.0.0.1:9",
                **settings_of(wallet),
            ),
            wallet,
        )


def push(app: Flask, slug: str, body: bytes, **over: Any) -> Any:
    client = app.test_client()
    if provider_called(slug).push_method == "GET":
        return client.get(f"/webhooks/{slug}", query_string=body.decode("latin-1"), **over)
    return client.post(f"/webhooks/{slug}", data=body, content_type="application/json", **over)


def started(app: Flask, database: Database, wallet: WalletsStandIn, slug: str) -> tuple[Order, str]:
    with database.transaction() as db:
        order, attempt = make_attempt(db, provider=slug, now=clock.now())
        attempt_id = attempt.id
    own = app.extensions["house"].database
    told = start_attempt(own, attempt_id, config_of(own), clock.now())
    if slug == "vnpay":
        wallet.open_vnpay(told.url)
    return order, told.provider_ref


JUNK: list[bytes] = [
    b"",
    b"{}",
    b"[]",
    b"null",
    b'{"data": {}}',
    b"\x00" * 64,
    b"\xff\xfe\xfd",
    b"[" * 200_000,
    b'{"a":' * 3_000,
    b'{"data": {"orderCode": 1e999}, "signature": "\\ud800"}',
    b'{"signature": 1, "mac": [], "data": {"a": {}}}',
    b"vnp_SecureHash=&vnp_TxnRef=%00",
    b"&".join([b"vnp_a=1"] * 500),
    b"a" * 5_000_000,
]
NAMES = [f"junk{number}" for number in range(len(JUNK))]


@pytest.mark.parametrize("slug", PUSHING)
def test_junk_is_a_4xx_and_leaves_no_money(
    slug: str, shop: tuple[Flask, WalletsStandIn], database: Database
) -> None:
    app, _wallet = shop
    headers: list[dict[str, str]] = [
        {},
        {"Stripe-Signature": "t=1,v1=" + "0" * 64, "X-SePay-Signature": "sha256=" + "0" * 64},
        {"Authorization": "Apikey x", "X-SePay-Timestamp": "9" * 40},
    ]
    most = 4_000 if provider_called(slug).push_method == "GET" else len(JUNK[-1])
    for number, body in enumerate(JUNK):
        answer = push(app, slug, body[:most], headers=headers[number % 3])
        assert 400 <= answer.status_code < 500, (NAMES[number], answer.status_code)
    with database.read() as db:
        assert db.scalar(select(func.count()).select_from(PaymentTxn)) == 0
        kept = db.scalars(select(WebhookEvent)).all()
    assert len(kept) <= 16
    assert {event.outcome for event in kept} <= {"bad_signature", "malformed"}


@pytest.mark.parametrize("slug", PUSHING)
def test_receivers_are_closed_without_keys(slug: str, app: Flask) -> None:
    assert 400 <= push(app, slug, b"{}").status_code < 500


@pytest.mark.parametrize("slug", WALLETS)
def test_twenty_same_messages_over_http(
    slug: str, shop: tuple[Flask, WalletsStandIn], database: Database
) -> None:
    app, wallet = shop
    order, ref = started(app, database, wallet, slug)
    wallet.pay(slug, ref)
    body = wallet.message(slug, ref)
    answers = at_once([lambda: push(app, slug, body).status_code] * 20)
    assert set(answers) == {204 if slug == "momo" else 200}
    with database.read() as db:
        assert queries.money_of(db, order.id) == Money(95_000, 0)
        assert db.get_one(Order, order.id).state == "confirmed"
    assert_sound(database)


Sent = tuple[bytes, dict[str, str]]


class Teller:
    """Payments that one provider tells of, each message signed as that provider signs it."""

    def __init__(self, slug: str, app: Flask, stand_ins: StandIns) -> None:
        self.slug, self.app, self.by = slug, app, stand_ins

    def pay(self, database: Database) -> tuple[Order, str]:
        """A paid order and the provider's name of its payment."""
        if self.slug == "sepay":
            with database.transaction() as db:
                order, attempt = make_attempt(db, now=clock.now())
            self.by.bank.transfer(amount=95_000, text=attempt.memo_code)
            return order, str(len(self.by.bank.listed) - 1)
        order, ref = started(self.app, database, self.by.wallet, self.slug)
        if self.slug == "stripe":
            self.by.stripe.pay(ref, tell=False)
        elif self.slug == "payos":
            self.by.bank.pay(self.code(ref), 95_000)
        else:
            self.by.wallet.pay(self.slug, ref)
        return order, ref

    @staticmethod
    def code(ref: str) -> int:
        return int(ref.rpartition(".")[2])

    def tells(self, ref: str, at: float) -> Sent:
        """A message that says it is of the instant ``at``, in seconds."""
        moment = datetime.fromtimestamp(at, UTC).astimezone(banks.VN)
        if self.slug == "stripe":
            kind = "checkout.session.completed"
            body = self.by.stripe.event(ref, kind, created=int(at))
            return body, {"Stripe-Signature": self.by.stripe.signature(body, at=at)}
        if self.slug == "sepay":
            when = f"{moment:%Y-%m-%d %H:%M:%S}"
            body = self.by.bank.told(self.by.bank.listed[int(ref)], transactionDate=when)
            return body, banks.sepay_headers(body, at)
        if self.slug == "payos":
            when = moment.isoformat()
            return self.by.bank.message(self.code(ref), transactionDateTime=when), {}
        over: dict[str, Any] = {
            "vnpay": {"vnp_PayDate": f"{moment:%Y%m%d%H%M%S}"},
            "momo": {"responseTime": int(at * 1000)},
            "zalopay": {"server_time": int(at * 1000)},
        }[self.slug]
        return self.by.wallet.message(self.slug, ref, **over), {}

    def fields(self, ref: str) -> list[str]:
        """What a message says, by the names its sender gives the values."""
        if self.slug == "stripe":
            return ["id", "type", "created", "livemode", "data"]
        body, _headers = self.tells(ref, clock.now().timestamp())
        if self.slug == "vnpay":
            pairs = (pair.partition("=")[0] for pair in body.decode().split("&"))
            return [name for name in pairs if name != "vnp_SecureHash"]
        told = json.loads(body)
        inner = told.get("data", told)
        return list(json.loads(inner) if isinstance(inner, str) else inner)

    def tells_nonsense(self, ref: str, field: str, value: Any) -> Sent:
        """A well signed message with one odd value in it."""
        at = clock.now().timestamp()
        odd: dict[str, Any] = {field: value}
        if self.slug == "stripe":
            body = self.by.stripe.event(ref, "checkout.session.completed", **odd)
            return body, {"Stripe-Signature": self.by.stripe.signature(body, at=at)}
        if self.slug == "sepay":
            body = self.by.bank.told(self.by.bank.listed[int(ref)], **odd)
            return body, banks.sepay_headers(body, at)
        if self.slug == "payos":
            return self.by.bank.message(self.code(ref), **odd), {}
        if self.slug == "vnpay":
            odd = {field: str(value)}
        return self.by.wallet.message(self.slug, ref, **odd), {}

    def push(self, sent: Sent) -> int:
        body, headers = sent
        return int(push(self.app, self.slug, body, headers=headers).status_code)


@pytest.fixture
def tellers(make_app: Callable[..., Flask]) -> Iterator[Callable[[str], Teller]]:
    """Every provider by its name, each with its own stand-in in real time."""
    with WalletsStandIn() as wallet, BankStandIn() as bank, StripeStandIn() as stripe:
        app = make_app(
            **settings_of(wallet),
            stripe_secret_key=stripe.secret_key,
            stripe_webhook_secret=stripe.webhook_secret,
            stripe_api_base=stripe.api_base,
            payos_api_base=bank.api_base,
            payos_checkout_url=f"{bank.api_base}/web/{{id}}",
        )
        yield lambda slug: Teller(slug, app, StandIns(wallet, bank, stripe))


SIGNED_WITH_TIME = {"stripe", "sepay"}
"""Their signature covers when it was made: another time than now is refused."""
DAY = 86_400.0


@pytest.mark.parametrize("slug", PUSHING)
def test_stale_future_truncated_doubled_and_shuffled_count_once(
    slug: str, tellers: Callable[[str], Teller], database: Database
) -> None:
    """Of two payments: what is late or early by a day or by decades, cut off at any place, and
    then the same messages twenty times each in any order."""
    teller, now = tellers(slug), clock.now().timestamp()
    paid = [teller.pay(database) for _ in range(2)]
    body, headers = teller.tells(paid[0][1], now)
    for end in range(0, len(body), max(1, len(body) // 9)):
        assert 400 <= teller.push((body[:end], headers)) < 500, body[:end]
    odd = [
        teller.tells(ref, at)
        for _order, ref in paid
        for at in (now - 30 * DAY, now + DAY, 4_000_000_000.0)
    ]
    if slug in SIGNED_WITH_TIME:
        assert {teller.push(sent) for sent in odd} == {403}
        odd = []
    assert states(database, paid) == ["unpaid", "unpaid"], "nothing was told yet in a good way"
    queue = (odd + [teller.tells(ref, now) for _order, ref in paid]) * 20
    random.Random(9).shuffle(queue)
    assert {teller.push(sent) for sent in queue} <= {200, 204}
    assert states(database, paid) == ["paid", "paid"]
    with database.read() as db:
        assert [queries.money_of(db, order.id) for order, _ in paid] == [Money(95_000, 0)] * 2
        latest = db.scalar(select(func.max(PaymentTxn.occurred_at)))
        assert latest is not None
        assert latest <= clock.now() + timedelta(minutes=5), "no money comes from the future"
    assert_sound(database)


NONSENSE: list[Any] = [
    None,
    True,
    -1,
    1.5,
    10**30,
    float("inf"),
    "95000.0",
    "\x00",
    "\ud800",
    "x" * 100_000,
    [[1]],
    {"a": 1},
]


@pytest.mark.parametrize("slug", PUSHING)
def test_a_good_signature_is_no_excuse_to_fall_over(
    slug: str, tellers: Callable[[str], Teller], database: Database
) -> None:
    """Every field of a message in turn holds what it never should; the payment counts once."""
    teller = tellers(slug)
    order, ref = teller.pay(database)
    pushed = 0
    for field in teller.fields(ref):
        for value in NONSENSE:
            try:
                sent = teller.tells_nonsense(ref, field, value)
            except (UnicodeError, TypeError, ValueError):
                continue  # what the sender itself cannot sign
            pushed += 1
            assert teller.push(sent) < 500, (field, str(value)[:20])
    assert pushed > 40
    teller.push(teller.tells(ref, clock.now().timestamp()))
    assert states(database, [(order, ref)]) == ["paid"]
    with database.read() as db:
        assert queries.money_of(db, order.id) == Money(95_000, 0)
    assert_sound(database)


def states(database: Database, paid: list[tuple[Order, str]]) -> list[str]:
    with database.read() as db:
        return [db.get_one(Order, order.id).payment_state for order, _ref in paid]


def test_vnpay_hears_its_own_codes(shop: tuple[Flask, WalletsStandIn], database: Database) -> None:
    app, wallet = shop
    _order, ref = started(app, database, wallet, "vnpay")
    wallet.pay("vnpay", ref)
    good = wallet.message("vnpay", ref)
    assert app.test_client().head("/webhooks/vnpay", query_string=good.decode()).status_code == 204
    with database.read() as db:
        assert db.scalars(select(WebhookEvent)).all() == [], "HEAD does nothing"
    forged = push(app, "vnpay", good.replace(b"vnp_Amount=", b"vnp_Amount=1"))
    assert (forged.status_code, forged.get_json()["RspCode"]) == (403, "97")
    strange = wallet.message("vnpay", f"{ref[:14]}ZZZZZZZZ99")
    assert push(app, "vnpay", strange).get_json()["RspCode"] == "01"
    assert push(app, "vnpay", good).get_json()["RspCode"] == "00"
    assert push(app, "vnpay", good).get_json()["RspCode"] == "02"
    assert app.test_client().post("/webhooks/vnpay", data=good).status_code == 405
    _other, second = started(app, database, wallet, "vnpay")
    wallet.payments["vnpay", second]["amount"] += 100
    wallet.pay("vnpay", second)
    assert push(app, "vnpay", wallet.message("vnpay", second)).get_json()["RspCode"] == "04"
    assert_sound(database)


@pytest.mark.parametrize("slug", WALLETS)
def test_return_page_shows_and_changes_nothing(
    slug: str, shop: tuple[Flask, WalletsStandIn], database: Database
) -> None:
    """Whatever the browser brings back, money moves only when the wallet is asked."""
    app, wallet = shop
    order, ref = started(app, database, wallet, slug)
    own = app.extensions["house"].database
    link = config_of(own).order_link(order.code).removeprefix(config_of(own).public_url)
    lies = "&vnp_ResponseCode=00&vnp_TransactionStatus=00&resultCode=0&status=1&return_code=1"
    assert app.test_client().get(link + lies).status_code == 200
    with database.read() as db:
        assert db.get_one(Order, order.id).payment_state == "unpaid"
        attempt = db.scalars(select(PaymentAttempt)).one()
        assert attempt.provider_ref == ref


@pytest.mark.parametrize(
    "settings",
    [
        {"vnpay_tmn_code": "x"},
        {"momo_partner_code": "x", "momo_access_key": "y"},
        {"zalopay_app_id": 5, "zalopay_key1": "x"},
        {"vnpay_tmn_code": "x", "vnpay_hash_secret": "y", "vnpay_api_url": "http://pay.example/a"},
        {
            "momo_partner_code": "x",
            "momo_access_key": "y",
            "momo_secret_key": "z",
            "momo_api_base": "http://momo.example",
        },
    ],
)
def test_half_set_or_unsafe_wallets_stop_the_start(
    make_app: Callable[..., Flask], settings: dict[str, Any]
) -> None:
    with pytest.raises(UnsafeSetting):
        make_app(**settings)


def test_secrets_never_reach_the_answers(shop: tuple[Flask, WalletsStandIn]) -> None:
    app, _wallet = shop
    for slug in PUSHING:
        shown = push(app, slug, json.dumps({"data": "x", "mac": "y"}).encode()).get_data(
            as_text=True
        )
        for secret in (WEBHOOK_KEY, wallets.VNPAY_KEY, wallets.MOMO_KEY, wallets.KEY2):
            assert secret not in shown
