"""Violation reports: anyone files a case, staff of the province settle it."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from shop.accounts.services import record_audit
from shop.catalogue.services.rights import require_judge
from shop.core.db import insert_into
from shop.core.errors import NotFound
from shop.core.text import random_code
from shop.reviews import queries, rules
from shop.reviews.models import ViolationReport, ViolationWords
from shop.reviews.services import messages
from shop.reviews.services.moderating import SaidKind, hide

CODE_LENGTH = 12


@dataclass(frozen=True)
class ReportDraft:
    """What somebody reports: a reason of the rules, words, and how to reach them if they wish."""

    reason: str
    text: str
    contact: str = ""


def file_report(
    db: Session,
    *,
    kind: str,
    subject_id: int,
    draft: ReportDraft,
    reporter_key: str,
    reporter_id: int | None,
    submit_key: str,
    now: datetime,
) -> ViolationReport:
    """Open a case about a public thing; one open case a reporter and thing, kept by the database.

    The same ``submit_key`` gives the same case. Raises NotFound, ReasonNeeded, NoteNeeded (field
    ``note``), AlreadyReported, EnoughReports.
    """
    subject = queries.subject_of(db, kind, subject_id)
    if not subject.is_public:
        raise NotFound
    rules.require_reason(draft.reason, draft.text, rules.REASONS_OF[kind])
    known = db.scalar(select(ViolationReport).where(ViolationReport.submit_key == submit_key))
    if known is not None and known.reporter_key == reporter_key:
        return known
    waiting = db.scalar(
        select(func.count()).where(
            ViolationReport.subject_kind == kind,
            ViolationReport.subject_id == subject_id,
            ViolationReport.state == "open",
        )
    )
    if (waiting or 0) >= rules.OPEN_REPORTS:
        raise rules.EnoughReports
    report_id = db.execute(
        insert_into(db, ViolationReport)
        .values(
            code=random_code(CODE_LENGTH),
            submit_key=submit_key,
            subject_kind=kind,
            subject_id=subject_id,
            producer_id=subject.producer_id,
            province_code=subject.province_code,
            reason=draft.reason,
            reporter_key=reporter_key,
            reporter_id=reporter_id,
            created_at=now,
        )
        .on_conflict_do_nothing()
        .returning(ViolationReport.id)
    ).scalar()
    if report_id is None:
        raise rules.AlreadyReported
    db.add(ViolationWords(report_id=report_id, text=draft.text, contact=draft.contact))
    record_audit(
        db,
        actor_id=reporter_id,
        action="violation.report",
        subject_kind=kind,
        subject_id=subject_id,
        now=now,
        detail={"report": report_id, "reason": draft.reason},
    )
    db.flush()
    return db.get_one(ViolationReport, report_id)


@dataclass(frozen=True)
class Decision:
    """How a case ends. ``note`` is told to the reporter; ``hide_reason`` hides a review or question
    at the same time (empty: it stays as it is).
    """

    is_upheld: bool
    note: str
    hide_reason: str = ""


def decide_report(
    db: Session,
    *,
    report_id: int,
    decision: Decision,
    actor_id: int,
    now: datetime,
    link_key: str = "",
) -> ViolationReport:
    """Settle a case. ``link_key`` opens its page for a guest who is told by mail.

    Raises NotFound, NotAllowed, OwnWork, OwnReport, NoteNeeded, AlreadyDecided.

    The reporter is told by the inbox, a guest by the e-mail or phone that was left; the producer
    only when the case is upheld, and never who reported it.
    """
    report = db.get(ViolationReport, report_id)
    if report is None:
        raise NotFound
    require_judge(db, actor_id, producer_id=report.producer_id, province_code=report.province_code)
    if report.reporter_id == actor_id:
        raise rules.OwnReport
    if not decision.note:
        raise rules.NoteNeeded(field="note")
    state = "upheld" if decision.is_upheld else "dismissed"
    taken = db.execute(
        update(ViolationReport)
        .where(ViolationReport.id == report_id, ViolationReport.state == "open")
        .values(state=state, decision_note=decision.note, decided_by=actor_id, decided_at=now)
        .returning(ViolationReport.id)
    ).one_or_none()
    if taken is None:
        raise rules.AlreadyDecided
    db.refresh(report)
    record_audit(
        db,
        actor_id=actor_id,
        action=f"violation.{'uphold' if decision.is_upheld else 'dismiss'}",
        subject_kind=report.subject_kind,
        subject_id=report.subject_id,
        now=now,
        detail={"report": report.id},
        note=decision.note,
    )
    if decision.is_upheld and decision.hide_reason:
        _hide(db, report, decision, actor_id, now)
    _tell(db, report, state, link_key, now)
    return report


def _hide(
    db: Session, report: ViolationReport, decision: Decision, actor_id: int, now: datetime
) -> None:
    if report.subject_kind in {"review", "question"}:
        hide(
            db,
            kind=cast(SaidKind, report.subject_kind),
            row_id=report.subject_id,
            actor_id=actor_id,
            reason=decision.hide_reason,
            note=decision.note,
            now=now,
        )


def _tell(db: Session, report: ViolationReport, state: str, link_key: str, now: datetime) -> None:
    subject = queries.subject_of(db, report.subject_kind, report.subject_id)
    said = db.get_one(ViolationWords, report.id).contact
    payload = {"title": subject.title, "note": report.decision_note}
    cause = ref = f"violation:{report.id}"
    messages.tell_one(
        db,
        messages.reporter_of(db, report, said, now),
        f"report_{state}",
        cause=cause,
        ref=ref,
        payload={**payload, "code": report.code, "key": link_key},
        now=now,
        desk=f"province:{report.province_code}",
    )
    if state == "upheld" and report.subject_kind in {"product", "producer"}:
        messages.tell_producer(
            db,
            report.producer_id,
            "report_upheld_desk",
            cause=cause,
            ref=ref,
            payload=payload,
            now=now,
        )
