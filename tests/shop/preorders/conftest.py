"""What an application's wiring would declare, for tests of services without one."""

import pytest

from shop.notifications.services import register_message
from shop.orders.wiring import MESSAGES
from shop.payments.wiring import connect_signals as connect_payments
from shop.preorders.services import connect_signals


@pytest.fixture(autouse=True)
def _declared() -> None:
    for kind, (title, url) in MESSAGES.items():
        register_message(kind, title=title, url=url)
    connect_payments()
    connect_signals()
