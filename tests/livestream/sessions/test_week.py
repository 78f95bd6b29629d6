"""The club's week: a fixed number of statements, other clubs' sessions without their names."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session

from livestream.clubs.models import Club, Resource
from livestream.sessions.services import ItemWish
from livestream.sessions.timing import VN
from shop.core import clock
from shop.core.db import Database
from tests.factories.accounts import make_person
from tests.factories.catalogue import make_product, variant_of
from tests.factories.livestream import make_channel, make_club, make_host, make_session, share


def evening() -> datetime:
    """Eight in the evening, three days from the real today: pages read the real clock."""
    day = clock.now().astimezone(VN) + timedelta(days=3)
    return day.replace(hour=20, minute=0, second=0, microsecond=0)


@contextmanager
def statements_of(client: FlaskClient) -> Iterator[list[str]]:
    """Every statement that the application runs meanwhile."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        seen.append(statement)

    engine = client.application.extensions["house"].database.engine
    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def add_sessions(db: Session, club: Club, host: Resource, variants: list[int], number: int) -> None:
    """So many sessions of the week: every tenth proposed with its own host and channel."""
    channel = make_channel(db, club)
    for index in range(number):
        is_firm = index % 10 == 0
        make_session(
            db,
            club,
            hosts=[] if is_firm else [host],
            channels=[] if is_firm else [channel],
            items=[ItemWish(variant) for variant in variants],
            state="proposed" if is_firm else "draft",
            starts_at=evening() + timedelta(minutes=index),
            now=clock.now(),
        )


def test_the_statement_count_stays_from_1_to_30_sessions(
    database: Database, signed_in: Callable[[str], FlaskClient]
) -> None:
    with database.transaction() as db:
        manager = make_person(db)
        club = make_club(db, manager_id=manager.id)
        host = make_host(db, club)
        variants = [variant_of(db, make_product(db)).id for _ in range(2)]
        add_sessions(db, club, host, variants, 1)
    client = signed_in(manager.email or "")
    address = f"/clb/phien?tuan={evening().date()}"
    counts = {}
    for more, total in ((0, 1), (29, 30)):
        with database.transaction() as db:
            add_sessions(db, db.get_one(Club, club.id), host, variants, more)
        with statements_of(client) as seen:
            answer = client.get(address)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 200
        assert page.count("data-session=") == total
        assert len(set(re.findall(r'class="slot[^>]*href="/clb/phien/(\w+)"', page))) == total
        counts[total] = len(seen)
    assert counts[30] == counts[1], counts
    assert counts[30] <= 16, counts


def test_another_club_shows_as_taken_time_only(
    database: Database, signed_in: Callable[[str], FlaskClient]
) -> None:
    with database.transaction() as db:
        manager = make_person(db)
        club, other = make_club(db, manager_id=manager.id), make_club(db)
        host = make_host(db, other)
        share(db, host, club)
        common = {"hosts": [host], "starts_at": evening(), "now": clock.now()}
        make_session(db, other, title="Chỉ là nháp", **common)
        taken = make_session(db, other, title="Bí mật của bạn", state="proposed", **common)
        code = taken.public_id
    page = signed_in(manager.email or "").get(f"/clb/phien?tuan={evening().date()}")
    shown = page.get_data(as_text=True)
    assert "20:00–21:00" in shown
    assert "Câu lạc bộ khác" in shown
    assert "Bí mật của bạn" not in shown
    assert "Chỉ là nháp" not in shown
    assert code not in shown
