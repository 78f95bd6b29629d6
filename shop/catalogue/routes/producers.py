"""Registering a producer and keeping its page true."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from shop.accounts.rules import require_producer
from shop.catalogue import queries, services
from shop.catalogue.forms import ProducerForm
from shop.catalogue.models import Producer
from shop.catalogue.routes.base import attempt, bp, show
from shop.core import clock
from shop.core.db import MAX_ID
from shop.core.errors import NotFound
from shop.core.text import N_
from shop.places.queries import list_communes, list_provinces
from shop.web.access import actor, role, signed_in
from shop.web.i18n import gettext
from shop.web.limits import limiter
from shop.web.request import read_session, write_session


def _with_places(form: ProducerForm) -> ProducerForm:
    """Fill the pick lists: all provinces, and the communes of the chosen one."""
    db = read_session()
    form.province_code.choices = [
        SelectChoice("", gettext(N_("Chọn tỉnh, thành phố"))),
        *(SelectChoice(province.code, province.name) for province in list_provinces(db)),
    ]
    chosen = form.province_code.data
    known = {one.value for one in form.province_code.choices}
    communes = list_communes(db, chosen) if chosen and chosen in known else []
    form.commune_code.choices = [
        SelectChoice("", gettext(N_("Chọn xã, phường"))),
        *(SelectChoice(commune.code, commune.name) for commune in communes),
    ]
    return form


@bp.get("/ban-hang/dang-ky")
@signed_in
def register_form() -> ResponseReturnValue:
    """The empty registration."""
    return show("register.html", form=_with_places(ProducerForm()))


@bp.post("/ban-hang/dang-ky")
@signed_in
@limiter.limit("30 per hour")
def register() -> ResponseReturnValue:
    """Register a producer, or (``buoc=xa``, without JavaScript) list the province's communes."""
    form = _with_places(ProducerForm.read())
    if request.form.get("buoc") == "xa":
        return show("register.html", form=form)
    if not form.validate():
        return show("register.html", 422, form=form)
    db = write_session()
    status = attempt(
        form,
        lambda: services.register_producer(
            db, person_id=actor().id(), now=clock.now(), **form.values()
        ),
    )
    if status:
        return show("register.html", status, form=form)
    db.commit()
    flash(gettext(N_("Đã gửi hồ sơ. Cán bộ Đoàn của tỉnh sẽ xác minh và báo lại.")), "ok")
    return redirect(url_for(".own_producers"), 303)


@bp.get("/ban-hang/co-so")
@role("producer")
def own_producers() -> ResponseReturnValue:
    """The producers one belongs to, and where each stands."""
    found = queries.producers_by_id(read_session(), list(actor().producers))
    if len(found) == 1 and "danh-sach" not in request.args:
        return redirect(url_for(".own_producer", producer_id=found[0].id), 303)
    return show("producers.html", producers=found)


def _own(producer_id: int) -> Producer:
    if producer_id > MAX_ID:
        raise NotFound
    require_producer(actor(), producer_id)
    return queries.producers_by_id(read_session(), [producer_id])[0]


def _page(producer: Producer, form: ProducerForm, status: int = 200) -> ResponseReturnValue:
    papers = [
        paper
        for paper in queries.certificates_of(read_session(), producer_id=producer.id, product_id=0)
        if paper.product_id is None
    ]
    return show("producer.html", status, producer=producer, form=form, certificates=papers)


@bp.get("/ban-hang/co-so/<int:producer_id>")
@role("producer")
def own_producer(producer_id: int) -> ResponseReturnValue:
    """One's producer as registered."""
    producer = _own(producer_id)
    return _page(producer, _with_places(ProducerForm(obj=producer)))


@bp.post("/ban-hang/co-so/<int:producer_id>")
@role("producer")
def edit_producer(producer_id: int) -> ResponseReturnValue:
    """Change what it says of itself; one that was sent back is handed in again."""
    producer = _own(producer_id)
    form = _with_places(ProducerForm.read())
    if request.form.get("buoc") == "xa":
        return _page(producer, form)
    if not form.validate():
        return _page(producer, form, 422)
    db = write_session()
    changes: dict[str, Any] = form.values()
    status = attempt(
        form,
        lambda: services.edit_producer(
            db,
            producer_id=producer_id,
            actor_id=actor().id(),
            changes=changes,
            now=clock.now(),
        ),
    )
    if status:
        return _page(producer, form, status)
    db.commit()
    flash(gettext(N_("Đã lưu.")), "ok")
    return redirect(url_for(".own_producer", producer_id=producer_id), 303)
