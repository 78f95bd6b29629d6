"""Two-sided agreement: the producer of each product, then someone who did not propose."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from livestream.sessions.models import LiveSession, ResourceHold, RuleOverride, SessionItem
from livestream.sessions.queries import load_plan, offers_for, owner_key
from livestream.sessions.rules import (
    Finding,
    judge,
    open_papers,
    open_warnings,
    refusals,
    registry,
)
from livestream.sessions.services.changing import (
    club_people,
    items_of,
    lock_session,
    open_for_change,
    producer_people,
    record,
    set_state,
    tell,
    tell_next_sessions,
    touch,
)
from livestream.sessions.services.expiring import is_lapsed
from livestream.sessions.standing import needs_staff
from livestream.sessions.states import (
    STATE_LABELS,
    Outdated,
    OwnProposal,
    ReasonMissing,
    WrongState,
    require_step,
)
from livestream.sessions.timing import price_span
from shop.catalogue.models import Product
from shop.core.errors import Conflict, Invalid, NotAllowed, NotFound
from shop.core.text import N_
from shop.stock.rules import Want
from shop.stock.services import reserve, set_price_window

Capacity = Literal["staff", "manager"]

TIME_RULES: Final = frozenset(
    {"overlap", "buffer", "availability", "host_rest", "host_week", "quiet_hours"}
)
"""Rules that another time may satisfy."""

GRACE: Final = timedelta(hours=6)
"""Set-asides that nothing gave back end by themselves this long after the session."""


class HoldLapsed(Conflict):
    """``offers``: starts at which what the session wants is free."""

    message = N_("Thời gian giữ chỗ của đề xuất đã hết. Hãy đề xuất lại.")

    def __init__(self, offers: Collection[datetime] = ()) -> None:
        self.offers = tuple(offers)
        super().__init__()


class ConsentMissing(Conflict):
    message = N_("Chưa chốt được: %(who)s chưa đồng ý.")


class StaffNeeded(NotAllowed):
    message = N_(
        "Phiên này cần cán bộ tỉnh chốt: có chiến dịch, hàng quy định riêng hoặc ngoại lệ."
    )


class NotReady(Conflict):
    """``findings``: everything that stands against it; ``offers``: starts that no rule refuses,
    when it is the time that stands against it.
    """

    message = N_("Chưa chốt được. Các lý do nằm trong mục “Kiểm tra” của phiên.")

    def __init__(self, findings: Collection[Finding], offers: Collection[datetime] = ()) -> None:
        self.findings = tuple(findings)
        self.offers = tuple(offers)
        super().__init__()


class PapersLapsed(NotReady):
    message = N_(
        "Chưa lên sóng được: có giấy tờ thiếu hoặc không còn hiệu lực. Người sửa được ghi ở từng "
        "dòng; cán bộ tỉnh có thể bỏ qua một cảnh báo, có tên và lý do."
    )


def answer_item(
    db: Session,
    *,
    item_id: int,
    producer_ids: Collection[int],
    is_agreed: bool,
    actor_id: int,
    now: datetime,
    version: int | None = None,
    note: str = "",
    floor_price_vnd: int | None = None,
) -> SessionItem:
    """A producer agrees to have a product sold in the session as proposed, or declines.

    The same answer with the same words again, as by a second click, changes and tells nothing.
    ``floor_price_vnd``: agreed, but no live price below this may be asked on air. Raises Invalid
    when it lies above the live price that was proposed.
    Raises NotFound for other people's products, WrongState, HoldLapsed, Outdated when price or
    quantity changed since ``version`` was shown, ReasonMissing when declining without a word.
    """
    found = db.execute(
        select(SessionItem.session_id).where(
            SessionItem.id == item_id,
            SessionItem.producer_id.in_(producer_ids),
            SessionItem.withdrawn_at.is_(None),
        )
    ).one_or_none()
    if found is None:
        raise NotFound
    live = lock_session(db, found.session_id)
    if live.state != "proposed":
        raise WrongState(state=STATE_LABELS[live.state])
    if is_lapsed(live, now):
        raise HoldLapsed
    if version is not None and live.version != version:
        raise Outdated
    if not is_agreed and not note:
        raise ReasonMissing(field="note")
    item = db.get_one(SessionItem, item_id, populate_existing=True)
    if is_agreed and floor_price_vnd is not None:
        _set_floor(item, floor_price_vnd)
    consent = "agreed" if is_agreed else "declined"
    if (item.consent, item.consent_note) == (consent, note):
        return item
    item.consent = consent
    item.consent_by, item.consent_at, item.consent_note = actor_id, now, note
    db.flush()
    kind = f"item_{item.consent}"
    detail = {"item_id": item_id}
    answer = record(db, live, kind, actor_id=actor_id, now=now, detail=detail, note=note)
    tell(
        db,
        live,
        f"session.{kind}",
        club_people(db, live),
        now=now,
        about=answer,
        code=item.short_code,
    )
    return item


def _set_floor(item: SessionItem, floor_price_vnd: int) -> None:
    asked = item.live_price_vnd
    if asked is not None and floor_price_vnd > asked:
        raise Invalid(
            N_("Giá sàn cao hơn giá live được đề nghị. Hãy từ chối và ghi giá bạn muốn."),
            field="floor_price_vnd",
        )
    item.floor_price_vnd = floor_price_vnd


def override_warning(
    db: Session, *, public_id: str, rule: str, reason: str, actor_id: int, now: datetime
) -> RuleOverride:
    """Staff let a warning pass, by name and with the reason; before the session is on air.

    Raises Invalid, ReasonMissing, WrongState.
    """
    known = registry().get(rule)
    if known is None or known.severity != "warn":
        raise Invalid(N_("Lý do này không bỏ qua được."), field="rule")
    if not reason:
        raise ReasonMissing(field="reason")
    live = open_for_change(db, public_id)
    if live.state not in {"proposed", "confirmed"}:
        raise WrongState(state=STATE_LABELS[live.state])
    override = db.scalars(
        select(RuleOverride).where(RuleOverride.session_id == live.id, RuleOverride.rule == rule)
    ).one_or_none()
    if override is None:
        override = RuleOverride(session_id=live.id, rule=rule)
        db.add(override)
    override.reason, override.actor_id, override.at = reason, actor_id, now
    touch(db, live, now=now, is_schedule=False)
    record(
        db, live, "warning_passed", actor_id=actor_id, now=now, detail={"rule": rule}, note=reason
    )
    return override


def overridden(db: Session, live: LiveSession) -> set[str]:
    """Slugs of the warnings somebody let pass."""
    return set(
        db.scalars(select(RuleOverride.rule).where(RuleOverride.session_id == live.id)).all()
    )


def open_warning_slugs(db: Session, live: LiveSession, *, now: datetime) -> list[str]:
    """Rules whose warnings nobody has let pass yet."""
    findings = open_warnings(judge(load_plan(db, live, now=now)), overridden(db, live))
    return sorted({finding.rule.slug for finding in findings})


def confirm_session(
    db: Session,
    *,
    public_id: str,
    actor_id: int,
    capacity: Capacity,
    now: datetime,
    version: int | None = None,
    viewer_clubs: Collection[int] = (),
) -> LiveSession:
    """Make a proposal firm: goods are set aside, live prices get their window, all are told.

    ``capacity``: what the actor acts as; a manager may confirm an ordinary session that somebody
    else proposed, staff of the province any but their own. Compare-and-swap on ``version``.
    Raises OwnProposal, StaffNeeded, HoldLapsed, ConsentMissing, NotReady, OutOfStock, Outdated,
    WrongState.
    """
    live = open_for_change(db, public_id, version=version)
    require_step(live.state, "confirmed")
    if is_lapsed(live, now):
        raise HoldLapsed(offers_for(db, live, now=now))
    if actor_id == live.proposed_by:
        raise OwnProposal
    items = items_of(db, live)
    lock_products(db, items)
    _require_consent(items)
    require_ready(db, live, capacity=capacity, now=now, viewer_clubs=viewer_clubs)
    _require_holds(db, live)
    live.confirmed_by = actor_id
    live.holds_until = None
    set_state(db, live, "confirmed", "confirmed", actor_id=actor_id, now=now)
    set_aside(db, live, items, now=now)
    tell_next_sessions(db, [item.product_id for item in items], now=now)
    people = [*club_people(db, live), *producer_people(db, [item.producer_id for item in items])]
    tell(db, live, "session.confirmed", people, now=now)
    return live


def require_ready(
    db: Session,
    live: LiveSession,
    *,
    capacity: Capacity,
    now: datetime,
    viewer_clubs: Collection[int] = (),
) -> None:
    """Let a session pass that may be firm at its present times. Raises NotReady, StaffNeeded."""
    passed = overridden(db, live)
    plan = load_plan(db, live, now=now, viewer_clubs=viewer_clubs)
    findings = judge(plan)
    against = [*refusals(findings, "confirm"), *open_warnings(findings, passed)]
    if against:
        is_about_time = any(finding.rule.slug in TIME_RULES for finding in against)
        raise NotReady(against, offers_for(db, live, now=now) if is_about_time else ())
    if capacity != "staff" and needs_staff(
        plan, findings, passed, is_campaign=live.campaign_id is not None
    ):
        raise StaffNeeded


def require_papers(db: Session, live: LiveSession, *, now: datetime) -> None:
    """The document gate once more, at going on air: a paper may have been withdrawn since.

    What staff let pass stays passed. Raises PapersLapsed.
    """
    lock_products(db, items_of(db, live))
    against = papers_against(db, live, now=now)
    if against:
        raise PapersLapsed(against)


def papers_against(db: Session, live: LiveSession, *, now: datetime) -> list[Finding]:
    """What of the document gate would refuse a firm session to go on air now."""
    if live.state != "confirmed":
        return []
    return open_papers(judge(load_plan(db, live, now=now)), overridden(db, live))


def lock_products(db: Session, items: Collection[SessionItem]) -> None:
    """Keep the products as they are until the end of the transaction; a withdrawal waits."""
    db.execute(
        select(Product.id)
        .where(Product.id.in_({item.product_id for item in items}))
        .order_by(Product.id)
        .with_for_update(read=True)
    ).all()


def _require_consent(items: Collection[SessionItem]) -> None:
    waiting = [item.short_code for item in items if item.consent != "agreed"]
    if waiting:
        raise ConsentMissing(who=", ".join(waiting))


def _require_holds(db: Session, live: LiveSession) -> None:
    """Everything the session wants is still held by it. Raises HoldLapsed."""
    states: list[Any] = list(
        db.scalars(select(ResourceHold.is_active).where(ResourceHold.session_id == live.id))
    )
    if not states or not all(states):
        raise HoldLapsed


def set_aside(
    db: Session, live: LiveSession, items: Collection[SessionItem], *, now: datetime
) -> None:
    """Hold the goods and open the price windows at the session's times. Again only moves them.

    Raises OutOfStock.
    """
    wants = [
        Want(owner_key(item.id), item.variant_id, item.set_aside)
        for item in items
        if item.set_aside
    ]
    if wants:
        reserve(db, wants=wants, expires_at=live.ends_at + GRACE, now=now)
    for item in items:
        if item.live_price_vnd is not None:
            starts_at, ends_at = price_span(
                live.starts_at, live.ends_at, item.price_from_minute, item.price_minutes
            )
            set_price_window(
                db,
                owner_key=owner_key(item.id),
                variant_id=item.variant_id,
                price_vnd=item.live_price_vnd,
                starts_at=starts_at,
                ends_at=ends_at,
                cap=item.price_cap or item.set_aside or None,
                per_buyer=item.per_buyer,
            )
