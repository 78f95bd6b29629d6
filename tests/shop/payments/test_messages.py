"""Well signed messages with two readings: refused alike for every provider that pushes JSON."""

import gzip
import json
from collections.abc import Callable

import pytest

from shop.core import clock
from shop.core.db import Database
from shop.payments.messages import check_headers, read_object
from shop.payments.provider import Malformed
from shop.payments.registry import all_providers
from tests.shop.payments.test_hostile_webhooks import Sent, Teller, push, states, tellers
from tests.stand_ins import banks

__all__ = ["tellers"]

JSON_SENDERS = sorted(
    slug for slug, one in all_providers().items() if one.parse_push and one.push_method == "POST"
)
ODD: dict[str, Callable[[bytes], bytes]] = {
    "a name twice": lambda body: (
        b'{"%s": null, ' % next(iter(json.loads(body))).encode() + body[1:]
    ),
    "a name twice within": lambda body: b'{"x": {"a": 1, "a": 1}, ' + body[1:],
    "NaN": lambda body: b'{"x": NaN, ' + body[1:],
    "beyond any number": lambda body: b'{"x": 1e999, ' + body[1:],
    "5,000 digits": lambda body: b'{"x": ' + b"9" * 5_000 + b", " + body[1:],
    "nested": lambda body: b'{"x": ' + b"[" * 60_000 + b"]" * 60_000 + b", " + body[1:],
    "UTF-16": lambda body: body.decode().encode("utf-16"),
    "a mark before": lambda body: b"\xef\xbb\xbf" + body,
    "something behind": lambda body: body + b" {}",
    "packed": gzip.compress,
    "no UTF-8": lambda body: b'{"x": "\xe0\xe9", ' + body[1:],
}
DRESS = [
    {"Content-Type": "application/x-www-form-urlencoded"},
    {"Content-Type": "text/plain"},
    {"Content-Type": "application/json; charset=utf-16"},
    {"Content-Type": "application/json", "Content-Encoding": "gzip"},
]


def signed(teller: Teller, body: bytes) -> Sent:
    """``body`` as it is, signed anew where the signature is of the bytes."""
    at = clock.now().timestamp()
    if teller.slug == "stripe":
        return body, {"Stripe-Signature": teller.by.stripe.signature(body, at=at)}
    return body, banks.sepay_headers(body, at) if teller.slug == "sepay" else {}


@pytest.mark.parametrize("slug", JSON_SENDERS)
def test_what_can_be_read_in_two_ways_is_refused_and_the_plain_message_counts(
    slug: str, tellers: Callable[[str], Teller], database: Database
) -> None:
    teller = tellers(slug)
    paid = [teller.pay(database)]
    body, _headers = teller.tells(paid[0][1], clock.now().timestamp())
    for name, make in ODD.items():
        assert 400 <= teller.push(signed(teller, make(body))) < 500, name
    for dress in DRESS:
        sent, headers = signed(teller, body)
        client = teller.app.test_client()
        answer = client.post(f"/webhooks/{slug}", data=sent, headers=headers | dress)
        assert answer.status_code == 422, dress
    assert states(database, paid) == ["unpaid"]
    assert teller.push(signed(teller, body)) in {200, 204}
    assert states(database, paid) == ["paid"]


def test_a_query_that_names_something_twice_is_refused(
    tellers: Callable[[str], Teller], database: Database
) -> None:
    teller = tellers("vnpay")
    paid = [teller.pay(database)]
    body, _headers = teller.tells(paid[0][1], clock.now().timestamp())
    for odd in (b"x=1&x=2&" + body, body + b"&vnp_SecureHash=00", body + b"&" + body):
        assert 400 <= push(teller.app, "vnpay", odd).status_code < 500
    assert states(database, paid) == ["unpaid"]


@pytest.mark.parametrize(
    "kind",
    ["application/json", "Application/JSON; charset=UTF-8", 'application/json;charset="utf-8"', ""],
)
def test_plain_json_however_it_is_said(kind: str) -> None:
    check_headers({"content-type": kind} if kind else {})


@pytest.mark.parametrize("told", ["[]", "1", "null", '"x"', "", "{", '{"a": -Infinity}'])
def test_only_a_whole_object_is_read(told: str) -> None:
    with pytest.raises(Malformed):
        read_object(told)
