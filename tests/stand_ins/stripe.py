"""A stand-in for Stripe: a real HTTP server on loopback, for tests and for the story.

    with StripeStandIn(secret_key="sk_test_x", webhook_secret="whsec_x") as stripe:
        stripe.api_base            # give it to the shop as STRIPE_API_BASE
        stripe.webhook_url = "http://127.0.0.1:8000/webhooks/stripe"
        stripe.pay(session_id)     # as the buyer does at ``/pay/<id>``; sends the signed webhook

As a program: ``python -m tests.stand_ins.stripe --port 12111 --webhook-url URL --secret-key K
--webhook-secret W``; then drive it over HTTP:

- ``GET /pay/<id>`` a page with a form; ``POST /pay/<id>`` pays, sends the webhook, 303 to success.
- ``POST /_control/event`` ``session=cs_…&type=checkout.session.expired&times=3&same=1`` sends
  events (``same`` repeats one event id); answers the HTTP statuses it got.
- ``POST /_control/session`` ``session=cs_…&payment_status=paid&status=complete&amount_total=1``
  changes a session without telling anybody.
- ``POST /_control/faults`` ``fault=500&fault=429&fault=slow&fault=close&fault=half`` the next
  calls fail so, one each.
- ``GET /_control/state`` every session, call and delivery as JSON.

It is strict like Stripe: bearer key, pinned version, form encoding with dense indexes, unknown
parameters refused, 30 minutes ≤ expires_at ≤ 24 hours, one answer for ever per idempotency key and
an error when the same key comes with other parameters.
"""

import argparse
import hashlib
import hmac
import json
import re
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, parse_qsl, urlsplit
from urllib.request import Request, urlopen

CREATE_FIELDS = {
    "mode": str,
    "client_reference_id": str,
    "locale": str,
    "customer_email": str,
    "expires_at": int,
    "success_url": str,
    "cancel_url": str,
    "line_items": list,
    "metadata": dict,
    "payment_intent_data": dict,
}
LOCALES = {"vi", "en", "auto"}
MINUTE = 60
KEY = "sk_test_standin"
WEBHOOK_KEY = "whsec_standin"


class Refused(Exception):
    """A parameter Stripe would not take."""

    def __init__(self, message: str, *, status: int = 400, kind: str = "invalid_request_error"):
        super().__init__(message)
        self.status, self.kind = status, kind


def decode_form(body: str) -> dict[str, Any]:
    """``a[b][0]=x`` as nested values; a repeated key or an index with holes is refused."""
    root: dict[str, Any] = {}
    for key, value in parse_qsl(body, keep_blank_values=True, strict_parsing=bool(body)):
        head = re.match(r"[^\[\]]+", key)
        if head is None:
            raise Refused(f"bad key {key}")
        parts = [head.group(), *re.findall(r"\[([^\[\]]*)\]", key)]
        current = root
        for part in parts[:-1]:
            current = current.setdefault(part, {})
            if not isinstance(current, dict):
                raise Refused(f"bad key {key}")
        if parts[-1] in current:
            raise Refused(f"{key} comes twice")
        current[parts[-1]] = value
    return {key: _lists(value) for key, value in root.items()}


def _lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if value and all(key.isdigit() for key in value):
        if sorted(map(int, value)) != list(range(len(value))):
            raise Refused("indexes with holes")
        return [_lists(value[str(index)]) for index in range(len(value))]
    return {key: _lists(item) for key, item in value.items()}


