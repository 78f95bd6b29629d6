"""What the pages of sessions share: the blueprint, one session's page, one way to do a step."""

from collections.abc import Callable
from typing import Any, Literal

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from markupsafe import Markup
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from livestream.clubs.queries import get_club, resources_of
from livestream.clubs.rules import PLATFORM_NAMES, RESOURCE_LABELS
from livestream.sessions import queries, states
from livestream.sessions.forms import MoveForm, WordsForm
from livestream.sessions.models import LiveSession
from livestream.sessions.rules import judge, open_papers, rule_labels
from livestream.sessions.services.deciding import overridden
from livestream.sessions.services.expiring import is_lapsed
from livestream.sessions.slots import DESK_PANELS, SESSION_LINKS
from livestream.sessions.standing import standing_of
from livestream.sessions.timing import VN, epoch
from shop.accounts.rules import require_club, require_staff
from shop.core import clock
from shop.core.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound
from shop.core.text import N_
from shop.web.access import actor
from shop.web.errors import status_of
from shop.web.forms import Form
from shop.web.i18n import gettext as _
from shop.web.request import read_session, write_session

bp = Blueprint("sessions", __name__)

Page = tuple[str, int] | str | Response
Space = Literal["club", "staff"]
Step = Callable[[Session, LiveSession], None]

EVENT_LABELS = {
    "drafted": N_("Soạn bản nháp"),
    "changed": N_("Sửa nội dung"),
    "item_added": N_("Thêm sản phẩm"),
    "item_changed": N_("Sửa sản phẩm"),
    "item_removed": N_("Bỏ sản phẩm"),
    "item_agreed": N_("Người sản xuất đồng ý"),
    "item_declined": N_("Người sản xuất từ chối"),
    "item_left": N_("Người sản xuất rút sản phẩm"),
    "item_withdrawn": N_("Sản phẩm ngừng bán"),
    "lot_held": N_("Một lô hàng bị giữ lại"),
    "lot_recalled": N_("Một lô hàng bị thu hồi, hàng để dành được tính lại"),
    "proposed": N_("Đề xuất"),
    "taken_back": N_("Rút đề xuất"),
    "warning_passed": N_("Bỏ qua một cảnh báo"),
    "warnings_reopened": N_("Đề xuất đổi, cảnh báo đã bỏ qua được xem lại"),
    "queued": N_("Vào danh sách chờ"),
    "queue_left": N_("Rời danh sách chờ"),
    "offer_taken": N_("Nhận chỗ được mời"),
    "confirmed": N_("Chốt phiên"),
    "moved": N_("Đổi giờ hoặc nguồn lực"),
    "hours_unfit": N_("Giờ rảnh đổi, phiên nằm ngoài"),
    "hours_fit": N_("Giờ rảnh lại khớp với phiên"),
    "cancelled": N_("Hủy phiên"),
    "expired": N_("Hết hạn giữ chỗ"),
    "went_live": N_("Lên sóng"),
    "stopped": N_("Dừng phiên"),
    "ended": N_("Kết thúc"),
    "no_show": N_("Không lên sóng"),
    "host_absent": N_("Người dẫn vắng mặt"),
    "producer_absent": N_("Người sản xuất vắng mặt"),
    "handed_over": N_("Bàn giao cho người dẫn khác"),
    "reconciled": N_("Đối soát xong"),
    "sheet_saved": N_("Sửa bảng chạy"),
    "words_saved": N_("Sửa lời dẫn"),
    "complained": N_("Người xem khiếu nại"),
    "complaint_answered": N_("Trả lời khiếu nại"),
}


def hold_hours() -> int:
    """How long a proposal holds its resources, by the settings."""
    return int(current_app.extensions["session_hold_hours"])


def seen_by_club(db: Session, public_id: str, *, manager: bool = False) -> LiveSession:
    """A session of one of the actor's clubs. Raises NotFound, NotAllowed."""
    live = queries.get_session(db, public_id)
    require_club(actor(), live.club_id, manager=manager)
    return live


def seen_by_staff(db: Session, public_id: str) -> LiveSession:
    """A session, no draft, of a club in the actor's provinces. Raises NotFound, NotAllowed."""
    live = queries.get_session(db, public_id)
    require_staff(actor(), get_club(db, live.club_id).province_code)
    if live.state == "draft":
        raise NotFound
    return live


