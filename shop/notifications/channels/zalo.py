"""Zalo Notification Service: a template that Zalo approved, to a telephone number; off by default.

Sent over HTTPS with the access token of the Official Account. The token is read from a file at each
sending, because it lives for hours and whoever renews it must not restart us. Request and answer
follow Zalo's public documentation as read in SDKs (facts: livestream_scheduling.md 5); nothing
here was tried against Zalo itself.
"""

import hashlib
from pathlib import Path
from typing import Final

import requests

from shop.core.outbox import TransportFault
from shop.notifications.rules import Channel, Desk, Envelope

TIMEOUT_SECONDS: Final = 15
PATH: Final = "/message/template"
MAX_NAME: Final = 30
MAX_WORDS: Final = 200
"""Longest parameters, as the documentation of templates says."""
NEVER: Final = frozenset({-108, -114, -118, -119, -124})
"""Answers after which the same message will not arrive either: no such number, no Zalo there, the
person refuses. Unverified codes: what is not among them is tried again and then becomes a call."""


def send(envelope: Envelope, desk: Desk) -> None:
    """Hand one template message over. Raises TransportFault."""
    post = desk.post
    template = post.zalo_templates.get(envelope.kind)
    if not post.zalo_token_file or template is None:
        raise TransportFault("Zalo has no template for this kind", is_permanent=True)
    try:
        token = Path(post.zalo_token_file).read_text("utf-8").strip()
        answer = requests.post(
            f"{post.zalo_api}{PATH}",
            json={
                "phone": "84" + (envelope.reach.phone or "").removeprefix("0"),
                "template_id": template,
                "template_data": {
                    "name": envelope.reach.name[:MAX_NAME],
                    "message": envelope.title[:MAX_WORDS],
                    "link": f"{post.origin}{envelope.url}",
                },
                "tracking_id": hashlib.sha256(envelope.key.encode()).hexdigest()[:48],
            },
            headers={"access_token": token},
            timeout=TIMEOUT_SECONDS,
            allow_redirects=False,
        )
        said = answer.json() if answer.status_code == 200 else {"error": answer.status_code}
        code = int(said["error"])
    except (OSError, requests.RequestException, ValueError, KeyError, TypeError) as error:
        raise TransportFault(f"{type(error).__name__}: Zalo") from None
    if code != 0:
        raise TransportFault(f"Zalo said {code}", is_permanent=code in NEVER)


CHANNEL = Channel(
    slug="zalo",
    used="configured",
    send=send,
    reaches=lambda reach: reach.phone is not None,
    pushes=True,
    is_configured=lambda post: bool(post.zalo_token_file and post.zalo_templates),
    carries=lambda kind, post: kind in post.zalo_templates,
)