class StripeStandIn:
    """The server and what it knows. Thread-safe by one lock."""

    def __init__(
        self,
        *,
        secret_key: str = KEY,
        webhook_secret: str = WEBHOOK_KEY,
        webhook_url: str = "",
        port: int = 0,
        slow_seconds: float = 1.5,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.secret_key, self.webhook_secret = secret_key, webhook_secret
        self.webhook_url = webhook_url
        self.slow_seconds = slow_seconds
        self.clock = clock
        self.sessions: dict[str, dict[str, Any]] = {}
        self.refunds: dict[str, dict[str, Any]] = {}
        self.refund_status = "succeeded"
        """What new refunds are."""
        self.disputes: dict[str, dict[str, Any]] = {}
        self.calls: list[dict[str, Any]] = []
        self.deliveries: list[dict[str, Any]] = []
        self.faults: list[str] = []
        self._replays: dict[str, tuple[str, int, bytes]] = {}
        self.lock = threading.RLock()
        self.stopping = threading.Event()
        self._server = _Server(self, port)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    @property
    def api_base(self) -> str:
        """The origin to give as STRIPE_API_BASE."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def start(self) -> Self:
        """Serve in a thread."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop serving and wait for open answers."""
        self.stopping.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def serve_forever(self) -> None:
        """Serve in this thread, until interrupted."""
        self._server.serve_forever(0.1)

    # The API

    def api(self, method: str, path: str, query: str, headers: Any, body: str) -> tuple[int, Any]:
        """Answer one API call as (status, object)."""
        if headers.get("Authorization") != f"Bearer {self.secret_key}":
            raise Refused("Invalid API Key provided", status=401)
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}\.[a-z]+", headers.get("Stripe-Version") or ""):
            raise Refused("the version is not pinned")
        found = self._looked_up(path, decode_form(query)) if method == "GET" else None
        if found is not None:
            return 200, found
        return self._session_call(method, path, query, headers, body)

    def _session_call(
        self, method: str, path: str, query: str, headers: Any, body: str
    ) -> tuple[int, Any]:
        match = re.fullmatch(r"/v1/checkout/sessions(?:/(cs_\w+)(/expire)?)?", path)
        if match is None and path != "/v1/refunds":
            raise Refused("Unrecognized request URL", status=404)
        session_id, expire = match.groups() if match else (None, None)
        if method == "GET" and session_id and not expire:
            expand = decode_form(query).get("expand", [])
            return 200, self._shown(session_id, expand)
        if method != "POST":
            raise Refused("no such method", status=404)
        return self._posted(path, session_id, expire, headers, body)

    def _posted(
        self, path: str, session_id: str | None, expire: str | None, headers: Any, body: str
    ) -> tuple[int, Any]:
        if headers.get("Content-Type") != "application/x-www-form-urlencoded":
            raise Refused("not a form")
        key = headers.get("Idempotency-Key") or ""
        if not 1 <= len(key) <= 255:
            raise Refused("no idempotency key")

        def work() -> tuple[int, Any]:
            if path == "/v1/refunds":
                return 200, self._refund(decode_form(body))
            return self._change(session_id, expire, body)

        return self._once(key, f"{path}?{body}", work)

    def _looked_up(self, path: str, asked: dict[str, Any]) -> dict[str, Any] | None:
        """Refunds, disputes and sessions of a payment; None for other paths."""
        kind, _, name = path.removeprefix("/v1/").partition("/")
        intent = asked.get("payment_intent")
        if kind in {"refunds", "disputes"} and name:
            known = (self.refunds if kind == "refunds" else self.disputes).get(name)
            if known is None:
                raise Refused("no such object", status=404)
            return known
        if kind == "refunds":
            return {
                "data": [one for one in self.refunds.values() if one["payment_intent"] == intent]
            }
        if path == "/v1/checkout/sessions":
            ids = [key for key, one in self.sessions.items() if one["payment_intent"] == intent]
            return {"data": [self._shown(key, ["payment_intent"]) for key in ids]}
        return None

    def _refund(self, values: dict[str, Any]) -> dict[str, Any]:
        unknown = set(values) - {"payment_intent", "amount", "reason", "metadata"}
        intent = values["payment_intent"]
        known = [one for one in self.sessions.values() if one["payment_intent"] == intent]
        session = known[0] if known else None
        if unknown or session is None or session["payment_status"] != "paid":
            raise Refused("no such payment, or a parameter that is not known")
        if values["reason"] not in {"duplicate", "fraudulent", "requested_by_customer"}:
            raise Refused("reason")
        return self.refund(session["id"], int(values["amount"]), metadata=values["metadata"])

    def refund(self, session_id: str, amount: int, **over: Any) -> dict[str, Any]:
        """Give money of a session back, as the dashboard does (or the API, with metadata)."""
        with self.lock:
            intent = self._find(session_id)["payment_intent"]
            gone = sum(
                one["amount"]
                for one in self.refunds.values()
                if one["payment_intent"] == intent and one["status"] != "failed"
            )
            if not 0 < amount <= self.sessions[session_id]["amount_total"] - gone:
                raise Refused("more than is left of this payment")
            refund = {
                "id": f"re_test{secrets.token_hex(10)}",
                "object": "refund",
                "amount": amount,
                "currency": "vnd",
                "payment_intent": intent,
                "status": self.refund_status,
                "created": int(self.clock()),
                "metadata": {},
            } | over
            self.refunds[str(refund["id"])] = refund
        return refund

    def dispute(self, session_id: str, **over: Any) -> dict[str, Any]:
        """A buyer's bank questions a session's payment and takes the money."""
        with self.lock:
            session = self._find(session_id)
            dispute = {
                "id": f"dp_test{secrets.token_hex(10)}",
                "object": "dispute",
                "amount": session["amount_total"],
                "currency": "vnd",
                "payment_intent": session["payment_intent"],
                "status": "needs_response",
                "reason": "fraudulent",
                "created": int(self.clock()),
                "livemode": "_live_" in self.secret_key,
                "balance_transactions": [{"amount": -4321, "currency": "usd"}],
                "evidence_details": {"due_by": int(self.clock()) + 604_800},
            } | over
            self.disputes[str(dispute["id"])] = dispute
        return dispute

    def event_of(self, thing: dict[str, Any], kind: str, **over: Any) -> bytes:
        """The body of an event about a refund, a charge or a dispute."""
        event = {
            "id": f"evt_{secrets.token_hex(12)}",
            "object": "event",
            "type": kind,
            "created": int(self.clock()),
            "livemode": "_live_" in self.secret_key,
            "data": {"object": thing},
        }
        return json.dumps(event | over, separators=(",", ":")).encode()

    def _once(self, key: str, request: str, work: Any) -> tuple[int, Any]:
        known = self._replays.get(key)
        if known is not None:
            if known[0] != request:
                raise Refused("same key, other parameters", kind="idempotency_error")
            return known[1], json.loads(known[2])
        status, answer = work()
        self._replays[key] = (request, status, json.dumps(answer).encode())
        return status, answer

    def _change(self, session_id: str | None, expire: str | None, body: str) -> tuple[int, Any]:
        if session_id is None:
            return 200, self._create(decode_form(body))
        session = self._find(session_id)
        if not expire or session["status"] != "open":
            raise Refused("this session cannot be expired")
        session["status"] = "expired"
        return 200, self._shown(session_id, [])

    def _create(self, values: dict[str, Any]) -> dict[str, Any]:
        self._check(values)
        item = values["line_items"][0]
        price = item["price_data"]
        session_id = f"cs_test_{secrets.token_hex(12)}"
        self.sessions[session_id] = {
            "id": session_id,
            "object": "checkout.session",
            "livemode": "_live_" in self.secret_key,
            "status": "open",
            "payment_status": "unpaid",
            "amount_total": int(price["unit_amount"]) * int(item["quantity"]),
            "currency": price["currency"],
            "client_reference_id": values.get("client_reference_id"),
            "metadata": values.get("metadata", {}),
            "payment_intent": None,
            "intent_metadata": values.get("payment_intent_data", {}).get("metadata", {}),
            "expires_at": int(values["expires_at"]),
            "success_url": values["success_url"],
            "cancel_url": values["cancel_url"],
            "url": f"{self.api_base}/pay/{session_id}",
        }
        return self._shown(session_id, [])

    def _check(self, values: dict[str, Any]) -> None:
        unknown = set(values) - set(CREATE_FIELDS)
        if unknown:
            raise Refused(f"Received unknown parameter: {min(unknown)}")
        for name, kind in CREATE_FIELDS.items():
            value = values.get(name)
            if value is not None and kind in {list, dict} and not isinstance(value, kind):
                raise Refused(f"{name} is of the wrong shape")
        if values.get("mode") != "payment" or values.get("locale", "auto") not in LOCALES:
            raise Refused("mode or locale")
        self._check_times_and_addresses(values)
        self._check_lines(values.get("line_items", []))

    def _check_times_and_addresses(self, values: dict[str, Any]) -> None:
        if not re.fullmatch(r"\d+", values.get("expires_at", "")):
            raise Refused("expires_at")
        left = int(values["expires_at"]) - self.clock()
        if not 30 * MINUTE <= left <= 24 * 60 * MINUTE:
            raise Refused("expires_at must be between 30 minutes and 24 hours from now")
        for name in ("success_url", "cancel_url"):
            if not re.fullmatch(r"https?://\S+", values.get(name, "")):
                raise Refused(f"{name} is no address")

    def _check_lines(self, lines: list[Any]) -> None:
        if not 1 <= len(lines) <= 100:
            raise Refused("line_items")
        for line in lines:
            price = line.get("price_data", {})
            if set(line) - {"quantity", "price_data"} or set(price) - {
                "currency",
                "unit_amount",
                "product_data",
            }:
                raise Refused("unknown parameter in line_items")
            if not re.fullmatch(r"[1-9]\d*", line.get("quantity", "")):
                raise Refused("quantity")
            if not re.fullmatch(r"[1-9]\d{0,11}", price.get("unit_amount", "")):
                raise Refused("unit_amount must be a positive integer")
            if price.get("currency") != "vnd" or not price.get("product_data", {}).get("name"):
                raise Refused("currency or product name")

    def _find(self, session_id: str) -> dict[str, Any]:
        try:
            return self.sessions[session_id]
        except KeyError:
            raise Refused("No such checkout session", status=404) from None

    def _shown(self, session_id: str, expand: list[str]) -> dict[str, Any]:
        session = dict(self._find(session_id))
        intent_metadata = session.pop("intent_metadata")
        intent = session["payment_intent"]
        if intent and "payment_intent" in expand:
            paid = session["payment_status"] == "paid"
            session["payment_intent"] = {
                "id": intent,
                "object": "payment_intent",
                "created": session.get("paid_at"),
                "status": session.get("intent_status") or ("succeeded" if paid else "processing"),
                "metadata": intent_metadata,
            }
        return session

    # The buyer and the webhooks

    def pay(self, session_id: str, *, tell: bool = True) -> list[int]:
        """Pay as the buyer: the session completes, and the shop is told unless ``tell`` is off."""
        with self.lock:
            session = self._find(session_id)
            if session["status"] != "open":
                raise Refused("this session is not open")
            session.update(
                status="complete",
                payment_status="paid",
                payment_intent=f"pi_test_{secrets.token_hex(12)}",
                paid_at=int(self.clock()),
            )
        return self.send(session_id, "checkout.session.completed") if tell else []

    def change(self, session_id: str, **values: Any) -> None:
        """Change a session behind everybody's back."""
        with self.lock:
            session = self._find(session_id)
            session.update(values)
            if session["payment_status"] == "paid" and not session["payment_intent"]:
                session["payment_intent"] = f"pi_test_{secrets.token_hex(12)}"

    def event(self, session_id: str, kind: str, **over: Any) -> bytes:
        """The body of an event about a session."""
        with self.lock:
            event = {
                "id": f"evt_{secrets.token_hex(12)}",
                "object": "event",
                "type": kind,
                "created": int(self.clock()),
                "livemode": "_live_" in self.secret_key,
                "data": {"object": self._shown(session_id, [])},
            }
        return json.dumps(event | over, separators=(",", ":")).encode()

    def signature(self, body: bytes, *, at: float | None = None, secret: str | None = None) -> str:
        """The ``Stripe-Signature`` header for ``body``."""
        stamp = str(int(self.clock() if at is None else at))
        key = (secret or self.webhook_secret).encode()
        digest = hmac.new(key, stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        return f"t={stamp},v1={digest},v0={'0' * 64}"

    def send(self, session_id: str, kind: str, *, times: int = 1, same: bool = True) -> list[int]:
        """Deliver an event over HTTP ``times`` times; the statuses it was answered with."""
        statuses = []
        body = self.event(session_id, kind)
        for number in range(times):
            if number and not same:
                body = self.event(session_id, kind)
            statuses.append(self._deliver(body))
        return statuses

    def _deliver(self, body: bytes) -> int:
        if not self.webhook_url:
            return 0
        asked = Request(self.webhook_url, data=body, method="POST")  # noqa: S310
        asked.add_header("Content-Type", "application/json; charset=utf-8")
        asked.add_header("Stripe-Signature", self.signature(body))
        try:
            with urlopen(asked, timeout=10) as answer:  # noqa: S310
                status = int(answer.status)
        except OSError as error:
            status = int(getattr(error, "code", 0))
            getattr(error, "close", lambda: None)()
        with self.lock:
            self.deliveries.append({"event": json.loads(body)["id"], "status": status})
        return status

    def state(self) -> dict[str, Any]:
        """Everything it knows, for checks over HTTP."""
        with self.lock:
            return {
                "sessions": self.sessions,
                "calls": self.calls,
                "deliveries": self.deliveries,
            }


class _Server(ThreadingHTTPServer):
    daemon_threads = False

    def __init__(self, stand_in: StripeStandIn, port: int) -> None:
        self.stand_in = stand_in
        super().__init__(("127.0.0.1", port), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    timeout = 5

    def log_message(self, *_arguments: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        self._serve("GET")

    def do_POST(self) -> None:
        self._serve("POST")

    def _serve(self, method: str) -> None:
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length).decode("utf-8", "replace") if length else ""
        if parts.path.startswith("/v1/"):
            self._api(method, parts.path, parts.query, body)
        elif parts.path.startswith("/pay/"):
            self._hosted(method, parts.path.removeprefix("/pay/"))
        elif parts.path.startswith("/_control/"):
            self._control(parts.path.removeprefix("/_control/"), body)
        else:
            self._answer(404, {"error": {"message": "no such page"}})

    def _api(self, method: str, path: str, query: str, body: str) -> None:
        with self.server.stand_in.lock:
            self.server.stand_in.calls.append(
                {
                    "method": method,
                    "path": path,
                    "body": body,
                    "key": self.headers.get("Idempotency-Key"),
                    "version": self.headers.get("Stripe-Version"),
                }
            )
            fault = self.server.stand_in.faults.pop(0) if self.server.stand_in.faults else ""
            if fault in {"", "lost"}:
                status, answer = self._call(method, path, query, body)
        if fault == "":
            self._answer(status, answer)
        elif fault == "lost":
            self.close_connection = True
        else:
            self._fail(fault)

    def _call(self, method: str, path: str, query: str, body: str) -> tuple[int, Any]:
        try:
            return self.server.stand_in.api(method, path, query, self.headers, body)
        except Refused as refusal:
            error = {"type": refusal.kind, "message": str(refusal)}
            return refusal.status, {"error": error}
        except ValueError as fault:
            return 400, {"error": {"type": "invalid_request_error", "message": str(fault)}}

    def _fail(self, fault: str) -> None:
        """``500`` and other numbers answer so; ``close``, ``half``, ``slow``, ``drip``, … ."""
        if fault.isdigit():
            kind = {"Location": "http://127.0.0.1:9/"} if fault.startswith("3") else {}
            self._answer(int(fault), {"error": {"type": "api_error"}}, kind)
        elif fault.startswith("stop"):
            self._answer(int(fault[4:]), {"error": {}}, {"stripe-should-retry": "false"})
        elif fault == "half":
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b'{"id": "cs_te')
            self.close_connection = True
        elif fault == "slow":
            self.server.stand_in.stopping.wait(self.server.stand_in.slow_seconds)
            self.close_connection = True
        elif fault == "drip":
            self._drip()
        elif fault == "text":
            self._answer_raw(200, b"<html>not json</html>", "text/html")
        else:
            self.close_connection = True

    def _drip(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        ends = time.monotonic() + self.server.stand_in.slow_seconds
        while time.monotonic() < ends and not self.server.stand_in.stopping.wait(0.02):
            try:
                self.wfile.write(b" ")
                self.wfile.flush()
            except OSError:
                break
        self.close_connection = True

    def _hosted(self, method: str, session_id: str) -> None:
        try:
            session = self.server.stand_in.sessions[session_id]
            if method == "GET":
                page = (
                    f"<!doctype html><title>Stand-in</title><h1>{session['amount_total']} "
                    f"{session['currency']}</h1><form method='post' action='/pay/{session_id}'>"
                    "<button>Pay</button></form>"
                )
                self._answer_raw(200, page.encode(), "text/html; charset=utf-8")
                return
            self.server.stand_in.pay(session_id)
        except (KeyError, Refused) as error:
            self._answer(409, {"error": {"message": str(error)}})
            return
        self._answer(303, {}, {"Location": session["success_url"]})

    def _control(self, what: str, body: str) -> None:
        values = {name: found[-1] for name, found in parse_qs(body).items()}
        answer: Any = {}
        try:
            if what == "event":
                answer = self.server.stand_in.send(
                    values["session"],
                    values.get("type", "checkout.session.completed"),
                    times=int(values.get("times", "1")),
                    same=values.get("same", "1") == "1",
                )
            elif what == "session":
                session_id = values.pop("session")
                typed = {k: int(v) if v.isdigit() else v for k, v in values.items()}
                self.server.stand_in.change(session_id, **typed)
            elif what == "faults":
                with self.server.stand_in.lock:
                    self.server.stand_in.faults.extend(parse_qs(body).get("fault", []))
            answer = self.server.stand_in.state() if what == "state" else answer
        except (KeyError, Refused) as error:
            self._answer(400, {"error": {"message": repr(error)}})
            return
        self._answer(200, answer)

    def _answer(self, status: int, thing: Any, headers: dict[str, str] | None = None) -> None:
        self._answer_raw(status, json.dumps(thing).encode(), "application/json", headers)

    def _answer_raw(
        self, status: int, raw: bytes, kind: str, headers: dict[str, str] | None = None
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(raw)))
        self.send_header("Request-Id", f"req_{secrets.token_hex(8)}")
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(raw)


@contextmanager
def running(**settings: Any) -> Iterator[StripeStandIn]:
    """A served stand-in for a ``with`` block."""
    with StripeStandIn(**settings) as stand_in:
        yield stand_in


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description="A stand-in for Stripe on loopback.")
    parser.add_argument("--port", type=int, default=12111)
    parser.add_argument("--webhook-url", default="http://127.0.0.1:8000/webhooks/stripe")
    parser.add_argument("--secret-key", default=KEY)
    parser.add_argument("--webhook-secret", default=WEBHOOK_KEY)
    given = parser.parse_args()
    stand_in = StripeStandIn(
        secret_key=given.secret_key,
        webhook_secret=given.webhook_secret,
        webhook_url=given.webhook_url,
        port=given.port,
    )
    print(stand_in.api_base, flush=True)
    try:
        stand_in.serve_forever()
    except KeyboardInterrupt:
        return


if __name__ == "__main__":
    main()
