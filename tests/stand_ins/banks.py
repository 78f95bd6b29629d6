"""Stand-ins for payOS and SePay: one real HTTP server on loopback for both, for tests.

    with BankStandIn(clock=time.time) as bank:
        bank.api_base                    # give it as PAYOS_API_BASE and SEPAY_API_BASE
        bank.pay(order_code, 95_000)     # a transfer into a payOS link
        bank.message(order_code)         # payOS' signed message about the last one, as bytes
        bank.transfer(amount=…, text=…)  # a line of SePay's list; ``told`` gives its message

It is strict: payOS' five signed fields, whole numbers, no second link under one order code;
SePay's bearer token and date filter.
"""

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

CLIENT_ID, API_KEY, CHECKSUM_KEY = "client-standin", "key-standin", "checksum-standin"
SEPAY_SECRET, SEPAY_TOKEN = "sepay-secret-standin", "sepay-token-standin"
ACCOUNT = ("970416", "257678859")
VN = timezone(timedelta(hours=7))


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, (list, dict)):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return str(value)


def payos_signature(data: dict[str, Any], key: str = CHECKSUM_KEY) -> str:
    """What payOS writes beside ``data``."""
    text = "&".join(f"{name}={_text(data[name])}" for name in sorted(data))
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()


def sepay_headers(body: bytes, at: float, secret: str = SEPAY_SECRET) -> dict[str, str]:
    """What SePay sends beside a signed message."""
    stamp = str(int(at))
    digest = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {"X-SePay-Signature": f"sha256={digest}", "X-SePay-Timestamp": stamp}


