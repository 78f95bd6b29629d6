"""A stand-in for VNPAY, MoMo and ZaloPay on loopback, strict about every signature.

It signs and checks with code of its own, after the providers' descriptions, so that a fault in a
plug is not mirrored here. ``pay(slug, reference)`` pays as the buyer does; ``message(slug,
reference)`` is the signed message that follows: a query string for VNPAY, a JSON body else.
"""

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, quote_plus, urlsplit

TMN, VNPAY_KEY = "PHIEN001", "vnpay-stand-in-key"
PARTNER, ACCESS, MOMO_KEY = "MOMOPHIEN", "momo-access", "momo-stand-in-key"
APP_ID, KEY1, KEY2 = 2553, "zalo-key-1", "zalo-key-2"


def _names(text: str) -> list[str]:
    return text.split()


MOMO_CREATE = _names(
    "accessKey amount extraData ipnUrl orderId orderInfo partnerCode redirectUrl requestId "
    "requestType"
)
MOMO_MESSAGE = _names(
    "accessKey amount extraData message orderId orderInfo orderType partnerCode payType requestId "
    "responseTime resultCode transId"
)
VNPAY_ANSWER = _names(
    "ResponseId Command ResponseCode Message TmnCode TxnRef Amount BankCode PayDate TransactionNo "
    "TransactionType TransactionStatus OrderInfo PromotionCode PromotionAmount"
)


def mac256(key: str, text: str) -> str:
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()


def mac512(key: str, text: str) -> str:
    return hmac.new(key.encode(), text.encode(), hashlib.sha512).hexdigest()


def momo_text(names: list[str], values: dict[str, Any]) -> str:
    known = {"accessKey": ACCESS, **values}
    return "&".join(f"{name}={known[name]}" for name in names)


