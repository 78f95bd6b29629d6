"""Two clicks on one button: one club, one studio, one invitation, one campaign, one answer."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from livestream.campaigns.models import Campaign
from livestream.campaigns.services import create_campaign
from livestream.clubs import services
from livestream.clubs.models import (
    Availability,
    AvailabilityException,
    Club,
    Invitation,
    Resource,
)
from livestream.clubs.rules import PlaceNameTaken
from livestream.sessions.models import SessionEvent, SessionItem
from livestream.sessions.services import ItemWish, answer_item
from shop.core.db import Database
from shop.core.errors import Conflict
from tests.factories.accounts import make_person, make_staff
from tests.factories.catalogue import make_product, variant_of
from tests.factories.livestream import NOW, make_club, make_host, make_session

CLICKS = 4


def click(database: Database, do: Callable[[Session], Any]) -> list[Any]:
    """Do the same in several threads at once; what each gave, or the conflict it met."""
    start = threading.Barrier(CLICKS)

    def one(_number: int) -> Any:
        start.wait()
        try:
            with database.transaction() as db:
                done = do(db)
                return getattr(done, "id", done)
        except Conflict as refusal:
            return type(refusal)

    with ThreadPoolExecutor(CLICKS) as pool:
        return list(pool.map(one, range(CLICKS)))


def count(database: Database, *where: Any) -> int:
    with database.read() as db:
        return db.scalar(select(func.count()).where(*where)) or 0


def test_a_club_is_registered_once(database: Database) -> None:
    with database.transaction() as db:
        person = make_person(db).id
        make_club(db, name="CLB Đôi")  # the plain address is taken by others

    def register(db: Session) -> Club:
        return services.register_club(
            db, person_id=person, name="CLB Đôi", kind="club", province_code="19", now=NOW
        )

    assert len(set(click(database, register))) == 1
    assert count(database, Club.registered_by == person) == 1


def test_a_studio_is_added_once_and_names_differ(database: Database) -> None:
    with database.transaction() as db:
        club = make_club(db).id

    def add(db: Session) -> Resource:
        return services.add_resource(
            db, club_id=club, kind="studio", name="Phòng 1", actor_id=None, now=NOW
        )

    assert click(database, add).count(PlaceNameTaken) == CLICKS - 1
    assert count(database, Resource.owner_club_id == club) == 1


def test_an_invitation_is_written_once(database: Database) -> None:
    with database.transaction() as db:
        club, person = make_club(db).id, make_person(db).id

    def invite(db: Session) -> Invitation:
        return services.invite(
            db, club_id=club, login="ban@vidu.test", role="host", actor_id=person, now=NOW
        )

    assert len(set(click(database, invite))) == 1


def test_hours_and_days_off_set_twice_at_once_stand_once(database: Database) -> None:
    with database.transaction() as db:
        club = make_club(db)
        host, person = make_host(db, club).id, make_person(db).id

    def set_both(db: Session) -> None:
        services.set_weekly_hours(
            db, resource_id=host, hours=[(0, 480, 720), (3, 480, 720)], now=NOW, actor_id=person
        )
        services.set_exception(
            db, resource_id=host, day=date(2026, 12, 1), actor_id=person, now=NOW
        )

    click(database, set_both)
    assert count(database, Availability.resource_id == host) == 2
    assert count(database, AvailabilityException.resource_id == host) == 1


def test_a_campaign_is_made_once(database: Database) -> None:
    with database.transaction() as db:
        person = make_staff(db, "*").id

    def make(db: Session) -> Campaign:
        return create_campaign(
            db,
            name="Tết sum vầy",
            starts_at=NOW,
            ends_at=NOW + timedelta(days=20),
            actor_id=person,
            now=NOW,
        )

    assert len(set(click(database, make))) == 1
    assert count(database, Campaign.name == "Tết sum vầy") == 1


@pytest.mark.parametrize(("is_agreed", "note"), [(True, ""), (False, "Chưa kịp thu hoạch")])
def test_the_same_answer_is_told_once(db: Session, is_agreed: bool, note: str) -> None:
    wish = ItemWish(variant_of(db, make_product(db)).id)
    live = make_session(db, items=[wish], state="proposed")
    item = db.scalars(select(SessionItem)).one()
    person = make_person(db).id
    for _click in range(3):
        answer_item(
            db,
            item_id=item.id,
            producer_ids=[item.producer_id],
            is_agreed=is_agreed,
            note=note,
            actor_id=person,
            now=NOW,
        )
    answers = select(func.count()).where(
        SessionEvent.session_id == live.id,
        SessionEvent.kind.in_(("item_agreed", "item_declined")),
    )
    assert db.scalar(answers) == 1
