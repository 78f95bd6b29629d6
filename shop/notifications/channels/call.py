"""A telephone call or Zalo message that people make: a task with ready words at somebody's desk."""

from shop.core.outbox import TransportFault
from shop.notifications.rules import Channel, Desk, Envelope


def send(envelope: Envelope, desk: Desk) -> None:
    """Make the task. Raises TransportFault when nobody was named who should call."""
    if envelope.desk is None:
        raise TransportFault("nobody is named who should call", is_permanent=True)
    desk.ask_to_call(envelope)


CHANNEL = Channel(
    slug="call", used="asked", send=send, reaches=lambda reach: reach.phone is not None
)
