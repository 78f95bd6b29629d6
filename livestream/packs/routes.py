"""Channel packs to download, and the platforms that take a session from us."""

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from livestream.clubs.policies import policy_of
from livestream.clubs.queries import get_club
from livestream.packs import queries, services
from livestream.packs.forms import FoundForm, SendForm
from livestream.packs.rules import PLATFORMS, description
from livestream.packs.senders import Parcel, Sender, registry
from livestream.packs.sending import carry_out, config_of
from livestream.packs.services.sending import SENT_IN, is_unsure
from livestream.sessions import states
from livestream.sessions.models import LiveSession
from livestream.sessions.queries import item_rows
from livestream.sessions.routes.frame import seen_by_club
from livestream.sessions.routes.public import share_card
from shop.core import clock
from shop.core.errors import Conflict, DomainError, Invalid, NotFound
from shop.core.text import N_
from shop.web.access import actor, role
from shop.web.errors import status_of
from shop.web.i18n import gettext as _
from shop.web.i18n import say
from shop.web.request import house, read_session, write_session
from shop.web.share_pictures import stored_picture

bp = Blueprint("packs", __name__)


@bp.get("/clb/phien/<public_id>/goi-kenh/<platform>.zip")
@role("club")
def download(public_id: str, platform: str) -> Response:
    """The pack of a session for one platform; the same session gives the same bytes."""
    if platform not in PLATFORMS:
        raise NotFound
    db, now = read_session(), clock.now()
    live = seen_by_club(db, public_id)
    content = services.make_pack(
        db,
        live=live,
        platform=platform,
        address=_address(live),
        cover=_cover(db, live),
        now=now,
    )
    name = f"goi-{platform}-{live.slug}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, mimetype="application/zip", headers=headers)


def _address(live: LiveSession) -> str:
    return f"{house().public_url}/phien-live/{live.slug}"


def _cover(db: Session, live: LiveSession) -> bytes:
    rows = item_rows(db, live.id, now=clock.now())
    card = share_card(live, get_club(db, live.club_id).name, rows)
    storage = house().storage
    return storage.read(stored_picture(storage, card))


def _page(
    public_id: str, *, refused: DomainError | None = None, form: FoundForm | None = None
) -> tuple[str, int]:
    db, now = read_session(), clock.now()
    live = seen_by_club(db, public_id)
    senders = registry()
    config = config_of(house().database)
    rows = item_rows(db, live.id, now=now)
    channels = [
        (
            senders[resource.platform or ""],
            resource,
            push,
            is_unsure(push, now),
            *queries.ids_on(db, rows, resource.platform or ""),
        )
        for resource, push in queries.channels_of(db, live, senders.keys())
    ]
    advice = services.advice_by_platform(db, live=live, platforms=PLATFORMS, now=now)
    page = render_template(
        "livestream/packs/page.html",
        live=live,
        states=states,
        platforms=[(slug, policy_of(slug).name, advice[slug]) for slug in PLATFORMS],
        channels=channels,
        config=config,
        can_send=live.state in SENT_IN,
        is_manager=actor().clubs.get(live.club_id) == "manager",
        refused=refused,
        form=form,
    )
    return page, status_of(refused) if refused else 200


@bp.get("/clb/phien/<public_id>/goi-kenh")
@role("club")
def page(public_id: str) -> ResponseReturnValue:
    """The packs of a session, and what was sent to platforms that take it from a program."""
    return _page(public_id)


def _sender_of(resource_platform: str | None) -> Sender:
    """The sender of a platform that is switched on. Raises NotFound."""
    sender = registry().get(resource_platform or "")
    if sender is None or not sender.is_on(config_of(house().database)):
        raise NotFound
    return sender


@bp.post("/clb/phien/<public_id>/goi-kenh/gui")
@role("club")
def send(public_id: str) -> ResponseReturnValue:
    """Send the session to ``resource_id``, one of its channel accounts; again brings it up to
    date there."""
    typed = SendForm.read()
    if not typed.validate():
        return _page(public_id, refused=Invalid())
    now = clock.now()
    db = write_session()
    live = seen_by_club(db, public_id, manager=True)
    here = url_for(".page", public_id=public_id)
    found = {
        resource.id: resource for resource, _push in queries.channels_of(db, live, registry())
    }.get(typed.resource_id.data or 0)
    if found is None:
        raise NotFound
    sender = _sender_of(found.platform)
    items, _without = queries.ids_on(db, item_rows(db, live.id, now=now), sender.slug)
    try:
        push = services.begin_push(
            db,
            live=live,
            resource_id=found.id,
            items=items,
            actor_id=actor().id(),
            now=now,
        )
    except Conflict as refusal:
        db.rollback()
        return _page(public_id, refused=refusal)
    parcel = Parcel(
        title=live.title,
        description=description(live.about, _address(live), policy_of(sender.slug)),
        cover=_cover(db, live),
        items=items,
        sent_before=tuple(push.items),
    )
    code = found.code
    db.commit()
    try:
        state = carry_out(house().database, sender, push=push, code=code, parcel=parcel, now=now)
    except DomainError as refusal:
        flash(say(refusal), "bad")
        return redirect(here, 303)
    if state == "sent":
        flash(_(N_("Đã gửi lên %(name)s."), name=sender.name), "ok")
    return redirect(here, 303)


@bp.post("/clb/phien/<public_id>/goi-kenh/tim-thay")
@role("club")
def found(public_id: str) -> ResponseReturnValue:
    """A sending got no answer and somebody looked: ``answer`` there (with ``remote_id``) or
    not_there."""
    typed = FoundForm.read()
    if not typed.validate():
        return _page(public_id, refused=Invalid(), form=typed)
    db, now = write_session(), clock.now()
    live = seen_by_club(db, public_id, manager=True)
    resource_id, who = typed.resource_id.data or 0, actor().id()
    try:
        if typed.answer.data == "there":
            services.tell_remote_id(
                db,
                live=live,
                resource_id=resource_id,
                remote_id=typed.remote_id.data,
                actor_id=who,
                now=now,
            )
        else:
            services.forget_unsure(db, live=live, resource_id=resource_id, actor_id=who, now=now)
    except Invalid as refusal:
        db.rollback()
        return _page(public_id, refused=refusal, form=typed)
    db.commit()
    flash(_(N_("Đã ghi. Bấm gửi để làm tiếp.")), "ok")
    return redirect(url_for(".page", public_id=public_id), 303)