def session_page(
    live: LiveSession,
    space: Space,
    *,
    status: int = 200,
    refused: DomainError | None = None,
    **filled: Form,
) -> tuple[str, int]:
    """One session with everything about it; ``filled`` are forms that came back with errors."""
    db = read_session()
    now = clock.now()
    live = queries.get_session(db, live.public_id)
    club = get_club(db, live.club_id)
    resources = queries.resource_names(db, live.id)
    rows = queries.item_rows(db, live.id, now=now, with_withdrawn=True)
    plan = queries.load_plan(db, live, now=now, viewer_clubs=actor().clubs.keys())
    findings, passed = judge(plan), overridden(db, live)
    usable = resources_of(db, live.club_id, active_only=True)
    page = render_template(
        "livestream/sessions/session.html",
        frame=f"workspaces/{space}.html",
        space=space,
        live=live,
        club=club,
        now=now,
        is_lapsed=is_lapsed(live, now),
        minutes=(epoch(live.ends_at) - epoch(live.starts_at)) // 60,
        resources=resources,
        labels=RESOURCE_LABELS,
        platforms=PLATFORM_NAMES,
        rows=rows,
        findings=findings,
        papers=open_papers(findings, passed) if live.state == "confirmed" else [],
        passed=passed,
        standing=standing_of(live, [row.item for row in rows], plan, findings, passed),
        rule_labels=rule_labels(),
        overrides=queries.overrides_of(db, live.id),
        events=queries.events_of(db, live.id),
        event_labels=EVENT_LABELS,
        states=states,
        is_manager=actor().clubs.get(live.club_id) == "manager",
        is_mine=live.proposed_by == actor().person_id,
        refused=refused,
        offers=getattr(refused, "offers", ()),
        move_form=filled.get("move") or _move_form(live, resources, usable),
        words_form=filled.get("words") or WordsForm(obj=live),
        consent_labels=CONSENT_LABELS,
        panels=[
            Markup(render_template(panel.template, live=live, **panel.context))  # noqa: S704
            for panel in DESK_PANELS.collect(db, live, space, now)
        ],
        shortcuts=sorted(SESSION_LINKS.collect(live, space), key=lambda link: link.order),
    )
    return page, status


CONSENT_LABELS = {
    "asked": N_("Chờ trả lời"),
    "agreed": N_("Đã đồng ý"),
    "declined": N_("Đã từ chối"),
}


def fill_choices(form: Any, usable: list[Any]) -> None:
    """Give the form's choices what the club may book."""
    for kind in ("host", "channel", "studio", "kit"):
        options = [
            (str(row.resource.id), option_text(row.resource))
            for row in usable
            if row.resource.kind == kind
        ]
        field = form[f"{kind}_id"]
        is_required = bool(field.flags.required)
        field.choices = options if is_required else [("", _(N_("Không dùng"))), *options]


def option_text(resource: Any) -> str:
    """``TikTok · @handle`` for a channel, the name for everything else."""
    if resource.platform:
        return f"{_(PLATFORM_NAMES[resource.platform])} · {resource.name} ({resource.handle})"
    return str(resource.name)


def _move_form(live: LiveSession, resources: list[Any], usable: list[Any]) -> MoveForm:
    chosen = {f"{resource.kind}_id": str(resource.id) for resource in reversed(resources)}
    form = MoveForm(
        data={
            "starts_at": live.starts_at.astimezone(VN).replace(tzinfo=None),
            "minutes": (epoch(live.ends_at) - epoch(live.starts_at)) // 60,
            "version": live.version,
            **chosen,
        }
    )
    fill_choices(form, usable)
    return form


def do_step(
    public_id: str,
    space: Space,
    step: Step,
    *,
    said: str,
    manager: bool = True,
    onward: str = "",
    **filled: Form,
) -> Page:
    """Do one step on a session: rights inside the transaction, one commit, back to its page.

    ``onward``: what follows the session's address, where the step leads elsewhere.

    A refusal shows the page again with the reason above it; nothing has changed then.
    """
    db = write_session()
    live = (
        seen_by_staff(db, public_id)
        if space == "staff"
        else seen_by_club(db, public_id, manager=manager)
    )
    try:
        step(db, live)
    except (Conflict, Invalid, NotAllowed) as error:
        db.rollback()
        for form in filled.values():
            form.add_error(error)
        return session_page(live, space, status=status_of(error), refused=error, **filled)
    db.commit()
    flash(_(said), "ok")
    here = url_for(f"sessions.{space}_session", public_id=public_id)
    return redirect(f"{here}{onward}", 303)


def bad_shape(public_id: str, space: Space, **filled: Form) -> Page:
    """The session's page with a form whose shape is wrong."""
    db = read_session()
    live = seen_by_staff(db, public_id) if space == "staff" else seen_by_club(db, public_id)
    return session_page(live, space, status=422, refused=_first_error(filled), **filled)


def _first_error(filled: dict[str, Form]) -> DomainError:
    for form in filled.values():
        for name, errors in form.errors.items():
            return Invalid(str(next(iter(errors))).replace("%", "%%"), field=name)
    return Invalid()
