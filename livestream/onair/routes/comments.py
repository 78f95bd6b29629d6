"""Comments that become orders: bringing them in, confirming and dropping drafts."""

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from livestream.clubs.policies import policy_of
from livestream.onair import queries, services
from livestream.onair.forms import CommentsForm, DraftForm, read_units
from livestream.onair.queries import DraftRow
from livestream.onair.routes.frame import (
    Page,
    bp,
    buy_link,
    fill_places,
    order_link,
    seen_by_club,
    ways_to_pay,
)
from livestream.onair.rules.comments import DOUBTS
from livestream.onair.rules.wording import mask_number, mask_phones
from livestream.onair.services import Taken
from livestream.sessions.models import LiveSession
from livestream.sessions.queries import item_rows
from shop.core import clock
from shop.core.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound
from shop.core.text import N_
from shop.payments.configuration import config_of
from shop.web.access import actor, role
from shop.web.errors import status_of
from shop.web.headers import not_stored
from shop.web.i18n import gettext, language, say
from shop.web.limits import limiter
from shop.web.request import database, read_session, write_session

FACTS = {
    "live": N_("Dán bình luận ngay khi đang live; dán lại cùng một đoạn không sinh đơn lần nữa."),
    "ended": N_("Phiên đã kết thúc: vẫn chốt nốt được những bình luận còn lại."),
}


@bp.get("/clb/phien/<public_id>/binh-luan")
@role("club")
def comments(public_id: str) -> Page:
    """Drafts that wait, questions, what was taken back, and a place to paste comments."""
    live = seen_by_club(read_session(), public_id)
    return _list_page(live, CommentsForm())


def _list_page(live: LiveSession, form: CommentsForm, status: int = 200) -> Page:
    db = read_session()
    channels = queries.channels_of(db, live.id)
    page = render_template(
        "livestream/onair/comments.html",
        live=live,
        form=form,
        is_open=live.state in FACTS,
        hint=FACTS.get(live.state, ""),
        allowed=[one for one in channels if policy_of(one.platform).takes_comment_orders],
        forbidden=[
            policy_of(one.platform).name
            for one in channels
            if not policy_of(one.platform).takes_comment_orders
        ],
        waiting=queries.draft_rows(db, live.id, states=("open",)),
        decided=queries.draft_rows(db, live.id, states=("placed", "dropped")),
        questions=queries.comments_read_as(db, live.id, "question"),
        cancels=queries.comments_read_as(db, live.id, "cancel"),
        doubts=DOUBTS,
        mask_number=mask_number,
        mask_phones=mask_phones,
        buy_link=buy_link,
        order_link=order_link,
    )
    return not_stored(page), status  # type: ignore[return-value]


@bp.post("/clb/phien/<public_id>/binh-luan")
@limiter.limit("60 per minute")
@role("club")
def take(public_id: str) -> Page:
    """Take comments in: pasted lines or a file."""
    form = CommentsForm.read()
    live = seen_by_club(read_session(), public_id)
    if not form.validate():
        return _list_page(live, form, 422)
    try:
        brought = form.comments()
        db = write_session()
        live = seen_by_club(db, public_id)
        taken = services.take_comments(
            db,
            public_id=public_id,
            channel_id=form.channel_id.data or 0,
            comments=brought,
            now=clock.now(),
        )
    except (Conflict, Invalid, NotAllowed) as error:
        form.add_error(error)
        return _list_page(live, form, status_of(error))
    db.commit()
    flash(_said(taken), "ok")
    return redirect(url_for(".comments", public_id=public_id), 303)


def _said(taken: Taken) -> str:
    return gettext(
        N_(
            "Đã đọc: %(drafts)s đơn nháp mới, %(cancels)s lời hủy, %(questions)s lời cần trả lời, "
            "%(others)s bình luận khác, %(known)s đã có từ trước."
        ),
        drafts=taken.drafts,
        cancels=taken.cancels,
        questions=taken.questions,
        others=taken.others,
        known=taken.known,
    )


@bp.get("/clb/phien/<public_id>/binh-luan/<int:draft_id>")
@role("club")
def draft(public_id: str, draft_id: int) -> Page:
    """One draft, to be confirmed: how many, for whom, where to."""
    db = read_session()
    live = seen_by_club(db, public_id)
    row = _row(db, live, draft_id)
    form = DraftForm(data={"full_name": row.comment.author, "phone": row.draft.phone})
    return _draft_page(live, row, form, row.units)


def _row(db: Session, live: LiveSession, draft_id: int) -> DraftRow:
    states = ("open", "placed", "dropped")
    rows = queries.draft_rows(db, live.id, states=states, draft_id=draft_id)
    if not rows:
        raise NotFound
    return rows[0]


def _draft_page(
    live: LiveSession,
    row: DraftRow,
    form: DraftForm,
    units: dict[int, int],
    status: int = 200,
    refused: DomainError | None = None,
) -> Page:
    db, now = read_session(), clock.now()
    goods = item_rows(db, live.id, now=now)
    fill_places(db, form)
    ways = ways_to_pay(db, [one.item.producer_id for one in goods if units.get(one.item.id)], now)
    page = render_template(
        "livestream/onair/draft.html",
        live=live,
        row=row,
        form=form,
        goods=goods,
        ways=ways,
        now=now,
        buy_link=buy_link(row.draft.id),
        units=units,
        doubts=DOUBTS,
        refused=refused,
        order_link=order_link,
    )
    return not_stored(page), status  # type: ignore[return-value]


@bp.post("/clb/phien/<public_id>/binh-luan/<int:draft_id>")
@limiter.limit("120 per minute")
@role("club")
def place(public_id: str, draft_id: int) -> Page:
    """Confirm a draft: the order is made. ``lam`` only fetches the communes of the province."""
    form = DraftForm.read()
    form.take_places()
    live = seen_by_club(read_session(), public_id)
    row = _row(read_session(), live, draft_id)
    try:
        units = read_units(request.form)
    except Invalid as error:
        return _draft_page(live, row, form, row.units, 422, error)
    if request.form.get("lam"):
        return _draft_page(live, row, form, units)
    if not form.validate():
        return _draft_page(live, row, form, units, 422)
    db = write_session()
    try:
        placed = services.place_draft(
            db,
            live=seen_by_club(db, public_id),
            draft_id=draft_id,
            quantities=units,
            request=form.request(language()),
            actor_id=actor().id(),
            config=config_of(database()),
            now=clock.now(),
        )
    except (Conflict, Invalid) as error:
        db.rollback()
        form.add_error(error)
        return _draft_page(live, row, form, units, status_of(error), error)
    codes = ", ".join(order.code for order in placed.orders)
    db.commit()
    flash(gettext("Đã lên đơn %(codes)s. Hãy gửi đường dẫn đơn cho người mua.", codes=codes), "ok")
    return redirect(url_for(".draft", public_id=public_id, draft_id=draft_id), 303)


@bp.post("/clb/phien/<public_id>/binh-luan/<int:draft_id>/bo")
@role("club")
def drop(public_id: str, draft_id: int) -> Page:
    """Put a draft aside."""
    db = write_session()
    live = seen_by_club(db, public_id)
    try:
        services.drop_draft(
            db, live=live, draft_id=draft_id, actor_id=actor().id(), now=clock.now()
        )
    except Conflict as error:
        db.rollback()
        flash(say(error), "bad")
        return redirect(url_for(".comments", public_id=public_id), 303)
    db.commit()
    flash(gettext("Đã bỏ đơn nháp."), "ok")
    return redirect(url_for(".comments", public_id=public_id), 303)
