"""Mail over real SMTP on loopback: who gets one, in what words, and what a refusal leads to."""

import smtplib
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Settings
from shop.core.db import Database
from shop.core.outbox import MAX_ATTEMPTS, OutboxMessage, TransportFault
from shop.notifications import jobs, services
from shop.notifications.channels import email
from shop.notifications.models import CallTask, Contact
from shop.notifications.rules import Envelope, Post, Reach
from tests.factories.accounts import make_person
from tests.stand_ins.smtp import MailServer, mail_server

PLAIN, IMPORTANT, MUST, LEAVE = "mail.plain", "mail.important", "mail.must", "mail.leave"
SENDER = "Chợ Phiên <tin@phien.example>"


@pytest.fixture
def server() -> Iterator[MailServer]:
    services.register_message(PLAIN, title="Đơn %(code)s đã gửi", url="/don-hang/%(code)s")
    services.register_message(
        IMPORTANT,
        title="Đơn %(code)s đã được gửi đi qua %(carrier)s",
        url="/don-hang/%(code)s",
        body="Mở trên Chợ Phiên",
        importance="important",
    )
    services.register_message(MUST, title="Thu hồi %(code)s", importance="must")
    services.register_message(LEAVE, title="Có hàng %(code)s", leave="/thoi/%(token)s")
    with mail_server() as running:
        services.use_channels(
            is_development=False, post=Post(running.url, SENDER, "https://phien.example")
        )
        yield running
    services.use_channels(is_development=False)


def tell(db: Session, recipient: str, now: datetime, **over: Any) -> list[str]:
    values: dict[str, Any] = {
        "kind": IMPORTANT,
        "cause": "order:7",
        "payload": {"code": "A1", "carrier": "Bưu điện", "token": "T/1"},
        "now": now,
    }
    told = services.tell(db, recipients=[recipient], **(values | over))
    return told[recipient]


def states(database: Database) -> list[tuple[str, str]]:
    with database.read() as db:
        rows = db.execute(
            select(OutboxMessage.channel, OutboxMessage.state).order_by(OutboxMessage.id)
        )
        return [(channel, state) for channel, state in rows]


def test_important_words_arrive_in_both_forms(
    db: Session, database: Database, now: datetime, server: MailServer
) -> None:
    person = make_person(db, name="Nông Thị <Hà>", email="ha@buyer.example")
    assert tell(db, f"person:{person.id}", now) == ["email", "inbox"]
    db.commit()
    jobs.deliver(database, now)

    (mail,) = server.mails
    assert mail["From"] == SENDER
    assert mail["To"].addresses[0].addr_spec == "ha@buyer.example"
    assert mail["Subject"] == "Đơn A1 đã được gửi đi qua Bưu điện"
    assert mail["Message-ID"].endswith("@phien.example>")
    assert mail["List-Unsubscribe"] is None
    plain = mail.get_body(("plain",)).get_content()
    html = mail.get_body(("html",)).get_content()
    assert "Chào Nông Thị <Hà>," in plain
    assert "https://phien.example/don-hang/A1" in plain
    assert "https://phien.example/tai-khoan/tin-nhan/cach-nhan" in plain
    assert "Nông Thị &lt;Hà&gt;" in html
    assert 'href="https://phien.example/don-hang/A1"' in html


def test_english_reader_gets_english(
    db: Session, database: Database, now: datetime, server: MailServer
) -> None:
    person = make_person(db, language="en")
    tell(db, f"person:{person.id}", now)
    db.commit()
    jobs.deliver(database, now)
    (mail,) = server.mails
    assert mail["Subject"] == "Order A1 has been shipped with Bưu điện"
    assert "https://phien.example/en/don-hang/A1" in mail.get_body(("plain",)).get_content()


@pytest.mark.parametrize(
    ("level", "kinds"),
    [
        (None, [IMPORTANT, MUST]),
        ("all", [PLAIN, IMPORTANT, MUST]),
        ("important", [IMPORTANT, MUST]),
        ("none", [MUST]),
    ],
)
def test_people_choose_what_comes_by_mail(
    db: Session, now: datetime, server: MailServer, level: str | None, kinds: list[str]
) -> None:
    assert server.url
    person = make_person(db)
    if level is not None:
        services.choose_level(db, person_id=person.id, channel="email", level="all")
        services.choose_level(db, person_id=person.id, channel="email", level=level)
    mailed = [
        kind
        for kind in (PLAIN, IMPORTANT, MUST)
        if "email" in tell(db, f"person:{person.id}", now, kind=kind)
    ]
    assert mailed == kinds


def test_without_a_server_nothing_is_written_for_mail(db: Session, now: datetime) -> None:
    services.register_message(MUST, title="Thu hồi %(code)s", importance="must")
    services.use_channels(is_development=False)
    assert tell(db, f"person:{make_person(db).id}", now, kind=MUST) == ["inbox"]


def test_contact_is_one_row_and_can_leave_with_one_click(
    db: Session, database: Database, now: datetime, server: MailServer
) -> None:
    first = services.contact(db, name="Lan", email="Lan@Guest.example ", now=now)
    assert services.contact(db, email="lan@guest.example", now=now) == first
    assert services.contact(db, email="lan@guest.example", phone="0912345678", now=now) != first
    with pytest.raises(ValueError, match="e-mail or a phone"):
        services.contact(db, name="Lan", now=now)
    assert tell(db, first, now, kind=LEAVE) == ["email"]
    assert tell(db, first, now, kind=LEAVE) == [], "told before"
    db.commit()
    jobs.deliver(database, now)
    (mail,) = server.mails
    assert mail["List-Unsubscribe"] == "<https://phien.example/thoi/T%2F1>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "https://phien.example/thoi/T%2F1" in mail.get_body(("plain",)).get_content()


