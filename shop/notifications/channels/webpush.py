"""Notifications in the browser, also while the site is closed: to each device a person allowed.

A browser that is gone (404, 410: RFC 8030 section 7.3) is forgotten. The tag is the message's key,
so what a crash sends twice replaces itself on the screen.
"""

import hashlib
import json
from email.utils import parseaddr
from typing import Final

import requests
from cryptography.hazmat.primitives.asymmetric import ec

from shop.core import clock
from shop.core.outbox import TransportFault
from shop.notifications import push
from shop.notifications.rules import Channel, Desk, Envelope, Post, PushAddress

TIMEOUT_SECONDS: Final = 10
LIFE_SECONDS: Final = 12 * 3600
"""How long a push service keeps what it cannot hand over at once."""
GONE: Final = frozenset({404, 410})


def send(envelope: Envelope, desk: Desk) -> None:
    """Hand the message to every device. Raises TransportFault when none took it, permanent when
    none is left that could."""
    post = desk.post
    if not post.push_key:
        raise TransportFault("no VAPID key is set (VAPID_PRIVATE_KEY)")
    key = push.load_key(post.push_key)
    plain = _plain(envelope)
    answers = [_send_one(device, plain, envelope, key, post) for device in envelope.reach.push]
    for device, status in zip(envelope.reach.push, answers, strict=True):
        if status in GONE:
            desk.forget_device(device.id)
    if not any(200 <= status < 300 for status in answers):
        is_over = all(status in GONE for status in answers)
        raise TransportFault(f"push services said {answers}", is_permanent=is_over)


def _plain(envelope: Envelope) -> bytes:
    path = ("/en" if envelope.reach.language == "en" else "") + (envelope.url or "/")
    words = {
        "title": envelope.title[:300],
        "body": envelope.body[:600],
        "url": path[:500],
        "tag": _tag(envelope),
    }
    return json.dumps(words, ensure_ascii=False).encode()[: push.MAX_PLAIN]


def _tag(envelope: Envelope) -> str:
    return hashlib.sha256(envelope.key.encode()).hexdigest()[:32]


def _send_one(
    device: PushAddress,
    plain: bytes,
    envelope: Envelope,
    key: ec.EllipticCurvePrivateKey,
    post: Post,
) -> int:
    """The push service's status; 0 when it could not be reached."""
    if not push.is_service(device.endpoint, post.push_services):
        return 410
    contact = f"mailto:{parseaddr(post.sender)[1]}"
    try:
        answer = requests.post(
            device.endpoint,
            data=push.encrypt(plain, p256dh=device.p256dh, auth=device.auth),
            headers={
                "Authorization": push.authorization(
                    device.endpoint, key=key, contact=contact, now=clock.now()
                ),
                "Content-Encoding": "aes128gcm",
                "Content-Type": "application/octet-stream",
                "TTL": str(LIFE_SECONDS),
                "Topic": _tag(envelope),
                "Urgency": "high",
            },
            timeout=TIMEOUT_SECONDS,
            allow_redirects=False,
        )
    except requests.RequestException:
        return 0
    return answer.status_code


CHANNEL = Channel(
    slug="webpush",
    used="configured",
    send=send,
    reaches=lambda reach: bool(reach.push),
    pushes=True,
    is_configured=lambda post: bool(post.push_key),
)
