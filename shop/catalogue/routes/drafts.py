"""Where the editor's script keeps what is typed, and where one gives it up. Answers in JSON."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from shop.catalogue import services
from shop.catalogue.routes.base import bp, own_draft
from shop.catalogue.routes.typed import (
    FORMS,
    editing,
    fields_sent,
    filled,
    form_called,
    seen_sent,
)
from shop.core import clock
from shop.core.errors import NotFound
from shop.core.text import N_
from shop.web.access import actor, role
from shop.web.forms import parse_whole
from shop.web.i18n import gettext, say, show_time
from shop.web.limits import limiter
from shop.web.request import read_session, write_session

_STEP_PAGES = {
    "facts": ".facts_form",
    "label": ".label_form",
    "story": ".story_form",
    "variants": ".variants",
    "certificates": ".certificates",
}


@bp.post("/ban-hang/san-pham/moi/nhap")
@role("producer")
@limiter.limit("3600 per hour")
def keep_new() -> ResponseReturnValue:
    """Keep what is typed of a product that is not made yet."""
    return _keep("facts", None)


@bp.post("/ban-hang/san-pham/<int:product_id>/nhap/<key>")
@role("producer")
@limiter.limit("3600 per hour")
def keep(product_id: int, key: str) -> ResponseReturnValue:
    """Keep what is typed into a step's form."""
    own_draft(product_id)
    return _keep(key, product_id)


def _keep(key: str, product_id: int | None) -> ResponseReturnValue:
    form = form_called(key, product_id)
    fields = fields_sent(form)
    db, now = write_session(), clock.now()
    try:
        draft = services.keep_typed(
            db,
            actor_id=actor().id(),
            product_id=product_id,
            form=key,
            fields=fields,
            seen=seen_sent(),
            version=min(parse_whole(request.form.get("version", "")[:20]) or 0, 2**30),
            now=now,
        )
    except services.TypedElsewhere as error:
        return {"conflict": say(error), "version": error.version, "at": show_time(error.at)}, 409
    version = draft.version
    db.commit()
    return _kept(key, product_id, version, gettext(N_("Đã lưu lúc %(time)s"), time=show_time(now)))


def _kept(key: str, product_id: int | None, version: int, said: str) -> ResponseReturnValue:
    """What the page shows after its words were kept: when, and remarks beside the fields."""
    # asked after the commit: the request's reading session may have begun before it
    read_session().rollback()
    draft = own_draft(product_id) if product_id else None
    edit = editing(key, draft, lambda: filled(form_called(key, product_id), {}))
    return {
        "version": version,
        "said": said,
        "hints": edit.hints,
        "behind": bool(edit.theirs),
        "others": [
            gettext(
                N_("%(name)s cũng đang gõ ở bước này (%(time)s)."), name=who, time=show_time(at)
            )
            for who, at in edit.others
        ],
    }


@bp.post("/ban-hang/san-pham/moi/nhap/bo")
@role("producer")
def forget_new() -> ResponseReturnValue:
    """Give up what was typed of a product that is not made yet."""
    return _forget("facts", None, url_for(".new_product"))


@bp.post("/ban-hang/san-pham/<int:product_id>/nhap/<key>/bo")
@role("producer")
def forget(product_id: int, key: str) -> ResponseReturnValue:
    """Give up what was typed into a step's form; what is stored shows again."""
    own_draft(product_id)
    if key not in FORMS:
        raise NotFound
    return _forget(key, product_id, url_for(_STEP_PAGES[key], product_id=product_id))


def _forget(key: str, product_id: int | None, back: str) -> ResponseReturnValue:
    db = write_session()
    services.drop_typed(db, actor_id=actor().id(), product_id=product_id, form=key)
    db.commit()
    flash(gettext(N_("Đã bỏ phần gõ dở.")), "ok")
    return redirect(back, 303)
