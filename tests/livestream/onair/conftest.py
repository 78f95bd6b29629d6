"""Message kinds are declared by an application's wiring; services need them without one too."""

import pytest

from shop.notifications.services import register_message
from shop.orders.wiring import MESSAGES


@pytest.fixture(autouse=True)
def _message_kinds() -> None:
    for kind, (title, url) in MESSAGES.items():
        register_message(kind, title=title, url=url)
