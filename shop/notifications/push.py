"""Web push: encrypted for one browser (RFC 8291, RFC 8188), signed by the site (VAPID, RFC 8292).

Bytes in and out; the network is the channel's. ``cryptography`` gives the primitives.
"""

import base64
import json
import os
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CURVE: Final = ec.SECP256R1()
RECORD_SIZE: Final = 4096
MAX_PLAIN: Final = 3000
"""Push services must take 4096 bytes of body (RFC 8030 section 7.2); ours stay well below."""
TOKEN_LIFE: Final = timedelta(hours=12)
"""Push services refuse signatures that live longer than a day (RFC 8292 section 2)."""

SERVICES: Final = (
    "fcm.googleapis.com",
    "push.services.mozilla.com",
    "push.apple.com",
    "notify.windows.com",
)
"""Hosts (and what lies below them) that browsers' push services have: the server sends nowhere
else, whatever address a browser claims."""


def to_text(raw: bytes) -> str:
    """Base64url without padding, as browsers write keys."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def to_bytes(text: str) -> bytes:
    """The bytes of a base64url text. Raises ValueError."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def is_service(endpoint: str, also: tuple[str, ...] = ()) -> bool:
    """Whether an endpoint is at a push service we know, or at one the settings name."""
    try:
        parts = urlsplit(endpoint)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if f"{parts.scheme}://{parts.netloc}" in also:
        return True
    if parts.scheme != "https" or port not in {None, 443} or parts.username is not None:
        return False
    return any(host == known or host.endswith(f".{known}") for known in SERVICES)


def make_key() -> str:
    """A new private key of the site."""
    number = ec.generate_private_key(CURVE).private_numbers().private_value
    return to_text(number.to_bytes(32, "big"))


def load_key(text: str) -> ec.EllipticCurvePrivateKey:
    """The site's private key from its setting. Raises ValueError."""
    raw = to_bytes(text)
    if len(raw) != 32:
        raise ValueError("a VAPID key is 32 bytes in base64url")
    return ec.derive_private_key(int.from_bytes(raw, "big"), CURVE)


def public_text(key: ec.EllipticCurvePrivateKey) -> str:
    """The public half as browsers ask for it (applicationServerKey)."""
    return to_text(_point(key.public_key()))


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def check_keys(p256dh: str, auth: str) -> bool:
    """Whether a browser's keys can be used: a point on the curve, a secret of 16 bytes."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(CURVE, to_bytes(p256dh))
        return len(to_bytes(auth)) == 16
    except ValueError:
        return False


def encrypt(
    plain: bytes,
    *,
    p256dh: str,
    auth: str,
    salt: bytes | None = None,
    own: ec.EllipticCurvePrivateKey | None = None,
) -> bytes:
    """``plain`` for the one browser that holds these keys. ``salt`` and ``own`` are for tests."""
    salt, own = salt or os.urandom(16), own or ec.generate_private_key(CURVE)
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, to_bytes(p256dh))
    mine = _point(own.public_key())
    shared = own.exchange(ec.ECDH(), theirs)
    seed = _derive(shared, to_bytes(auth), b"WebPush: info\0" + _point(theirs) + mine, 32)
    key = _derive(seed, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derive(seed, salt, b"Content-Encoding: nonce\0", 12)
    sealed = AESGCM(key).encrypt(nonce, plain + b"\x02", None)
    return salt + RECORD_SIZE.to_bytes(4, "big") + bytes([len(mine)]) + mine + sealed


def _derive(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)


def authorization(
    endpoint: str, *, key: ec.EllipticCurvePrivateKey, contact: str, now: datetime
) -> str:
    """The header that says who sends: a token for the push service's origin, signed ES256."""
    parts = urlsplit(endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int((now + TOKEN_LIFE).timestamp()),
        "sub": contact,
    }
    head = {"typ": "JWT", "alg": "ES256"}
    signed = ".".join(to_text(json.dumps(part).encode()) for part in (head, claims))
    r, s = decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    token = f"{signed}.{to_text(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"
    return f"vapid t={token}, k={public_text(key)}"
