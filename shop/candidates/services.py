"""Opening a candidate, moving it on, saying where each paper stands, closing it."""

from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.accounts.queries import members_of
from shop.accounts.services import record_audit, register_subject
from shop.candidates import queries, rules
from shop.candidates.models import Candidate, CandidatePaper
from shop.catalogue.models import Producer, Product
from shop.catalogue.services import home_by
from shop.catalogue.services.rights import require_judge, require_maker
from shop.core.clock import today_vn
from shop.core.errors import NotFound
from shop.core.text import N_
from shop.notifications.services import notify, register_message

FURTHEST: Final = timedelta(days=365 * 5)

register_subject("candidate", home_by(Candidate))
register_message(
    "candidates.moved",
    title=N_("Hồ sơ của %(name)s: %(stage)s."),
    url="/ban-hang/tien-do/%(id)s",
)
register_message(
    "candidates.paper_returned",
    title=N_("Một giấy trong hồ sơ của %(name)s bị trả lại: %(note)s"),
    url="/ban-hang/tien-do/%(id)s",
)


def open_candidate(
    db: Session,
    *,
    kind: str,
    product_id: int,
    actor_id: int,
    now: datetime,
    target_stars: int | None = None,
    deadline: date | None = None,
    note: str = "",
) -> Candidate:
    """Begin to track a product on its way; its maker or staff of its province may.

    Raises NotFound, NotAllowed, WrongDeadline, OpenAlready.
    """
    product = db.get(Product, product_id)
    if product is None or kind not in rules.KINDS:
        raise NotFound
    _require_either(db, actor_id, product.producer_id)
    _check_deadline(deadline, now)
    row = Candidate(
        kind=kind,
        producer_id=product.producer_id,
        product_id=product_id,
        target_stars=target_stars if kind == "ocop" else None,
        stage=rules.first_stage(kind),
        deadline=deadline,
        note=note,
        created_by=actor_id,
        created_at=now,
        stage_at=now,
    )
    try:
        with db.begin_nested():
            db.add(row)
    except IntegrityError:
        raise rules.OpenAlready(field="product_id") from None
    _audit(db, row, "candidate.opened", actor_id, now, kind=kind)
    return row


def _require_either(db: Session, actor_id: int, producer_id: int) -> bool:
    """Its maker or staff of its province; says whether it is staff. Raises NotFound, NotAllowed."""
    members = {member.person_id for member in members_of(db, "producer", producer_id)}
    if actor_id in members:
        require_maker(db, actor_id, producer_id)
        return False
    producer = db.get_one(Producer, producer_id)
    require_judge(db, actor_id, producer_id=producer_id, province_code=producer.province_code)
    return True


def _check_deadline(deadline: date | None, now: datetime) -> None:
    today = today_vn(now)
    if deadline is not None and not today <= deadline <= today + FURTHEST:
        raise rules.WrongDeadline(field="deadline")


def _held(db: Session, candidate_id: int, actor_id: int) -> tuple[Candidate, bool]:
    """The open candidate, held, and whether staff ask. Raises NotFound, ClosedAlready."""
    row = db.scalars(
        select(Candidate)
        .where(Candidate.id == candidate_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotFound
    is_staff = _require_either(db, actor_id, row.producer_id)
    if row.state != "open":
        raise rules.ClosedAlready
    return row, is_staff


def move_candidate(
    db: Session, *, candidate_id: int, stage: str, actor_id: int, now: datetime
) -> Candidate:
    """Say at which step it is; the last step closes it as achieved.

    Raises NotFound, NotAllowed, UnknownStage, ClosedAlready.
    """
    row, is_staff = _held(db, candidate_id, actor_id)
    if stage not in rules.STAGES[row.kind]:
        raise rules.UnknownStage(field="stage")
    if stage == row.stage:
        return row
    row.stage, row.stage_at = stage, now
    if stage == rules.last_stage(row.kind):
        row.state, row.closed_at = "achieved", now
    entry = _audit(db, row, "candidate.stage", actor_id, now, stage=stage)
    if is_staff:
        label = rules.STAGES[row.kind][stage]
        _tell(db, row, "candidates.moved", f"audit:{entry}", now, stage=label)
    return row


def plan_candidate(
    db: Session,
    *,
    candidate_id: int,
    deadline: date | None,
    target_stars: int | None,
    note: str,
    actor_id: int,
    now: datetime,
) -> Candidate:
    """Change the deadline, the stars aimed at, the words.

    Raises NotFound, NotAllowed, WrongDeadline, ClosedAlready.
    """
    row, _is_staff = _held(db, candidate_id, actor_id)
    if deadline != row.deadline:
        _check_deadline(deadline, now)
    row.deadline, row.note = deadline, note
    row.target_stars = target_stars if row.kind == "ocop" else None
    _audit(db, row, "candidate.changed", actor_id, now)
    return row


def mark_paper(
    db: Session,
    *,
    candidate_id: int,
    code: str,
    state: str,
    actor_id: int,
    now: datetime,
    note: str = "",
) -> CandidatePaper:
    """Say where a paper stands. Raises NotFound, NotAllowed, UnknownPaper, NotYours,
    ClosedAlready.
    """
    row, is_staff = _held(db, candidate_id, actor_id)
    if state not in rules.PAPER_LABELS:
        raise rules.UnknownPaper(field="state")
    view = queries.candidate_view(db, candidate_id, today=today_vn(now))
    if code not in {paper.code for paper in view.papers}:
        raise rules.UnknownPaper(field="code")
    if not is_staff and state not in rules.MAKER_STATES:
        raise rules.NotYours(field="state")
    paper = db.scalars(
        select(CandidatePaper).where(
            CandidatePaper.candidate_id == candidate_id, CandidatePaper.code == code
        )
    ).one_or_none()
    if paper is None:
        paper = CandidatePaper(candidate_id=candidate_id, code=code)
        db.add(paper)
    paper.state, paper.note = state, note
    paper.changed_by, paper.changed_at = actor_id, now
    entry = _audit(db, row, "candidate.paper", actor_id, now, code=code, state=state)
    if state == "returned":
        _tell(db, row, "candidates.paper_returned", f"audit:{entry}", now, note=note)
    return paper


def stop_candidate(db: Session, *, candidate_id: int, actor_id: int, now: datetime) -> Candidate:
    """Track it no longer. Raises NotFound, NotAllowed, ClosedAlready."""
    row, _is_staff = _held(db, candidate_id, actor_id)
    row.state, row.closed_at = "stopped", now
    _audit(db, row, "candidate.closed", actor_id, now)
    return row


def _tell(db: Session, row: Candidate, kind: str, cause: str, now: datetime, **more: Any) -> None:
    product = db.get(Product, row.product_id) if row.product_id else None
    notify(
        db,
        person_ids=[member.person_id for member in members_of(db, "producer", row.producer_id)],
        kind=kind,
        cause=cause,
        payload={"id": row.id, "name": product.name if product else "", **more},
        now=now,
    )


def _audit(
    db: Session, row: Candidate, action: str, actor_id: int, now: datetime, **detail: Any
) -> int:
    db.flush()
    entry = record_audit(
        db,
        actor_id=actor_id,
        action=action,
        subject_kind="candidate",
        subject_id=row.id,
        now=now,
        detail=detail,
    )
    return entry.id
