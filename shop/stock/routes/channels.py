"""Units kept for a channel: set, let go, sold there."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from shop.core import clock
from shop.core.errors import Conflict, Invalid
from shop.stock import services
from shop.stock.forms import KeepForm, SoldForm
from shop.stock.routes.base import bp, own_variant
from shop.stock.routes.shelf import VARIANT, variant_page
from shop.web.access import actor, role
from shop.web.errors import status_of
from shop.web.i18n import gettext as _
from shop.web.request import read_session, write_session


@bp.post(f"{VARIANT}/giu-rieng")
@role("producer")
def keep(variant_id: int) -> ResponseReturnValue:
    """Keep so many units for a channel from now on; 0 lets go of them."""
    form = KeepForm.read()
    own_variant(read_session(), variant_id)
    if not form.validate():
        return variant_page(variant_id, 422, keep_form=form)

    def verb(db: Session, now: datetime) -> None:
        services.keep_for_channel(
            db,
            variant_id=variant_id,
            channel=form.channel.data,
            units=form.units.data or 0,
            actor_id=actor().id(),
            now=now,
        )

    return _act(variant_id, verb, form, "keep_form", _("Đã giữ riêng %(n)s.", n=form.units.data))


@bp.post(f"{VARIANT}/da-ban-kenh")
@role("producer")
def sold(variant_id: int) -> ResponseReturnValue:
    """Kept units were sold on their channel."""
    form = SoldForm.read()
    own_variant(read_session(), variant_id)
    if not form.validate():
        return variant_page(variant_id, 422, sold_form=form)

    def verb(db: Session, now: datetime) -> None:
        services.sell_on_channel(
            db,
            variant_id=variant_id,
            channel=form.channel.data,
            units=form.units.data or 0,
            key=form.submit_key.data,
            actor_id=actor().id(),
            now=now,
        )

    return _act(variant_id, verb, form, "sold_form", _("Đã trừ kho phần bán ở kênh khác."))


def _act(
    variant_id: int,
    verb: Callable[[Session, datetime], None],
    form: Any,
    name: str,
    done: str,
) -> ResponseReturnValue:
    db = write_session()
    own_variant(db, variant_id)
    try:
        verb(db, clock.now())
    except (Conflict, Invalid) as refusal:
        db.rollback()
        form.add_error(refusal)
        return variant_page(variant_id, status_of(refusal), **{name: form})
    db.commit()
    flash(done, "ok")
    return redirect(url_for(".variant", variant_id=variant_id), 303)
