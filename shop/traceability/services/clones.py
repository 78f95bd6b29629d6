"""Alerts about codes that may be copied: opened by counts and by buyers, closed by people."""

from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Final

from sqlalchemy import func, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.accounts.services import record_audit
from shop.core.clock import today_vn
from shop.core.db import insert_into
from shop.core.errors import Invalid
from shop.core.text import N_, clean
from shop.traceability.models import CloneAlert, CodeOpening, ScanReport, ScanStat, TraceCode
from shop.traceability.rules import clones, lots

_IS_OPEN: Final = text("state = 'open'")
_CHUNK: Final = 500
COUNTED: Final = ("unit", "box")
"""Levels whose count says something: one code, one thing."""


class NotOneThing(Invalid):
    message = N_("Mã này không phải mã riêng của một gói.")


def confirm_opened(db: Session, *, code: str, now: datetime) -> None:
    """A buyer says that they opened the jar with this code. Nothing about who.

    Raises UnknownLot, NotOneThing.
    """
    found = db.get(TraceCode, code)
    if found is None:
        raise lots.UnknownLot
    if found.level != "unit" or found.state in ("void", "unprinted"):
        raise NotOneThing
    row = insert_into(db, CodeOpening).values(code=code, first_at=now, count=1)
    db.execute(
        row.on_conflict_do_update(
            index_elements=[CodeOpening.code], set_={"count": CodeOpening.count + 1}
        )
    )


def open_alert(db: Session, *, code: str, rule: str, number: int, now: datetime) -> None:
    """Open an alert, or raise the number of the one that is open."""
    row = insert_into(db, CloneAlert).values(
        code=code,
        rule=rule,
        level=clones.RULES[rule].level,
        state="open",
        number=number,
        opened_at=now,
        note="",
    )
    db.execute(
        row.on_conflict_do_update(
            index_elements=["code", "rule"],
            index_where=_IS_OPEN,
            set_={"number": row.excluded.number},
            where=CloneAlert.number < row.excluded.number,
        )
    )


def watch_codes(db: Session, *, limits: clones.Thresholds, now: datetime) -> int:
    """Look at every code scanned since yesterday; how many rules struck."""
    since, count = today_vn(now) - timedelta(days=1), 0
    active = list(
        db.scalars(
            select(ScanStat.code)
            .join(TraceCode, TraceCode.code == ScanStat.code)
            .where(ScanStat.day >= since, TraceCode.level.in_(COUNTED))
            .distinct()
            .order_by(ScanStat.code)
        )
    )
    for start in range(0, len(active), _CHUNK):
        chunk = active[start : start + _CHUNK]
        settled = _settled(db, chunk)
        for code, seen in _seen(db, chunk):
            for rule in clones.RULES:
                unsettled = seen.after(settled.get((code, rule)))
                for name, number in clones.struck(unsettled, limits):
                    if name == rule:
                        open_alert(db, code=code, rule=rule, number=number, now=now)
                        count += 1
    return count + _reports_without_alert(db, now)


def _seen(db: Session, chunk: list[str]) -> list[tuple[str, clones.Seen]]:
    rows = db.execute(
        select(TraceCode.code, TraceCode.state, ScanStat.day, ScanStat.count, CodeOpening.first_at)
        .join(ScanStat, ScanStat.code == TraceCode.code)
        .outerjoin(CodeOpening, CodeOpening.code == TraceCode.code)
        .where(TraceCode.code.in_(chunk))
        .order_by(TraceCode.code, ScanStat.day)
    ).all()
    found = []
    for code, group in groupby(rows, key=lambda row: row.code):
        days = list(group)
        opened = days[0].first_at
        by_day = tuple((row.day, row[3]) for row in days)
        found.append((code, clones.Seen(days[0].state, by_day, opened and today_vn(opened))))
    return found


def _settled(db: Session, chunk: list[str]) -> dict[tuple[str, str], date]:
    """The day up to which people have looked into each code and rule."""
    rows = db.execute(
        select(CloneAlert.code, CloneAlert.rule, func.max(CloneAlert.closed_at))
        .where(CloneAlert.code.in_(chunk), CloneAlert.state == "closed")
        .group_by(CloneAlert.code, CloneAlert.rule)
    )
    return {(code, rule): today_vn(closed) for code, rule, closed in rows if closed}


def _reports_without_alert(db: Session, now: datetime) -> int:
    """Words of buyers that came before there were alerts."""
    rows = db.execute(
        select(ScanReport.code, func.count())
        .where(
            ScanReport.handled_at.is_(None),
            ~select(CloneAlert.id)
            .where(
                CloneAlert.code == ScanReport.code,
                CloneAlert.rule == clones.REPORTED,
                CloneAlert.state == "open",
            )
            .exists(),
        )
        .group_by(ScanReport.code)
    ).all()
    for code, number in rows:
        open_alert(db, code=code, rule=clones.REPORTED, number=number, now=now)
    return len(rows)


def close_alert(
    db: Session, *, alert_id: int, note: str, is_staff: bool, actor_id: int, now: datetime
) -> CloneAlert:
    """Someone looked into it and says what it was; days up to today are settled.

    Raises UnknownAlert, OnlyStaffClose for a red one, Invalid (field ``note``).
    """
    alert = _locked(db, alert_id)
    if alert.level == "red" and not is_staff:
        raise clones.OnlyStaffClose
    said = clean(note)
    if not 3 <= len(said) <= 300:
        raise Invalid(N_("Hãy ghi đã xem và thấy gì (3 đến 300 ký tự)."), field="note")
    if alert.state == "closed":
        return alert
    alert.state, alert.note = "closed", said
    alert.closed_at, alert.closed_by = now, actor_id
    if alert.rule == clones.REPORTED:
        db.execute(
            update(ScanReport)
            .where(ScanReport.code == alert.code, ScanReport.handled_at.is_(None))
            .values(handled_at=now)
        )
        db.execute(
            update(TraceCode)
            .where(TraceCode.code == alert.code, TraceCode.state == "reported")
            .values(state="active")
        )
    _audit(db, alert, "trace.alert_closed", actor_id, now)
    db.flush()
    return alert


def reopen_alert(db: Session, *, alert_id: int, actor_id: int, now: datetime) -> CloneAlert:
    """It was closed too early. Raises UnknownAlert, AlertOpen when another one is open."""
    alert = _locked(db, alert_id)
    if alert.state == "open":
        return alert
    try:
        with db.begin_nested():
            alert.state, alert.closed_at, alert.closed_by = "open", None, None
    except IntegrityError as error:
        raise clones.AlertOpen from error
    _audit(db, alert, "trace.alert_reopened", actor_id, now)
    db.flush()
    return alert


def _locked(db: Session, alert_id: int) -> CloneAlert:
    alert = db.scalar(
        select(CloneAlert)
        .where(CloneAlert.id == alert_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if alert is None:
        raise clones.UnknownAlert
    return alert


def _audit(db: Session, alert: CloneAlert, action: str, actor_id: int, now: datetime) -> None:
    record_audit(
        db,
        actor_id=actor_id,
        action=action,
        subject_kind="clone_alert",
        subject_id=alert.id,
        now=now,
        detail={"code": alert.code, "rule": alert.rule},
    )
