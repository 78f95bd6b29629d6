"""Mail that goes nowhere: guests can be told, and the outbox shows what they would get."""

from collections.abc import Iterator

import pytest

from shop.notifications import services as notifications
from shop.notifications.rules import Post
from shop.wishes import wiring


@pytest.fixture(autouse=True)
def _messages() -> None:
    wiring._declare_messages()


@pytest.fixture
def mail() -> Iterator[None]:
    post = Post("smtp://127.0.0.1:1", "tin@phien.example", "https://phien.example")
    notifications.use_channels(is_development=False, post=post)
    yield
    notifications.use_channels(is_development=False)
