"""One product of the sheet: what may be said of it, the host's words, what it costs on air."""

from flask import flash, redirect, render_template, request, url_for

from livestream.runsheets import forms, queries, services
from livestream.runsheets.pages import said
from livestream.runsheets.routes.frame import bp, is_priced_here
from livestream.runsheets.rules.points import SOURCE_LABELS
from livestream.sessions.models import LiveSession
from livestream.sessions.queries import item_rows
from livestream.sessions.routes.frame import CONSENT_LABELS, Page, seen_by_club
from shop.core import clock
from shop.core.clock import today_vn
from shop.core.errors import Conflict, DomainError, Invalid
from shop.core.text import N_
from shop.web.access import actor, role
from shop.web.i18n import gettext as _
from shop.web.request import read_session, write_session


@bp.get("/clb/phien/<public_id>/bang-chay/<int:item_id>")
@role("club")
def words(public_id: str, item_id: int) -> Page:
    """One product of the sheet: what may be said, and the host's own words."""
    live = seen_by_club(read_session(), public_id)
    return words_page(live, item_id)


def words_page(
    live: LiveSession,
    item_id: int,
    *,
    form: forms.WordsForm | None = None,
    deal: forms.DealForm | None = None,
    status: int = 200,
    refused: DomainError | None = None,
) -> Page:
    db, now = read_session(), clock.now()
    item = queries.get_item(db, live, item_id)
    row = next(one for one in item_rows(db, live.id, now=now) if one.item.id == item_id)
    script = queries.scripts_of(db, [item_id]).get(item_id)
    good, gone = queries.points_of(db, [item], on=today_vn(live.ends_at), now=now)[item_id]
    typed = form.words.data if form else (script.words if script else "")
    page = render_template(
        "livestream/runsheets/words.html",
        live=live,
        item=item,
        row=row,
        points=good,
        gone=gone,
        left_out=set(script.left_out) if script else set(),
        form=form or forms.WordsForm(data={"words": typed}),
        remarks=queries.words_to_reconsider(db, live, words=typed or "", stars=row.sale.stars),
        deal_form=deal or forms.DealForm(obj=item),
        can_price=is_priced_here(live) and actor().clubs.get(live.club_id) == "manager",
        consent_labels=CONSENT_LABELS,
        sources=SOURCE_LABELS,
        said=said,
        policies=queries.policies_of(db, live),
        can_edit=live.state in services.OPEN_STATES,
        refused=refused,
    )
    return page, status


@bp.post("/clb/phien/<public_id>/bang-chay/<int:item_id>")
@role("club")
def save_words(public_id: str, item_id: int) -> Page:
    """Keep the words for a product: ``words``, and ``keep`` repeated: points on the sheet.

    Hosts write too: they are the ones who say it.
    """
    form = forms.WordsForm.read()
    if not form.validate():
        live = seen_by_club(read_session(), public_id)
        return words_page(live, item_id, form=form, status=422, refused=Invalid())
    db, now = write_session(), clock.now()
    live = seen_by_club(db, public_id)
    item = queries.get_item(db, live, item_id)
    good, _gone = queries.points_of(db, [item], on=today_vn(live.ends_at), now=now)[item_id]
    kept = set(request.form.getlist("keep"))
    try:
        services.save_words(
            db,
            public_id=public_id,
            item_id=item_id,
            words=form.words.data,
            left_out=[point.key for point in good if point.key not in kept],
            actor_id=actor().id(),
            now=now,
        )
    except Conflict as error:
        db.rollback()
        live = seen_by_club(read_session(), public_id)
        return words_page(live, item_id, form=form, status=409, refused=error)
    db.commit()
    flash(_(N_("Đã lưu lời dẫn.")), "ok")
    return redirect(url_for(".words", public_id=public_id, item_id=item_id), 303)