class BankStandIn:
    """The server and what it knows. Thread-safe by one lock."""

    def __init__(self, *, clock: Callable[[], float] = time.time) -> None:
        self.clock = clock
        self.links: dict[int, dict[str, Any]] = {}
        self.listed: list[dict[str, Any]] = []
        self.calls: list[str] = []
        self.faults: list[str] = []
        """What the next calls do: ``500``, ``lost`` (done, but not answered), ``forged``."""
        self.lock = threading.RLock()
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    @property
    def api_base(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def local_time(self) -> datetime:
        """Now, as Vietnamese banks write it."""
        return datetime.fromtimestamp(self.clock(), UTC).astimezone(VN)

    # payOS

    def payos(self, method: str, path: str, headers: Any, body: bytes) -> tuple[int, Any]:
        if (headers.get("x-client-id"), headers.get("x-api-key")) != (CLIENT_ID, API_KEY):
            return 401, {"code": "401", "desc": "unauthorized"}
        parts = path.split("/")[3:]
        if not parts and method == "POST":
            return self._create(json.loads(body))
        link = self.links.get(int(parts[0]))
        if link is None:
            return 200, {"code": "101", "desc": "no such link", "data": None}
        if parts[1:] == ["cancel"] and method == "POST" and link["status"] == "PENDING":
            link["status"] = "CANCELLED"
        return 200, self._signed(link)

    def _create(self, asked: dict[str, Any]) -> tuple[int, Any]:
        names = ("amount", "cancelUrl", "description", "orderCode", "returnUrl")
        text = "&".join(f"{name}={asked[name]}" for name in names)
        expected = hmac.new(CHECKSUM_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()
        code, is_whole = asked["orderCode"], type(asked["amount"]) is int
        if asked["signature"] != expected or type(code) is not int or not 0 < code < 2**53:
            return 200, {"code": "201", "desc": "bad signature", "data": None}
        if code in self.links or not is_whole or len(asked["description"]) > 25:
            return 200, {"code": "231", "desc": "order code exists", "data": None}
        link = {
            "id": f"link{code}",
            "orderCode": code,
            "amount": asked["amount"],
            "amountPaid": 0,
            "amountRemaining": asked["amount"],
            "status": "PENDING",
            "createdAt": self.local_time().isoformat(),
            "transactions": [],
            "canceledAt": None,
            "cancellationReason": None,
        }
        self.links[code] = link
        made = {name: link[name] for name in ("orderCode", "amount", "status")}
        made |= {
            "paymentLinkId": link["id"],
            "checkoutUrl": f"{self.api_base}/web/{link['id']}",
            "currency": "VND",
        }
        return 200, self._signed(made)

    def _signed(self, data: dict[str, Any]) -> dict[str, Any]:
        return {"code": "00", "desc": "success", "data": data, "signature": payos_signature(data)}

    def pay(self, code: int, amount: int, **over: Any) -> dict[str, Any]:
        """A transfer into a link."""
        with self.lock:
            link = self.links[code]
            txn: dict[str, Any] = {
                "accountNumber": ACCOUNT[1],
                "amount": amount,
                "counterAccountBankId": None,
                "counterAccountBankName": None,
                "counterAccountName": "TRAN VAN KHACH",
                "counterAccountNumber": "0123456789",
                "description": "thanh toan",
                "reference": f"FT2632600{code % 1000:03d}{len(link['transactions'])}",
                "transactionDateTime": self.local_time().isoformat(),
                "virtualAccountName": None,
                "virtualAccountNumber": None,
            } | over
            link["transactions"].append(txn)
            link["amountPaid"] += amount
            link["amountRemaining"] = max(0, link["amount"] - link["amountPaid"])
            link["status"] = "UNDERPAID" if link["amountRemaining"] else "PAID"
            return txn

    def message(self, code: int, *, key: str = CHECKSUM_KEY, **over: Any) -> bytes:
        """The signed message about a link's last transfer."""
        with self.lock:
            link = self.links[code]
            data = {**link["transactions"][-1], "orderCode": code, "paymentLinkId": link["id"]}
            data |= {"code": "00", "desc": "success", "currency": "VND"} | over
        told = {"code": "00", "desc": "success", "success": True, "data": data}
        return json.dumps(told | {"signature": payos_signature(data, key)}).encode()

    # SePay

    def transfer(self, *, amount: int, text: str, **over: Any) -> dict[str, Any]:
        """A transfer that arrived: kept for the list; its message is ``told`` of it."""
        with self.lock:
            number = 92_704 + len(self.listed)
            one: dict[str, Any] = {
                "id": str(number),
                "bank_brand_name": "ACB",
                "account_number": ACCOUNT[1],
                "transaction_date": f"{self.local_time():%Y-%m-%d %H:%M:%S}",
                "amount_in": f"{amount}.00",
                "amount_out": "0.00",
                "accumulated": "0.00",
                "transaction_content": text,
                "reference_number": f"FT26326{number}",
                "code": None,
                "sub_account": None,
                "bank_account_id": "19",
            } | over
            self.listed.append(one)
        return one

    def told(self, one: dict[str, Any], **over: Any) -> bytes:
        """SePay's message about a transfer."""
        body = {
            "id": int(one["id"]),
            "gateway": one["bank_brand_name"],
            "transactionDate": one["transaction_date"],
            "accountNumber": one["account_number"],
            "subAccount": one["sub_account"],
            "code": one["code"],
            "content": one["transaction_content"],
            "transferType": "in",
            "transferAmount": int(float(one["amount_in"])),
            "accumulated": 0,
            "referenceCode": one["reference_number"],
            "description": f"BankAPINotify {one['transaction_content']}",
        }
        return json.dumps(body | over, ensure_ascii=False).encode()

    def sepay(self, query: str, headers: Any) -> tuple[int, Any]:
        if headers.get("Authorization") != f"Bearer {SEPAY_TOKEN}":
            return 401, {"status": 401, "error": "Unauthorized"}
        since = parse_qs(query, strict_parsing=True)["transaction_date_min"][0]
        found = [one for one in self.listed if one["transaction_date"] >= since]
        return 200, {"status": 200, "messages": {"success": True}, "transactions": found}


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, bank: BankStandIn) -> None:
        self.bank = bank
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        bank, parts = self.server.bank, urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        with bank.lock:
            bank.calls.append(f"{self.command} {parts.path}")
            fault = bank.faults.pop(0) if bank.faults else ""
            if fault == "500":
                status, told = 500, {"error": "stand-in"}
            elif parts.path == "/userapi/transactions/list":
                status, told = bank.sepay(parts.query, self.headers)
            else:
                status, told = bank.payos(self.command, parts.path, self.headers, body)
        if fault == "lost":
            self.close_connection = True
            return
        if fault == "forged":
            told = told | {"signature": "0" * 64}
        raw = json.dumps(told, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_args: Any) -> None:
        """Tests are quiet."""
