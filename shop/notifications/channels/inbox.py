"""The inbox inside the application: a row, kept in the transaction that settles the sending."""

from shop.notifications.rules import Channel, Desk, Envelope


def send(envelope: Envelope, desk: Desk) -> None:
    """Keep the message for the person to read."""
    desk.keep(envelope)


CHANNEL = Channel(
    slug="inbox", used="always", send=send, reaches=lambda reach: reach.person_id is not None
)
