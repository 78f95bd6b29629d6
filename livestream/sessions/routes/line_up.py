"""What a session shows and sells."""

from flask import request
from sqlalchemy.orm import Session

from livestream.sessions import forms, services
from livestream.sessions.models import LiveSession
from livestream.sessions.routes.frame import Page, bad_shape, bp, do_step
from shop.core import clock
from shop.core.text import N_
from shop.web.access import actor, role


@bp.post("/clb/phien/<public_id>/san-pham")
@role("club")
def add_item(public_id: str) -> Page:
    """Add a product: ``variant_id``, ``item_minutes``, ``live_price_vnd``, ``set_aside``."""
    form = forms.ItemForm.read()
    if not form.validate():
        return bad_shape(public_id, "club", item=form)

    def step(db: Session, live: LiveSession) -> None:
        services.add_item(
            db,
            public_id=live.public_id,
            wish=form.wish(),
            actor_id=actor().id(),
            now=clock.now(),
            version=form.version.data,
        )

    return do_step(public_id, "club", step, said=N_("Đã thêm sản phẩm."), item=form)


@bp.post("/clb/phien/<public_id>/san-pham/<int:item_id>")
@role("club")
def change_item(public_id: str, item_id: int) -> Page:
    """Change a line-up item, or take it out with ``action`` = remove."""
    form = forms.ItemForm.read()
    is_removal = request.form.get("action") == "remove"
    if not is_removal and not form.validate():
        return bad_shape(public_id, "club", item=form)

    def step(db: Session, live: LiveSession) -> None:
        if is_removal:
            services.remove_item(
                db,
                public_id=live.public_id,
                item_id=item_id,
                actor_id=actor().id(),
                now=clock.now(),
            )
            return
        services.change_item(
            db,
            public_id=live.public_id,
            item_id=item_id,
            wish=form.wish(),
            actor_id=actor().id(),
            now=clock.now(),
            version=form.version.data,
        )

    return do_step(public_id, "club", step, said=N_("Đã lưu."), item=form)
