"""Who asks for a slot and who answers: producers, staff, clubs; a producer's own channel."""

import secrets
from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from livestream.bookings import forms
from livestream.bookings.queries import requests as readers
from livestream.bookings.routes.base import Page, bp
from livestream.bookings.services import requesting
from livestream.clubs.queries import resources_of
from livestream.clubs.services.own import open_own_channel
from livestream.sessions.forms import aware, chosen_ids
from livestream.sessions.routes.frame import fill_choices, hold_hours
from livestream.sessions.timing import VN
from shop.accounts.rules import require_club, require_producer, staff_scope_of
from shop.catalogue.models import Producer
from shop.core import clock
from shop.core.errors import Conflict, DomainError, Invalid, NotAllowed
from shop.core.text import N_
from shop.web.access import actor, role
from shop.web.errors import status_of
from shop.web.forms import parse_whole
from shop.web.i18n import gettext as _
from shop.web.i18n import pick
from shop.web.request import read_session, write_session


def _fresh_ask() -> forms.AskForm:
    evening = clock.now().astimezone(VN) + timedelta(days=3)
    form = forms.AskForm(data={"minutes": 60, "submit_key": secrets.token_urlsafe(16)})
    form.starts_at.data = evening.replace(hour=20, minute=0, second=0, microsecond=0, tzinfo=None)
    return form


def _fill_ask(db: Session, form: forms.AskForm, space: str) -> None:
    scope = staff_scope_of(actor()) if space == "staff" else None
    form.club.choices = [(str(club.id), club.name) for club in readers.verified_clubs(db, scope)]
    own = readers.sellable(db, list(actor().producers)) if space == "producer" else []
    form.variant.choices = [
        ("", _(N_("Để câu lạc bộ chọn"))),
        *((str(variant_id), name) for variant_id, name, _producer in own),
    ]
    open_now = readers.inviting_campaigns(db, scope, now=clock.now()) if space == "staff" else []
    form.campaign.choices = [
        ("", _(N_("Không thuộc chiến dịch nào"))),
        *((str(row.id), pick(row.name, row.name_en)) for row in open_now),
    ]


def _ask_page(
    space: str,
    form: forms.AskForm | None = None,
    own: forms.OwnChannelForm | None = None,
    status: int = 200,
) -> Page:
    db = read_session()
    form = form or _fresh_ask()
    _fill_ask(db, form, space)
    own = own or forms.OwnChannelForm()
    _fill_own(db, own)
    rows = (
        readers.requests_of(db, list(actor().producers))
        if space == "producer"
        else readers.invitations_by(db, actor().id())
    )
    page = render_template(
        "livestream/bookings/ask.html",
        frame=f"workspaces/{space}.html",
        space=space,
        form=form,
        own=own,
        rows=rows,
    )
    return page, status


def _fill_own(db: Session, form: forms.OwnChannelForm) -> None:
    rows = [db.get_one(Producer, one) for one in sorted(actor().producers)]
    form.producer.choices = [(str(row.id), row.name) for row in rows]


def _ask(space: str) -> Page:
    form = forms.AskForm.read()
    db = write_session()
    _fill_ask(db, form, space)
    if not form.validate():
        db.rollback()
        return _ask_page(space, form, status=422)
    variant_id = next(iter(chosen_ids(form.variant)), None)
    try:
        requesting.ask_for_slot(
            db,
            kind=space,
            club_id=int(form.club.data),
            producer_id=_asking_producer(db, variant_id) if space == "producer" else None,
            variant_id=variant_id,
            campaign_id=next(iter(chosen_ids(form.campaign)), None),
            starts_at=aware(form.starts_at.data),
            minutes=form.minutes.data or 0,
            note=form.note.data or "",
            submit_key=form.submit_key.data or "",
            actor_id=actor().id(),
            now=clock.now(),
        )
    except (Conflict, Invalid) as error:
        db.rollback()
        form.add_error(error)
        return _ask_page(space, form, status=status_of(error))
    db.commit()
    flash(_(N_("Đã gửi lời tới câu lạc bộ.")), "ok")
    return redirect(request.path, 303)


def _asking_producer(db: Session, variant_id: int | None) -> int:
    """Whose product it is; without one, the first producer the person works for."""
    owners = {one: owner for one, _name, owner in readers.sellable(db, list(actor().producers))}
    return owners.get(variant_id or 0, min(actor().producers))


@bp.route("/ban-hang/phien/xin-gio", methods=["GET", "POST"])
@role("producer")
def ask_as_producer() -> Page:
    """Ask a club for a slot: ``club``, ``variant``, ``starts_at``, ``minutes``, ``note``."""
    return _ask_page("producer") if request.method == "GET" else _ask("producer")


@bp.route("/can-bo/phien/moi-clb", methods=["GET", "POST"])
@role("staff")
def invite_as_staff() -> Page:
    """Invite a club to hold a session: ``club``, ``campaign``, ``starts_at``, ``minutes``,
    ``note``; ``?campaign=`` chooses one beforehand."""
    if request.method == "POST":
        return _ask("staff")
    form = _fresh_ask()
    form.campaign.data = request.args.get("campaign", "")[:20]
    return _ask_page("staff", form)


