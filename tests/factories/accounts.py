"""People for tests. All have the password ``chophien-demo``."""

import itertools
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy.orm import Session

from shop.accounts import services
from shop.accounts.models import Person, StaffScope
from shop.accounts.passwords import hash_password
from shop.accounts.rules import AREAS, CONSENT_VERSION

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
PASSWORD = "chophien-demo"

_numbers = itertools.count(1)


@cache
def password_hash() -> str:
    """Hashed once for all tests: hashing is slow on purpose."""
    return hash_password(PASSWORD)


def make_person(db: Session, **over: Any) -> Person:
    """Someone who can sign in with ``person.email``."""
    number = next(_numbers)
    is_admin = over.pop("is_admin", False)
    values: dict[str, Any] = {
        "name": f"Nông Thị Hà {number}",
        "email": f"person{number}@example.test",
        "password_hash": password_hash(),
        "now": NOW,
    }
    person = services.create_person(db, **(values | over))
    person.is_admin = is_admin
    db.flush()
    return person


def make_staff(db: Session, *provinces: str, **over: Any) -> Person:
    """Staff of the provinces (``*``: everywhere, the default)."""
    person = make_person(db, **over)
    for code in provinces or ("*",):
        db.add(StaffScope(person_id=person.id, province_code=code))
    db.flush()
    return person


def make_admin(db: Session, **over: Any) -> Person:
    """An admin."""
    return make_person(db, is_admin=True, **over)


def make_member(
    db: Session, unit_kind: str, unit_id: int, role: str = "owner", **over: Any
) -> Person:
    """A person who belongs to a producer (owner, member, supporter) or club (manager, host)."""
    person = make_person(db, **over)
    member = services.add_member(
        db,
        person_id=person.id,
        unit_kind=unit_kind,
        unit_id=unit_id,
        role=role,
        now=NOW,
        consented_at=NOW,
    )
    if role == "supporter":
        member.consent_areas, member.consent_version = [*AREAS], CONSENT_VERSION
        db.flush()
    return person
