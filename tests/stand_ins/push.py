"""A push service and the Zalo service on loopback: they check what they are sent.

The push service decrypts as a browser does (RFC 8291 from the receiver's side) and verifies the
sender's signature (RFC 8292) with code of its own, so that a fault in ours is not mirrored here.
"""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _mac(key: bytes, text: bytes) -> bytes:
    made = hmac.HMAC(key, hashes.SHA256())
    made.update(text)
    return made.finalize()


class Browser:
    """One subscription: its keys, and what arrived."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.auth = bytes(range(16))
        self.seen: list[dict[str, Any]] = []
        self.status = 201

    @property
    def point(self) -> bytes:
        public = self.key.public_key()
        return public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def open(self, body: bytes) -> bytes:
        """The plain words of an aes128gcm body."""
        salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        assert (size, length) == (4096, 65)
        theirs, sealed = body[21:86], body[86:]
        sender = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs)
        first = _mac(self.auth, self.key.exchange(ec.ECDH(), sender))
        seed = _mac(first, b"WebPush: info\x00" + self.point + theirs + b"\x01")
        second = _mac(salt, seed)
        key = _mac(second, b"Content-Encoding: aes128gcm\x00\x01")[:16]
        nonce = _mac(second, b"Content-Encoding: nonce\x00\x01")[:12]
        padded = AESGCM(key).decrypt(nonce, sealed, None)
        assert padded.endswith(b"\x02")
        return padded[:-1]


def check_sender(header: str, origin: str) -> dict[str, Any]:
    """The claims of a VAPID header whose signature holds."""
    scheme, _, rest = header.partition(" ")
    assert scheme == "vapid"
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    head, claims, signature = parts["t"].split(".")
    raw = unb64(signature)
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unb64(parts["k"]))
    signed = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    public.verify(signed, f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
    known: dict[str, Any] = json.loads(unb64(claims))
    assert known["aud"] == origin
    return known


class PushService:
    """Browsers by path; ``zalo`` keeps what Zalo was sent, ``zalo_code`` is its answer."""

    def __init__(self) -> None:
        self.browsers: dict[str, Browser] = {}
        self.zalo: list[dict[str, Any]] = []
        self.zalo_code = 0
        self.origin = ""

    def browser(self, name: str) -> Browser:
        return self.browsers.setdefault(f"/push/{name}", Browser(name))

    def endpoint(self, name: str) -> str:
        return f"{self.origin}/push/{name}"

    def answer(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        if path == "/message/template":
            self.zalo.append({"token": headers["access_token"], **json.loads(body)})
            return 200, json.dumps({"error": self.zalo_code, "message": "…"}).encode()
        browser = self.browsers[path]
        if browser.status == 201:
            claims = check_sender(headers["authorization"], self.origin)
            said = json.loads(browser.open(body))
            browser.seen.append({**said, "claims": claims, "topic": headers["topic"]})
        return browser.status, b""


@contextmanager
def push_service() -> Iterator[PushService]:
    """A running service; its address is ``origin``."""
    service = PushService()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_arguments: Any) -> None:
            pass

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, answer = service.answer(self.path, headers, body)
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

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
