"""What an application's wiring would declare, for tests of services without one."""

import pytest

from shop.enquiries import services as enquiries
from shop.notifications.services import register_message
from shop.orders.wiring import MESSAGES
from shop.wholesale import services


@pytest.fixture(autouse=True)
def _declared(request: pytest.FixtureRequest) -> None:
    if "app" in request.fixturenames:
        request.getfixturevalue("app")
        return
    for kind, (title, url) in MESSAGES.items():
        register_message(kind, title=title, url=url)
    register_message(enquiries.ASKED, title="Có người hỏi đặt “%(product)s”")
    register_message(services.QUOTED, title="Có báo giá %(code)s cho bạn, hiệu lực đến %(until)s")
    register_message(services.WITHDRAWN, title="Báo giá %(code)s đã được người bán rút lại")
