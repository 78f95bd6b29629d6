"""The log, for development: shows what people would be told, as it is told."""

import logging

from shop.notifications.rules import Channel, Desk, Envelope

log = logging.getLogger(__name__)


def send(envelope: Envelope, _desk: Desk) -> None:
    """Write one line."""
    log.info(
        "message to %s: %s (%s) [%s]",
        envelope.reach.recipient,
        envelope.title,
        envelope.url or "-",
        envelope.key,
    )


CHANNEL = Channel(slug="log", used="development", send=send, reaches=lambda _reach: True)
