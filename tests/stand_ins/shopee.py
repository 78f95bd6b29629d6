"""Shopee's livestream module on loopback: checks each signature, keeps what it is told."""

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

PARTNER = 2_000_111
KEY = "partner-key-of-the-stand-in"


class Shopee:
    """Sessions by id; ``users`` are tokens by user id; faults are set by tests."""

    def __init__(self) -> None:
        self.origin = ""
        self.users = {77: "token-77"}
        self.sessions: dict[int, dict[str, Any]] = {}
        self.covers: list[bytes] = []
        self.calls: list[str] = []
        self.ended: set[str] = set()
        """Tokens that are over."""
        self.refuse: dict[str, str] = {}
        """What a call is refused with, by its name."""
        self.swallow: set[str] = set()
        """Calls that are done but whose answer never comes."""

    def answer(self, path: str, query: dict[str, str], body: bytes) -> dict[str, Any] | None:
        call = path.rsplit("/", 1)[1]
        self.calls.append(call)
        user = int(query["user_id"])
        text = f"{PARTNER}{path}{query['timestamp']}{self.users.get(user)}{user}".encode()
        if query["sign"] != hmac.new(KEY.encode(), text, hashlib.sha256).hexdigest():
            return {"error": "error_sign", "message": "Wrong sign.", "request_id": "r"}
        if abs(int(query["timestamp"]) - time.time()) > 300:
            return {"error": "error_auth", "message": "Timestamp expired", "request_id": "r"}
        if query["access_token"] in self.ended:
            return {"error": "invalid_acceess_token", "message": "Token expired", "request_id": "r"}
        if call in self.refuse:
            return {"error": self.refuse[call], "message": "Không được phép", "request_id": "r"}
        done = getattr(self, f"_{call}")(query, body)
        if call in self.swallow:
            return None
        return {"error": "", "message": "", "request_id": "r", "response": done}

    def _upload_image(self, _query: dict[str, str], body: bytes) -> dict[str, Any]:
        assert b'name="image"' in body
        self.covers.append(body)
        return {"image_url": "https://cf.shopee.vn/file/cover"}

    def _create_session(self, _query: dict[str, str], body: bytes) -> dict[str, Any]:
        told = json.loads(body)
        number = 900_001 + len(self.sessions)
        self.sessions[number] = {**told, "bag": []}
        return {"session_id": number}

    def _update_session(self, _query: dict[str, str], body: bytes) -> dict[str, Any]:
        told = json.loads(body)
        self.sessions[told["session_id"]] |= told
        return {}

    def _get_item_list(self, query: dict[str, str], _body: bytes) -> dict[str, Any]:
        bag = self.sessions[int(query["session_id"])]["bag"]
        start, size = int(query["offset"]), int(query["page_size"])
        end = start + size
        return {"list": bag[start:end], "more": end < len(bag), "next_offset": end}

    def _add_item_list(self, _query: dict[str, str], body: bytes) -> dict[str, Any]:
        told = json.loads(body)
        bag = self.sessions[told["session_id"]]["bag"]
        assert not [item for item in told["item_list"] if item in bag], "twice in the bag"
        bag += told["item_list"]
        return {}

    def _delete_item_list(self, _query: dict[str, str], body: bytes) -> dict[str, Any]:
        told = json.loads(body)
        session = self.sessions[told["session_id"]]
        session["bag"] = [item for item in session["bag"] if item not in told["item_list"]]
        return {}


@contextmanager
def shopee() -> Iterator[Shopee]:
    """A running stand-in; its address is ``origin``."""
    service = Shopee()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_arguments: Any) -> None:
            pass

        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            said = service.answer(parts.path, query, body)
            if said is None:
                self.close_connection = True
                return
            raw = json.dumps(said).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        do_GET = do_POST = _serve

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service.origin = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
