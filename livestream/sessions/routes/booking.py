"""A new session."""

import secrets
from datetime import datetime, timedelta

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from livestream.campaigns.queries import open_campaigns
from livestream.clubs.models import Club
from livestream.clubs.queries import clubs_of, get_club, resources_of
from livestream.clubs.routes.base import chosen_club, managed_club_id
from livestream.sessions import forms, queries, services
from livestream.sessions.forms import WishRow
from livestream.sessions.models import LiveSession
from livestream.sessions.routes.frame import Page, bp, fill_choices, hold_hours
from livestream.sessions.timing import VN
from shop.catalogue.queries import variants_for_sale
from shop.core import clock
from shop.core.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound
from shop.core.text import N_
from shop.web.access import actor, role
from shop.web.errors import status_of
from shop.web.i18n import gettext as _
from shop.web.i18n import pick
from shop.web.request import read_session, write_session

FOUND_PRODUCTS = 24


@bp.get("/clb/phien/moi")
@role("club")
def new_session() -> Page:
    """The form; ``variant_id`` (repeated), ``q`` to look for products, ``starts_at`` and the like
    fill it.
    """
    db = read_session()
    club = chosen_club(db, manager=True)
    given = {
        name: request.args[name]
        for name in ("title", "minutes", "host_id", "channel_id", "studio_id", "kit_id")
        if request.args.get(name)
    }
    form = forms.SessionForm(request.args) if given else forms.SessionForm()
    form.submit_key.data = secrets.token_urlsafe(16)
    form.starts_at.data = _moment(request.args.get("starts_at", "")) or _next_evening()
    form.minutes.data = form.minutes.data or 60
    try:
        rows = forms.typed_rows(request.args)
    except Invalid:
        rows = []
    return _new_page(db, club, form, rows)


@bp.post("/clb/phien/moi")
@role("club")
def create_session() -> Page:
    """Make a session: ``action`` = propose (default) takes the resources at once, or draft;
    ``offer`` is a free start that was offered, in place of ``starts_at``."""
    form = forms.SessionForm.read()
    form.starts_at.data = _moment(request.form.get("offer", "")) or form.starts_at.data
    reading = read_session()
    try:
        club = chosen_club(reading, manager=True)
    except (NotFound, NotAllowed) as error:
        return _not_their_club(reading, form, error)
    _prepare(reading, club, form)
    rows: list[WishRow] = []
    try:
        rows = forms.typed_rows()
        if not form.validate():
            return _new_page(reading, club, form, rows, status=422)
        live = _create(club, form, rows)
    except (Conflict, Invalid, NotAllowed) as error:
        write_session().rollback()
        form.add_error(error)
        offers = getattr(error, "offers", ())
        status = status_of(error)
        return _new_page(reading, club, form, rows, status=status, offers=offers)
    return redirect(url_for("sessions.club_session", public_id=live.public_id), 303)


def _not_their_club(db: Session, form: forms.SessionForm, error: DomainError) -> Page:
    """What was typed for a club the actor does not manage, kept for one that they do."""
    mine = managed_club_id()
    if not mine:
        raise error
    try:
        rows = forms.typed_rows()
    except Invalid:
        rows = []
    refused = N_("Bạn không quản lý câu lạc bộ vừa chọn. Chọn câu lạc bộ của bạn rồi gửi lại.")
    form.add_error(Invalid(refused))
    return _new_page(db, get_club(db, mine), form, rows, status=status_of(error))


def _new_page(
    db: Session,
    club: Club,
    form: forms.SessionForm,
    rows: list[WishRow],
    *,
    status: int = 200,
    offers: tuple[datetime, ...] = (),
) -> Page:
    _prepare(db, club, form)
    words = request.values.get("q", "").strip()[:80]
    chosen = variants_for_sale(
        db, [row.variant_id for row in rows], today=clock.today_vn(clock.now())
    )
    page = render_template(
        "livestream/sessions/new.html",
        form=form,
        club=club,
        clubs=clubs_of(db, [c for c, held in actor().clubs.items() if held == "manager"]),
        rows=[(row, chosen[row.variant_id]) for row in rows if row.variant_id in chosen],
        words=words,
        found=queries.find_variants(db, words, limit=FOUND_PRODUCTS),
        offers=offers,
    )
    return page, status


def _prepare(db: Session, club: Club, form: forms.SessionForm) -> None:
    """Fill the choices with what the club may book."""
    form.club_id.data = club.id
    fill_choices(form, resources_of(db, club.id, active_only=True))
    campaigns = db.scalars(open_campaigns(clock.now())).all()
    form.campaign_id.choices = [
        ("", _(N_("Không thuộc chiến dịch"))),
        *((str(campaign.id), pick(campaign.name, campaign.name_en)) for campaign in campaigns),
    ]


def _create(club: Club, form: forms.SessionForm, rows: list[WishRow]) -> LiveSession:
    wanted = forms.wishes(rows)
    starts_at = forms.aware(form.starts_at.data)
    watch_url = forms.check_link(form.watch_url.data)
    now = clock.now()
    db = write_session()
    live = services.create_session(
        db,
        club_id=club.id,
        title=form.title.data,
        title_en=form.title_en.data or None,
        starts_at=starts_at,
        minutes=form.minutes.data or 0,
        host_ids=forms.chosen_ids(form.host_id),
        channel_ids=forms.chosen_ids(form.channel_id),
        studio_ids=forms.chosen_ids(form.studio_id),
        kit_ids=forms.chosen_ids(form.kit_id),
        items=wanted,
        about=form.about.data,
        watch_url=watch_url,
        campaign_id=next(iter(forms.chosen_ids(form.campaign_id)), None),
        submit_key=form.submit_key.data,
        actor_id=actor().id(),
        now=now,
    )
    if request.form.get("action") != "draft" and live.state == "draft":
        services.propose_session(
            db,
            public_id=live.public_id,
            actor_id=actor().id(),
            now=now,
            hold_hours=hold_hours(),
            viewer_clubs=actor().clubs.keys(),
        )
        flash(_(N_("Đã đề xuất. Lịch được giữ chỗ trong khi chờ đồng ý.")), "ok")
    db.commit()
    return live


def _moment(raw: str) -> datetime | None:
    try:
        return datetime.fromisoformat(raw).replace(tzinfo=None)
    except ValueError:
        return None


def _next_evening() -> datetime:
    tomorrow = clock.now().astimezone(VN) + timedelta(days=1)
    return tomorrow.replace(hour=20, minute=0, second=0, microsecond=0, tzinfo=None)