def test_erased_contact_gets_nothing(
    db: Session, database: Database, now: datetime, server: MailServer
) -> None:
    guest = services.contact(db, name="Lan", email="lan@guest.example", now=now)
    tell(db, guest, now)
    services.erase_contact(db, guest)
    db.commit()
    jobs.deliver(database, now)
    assert server.mails == []
    assert states(database) == [("email", "superseded")]
    with database.read() as reading:
        row = reading.scalars(select(Contact)).one()
        assert (row.name, row.email, row.phone, row.digest) == ("", None, None, None)
    again = services.contact(db, email="lan@guest.example", now=now)
    assert again != guest, "an erased row is nobody's any more"
    db.commit()


def test_closed_account_gets_nothing(
    db: Session, database: Database, now: datetime, server: MailServer
) -> None:
    person = make_person(db)
    tell(db, f"person:{person.id}", now)
    person.disabled_at = now
    db.commit()
    jobs.deliver(database, now)
    assert server.mails == []
    assert {state for _channel, state in states(database)} == {"superseded"}


def test_refused_address_becomes_a_call_when_someone_is_named(
    db: Session, database: Database, now: datetime, server: MailServer
) -> None:
    server.replies = {"gone@guest.example": "550 no such user"}
    guest = services.contact(db, email="gone@guest.example", phone="0912345678", now=now)
    assert tell(db, guest, now, desk="producer:5") == ["email"]
    db.commit()
    jobs.deliver(database, now)
    jobs.deliver(database, now + timedelta(seconds=1))
    assert states(database) == [("email", "dead"), ("call", "sent")]
    with database.read() as reading:
        task = reading.scalars(select(CallTask)).one()
        assert (task.desk_kind, task.desk_key, task.recipient) == ("producer", "5", guest)
        assert task.payload["code"] == "A1"


def test_refused_address_without_a_desk_just_ends(
    db: Session, database: Database, now: datetime, server: MailServer
) -> None:
    server.replies = {"gone@guest.example": "550 no such user"}
    tell(db, services.contact(db, email="gone@guest.example", now=now), now)
    db.commit()
    jobs.deliver(database, now)
    assert states(database) == [("email", "dead")]


def test_busy_server_is_asked_again_with_the_same_id(
    db: Session, database: Database, now: datetime, server: MailServer
) -> None:
    server.replies = {"lan@guest.example": "451 greylisted"}
    tell(db, services.contact(db, email="lan@guest.example", now=now), now)
    db.commit()
    jobs.deliver(database, now)
    assert states(database) == [("email", "pending")]
    server.replies = {}
    jobs.deliver(database, now + timedelta(minutes=5))
    assert states(database) == [("email", "sent")]
    assert len(server.mails) == 1


def test_server_that_is_away_loses_nothing(
    db: Session, database: Database, now: datetime, server: MailServer
) -> None:
    services.use_channels(
        is_development=False, post=Post("smtp://127.0.0.1:1", SENDER, "https://phien.example")
    )
    tell(db, services.contact(db, email="lan@guest.example", now=now), now, desk="club:3")
    db.commit()
    at = now
    for _ in range(MAX_ATTEMPTS):
        jobs.deliver(database, at)
        at += timedelta(days=2)
    assert states(database) == [("email", "dead"), ("call", "pending")]
    jobs.deliver(database, at)
    assert states(database)[1] == ("call", "superseded"), "no phone: nobody can call"
    assert server.mails == []


ENVELOPE = Envelope(
    key="order:7:k:contact:5:email",
    kind="k",
    reach=Reach("contact:5", "Lan\r\nBcc: x@evil.example", "lan@guest.example", None, "vi"),
    title="Một\r\nBcc: y@evil.example",
    url="/a",
    payload={},
    body="Dòng một\n<b>dòng hai</b>",
)


def test_nothing_typed_becomes_a_header() -> None:
    mail = email.compose(ENVELOPE, Post("smtp://x", SENDER, "https://phien.example"))
    assert mail["Bcc"] is None
    assert [each.addr_spec for each in mail["To"].addresses] == ["lan@guest.example"]
    assert mail["Subject"] == "Một Bcc: y@evil.example"
    assert "&lt;b&gt;dòng hai" in mail.get_body(("html",)).get_content()
    again = email.compose(ENVELOPE, Post("smtp://x", SENDER, "https://phien.example"))
    assert mail["Message-ID"] == again["Message-ID"]


def test_password_never_travels_in_the_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    with mail_server() as plain:

        class Desk:
            post = Post(plain.url.replace("//", "//ten:matkhau@"), SENDER, "")

        said: list[str] = []
        monkeypatch.setattr(smtplib.SMTP, "login", lambda _self, user, _password: said.append(user))
        monkeypatch.setattr(email, "_LOOPBACK", frozenset())
        with pytest.raises(TransportFault, match="no TLS"):
            email.send(ENVELOPE, Desk())  # type: ignore[arg-type]
        assert said == []
        monkeypatch.setattr(email, "_LOOPBACK", frozenset({"127.0.0.1"}))
        email.send(ENVELOPE, Desk())  # type: ignore[arg-type]
        assert said == ["ten"]


@pytest.mark.parametrize(
    "wrong", [{"smtp_url": "http://x"}, {"mail_from": "nobody"}, {"mail_from": "a@b\nBcc: c@d"}]
)
def test_settings_refuse_what_is_no_mail_server(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match=r"SMTP_URL|MAIL_FROM"):
        Settings(app_env="testing", **wrong)
