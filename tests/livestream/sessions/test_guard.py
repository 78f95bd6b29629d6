"""The database itself refuses overlaps: the constraint and the triggers, asked directly."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from livestream.sessions.models import ResourceHold
from tests.factories.livestream import make_club, make_host, make_session


@pytest.fixture
def two(db: Session) -> tuple[int, int, int]:
    """Ids of two drafts and of a resource that neither wants."""
    club = make_club(db)
    first, second = make_session(db, club), make_session(db, club)
    return first.id, second.id, make_host(db, club).id


def hold(
    session_id: int, resource_id: int, start: int, end: int, *, on: bool = True
) -> ResourceHold:
    return ResourceHold(
        session_id=session_id, resource_id=resource_id, hold_start=start, hold_end=end, is_active=on
    )


@pytest.mark.parametrize(
    ("start", "end"), [(100, 200), (50, 101), (199, 300), (120, 150), (0, 10_000)]
)
def test_insert_is_refused(db: Session, two: tuple[int, int, int], start: int, end: int) -> None:
    first, second, resource = two
    db.add(hold(first, resource, 100, 200))
    db.flush()
    with pytest.raises(IntegrityError, match="ex_live_resource_hold_overlap"), db.begin_nested():
        db.add(hold(second, resource, start, end))


@pytest.mark.parametrize(("start", "end"), [(0, 100), (200, 300)])
def test_touching_is_allowed(db: Session, two: tuple[int, int, int], start: int, end: int) -> None:
    first, second, resource = two
    db.add_all([hold(first, resource, 100, 200), hold(second, resource, start, end)])
    db.flush()


@pytest.mark.parametrize("change", ["is_active = TRUE", "hold_start = 150, is_active = TRUE"])
def test_update_is_refused(db: Session, two: tuple[int, int, int], change: str) -> None:
    first, second, resource = two
    db.add_all([hold(first, resource, 100, 200), hold(second, resource, 100, 200, on=False)])
    db.flush()
    with pytest.raises(IntegrityError, match="ex_live_resource_hold_overlap"), db.begin_nested():
        db.execute(
            text(
                f"UPDATE live_resource_hold SET {change} WHERE session_id = :s AND resource_id = :r"
            ),
            {"s": second, "r": resource},
        )


def test_stretching_into_another_is_refused(db: Session, two: tuple[int, int, int]) -> None:
    first, second, resource = two
    db.add_all([hold(first, resource, 100, 200), hold(second, resource, 200, 300)])
    db.flush()
    with pytest.raises(IntegrityError), db.begin_nested():
        db.execute(
            text(
                "UPDATE live_resource_hold SET hold_end = 201 WHERE session_id = :s AND is_active"
            ),
            {"s": first},
        )


def test_an_empty_range_is_refused(db: Session, two: tuple[int, int, int]) -> None:
    first, _second, resource = two
    with pytest.raises(IntegrityError), db.begin_nested():
        db.add(hold(first, resource, 200, 200))


def test_events_are_append_only(db: Session) -> None:
    make_session(db)
    for statement in ("UPDATE live_session_event SET kind = 'x'", "DELETE FROM live_session_event"):
        with pytest.raises(IntegrityError, match="append-only"), db.begin_nested():
            db.execute(text(statement))
