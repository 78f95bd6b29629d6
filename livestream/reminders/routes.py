"""Being reminded of a session, and each person's own calendar. Works without JavaScript."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from livestream.reminders import queries, services
from livestream.reminders.forms import FollowForm
from livestream.reminders.models import Follow
from livestream.sessions.calendars import build_calendar, calendar_answer
from livestream.sessions.cards import cards
from livestream.sessions.models import LiveSession
from livestream.sessions.queries import public_session
from shop.core import clock
from shop.core.errors import Conflict, Invalid, NotFound
from shop.core.text import N_
from shop.notifications.services import following
from shop.web.access import actor, public, signed_in, webhook
from shop.web.assets import public_url
from shop.web.errors import status_of
from shop.web.headers import not_stored
from shop.web.i18n import gettext as _
from shop.web.i18n import language, pick, say
from shop.web.limits import limiter
from shop.web.request import house, read_session, write_session
from shop.web.sentences import translate

bp = Blueprint("reminders", __name__)

_FOLLOWS = N_("Đã đặt nhắc: bạn sẽ nhận tin trước giờ lên sóng.")
_CONFIRM_FIRST = N_("Hãy mở thư vừa gửi tới e-mail của bạn và bấm xác nhận.")


def _ask_page(
    live: LiveSession, form: FollowForm, status: int, trouble: str = ""
) -> ResponseReturnValue:
    return (
        render_template(
            "livestream/reminders/ask.html",
            live=live,
            title=pick(live.title, live.title_en),
            form=form,
            trouble=trouble,
        ),
        status,
    )


@bp.post("/phien-live/<slug>/nhac-toi")
@limiter.limit("30 per hour")
@public
def ask(slug: str) -> ResponseReturnValue:
    """Follow a session; what a guest typed wrong comes back with the form."""
    form = FollowForm.read()
    live = public_session(read_session(), slug)
    if not form.validate():
        return _ask_page(live, form, 422)
    person_id = actor().person_id
    db = write_session()
    try:
        services.ask_to_be_reminded(
            db,
            slug=slug,
            person_id=person_id,
            email=form.email.data or None,
            language=language(),
            now=clock.now(),
        )
    except (Conflict, Invalid) as refusal:
        db.rollback()
        form.add_error(refusal)
        trouble = "" if refusal.field else say(refusal)
        return _ask_page(live, form, status_of(refusal), trouble)
    db.commit()
    flash(_(_FOLLOWS if person_id is not None else _CONFIRM_FIRST), "ok")
    return redirect(f"{request.script_root}/phien-live/{slug}", 303)


def _link_page(code: str, wants: str) -> ResponseReturnValue:
    db = read_session()
    follow = following.wish_called(db, Follow, code[:24])
    live = queries.session_of(db, follow.session_id)
    return not_stored(
        render_template(
            "livestream/reminders/follow.html",
            follow=follow,
            live=live,
            title=pick(live.title, live.title_en),
            wants=wants,
        )
    )


@bp.get("/nhac-toi/<code>")
@limiter.limit("60 per hour")
@public
def confirm_page(code: str) -> ResponseReturnValue:
    """Where the mail leads: one button confirms, because opening a link changes nothing."""
    return _link_page(code, "confirm")


@bp.post("/nhac-toi/<code>")
@limiter.limit("60 per hour")
@public
def confirm(code: str) -> ResponseReturnValue:
    """The address is confirmed."""
    db = write_session()
    following.confirm_wish(db, Follow, code[:24])
    db.commit()
    flash(_(_FOLLOWS), "ok")
    return redirect(url_for(".confirm_page", code=code[:24]), 303)


@bp.get("/nhac-toi/<code>/thoi")
@limiter.limit("60 per hour")
@public
def leave_page(code: str) -> ResponseReturnValue:
    """Where a mail's "no more of this" leads."""
    return _link_page(code, "leave")


@bp.post("/nhac-toi/<code>/thoi")
@limiter.limit("60 per hour")
@webhook("mail")
def leave(code: str) -> ResponseReturnValue:
    """End reminders with one click. Mail programs post here by themselves (RFC 8058), without a
    cookie or a token: knowing the code is the right to end it."""
    db = write_session()
    following.end_wish(db, Follow, code[:24], clock.now())
    db.commit()
    return redirect(url_for(".leave_page", code=code[:24]), 303)


@bp.post("/phien-live/<slug>/thoi-nhac")
@signed_in
def leave_own(slug: str) -> ResponseReturnValue:
    """A signed-in person no longer follows a session."""
    db = write_session()
    live = public_session(db, slug)
    follow = following.open_wish(db, Follow, f"person:{actor().id()}", session_id=live.id)
    if follow is None:
        raise NotFound
    following.end_wish(db, Follow, follow.code, clock.now())
    db.commit()
    flash(_(N_("Đã thôi nhắc phiên này.")), "ok")
    return redirect(f"{request.script_root}/phien-live/{slug}", 303)


# The person's own calendar


@bp.get("/tai-khoan/lich-live")
@signed_in
def own_calendar() -> ResponseReturnValue:
    """Sessions the person hosts, sells in or follows, and the address for a calendar program."""
    db, me, now = read_session(), actor().id(), clock.now()
    rows = [
        row
        for row in queries.own_sessions(db, me, now=now)
        if row.live.ends_at > now and row.live.state in {"confirmed", "live"}
    ]
    feed = queries.feed_of(db, me)
    return render_template(
        "livestream/reminders/own.html",
        sessions=cards(rows, now=now),
        follows=queries.follows_of(db, me, now=now),
        rows=rows,
        address=public_url(".personal_feed", token=feed.token) if feed else None,
    )


@bp.post("/tai-khoan/lich-live/dia-chi")
@signed_in
def renew_address() -> ResponseReturnValue:
    """Open the own calendar at a new address; an old one is closed."""
    db = write_session()
    services.renew_feed(db, person_id=actor().id(), now=clock.now())
    db.commit()
    flash(_(N_("Đã tạo địa chỉ lịch mới. Địa chỉ cũ không còn mở được.")), "ok")
    return redirect(url_for(".own_calendar"), 303)


@bp.get("/lich/toi-<token>.ics")
@public
def personal_feed(token: str) -> ResponseReturnValue:
    """The own calendar: whoever knows the address reads it."""
    db, now = read_session(), clock.now()
    person_id = queries.person_of_feed(db, token[:32])
    spoken = "en" if language() == "en" else queries.language_of(db, person_id)
    body = build_calendar(
        queries.own_sessions(db, person_id, now=now),
        name=translate(N_("Phiên live của tôi"), spoken),
        public_url=house().public_url,
        is_private=True,
        language=spoken,
    )
    return calendar_answer(body, is_private=True)