@bp.post("/ban-hang/phien/xin-gio/<int:request_id>/rut")
@role("producer")
def withdraw_request(request_id: int) -> Page:
    """Ask no longer."""
    db = write_session()
    requesting.withdraw_request(
        db, request_id=request_id, producer_ids=list(actor().producers), now=clock.now()
    )
    db.commit()
    return redirect(url_for("bookings.ask_as_producer"), 303)


@bp.post("/ban-hang/phien/kenh-rieng")
@role("producer")
def own_channel() -> Page:
    """Go live on an own channel: ``producer``, ``platform``, ``handle``."""
    form = forms.OwnChannelForm.read()
    db = write_session()
    _fill_own(db, form)
    if not form.validate():
        db.rollback()
        return _ask_page("producer", own=form, status=422)
    producer_id = int(form.producer.data)
    require_producer(actor(), producer_id, owner=True)
    try:
        open_own_channel(
            db,
            producer_id=producer_id,
            person_id=actor().id(),
            platform=form.platform.data,
            handle=form.handle.data or "",
            now=clock.now(),
        )
    except (Conflict, NotAllowed) as error:
        db.rollback()
        form.add_error(error)
        return _ask_page("producer", own=form, status=status_of(error))
    db.commit()
    flash(_(N_("Đã mở kênh riêng. Bạn đặt phiên ở trang Câu lạc bộ.")), "ok")
    return redirect(url_for("bookings.ask_as_producer"), 303)


def _inbox(
    status: int = 200,
    refused: DomainError | None = None,
    open_id: int = 0,
    filled: forms.TakeForm | None = None,
) -> Page:
    """The desk; ``filled`` is the form of request ``open_id`` as it was typed."""
    db = read_session()
    managed = [club for club, held in actor().clubs.items() if held == "manager"]
    rows = []
    for row in readers.requests_to(db, managed):
        form = filled if filled and row.request.id == open_id else None
        form = form or forms.TakeForm(
            data={
                "title": row.product or _(N_("Phiên chợ")),
                "starts_at": row.request.starts_at.astimezone(VN).replace(tzinfo=None),
                "minutes": row.request.minutes,
            }
        )
        if row.request.state == "asked":
            fill_choices(form, resources_of(db, row.request.club_id, active_only=True))
        rows.append((row, form))
    page = render_template(
        "livestream/bookings/inbox.html",
        rows=rows,
        refused=refused,
        offers=getattr(refused, "offers", ()),
        open_id=open_id,
    )
    return page, status


@bp.get("/clb/loi-xin")
@role("club")
def inbox() -> Page:
    """What producers and staff ask of the actor's clubs."""
    return _inbox()


@bp.post("/clb/loi-xin/<int:request_id>/nhan")
@role("club")
def take_request(request_id: int) -> Page:
    """Propose a session for a request: ``club_id``, ``title``, ``starts_at``, ``minutes``, ids."""
    form = forms.TakeForm.read()
    club_id = parse_whole(request.form.get("club_id", "")[:12]) or 0
    require_club(actor(), club_id, manager=True)
    db = write_session()
    fill_choices(form, resources_of(db, club_id, active_only=True))
    if not form.validate():
        db.rollback()
        wrong = Invalid(N_("Có ô chưa đúng. Hãy xem lại giờ, người dẫn và kênh."))
        return _inbox(422, wrong, request_id, form)
    named = {kind: chosen_ids(form[f"{kind}_id"]) for kind in ("host", "channel", "studio", "kit")}
    try:
        live = requesting.take_request(
            db,
            request_id=request_id,
            club_id=club_id,
            title=form.title.data or "",
            starts_at=aware(form.starts_at.data),
            minutes=form.minutes.data or 0,
            resources=dict(named),
            actor_id=actor().id(),
            now=clock.now(),
            hold_hours=hold_hours(),
            viewer_clubs=actor().clubs.keys(),
        )
    except (Conflict, Invalid, NotAllowed) as error:
        db.rollback()
        form.add_error(error)
        return _inbox(status_of(error), error, request_id, form)
    db.commit()
    return redirect(url_for("sessions.club_session", public_id=live.public_id), 303)


@bp.post("/clb/loi-xin/<int:request_id>/tu-choi")
@role("club")
def decline_request(request_id: int) -> Page:
    """Say why not: ``club_id``, ``reply``."""
    form = forms.ReplyForm.read()
    club_id = parse_whole(request.form.get("club_id", "")[:12]) or 0
    require_club(actor(), club_id, manager=True)
    if not form.validate():
        return _inbox(422, Invalid())
    db = write_session()
    try:
        requesting.decline_request(
            db,
            request_id=request_id,
            club_id=club_id,
            reply=form.reply.data or "",
            actor_id=actor().id(),
            now=clock.now(),
        )
    except (Conflict, Invalid) as error:
        db.rollback()
        return _inbox(status_of(error), error, request_id)
    db.commit()
    return redirect(url_for("bookings.inbox"), 303)
