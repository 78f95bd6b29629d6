"""What every channel must do, whatever it is."""

import contextlib

import pytest

from shop.core.outbox import TransportFault
from shop.notifications import services
from shop.notifications.rules import (
    Channel,
    Envelope,
    MessageKind,
    Post,
    Reach,
    contact_of,
    desk_parts,
    outbox_key,
    person_of,
)

CHANNELS = sorted(services.CHANNELS)
REACH = Reach("person:3", "Hà", "ha@example.test", "0912345678", "vi")
ENVELOPE = Envelope(
    key="order:7:order.shipped:person:3:inbox",
    kind="order.shipped",
    reach=REACH,
    title="Đơn 7 đã gửi",
    url="/don-hang/7",
    payload={"code": "7"},
    desk="producer:5",
)


class Desk:
    def __init__(self) -> None:
        self.kept: list[Envelope] = []
        self.post = Post()

    def keep(self, envelope: Envelope) -> None:
        self.kept.append(envelope)

    ask_to_call = keep

    def forget_device(self, device_id: int) -> None:
        raise AssertionError(device_id)


def test_the_channels_of_the_first_stride_are_there() -> None:
    assert CHANNELS == ["call", "email", "inbox", "log", "webpush", "zalo"]
    assert services.CHANNELS["inbox"].used == "always"
    assert services.CHANNELS["email"].used == "configured"
    assert services.CHANNELS["call"].used == "asked"
    assert services.CHANNELS["log"].used == "development"


@pytest.mark.parametrize("slug", CHANNELS)
def test_slug_fits_the_outbox(slug: str) -> None:
    channel = services.CHANNELS[slug]
    assert channel.slug == slug
    assert slug.isascii()
    assert slug.islower()
    assert len(slug) <= 20
    assert channel.used in {"always", "development", "configured", "asked"}


@pytest.mark.parametrize("slug", CHANNELS)
def test_sending_again_after_a_crash_is_the_same(slug: str) -> None:
    channel: Channel = services.CHANNELS[slug]
    first, second = Desk(), Desk()
    for desk in (first, second):
        with contextlib.suppress(TransportFault):
            channel.send(ENVELOPE, desk)
    assert first.kept == second.kept
    assert all(kept == ENVELOPE for kept in first.kept), "nothing is changed on the way"


@pytest.mark.parametrize("slug", CHANNELS)
@pytest.mark.parametrize(
    "words", ["", "x" * 10_000, "%s %(x)s {0}", "Tiếng Việt ₫ 🍯", "a\nb\x1b[31m"]
)
def test_any_words_go_through_or_fail_as_transport(slug: str, words: str) -> None:
    envelope = Envelope(
        key="k", kind="k", reach=REACH, title=words, url=words, payload={"words": words}
    )
    with contextlib.suppress(TransportFault):
        services.CHANNELS[slug].send(envelope, Desk())


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("", ""),
        ("/don-hang/%(code)s", "/don-hang/A%2FB%20%3F"),
        (lambda payload: f"/x/{len(payload['code'])}", "/x/5"),
    ],
)
def test_addresses_are_filled_from_the_payload(url: object, expected: str) -> None:
    kind = MessageKind("k", "t", url)  # type: ignore[arg-type]
    assert kind.url_of({"code": "A/B ?"}) == expected


def test_keys_and_recipients() -> None:
    assert outbox_key("order:7", "order.shipped", "person:3", "inbox") == ENVELOPE.key
    assert person_of("person:3") == 3
    for odd in ("person:", "person:x", "mail:3", "", "person:-1"):
        assert person_of(odd) is None


def test_contacts_and_desks() -> None:
    assert contact_of("contact:5") == 5
    assert contact_of("person:5") is None
    assert desk_parts("province:04") == ("province", "04")
    for odd in ("", "producer:", "shop:5", "producer"):
        with pytest.raises(ValueError, match="no such desk"):
            desk_parts(odd)
