"""What staff keep as data: read from the database every few seconds, written as new revisions."""

import logging
import re
import threading
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import event, func, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session

from shop.accounts import queries as accounts
from shop.accounts.rules import EVERYWHERE
from shop.accounts.services import record_audit
from shop.catalogue import rules
from shop.catalogue.models import ReferenceEntry
from shop.catalogue.rules import reference
from shop.catalogue.services.facets import bump_version
from shop.core.db import Database
from shop.core.errors import Conflict, DomainError, Invalid, NotAllowed
from shop.core.text import N_, slugify
from shop.web.actor import Actor

log = logging.getLogger(__name__)

FRESH_SECONDS: Final = 5.0
"""How long a process may go on with what it read; the one that writes reads again at once."""

_CODES: Final[dict[str, re.Pattern[str]]] = {
    "group": re.compile(r"[a-z]{3,12}"),
    "subgroup": re.compile(r"[A-Z][A-Z0-9]{0,3}"),
    "criteria": re.compile(r"[\w/+. -]{3,40}"),
    "document": re.compile(r"[a-z0-9-]{3,40}"),
    "reason": re.compile(r"[a-z0-9-]{3,40}"),
}
_FIXED: Final[dict[str, tuple[str, ...]]] = {
    "group": ("nature",),
    "subgroup": ("group",),
    "criteria": (),
    "document": ("purpose",),
    "reason": ("subject",),
}
"""What an entry keeps for good: products, papers and pages rely on it."""


def register_kind(kind: str, *, codes: str, fixed: tuple[str, ...]) -> None:
    """Let a feature above keep data of its own here: the shape of its codes, what never changes."""
    _CODES[kind] = re.compile(codes)
    _FIXED[kind] = fixed


class ReferenceEditorsOnly(NotAllowed):
    message = N_("Danh mục chung của cả nước chỉ do quản trị hoặc cán bộ cấp trung ương sửa.")


class WrongCode(Invalid):
    message = N_("Mã này chưa đúng dạng hoặc đã có.")


class WrongSpan(Invalid):
    message = N_("Ngày kết thúc phải từ ngày bắt đầu trở đi.")


class RevisedMeanwhile(Conflict):
    message = N_("Người khác vừa sửa mục này. Hãy xem bản mới rồi sửa lại.")


class DatabaseSource:
    """The book as the database holds it, read again when it may have changed.

    A database that does not answer is no reason for an error: what was read last goes on counting.
    """

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database, self._clock = database, clock
        self._guard = threading.Lock()
        self._book = reference.seed()
        self._newest: int | None = None
        self._read_again_at = 0.0

    def __call__(self) -> reference.Book:
        """The book that counts now."""
        if self._clock() >= self._read_again_at and self._guard.acquire(blocking=False):
            try:
                self._refresh()
            finally:
                self._guard.release()
        return self._book

    def forget(self) -> None:
        """Read again at the next question."""
        self._read_again_at = 0.0

    def _refresh(self) -> None:
        self._read_again_at = self._clock() + FRESH_SECONDS
        try:
            with self._database.read() as db:
                newest = db.scalar(select(func.max(ReferenceEntry.id))) or 0
                if newest != self._newest:
                    rows = db.scalars(select(ReferenceEntry)).all()
                    self._book = reference.seed().with_newer(map(as_entry, rows))
                    self._newest = newest
        except (SQLAlchemyError, DomainError):
            log.info("reference data cannot be read; the last reading goes on counting")


def as_entry(row: ReferenceEntry) -> rules.Entry:
    """The stored revision as a plain value."""
    return rules.Entry(
        kind=row.kind,
        code=row.code,
        data=row.data,
        revision=row.revision,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
    )


def may_edit_reference(actor: Actor) -> bool:
    """Admins, and staff of the whole country: what is edited counts everywhere."""
    return actor.is_admin or EVERYWHERE in actor.staff_provinces


def write_entry(
    db: Session,
    *,
    kind: str,
    code: str,
    base_revision: int | None,
    data: Mapping[str, Any],
    valid_from: date | None,
    valid_until: date | None,
    note: str,
    actor_id: int,
    now: datetime,
) -> ReferenceEntry:
    """Write the next revision of an entry; ``base_revision`` None: a new entry.

    Raises NotAllowed, WrongCode, WrongSpan, Invalid, and RevisedMeanwhile when the entry is no
    longer at ``base_revision``.
    """
    actor = accounts.actor_of_person(db, actor_id)
    if actor is None or not may_edit_reference(actor):
        raise ReferenceEditorsOnly
    if valid_from is not None and valid_until is not None and valid_until < valid_from:
        raise WrongSpan(field="valid_until")
    known = _known(db, kind, code)
    _check(kind, code, known, base_revision, data)
    row = ReferenceEntry(
        kind=kind,
        code=code,
        revision=(known.revision if known else 0) + 1,
        data=_kept(kind, known, data),
        valid_from=valid_from,
        valid_until=valid_until,
        note=note,
        changed_by=actor_id,
        changed_at=now,
    )
    try:
        with db.begin_nested():
            db.add(row)
    except IntegrityError:
        raise RevisedMeanwhile from None
    record_audit(
        db,
        actor_id=actor_id,
        action="reference.changed",
        subject_kind="reference",
        subject_id=row.id,
        now=now,
        detail={"kind": kind, "code": code, "revision": row.revision},
        note=note,
    )
    bump_version(db)
    event.listen(db, "after_commit", lambda _session: reference.forget(), once=True)
    return row


def _kept(kind: str, known: rules.Entry | None, data: Mapping[str, Any]) -> dict[str, Any]:
    """The new data with what the entry keeps for good, its page's address included."""
    if known is None:
        has_page = kind in {"group", "subgroup"}
        return {**data, "slug": slugify(str(data["label"]))} if has_page else {**data}
    fixed = {name: known.data[name] for name in (*_FIXED[kind], "slug") if name in known.data}
    return {**data, **fixed}


def _known(db: Session, kind: str, code: str) -> rules.Entry | None:
    """The entry as it counts, read in this transaction."""
    row = db.scalars(
        select(ReferenceEntry)
        .where(ReferenceEntry.kind == kind, ReferenceEntry.code == code)
        .order_by(ReferenceEntry.revision.desc())
        .limit(1)
    ).one_or_none()
    return as_entry(row) if row else reference.seed().entries.get((kind, code))


def _check(
    kind: str,
    code: str,
    known: rules.Entry | None,
    base_revision: int | None,
    data: Mapping[str, Any],
) -> None:
    if base_revision is None:
        if known is not None or not _CODES[kind].fullmatch(code):
            raise WrongCode(field="code")
        for name in _FIXED[kind]:
            if not data.get(name):
                raise Invalid(N_("Vui lòng chọn một mục trong danh sách."), field=name)
        return
    if known is None:
        raise WrongCode(field="code")
    if known.revision != base_revision:
        raise RevisedMeanwhile
