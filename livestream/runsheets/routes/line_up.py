"""Which products are shown, at which price and within which limits; the producer is asked."""

from flask import flash, redirect, request, url_for

from livestream.runsheets import forms
from livestream.runsheets.queries import get_item
from livestream.runsheets.routes.frame import bp
from livestream.runsheets.routes.sheet import sheet_page
from livestream.runsheets.routes.words import words_page
from livestream.sessions import services
from livestream.sessions.routes.frame import Page, seen_by_club
from livestream.sessions.services import ItemWish
from shop.core import clock
from shop.core.errors import Conflict, Invalid
from shop.core.text import N_
from shop.web.access import actor, role
from shop.web.errors import status_of
from shop.web.i18n import gettext as _
from shop.web.request import read_session, write_session


@bp.post("/clb/phien/<public_id>/bang-chay/san-pham")
@role("club")
def add_item(public_id: str) -> Page:
    """Add a product at its usual price: ``variant_id``; leads to where its terms are set."""
    form = forms.ProductForm.read()
    live = seen_by_club(read_session(), public_id, manager=True)
    if not form.validate():
        return sheet_page(live, "club", status=422, refused=Invalid())
    db = write_session()
    live = seen_by_club(db, public_id, manager=True)
    try:
        item = services.add_item(
            db,
            public_id=public_id,
            wish=ItemWish(form.variant_id.data or 0),
            actor_id=actor().id(),
            now=clock.now(),
        )
    except (Conflict, Invalid) as error:
        db.rollback()
        live = seen_by_club(read_session(), public_id)
        return sheet_page(live, "club", status=status_of(error), refused=error)
    item_id = item.id
    db.commit()
    flash(_(N_("Đã thêm sản phẩm.")), "ok")
    return redirect(url_for(".words", public_id=public_id, item_id=item_id), 303)


@bp.post("/clb/phien/<public_id>/bang-chay/<int:item_id>/gia")
@role("club")
def change_item(public_id: str, item_id: int) -> Page:
    """Set price, limits and set-aside of a product, or take it out with ``action`` = remove."""
    form = forms.DealForm.read()
    is_removal = request.form.get("action") == "remove"
    if not is_removal and not form.validate():
        live = seen_by_club(read_session(), public_id, manager=True)
        return words_page(live, item_id, deal=form, status=422, refused=Invalid())
    db = write_session()
    live = seen_by_club(db, public_id, manager=True)
    try:
        if is_removal:
            _remove(public_id, item_id)
        else:
            _change(public_id, item_id, form)
    except (Conflict, Invalid) as error:
        db.rollback()
        form.add_error(error)
        live = seen_by_club(read_session(), public_id)
        return words_page(live, item_id, deal=form, status=status_of(error), refused=error)
    db.commit()
    if is_removal:
        flash(_(N_("Đã bỏ sản phẩm khỏi phiên.")), "ok")
        return redirect(url_for(".show", public_id=public_id), 303)
    flash(_(N_("Đã lưu giá và giới hạn.")), "ok")
    return redirect(url_for(".words", public_id=public_id, item_id=item_id), 303)


def _remove(public_id: str, item_id: int) -> None:
    services.remove_item(
        write_session(),
        public_id=public_id,
        item_id=item_id,
        actor_id=actor().id(),
        now=clock.now(),
    )


def _change(public_id: str, item_id: int, form: forms.DealForm) -> None:
    db = write_session()
    item = get_item(db, seen_by_club(db, public_id), item_id)
    services.change_item(
        db,
        public_id=public_id,
        item_id=item_id,
        wish=form.wish(item),
        actor_id=actor().id(),
        now=clock.now(),
        version=form.version.data,
    )
