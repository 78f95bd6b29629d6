"""Web push and Zalo against services on loopback that decrypt and verify what they get."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.accounts.models import Person
from shop.core.db import Database
from shop.core.outbox import MAX_ATTEMPTS, OutboxMessage
from shop.notifications import jobs, push, services
from shop.notifications.models import PushSubscription
from shop.notifications.rules import BadDevice, Post
from tests.conftest import post
from tests.factories.accounts import make_person
from tests.stand_ins.push import Browser, PushService, b64, push_service

KIND, OTHER = "push.important", "push.other"
SENDER = "Chợ Phiên <tin@phien.example>"


@pytest.fixture
def service(tmp_path: Path) -> Iterator[PushService]:
    services.register_message(
        KIND,
        title="Đơn %(code)s đã gửi",
        body="Mở ra xem",
        url="/don-hang/%(code)s",
        importance="important",
    )
    services.register_message(OTHER, title="Khác", importance="important")
    token = tmp_path / "token"
    token.write_text("oa-token\n")
    with push_service() as running:
        services.use_channels(
            is_development=False,
            post=Post(
                sender=SENDER,
                origin="https://phien.example",
                push_key=push.make_key(),
                push_services=(running.origin,),
                zalo_api=running.origin,
                zalo_token_file=str(token),
                zalo_templates={KIND: "7001"},
            ),
        )
        yield running
    services.use_channels(is_development=False)


def allow(db: Session, person: Person, service: PushService, name: str, now: datetime) -> Browser:
    browser = service.browser(name)
    services.allow_device(
        db,
        person_id=person.id,
        endpoint=service.endpoint(name),
        p256dh=b64(browser.point),
        auth=b64(browser.auth),
        device="Chrome, Android",
        now=now,
    )
    return browser


def tell(db: Session, person: Person, now: datetime, *, kind: str = KIND) -> list[str]:
    told = services.tell(
        db,
        recipients=[f"person:{person.id}"],
        kind=kind,
        cause="order:7",
        payload={"code": "A1"},
        now=now,
        desk="producer:1",
    )
    return told[f"person:{person.id}"]


def states(database: Database) -> dict[str, str]:
    with database.read() as db:
        rows = db.execute(select(OutboxMessage.channel, OutboxMessage.state))
        return {row.channel: row.state for row in rows}


def devices(database: Database) -> list[str]:
    with database.read() as db:
        rows = db.scalars(select(PushSubscription.endpoint).order_by(PushSubscription.id))
        return [endpoint.rsplit("/", 1)[-1] for endpoint in rows]


def test_encrypts_as_the_standard_says() -> None:
    """The example of RFC 8291 section 5."""
    number = int.from_bytes(push.to_bytes("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), "big")
    body = push.encrypt(
        b"When I grow up, I want to be a watermelon",
        p256dh="BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        auth="BTBZMqHH6r4Tts7J_aSIgg",
        salt=push.to_bytes("DGv6ra1nlYgDCS1FRnbzlw"),
        own=ec.derive_private_key(number, ec.SECP256R1()),
    )
    assert push.to_text(body) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml"
        "mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT"
        "pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


@pytest.mark.parametrize(
    ("endpoint", "expected"),
    [
        ("https://fcm.googleapis.com/fcm/send/x", True),
        ("https://updates.push.services.mozilla.com/wpush/v2/x", True),
        ("https://web.push.apple.com/x", True),
        ("https://fcm.googleapis.com.evil.example/x", False),
        ("https://evilpush.apple.com/x", False),
        ("http://fcm.googleapis.com/x", False),
        ("https://fcm.googleapis.com:8443/x", False),
        ("https://fcm.googleapis.com@127.0.0.1/x", False),
        ("https://a@fcm.googleapis.com/x", False),
        ("http://169.254.169.254/latest", False),
        ("https://[::1/x", False),
        ("https://fcm.googleapis.com:99999999/x", False),
        ("", False),
    ],
)
def test_goes_to_push_services_only(endpoint: str, expected: bool) -> None:
    assert push.is_service(endpoint) is expected


def test_each_device_decrypts_and_gone_ones_are_forgotten(
    db: Session, database: Database, now: datetime, service: PushService
) -> None:
    person = make_person(db, language="en", phone=None)
    phone, old = (allow(db, person, service, name, now) for name in ("phone", "old"))
    allow(db, person, service, "phone", now)
    old.status = 410
    assert tell(db, person, now) == ["inbox", "webpush"], "nobody has to telephone"
    db.commit()
    assert devices(database) == ["phone", "old"], "allowing again is one row"
    jobs.deliver(database, now)
    (seen,) = phone.seen
    assert (seen["title"], seen["url"]) == ("Đơn A1 đã gửi", "/en/don-hang/A1")
    assert seen["claims"]["sub"] == "mailto:tin@phien.example"
    assert seen["topic"] == seen["tag"], "what comes twice replaces itself"
    assert devices(database) == ["phone"]
    assert states(database) == {"inbox": "sent", "webpush": "sent"}


def test_when_the_last_device_is_gone_somebody_telephones(
    db: Session, database: Database, now: datetime, service: PushService
) -> None:
    person = make_person(db, phone="0912345678")
    allow(db, person, service, "old", now).status = 404
    assert tell(db, person, now, kind=OTHER) == ["inbox", "webpush"]
    db.commit()
    jobs.deliver(database, now)
    assert states(database)["webpush"] == "dead"
    assert states(database)["call"] == "pending"
    assert devices(database) == []


def test_what_a_push_service_refuses_for_now_is_tried_again(
    db: Session, database: Database, now: datetime, service: PushService
) -> None:
    person = make_person(db)
    allow(db, person, service, "phone", now).status = 503
    tell(db, person, now, kind=OTHER)
    db.commit()
    jobs.deliver(database, now)
    assert states(database)["webpush"] == "pending"
    assert devices(database) == ["phone"]


def test_strangers_addresses_and_keys_are_refused(
    db: Session, now: datetime, service: PushService
) -> None:
    person, browser = make_person(db), service.browser("x")
    good = {
        "endpoint": service.endpoint("x"),
        "p256dh": b64(browser.point),
        "auth": b64(browser.auth),
    }
    for wrong in (
        {"endpoint": "http://127.0.0.1:1/push"},
        {"p256dh": "không"},
        {"p256dh": b64(b"\x04" + bytes(64))},
        {"auth": b64(b"short")},
        {"auth": ""},
    ):
        with pytest.raises(BadDevice):
            services.allow_device(db, person_id=person.id, device="", now=now, **(good | wrong))


def test_zalo_carries_only_what_has_a_template(
    db: Session, database: Database, now: datetime, service: PushService
) -> None:
    person = make_person(db, name="Lò Thị Mai", phone="0912345678")
    assert tell(db, person, now, kind=OTHER) == ["inbox", "call"]
    assert tell(db, person, now) == ["inbox", "zalo"]
    db.commit()
    jobs.deliver(database, now)
    (sent,) = service.zalo
    assert (sent["token"], sent["phone"], sent["template_id"]) == (
        "oa-token",
        "84912345678",
        "7001",
    )
    assert sent["template_data"]["message"] == "Đơn A1 đã gửi"
    assert len(sent["tracking_id"]) == 48


@pytest.mark.parametrize(("code", "expected"), [(-118, "dead"), (-32, "pending")])
def test_what_zalo_refuses(
    db: Session,
    database: Database,
    now: datetime,
    service: PushService,
    code: int,
    expected: str,
) -> None:
    assert MAX_ATTEMPTS > 1
    service.zalo_code = code
    tell(db, make_person(db, phone="0912345678"), now)
    db.commit()
    jobs.deliver(database, now)
    assert states(database)["zalo"] == expected
    assert ("call" in states(database)) is (expected == "dead")


def test_pages_allow_and_turn_off(
    client: FlaskClient,
    database: Database,
    signed_in: Callable[..., FlaskClient],
    service: PushService,
) -> None:
    with database.transaction() as db:
        login, other = make_person(db).email, make_person(db).email
    assert login
    assert other
    signed_in(login)
    # the application has chosen its channels without a key: nothing is offered
    here = "/tai-khoan/tin-nhan/cach-nhan"
    browser = service.browser("mine")
    fields = {
        "endpoint": "https://fcm.googleapis.com/fcm/send/mine",
        "p256dh": b64(browser.point),
        "auth": b64(browser.auth),
        "device": "Chrome, Android\x00" + "x" * 50,
    }
    hostile = (
        {"endpoint": "http://127.0.0.1:9/x"},
        {"endpoint": "https://fcm.googleapis.com/" + "x" * 2000},
        {"p256dh": "x" * 90},
        {"auth": ""},
    )
    for wrong in hostile:
        answer = post(client, "/tai-khoan/tin-nhan/thiet-bi", fields | wrong)
        assert answer.status_code == 422
    assert post(client, "/tai-khoan/tin-nhan/thiet-bi", fields).status_code == 303
    assert devices(database) == ["mine"]
    services.use_channels(is_development=False, post=Post(push_key=push.make_key()))
    page = client.get(here).text
    assert "data-push=" in page
    assert "Chrome, Android" in page
    with database.read() as db:
        number = db.scalars(select(PushSubscription.id)).one()
    post(client, "/dang-xuat")
    signed_in(other)
    gone = f"/tai-khoan/tin-nhan/thiet-bi/{number}/tat"
    assert post(client, gone).status_code == 404, "not somebody else's"
    post(client, "/dang-xuat")
    signed_in(login)
    assert post(client, gone).status_code == 303
    assert devices(database) == []
