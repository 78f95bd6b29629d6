"""Reminders: who hears when, and what silences them."""

from datetime import datetime, timedelta
from email.header import decode_header, make_header
from typing import Any

import pytest
from icalendar import Calendar
from sqlalchemy import select
from sqlalchemy.orm import Session

from livestream.reminders import jobs, rules, services
from livestream.reminders.models import Follow, ReminderTurn
from livestream.reminders.queries import reachable_followers
from livestream.sessions import queries
from livestream.sessions.calendars import build_calendar
from livestream.sessions.models import LiveSession
from livestream.sessions.services import cancel_session, go_live, move_session
from shop.core.db import Database
from shop.core.outbox import OutboxMessage
from shop.notifications import jobs as mailing
from shop.notifications.models import Contact
from shop.notifications.rules import NoMail
from shop.notifications.services import following, keep_contacts_of
from tests.factories.accounts import make_person
from tests.factories.livestream import EVENING, NOW, make_club, make_host
from tests.livestream.reminders.conftest import make_confirmed
from tests.stand_ins.smtp import MailServer

DAY, HOUR, SOON = (EVENING - offset for offset in rules.OFFSETS.values())


def follow(db: Session, live: LiveSession, person_id: int | None = None, **over: Any) -> Follow:
    values: dict[str, Any] = {"email": None, "language": "vi", "now": NOW, "slug": live.slug}
    return services.ask_to_be_reminded(db, person_id=person_id, **(values | over))


def written(database: Database) -> list[tuple[str, str]]:
    """(kind without its head, state) of every inbox row about reminders, in order."""
    with database.read() as db:
        rows = db.execute(
            select(OutboxMessage.kind, OutboxMessage.state)
            .where(OutboxMessage.kind.like("session.remind%"), OutboxMessage.channel == "inbox")
            .order_by(OutboxMessage.id)
        )
        return [(kind.removeprefix("session.remind_"), state) for kind, state in rows]


def kinds(database: Database) -> set[str]:
    return {kind for kind, _state in written(database)}


def turns(database: Database) -> set[tuple[str, datetime]]:
    with database.read() as db:
        rows = db.scalars(select(ReminderTurn).where(ReminderTurn.state == "planned"))
        return {(row.moment, row.due_at) for row in rows}


def test_each_hears_at_each_offset_once(database: Database) -> None:
    with database.transaction() as db:
        live = make_confirmed(db)
        follow(db, live, make_person(db).id)
    expected: set[str] = set()
    for moment, due in zip(rules.OFFSETS, (DAY, HOUR, SOON), strict=True):
        jobs.tell(database, due - timedelta(seconds=1))
        assert kinds(database) == expected
        jobs.tell(database, due)
        before = written(database)
        jobs.tell(database, due + timedelta(seconds=5))
        assert written(database) == before, "a second tick says nothing twice"
        expected |= {f"{audience}_{moment}" for audience in rules.AUDIENCES}
        assert kinds(database) == expected


def test_a_move_supersedes_and_is_told_once(database: Database) -> None:
    with database.transaction() as db:
        live = make_confirmed(db)
        follow(db, live, make_person(db).id)
        public_id = live.public_id
    jobs.tell(database, DAY)
    later = EVENING + timedelta(days=2)
    with database.transaction() as db:
        move_session(
            db,
            public_id=public_id,
            starts_at=later,
            minutes=60,
            actor_id=1,
            capacity="staff",
            now=DAY + timedelta(minutes=1),
        )
    assert {state for _kind, state in written(database)} == {"superseded"}
    assert {due for moment, due in turns(database) if moment in rules.OFFSETS} == {
        later - offset for offset in rules.OFFSETS.values()
    }
    for _twice in range(2):
        jobs.tell(database, DAY + timedelta(minutes=2))
    assert [line for line in written(database) if line[1] == "pending"] == [
        ("followers_moved", "pending")
    ]
    jobs.tell(database, EVENING - timedelta(minutes=5))
    assert "hosts_soon" not in kinds(database), "the old hour passes in silence"
    jobs.tell(database, later - timedelta(hours=24))
    assert [kind for kind, state in written(database) if state == "pending"].count("hosts_day") > 0


