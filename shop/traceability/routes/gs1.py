"""GS1 numbers on the desks: the producer names them, staff verify, refuse or end them."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as BaseResponse

from shop.accounts.rules import require_producer, staff_scope_of
from shop.core import clock
from shop.core.errors import Conflict, Invalid
from shop.traceability import queries, services
from shop.traceability.forms import KeyDecisionForm, LocationForm
from shop.web.access import actor, role
from shop.web.i18n import gettext
from shop.web.request import read_session, write_session

bp = Blueprint("gs1", __name__)

Answer = BaseResponse | tuple[str, int]


def _own_page(form: LocationForm, status: int = 200) -> tuple[str, int]:
    db, mine = read_session(), list(actor().producers)
    form.producer_id.choices = queries.producer_choices(db, mine)
    page = render_template(
        "traceability/gs1.html",
        form=form,
        keys=queries.keys_of(db, mine),
        declared=queries.declared_gtins(db, mine),
    )
    return page, status


@bp.get("/ban-hang/ma-gs1")
@role("producer")
def own_keys() -> Answer:
    """The producer's GTINs and GLNs, and what came of them."""
    return _own_page(LocationForm())


@bp.post("/ban-hang/ma-gs1")
@role("producer")
def declare() -> Answer:
    """Name a GLN."""
    form = LocationForm.read()
    form.producer_id.choices = queries.producer_choices(read_session(), list(actor().producers))
    if not form.validate():
        return _own_page(form, 422)
    producer_id = int(form.producer_id.data)
    require_producer(actor(), producer_id)
    db = write_session()
    try:
        services.declare_location(
            db,
            producer_id=producer_id,
            gln=form.digits(),
            actor_id=actor().id(),
            now=clock.now(),
        )
    except (Invalid, Conflict) as refusal:
        form.add_error(refusal)
        return _own_page(form, 409 if isinstance(refusal, Conflict) else 422)
    db.commit()
    flash(gettext("Đã ghi. Cán bộ sẽ xem giấy đăng ký của GS1 rồi xác minh."), "ok")
    return redirect(url_for(".own_keys"), 303)


def _staff_page(form: KeyDecisionForm | None = None, status: int = 200) -> tuple[str, int]:
    db, provinces = read_session(), staff_scope_of(actor())
    page = render_template(
        "traceability/staff_gs1.html",
        gtins=queries.gtins_waiting(db, provinces),
        places=queries.keys_in(db, provinces, ai="414", state="declared"),
        verified=queries.keys_in(db, provinces, ai=None, state="verified"),
        form=form,
    )
    return page, status


@bp.get("/can-bo/ma-gs1")
@role("staff")
def keys() -> Answer:
    """Numbers that wait, and those that were verified."""
    return _staff_page()


@bp.post("/can-bo/ma-gs1/gtin/<int:variant_id>")
@role("staff")
def decide_gtin(variant_id: int) -> Answer:
    """Verify or refuse the declared GTIN of a size."""
    form = KeyDecisionForm.read()

    def decide(is_verified: bool, note: str) -> None:
        db, now, gtin = write_session(), clock.now(), form.value.data
        who = actor().id()
        if is_verified:
            services.verify_gtin(db, variant_id=variant_id, gtin=gtin, actor_id=who, now=now)
        else:
            services.refuse_gtin(
                db, variant_id=variant_id, gtin=gtin, note=note, actor_id=who, now=now
            )

    return _decide(form, decide)


@bp.post("/can-bo/ma-gs1/<int:key_id>")
@role("staff")
def decide_key(key_id: int) -> Answer:
    """Verify or refuse a GLN."""
    form = KeyDecisionForm.read()
    return _decide(
        form,
        lambda is_verified, note: services.decide_location(
            write_session(),
            key_id=key_id,
            is_verified=is_verified,
            note=note,
            actor_id=actor().id(),
            now=clock.now(),
        ),
    )


@bp.post("/can-bo/ma-gs1/<int:key_id>/bo")
@role("staff")
def end_key(key_id: int) -> Answer:
    """End a number that was verified by mistake."""
    form = KeyDecisionForm.read()
    return _decide(
        form,
        lambda _is_verified, note: services.end_key(
            write_session(), key_id=key_id, note=note, actor_id=actor().id(), now=clock.now()
        ),
    )


def _decide(form: KeyDecisionForm, verb: Callable[[bool, str], object]) -> Answer:
    if not form.validate():
        return _staff_page(form, 422)
    try:
        verb(form.decision.data == "verify", form.note.data)
    except (Invalid, Conflict) as refusal:
        form.add_error(refusal)
        return _staff_page(form, 409 if isinstance(refusal, Conflict) else 422)
    write_session().commit()
    flash(gettext("Đã ghi quyết định."), "ok")
    return redirect(url_for(".keys"), 303)