class WalletsStandIn:
    """The server and what it knows: payments by provider and reference, refunds by name."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.clock = clock
        self.payments: dict[tuple[str, str], dict[str, Any]] = {}
        self.refunds: dict[str, dict[str, Any]] = {}
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.faults: list[str] = []
        self.refund_code = 0
        """What refunds are answered with: 0 done, 1 on its way, 2 refused."""
        self.numbers = 14_000_000
        self.lock = threading.RLock()
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_arguments: Any) -> None:
                """Say nothing."""

            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                with stand_in.lock:
                    fault = stand_in.faults.pop(0) if stand_in.faults else ""
                    answer = (
                        stand_in.answer(urlsplit(self.path).path, raw) if fault != "500" else {}
                    )
                if fault == "lost":
                    self.close_connection = True
                    return
                body = json.dumps(answer).encode()
                self.send_response(500 if fault == "500" else 200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    # What the shop asks

    def answer(self, path: str, raw: bytes) -> dict[str, Any]:
        values = json.loads(raw)
        self.calls.append((path, values))
        name = path.strip("/").replace("/", "_")
        found = {
            "api": self._vnpay,
            "v2_gateway_api_create": self._momo_create,
            "v2_gateway_api_query": self._momo_query,
            "v2_gateway_api_refund": self._momo_refund,
            "v2_gateway_api_refund_query": self._momo_refund_query,
            "v2_create": self._zalo_create,
            "v2_query": self._zalo_query,
            "v2_refund": self._zalo_refund,
            "v2_query_refund": self._zalo_refund_query,
        }[name]
        return found(values)

    def open_vnpay(self, url: str) -> str:
        """What VNPAY's page does with the address a buyer opens; gives the reference."""
        query = urlsplit(url).query
        values = dict(parse_qsl(query))
        given = values.pop("vnp_SecureHash")
        text = "&".join(f"{name}={quote_plus(values[name])}" for name in sorted(values))
        if given != mac512(VNPAY_KEY, text) or values["vnp_TmnCode"] != TMN:
            raise ValueError("bad hash")
        if values["vnp_TxnRef"][:14] != values["vnp_CreateDate"]:
            raise ValueError("the reference does not begin with its date")
        self._open("vnpay", values["vnp_TxnRef"], int(values["vnp_Amount"]))
        return values["vnp_TxnRef"]

    def _open(self, slug: str, reference: str, amount: int) -> None:
        self.payments.setdefault(
            (slug, reference), {"amount": amount, "state": "open", "number": ""}
        )

    def pay(self, slug: str, reference: str, *, state: str = "paid") -> None:
        """Pay (or fail to) as the buyer."""
        with self.lock:
            self.numbers += 1
            self.payments[slug, reference].update(state=state, number=str(self.numbers))

    def _vnpay(self, values: dict[str, Any]) -> dict[str, Any]:
        given = values.pop("vnp_SecureHash")
        order = {
            "querydr": "RequestId Version Command TmnCode TxnRef TransactionDate CreateDate IpAddr "
            "OrderInfo",
            "refund": "RequestId Version Command TmnCode TransactionType TxnRef Amount "
            "TransactionNo TransactionDate CreateBy CreateDate IpAddr OrderInfo",
        }[values["vnp_Command"]].split()
        if given != mac512(VNPAY_KEY, "|".join(values[f"vnp_{name}"] for name in order)):
            return self._vnpay_says({"ResponseCode": "97", "Message": "bad hash"})
        known = self.payments.get(("vnpay", values["vnp_TxnRef"]))
        if known is None:
            return self._vnpay_says({"ResponseCode": "91", "Message": "not found"})
        said = {
            "ResponseCode": "00",
            "Command": values["vnp_Command"],
            "TxnRef": values["vnp_TxnRef"],
            "Amount": str(known["amount"]),
            "TransactionNo": known["number"],
            "PayDate": "20261122100000",
            "TransactionType": "01",
            "TransactionStatus": {"paid": "00", "open": "01"}.get(known["state"], "02"),
        }
        name = f"vnpay:{values['vnp_TxnRef']}"
        if values["vnp_Command"] == "refund":
            if self.refund_code == 2:
                return self._vnpay_says({"ResponseCode": "95"})
            if values["vnp_RequestId"] in self.refunds:
                return self._vnpay_says({"ResponseCode": "94"})
            self.refunds[values["vnp_RequestId"]] = values
            self.refunds[name] = values
        if name in self.refunds:
            status = "05" if self.refund_code == 1 else "00"
            said |= {"TransactionType": "02", "TransactionStatus": status}
        return self._vnpay_says(said)

    def _vnpay_says(self, said: dict[str, str]) -> dict[str, Any]:
        whole = {name: said.get(name, "") for name in VNPAY_ANSWER} | {"TmnCode": TMN}
        text = "|".join(whole[name] for name in VNPAY_ANSWER)
        answer = {f"vnp_{name}": value for name, value in whole.items()}
        return answer | {"vnp_SecureHash": mac512(VNPAY_KEY, text)}

    def _momo_bad(self, names: str, values: dict[str, Any]) -> dict[str, Any] | None:
        if values["signature"] != mac256(MOMO_KEY, momo_text(names.split(), values)):
            return {"resultCode": 11, "message": "bad signature"}
        return None

    def _momo_create(self, values: dict[str, Any]) -> dict[str, Any]:
        bad = self._momo_bad(" ".join(MOMO_CREATE), values)
        if bad:
            return bad
        self._open("momo", values["orderId"], values["amount"])
        said = {key: values[key] for key in ("partnerCode", "orderId", "requestId", "amount")}
        return said | {"resultCode": 0, "payUrl": f"{self.base}/pay/{values['orderId']}"}

    def _momo_query(self, values: dict[str, Any]) -> dict[str, Any]:
        bad = self._momo_bad("accessKey orderId partnerCode requestId", values)
        known = self.payments.get(("momo", values["orderId"]))
        if bad or known is None:
            return bad or {"resultCode": 42}
        return {
            "partnerCode": PARTNER,
            "orderId": values["orderId"],
            "amount": known["amount"],
            "transId": int(known["number"] or 0),
            "responseTime": int(self.clock() * 1000),
            "resultCode": {"paid": 0, "open": 1000}.get(known["state"], 1006),
        }

    def _momo_refund(self, values: dict[str, Any]) -> dict[str, Any]:
        names = "accessKey amount description orderId partnerCode requestId transId"
        bad = self._momo_bad(names, values)
        if bad or self.refund_code == 2:
            return bad or {"resultCode": 1080}
        self.refunds.setdefault(values["orderId"], values)
        return {"resultCode": 7000 if self.refund_code else 0}

    def _momo_refund_query(self, values: dict[str, Any]) -> dict[str, Any]:
        bad = self._momo_bad("accessKey orderId partnerCode requestId", values)
        if bad or values["orderId"] not in self.refunds:
            return bad or {"resultCode": 42}
        return {"resultCode": 7000 if self.refund_code == 1 else 0}

    def _zalo_bad(self, key: str, names: str, values: dict[str, Any]) -> bool:
        text = "|".join(str(values[name]) for name in names.split())
        return bool(values["mac"] != mac256(key, text))

    def _zalo_create(self, values: dict[str, Any]) -> dict[str, Any]:
        names = "app_id app_trans_id app_user amount app_time embed_data item"
        if self._zalo_bad(KEY1, names, values):
            return {"return_code": 2, "sub_return_code": -402}
        self._open("zalopay", values["app_trans_id"], values["amount"])
        return {"return_code": 1, "order_url": f"{self.base}/pay/{values['app_trans_id']}"}

    def _zalo_query(self, values: dict[str, Any]) -> dict[str, Any]:
        if self._zalo_bad(KEY1, "app_id app_trans_id key1", values | {"key1": KEY1}):
            return {"return_code": 2}
        known = self.payments.get(("zalopay", values["app_trans_id"]))
        if known is None or known["state"] not in {"open", "paid"}:
            return {"return_code": 2}
        if known["state"] == "open":
            return {"return_code": 3, "is_processing": True}
        said = {"return_code": 1, "amount": known["amount"], "zp_trans_id": int(known["number"])}
        return said | {"server_time": int(self.clock() * 1000)}

    def _zalo_refund(self, values: dict[str, Any]) -> dict[str, Any]:
        if self._zalo_bad(KEY1, "app_id zp_trans_id amount description timestamp", values):
            return {"return_code": 2}
        if self.refund_code == 2:
            return {"return_code": 2}
        self.refunds.setdefault(values["m_refund_id"], values)
        return {"return_code": 3 if self.refund_code else 1}

    def _zalo_refund_query(self, values: dict[str, Any]) -> dict[str, Any]:
        if self._zalo_bad(KEY1, "app_id m_refund_id timestamp", values):
            return {"return_code": 2}
        if values["m_refund_id"] not in self.refunds:
            return {"return_code": 2}
        return {"return_code": 3 if self.refund_code == 1 else 1}

    # What it tells

    def message(self, slug: str, reference: str, **over: Any) -> bytes:
        """The signed message about a payment; ``over`` changes fields before they are signed."""
        known = self.payments.get((slug, reference)) or {"amount": 100, "state": "paid"}
        number = known.get("number") or "1"
        if slug == "vnpay":
            is_paid = known["state"] == "paid"
            values = {
                "vnp_TmnCode": TMN,
                "vnp_TxnRef": reference,
                "vnp_Amount": str(known["amount"]),
                "vnp_OrderInfo": "Don hang X",
                "vnp_TransactionNo": number,
                "vnp_ResponseCode": "00" if is_paid else "24",
                "vnp_TransactionStatus": "00" if is_paid else "02",
                "vnp_BankCode": "NCB",
                "vnp_PayDate": "20261122100000",
            } | over
            text = "&".join(f"{name}={quote_plus(values[name])}" for name in sorted(values))
            return f"{text}&vnp_SecureHash={mac512(VNPAY_KEY, text)}".encode()
        if slug == "momo":
            values = {
                "partnerCode": PARTNER,
                "orderId": reference,
                "requestId": "r1",
                "amount": known["amount"],
                "orderInfo": "Don hang X",
                "orderType": "momo_wallet",
                "transId": int(number),
                "resultCode": 0 if known["state"] == "paid" else 1006,
                "message": "Thành công.",
                "payType": "qr",
                "responseTime": int(self.clock() * 1000),
                "extraData": "",
            } | over
            signed = mac256(MOMO_KEY, momo_text(MOMO_MESSAGE, values))
            return json.dumps(values | {"signature": signed}).encode()
        told = {"app_id": APP_ID, "app_trans_id": reference, "amount": known["amount"]}
        data = json.dumps(told | {"zp_trans_id": int(number)} | over)
        return json.dumps({"data": data, "mac": mac256(KEY2, data), "type": 1}).encode()
