"""What the pages of this feature share."""

import hashlib
import hmac
import ipaddress

from flask import Blueprint, current_app, request

bp = Blueprint("accounts", __name__)

PAGE_SIZE = 30


def digest(kind: str, value: str) -> str:
    """A keyed digest of something personal that we must recognise but not keep."""
    secret = str(current_app.secret_key).encode()
    return hmac.new(
        secret, f"{kind}|{value}".encode("utf-8", "replace"), hashlib.sha256
    ).hexdigest()


def source_digest() -> str:
    """Where the request comes from: an IPv4 address or an IPv6 /64 network, as a digest."""
    address = request.remote_addr or ""
    if ":" in address:
        try:
            address = str(ipaddress.ip_network(f"{address}/64", strict=False))
        except ValueError:
            address = "unreadable"
    return digest("source", address)
