"""The demo accounts of every role. One password for all of them, and only where demo data is."""

from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.accounts.models import Person
from shop.accounts.services import create_person, give_staff_scope

PASSWORD: Final = "chophien-demo"  # noqa: S105 - public on purpose, refused in production

PEOPLE: Final = (
    ("producer@demo.test", "Nông Văn Demo"),
    ("producer2@demo.test", "Hoàng Thị Demo"),
    ("club@demo.test", "Phạm Quản Lý Demo"),
    ("host@demo.test", "Vũ Dẫn Phiên Demo"),
    ("club2@demo.test", "Trần Quản Lý Demo"),
    ("buyer@demo.test", "Lê Người Mua Demo"),
    ("buyer2@demo.test", "Đỗ Người Mua Demo"),
    ("support@demo.test", "Tổ công nghệ số Demo"),
    ("staff@demo.test", "Cán bộ Đoàn Thái Nguyên Demo"),
    ("staff2@demo.test", "Cán bộ Đoàn Quảng Ninh Demo"),
    ("officer@demo.test", "Cán bộ xã Demo"),
    ("admin@demo.test", "Quản trị Demo"),
    ("ocop@demo.test", "Người nhập dữ liệu OCOP"),
)

STAFF: Final = {"staff@demo.test": "19", "staff2@demo.test": "22"}


def load_people(db: Session, *, password_hash: str, now: datetime) -> int:
    """Create the accounts that are missing; says how many there are."""
    for email, name in PEOPLE:
        if find(db, email) is None:
            person = create_person(
                db, name=name, email=email, password_hash=password_hash, now=now, is_demo=True
            )
            person.is_admin = email == "admin@demo.test"
            if email in STAFF:
                give_staff_scope(
                    db, person_id=person.id, province_code=STAFF[email], actor_id=None, now=now
                )
    db.flush()
    return len(PEOPLE)


def find(db: Session, email: str) -> Person | None:
    """The demo account of this address, if it exists."""
    return db.scalar(select(Person).where(Person.email == email))


def person_id(db: Session, email: str) -> int:
    """The id of a demo account. Raises LookupError when the accounts are not loaded."""
    person = find(db, email)
    if person is None:
        raise LookupError(email)
    return person.id