def test_a_cancelled_session_falls_silent(database: Database) -> None:
    with database.transaction() as db:
        live = make_confirmed(db)
        follow(db, live, make_person(db).id)
        cancel_session(
            db, public_id=live.public_id, actor_id=1, now=NOW + timedelta(hours=1), reason="Mưa"
        )
    for at in (NOW + timedelta(hours=2), DAY, HOUR, SOON):
        jobs.tell(database, at)
    assert kinds(database) == {"followers_cancelled"}


def test_what_waits_in_the_outbox_is_asked_again(
    database: Database, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row written for the old schedule, claimed after the change, is not sent."""
    with database.transaction() as db:
        live = make_confirmed(db)
        follow(db, live, make_person(db).id)
        live_id = live.id
    jobs.tell(database, DAY)
    with database.transaction() as db:
        db.get_one(LiveSession, live_id).schedule_seq += 1
        db.execute(ReminderTurn.__table__.update().values(state="superseded"))
    mailing.deliver(database, DAY)
    assert {state for _kind, state in written(database)} == {"superseded"}
    assert not [each for each in mail.mails if "20:00" in each["Subject"]]


def test_late_booking_skips_what_has_passed(database: Database) -> None:
    with database.transaction() as db:
        make_confirmed(db, starts_at=NOW + timedelta(minutes=50), now=NOW)
    assert {moment for moment, _due in turns(database)} == {"soon"}


def test_after_a_standstill_only_the_last_one_is_said(database: Database) -> None:
    with database.transaction() as db:
        make_confirmed(db)
    jobs.tell(database, SOON + timedelta(minutes=1))
    assert kinds(database) == {"hosts_soon", "producers_soon"}
    with database.transaction() as db:
        make_confirmed(db, starts_at=EVENING + timedelta(days=1))
    before = written(database)
    jobs.tell(database, EVENING + timedelta(days=1, minutes=1))
    assert written(database) == before, "nobody is reminded of what has begun"


def test_going_live_tells_followers(database: Database) -> None:
    with database.transaction() as db:
        live = make_confirmed(db)
        follow(db, live, make_person(db).id)
        go_live(db, public_id=live.public_id, actor_id=1, now=EVENING - timedelta(minutes=12))
    jobs.tell(database, EVENING - timedelta(minutes=11))
    assert kinds(database) == {"followers_on_air"}


def test_whom_no_channel_reaches_is_called_once(database: Database) -> None:
    with database.transaction() as db:
        live = make_confirmed(db, phone="0912345678")
        desk = f"club:{live.club_id}"
    for at in (DAY, HOUR, SOON):
        jobs.tell(database, at)
    with database.read() as db:
        calls = db.execute(
            select(OutboxMessage.kind, OutboxMessage.desk).where(OutboxMessage.channel == "call")
        ).all()
    assert [tuple(call) for call in calls] == [
        ("session.consent_asked", desk),
        ("session.confirmed", desk),
        ("session.remind_producers_day", desk),
    ]


def test_a_guest_confirms_first_and_leaves(database: Database, mail: MailServer) -> None:
    with database.transaction() as db:
        live = make_confirmed(db)
        first = follow(db, live, email="lan@guest.example")
        again = follow(db, live, email="LAN@guest.example")
        assert (first.id, first.state) == (again.id, "unconfirmed")
        code = first.code
    mailing.deliver(database, NOW)
    assert [f"/nhac-toi/{code}" in each.as_string() for each in mail.mails if "lan@" in each["To"]]
    jobs.tell(database, DAY)
    assert "followers_day" not in {kind for kind, _state in _mailed(database)}
    with database.transaction() as db:
        following.confirm_wish(db, Follow, code)
    jobs.tell(database, HOUR)
    assert ("followers_hour", "pending") in _mailed(database)
    with database.transaction() as db:
        following.end_wish(db, Follow, code, HOUR)
    jobs.tell(database, SOON)
    assert "followers_soon" not in {kind for kind, _state in _mailed(database)}
    mailing.deliver(database, HOUR)
    assert ("followers_hour", "superseded") in _mailed(database), "left meanwhile: not sent"


def test_each_reads_the_title_in_their_language(database: Database, mail: MailServer) -> None:
    with database.transaction() as db:
        live = make_confirmed(db, title="Tối nghe chuyện trà", title_en="Tea tales")
        for email, language in (("lan@guest.example", "vi"), ("ann@guest.example", "en")):
            code = follow(db, live, email=email, language=language).code
            following.confirm_wish(db, Follow, code)
    jobs.tell(database, HOUR)
    mailing.deliver(database, HOUR)
    told = {each["To"]: str(make_header(decode_header(each["Subject"]))) for each in mail.mails}
    assert "Tea tales" in next(said for to, said in told.items() if "ann@" in to)
    assert "Tối nghe" in next(said for to, said in told.items() if "lan@" in to)


def test_an_address_is_forgotten_when_the_session_is_over(
    database: Database, mail: MailServer
) -> None:
    keep_contacts_of("reminders", reachable_followers)
    with database.transaction() as db:
        live = make_confirmed(db)
        follow(db, live, email="lan@guest.example")
    mailing.deliver(database, NOW)
    assert mail.mails
    for at, kept in ((NOW, "lan@guest.example"), (EVENING + timedelta(days=1), None)):
        mailing.forget_contacts(database, at)
        with database.read() as db:
            assert db.scalars(select(Contact.email)).one() == kept


def _mailed(database: Database) -> list[tuple[str, str]]:
    with database.read() as db:
        rows = db.execute(
            select(OutboxMessage.kind, OutboxMessage.state).where(OutboxMessage.channel == "email")
        )
        return [(kind.removeprefix("session.remind_"), state) for kind, state in rows]


def test_nobody_waits_for_what_is_over(database: Database) -> None:
    with database.transaction() as db:
        live = make_confirmed(db)
        person = make_person(db).id
        with pytest.raises(rules.SessionOver):
            follow(db, live, person, now=EVENING)
        with pytest.raises(NoMail):
            follow(db, live, email="lan@guest.example")
        follow(db, live, person)
    jobs.tidy(database, EVENING + timedelta(days=61, hours=1))
    with database.read() as db:
        assert db.scalars(select(Follow.id)).all() == []
        assert db.scalars(select(ReminderTurn.id)).all() == []


def test_mail_invites_moves_and_takes_out(database: Database, mail: MailServer) -> None:
    """What a calendar program sees: one entry, which rises in SEQUENCE and is cancelled."""
    with database.transaction() as db:
        host = make_person(db, name="Lê Thị Hoa", email="hoa@host.example")
        host.language = "en"
        club = make_club(db)
        hosts = [make_host(db, club, person_id=host.id)]
        live = make_confirmed(db, club=club, hosts=hosts)
        live.title_en, public_id, slug = "First lychees", live.public_id, live.slug
    with database.transaction() as db:
        move_session(
            db,
            public_id=public_id,
            starts_at=EVENING + timedelta(days=1),
            minutes=90,
            actor_id=1,
            capacity="staff",
            now=NOW + timedelta(hours=1),
        )
    with database.transaction() as db:
        cancel_session(
            db, public_id=public_id, actor_id=1, now=NOW + timedelta(hours=2), reason="Mưa"
        )
    mailing.deliver(database, NOW + timedelta(hours=2))
    mine = [each for each in mail.mails if "hoa@host.example" in each["To"]]
    parts = [
        part for each in mine for part in each.walk() if part.get_content_type() == "text/calendar"
    ]
    assert [part.get_param("method") for part in parts] == ["REQUEST", "REQUEST", "CANCEL"]
    events = [Calendar.from_ical(part.get_payload(decode=True)).walk("VEVENT")[0] for part in parts]
    assert {str(event["UID"]) for event in events} == {f"live-{public_id}@phien.example"}
    assert str(events[-1]["SUMMARY"]) == "First lychees", "in the language of who is invited"
    assert str(events[-1]["URL"]).endswith(f"/en/phien-live/{slug}")
    sequences = [int(event["SEQUENCE"]) for event in events]
    assert sequences == sorted(set(sequences))
    assert [event["DTSTART"].dt for event in events] == [
        EVENING,
        *[EVENING + timedelta(days=1)] * 2,
    ]
    assert str(events[-1]["STATUS"]) == "CANCELLED"
    assert str(events[0]["ATTENDEE"]) == "mailto:hoa@host.example"
    assert str(events[0]["ORGANIZER"]) == "mailto:tin@phien.example"
    with database.read() as db:
        (row,) = queries.feed_rows(db, now=NOW)
    feed = build_calendar([row], name="x", public_url="https://phien.example")
    (known,) = Calendar.from_ical(feed).walk("VEVENT")
    assert (known["UID"], int(known["SEQUENCE"])) == (events[-1]["UID"], sequences[-1])
