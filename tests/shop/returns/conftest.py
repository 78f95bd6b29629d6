"""Orders that came, and what an application's wiring would declare."""

import pytest

from shop.notifications.services import register_message
from shop.orders.wiring import MESSAGES as ORDER_MESSAGES
from shop.payments.wiring import connect_signals
from shop.returns.wiring import declare_messages


@pytest.fixture(autouse=True)
def _declared() -> None:
    for kind, (title, url) in ORDER_MESSAGES.items():
        register_message(kind, title=title, url=url)
    declare_messages("s" * 40)
    connect_signals()
