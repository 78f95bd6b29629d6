"""A confirmed session with a product, and the ears that the application connects."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from livestream.reminders import wiring
from livestream.sessions.models import LiveSession
from livestream.sessions.services import ItemWish
from shop.notifications.rules import Post
from shop.notifications.services import use_channels
from tests.factories.accounts import make_member
from tests.factories.catalogue import make_producer, make_product, variant_of
from tests.factories.livestream import make_session
from tests.factories.stock import make_stock
from tests.stand_ins.smtp import MailServer, mail_server

SENDER = "Chợ Phiên <tin@phien.example>"
ORIGIN = "https://phien.example"


@pytest.fixture(autouse=True)
def ears() -> None:
    wiring.connect_signals()
    wiring.declare_messages()


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with mail_server() as running:
        use_channels(is_development=False, post=Post(running.url, SENDER, ORIGIN))
        yield running
    use_channels(is_development=False)


def make_confirmed(db: Session, *, phone: str | None = None, **over: object) -> LiveSession:
    """A confirmed session that sells something of a producer with one member."""
    producer = make_producer(db)
    make_member(db, "producer", producer.id, phone=phone)
    product = make_product(db, producer=producer)
    variant = variant_of(db, product).id
    make_stock(db, variant, 20)
    items = [ItemWish(variant_id=variant, set_aside=5)]
    return make_session(db, state="confirmed", items=items, **over)  # type: ignore[arg-type]
