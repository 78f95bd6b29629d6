"""Order files for carriers: what would be sent, what to look at, the file; names of places."""

import hashlib
from typing import Final

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shop.catalogue.models import Producer
from shop.core import clock
from shop.core.errors import Invalid, NotFound
from shop.core.text import N_
from shop.orders.rules import read_code
from shop.shipping import queries, services
from shop.shipping.exports import WRITERS, ExportLine, export_lines
from shop.shipping.forms import AreaForm
from shop.shipping.queries.areas import newest_areas
from shop.shipping.registry import all_carriers, carrier_called
from shop.shipping.routes.base import bp
from shop.shipping.routes.settlements import chosen
from shop.shipping.rules.carriers import NO_SENDER, Carrier
from shop.shipping.rules.papers import MAX_AT_ONCE
from shop.shipping.services import name_area
from shop.web.access import actor, role
from shop.web.i18n import gettext as _
from shop.web.limits import limiter
from shop.web.pagination import Page, page_number
from shop.web.request import read_session, write_session

PAGE_SIZE: Final = 30
TYPES: Final = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
}
CERTAINTIES: Final = {
    "certain": N_("Đã đọc tài liệu của hãng"),
    "uncertain": N_("Chưa kiểm chứng"),
}


WHY_LEFT_OUT: Final = {
    "pickup": N_("người mua tự đến lấy"),
    "hand": N_("người bán tự giao"),
}
"""By way of delivery: why no carrier gets the order."""


class NothingToExport(NotFound):
    message = N_(
        "Không có kiện nào để xuất. Hãy chọn đơn gửi tận nơi, đã xác nhận mà chưa gửi đi; đơn tự"
        " đến lấy hay tự giao không qua hãng."
    )


def _carrier() -> Carrier:
    wanted = request.values.get("hang", "")[:40]
    return carrier_called(wanted) if wanted else next(iter(all_carriers().values()))


def _named() -> set[str] | None:
    """The orders that ``don`` names; None: it names none, so all that wait are meant."""
    named = request.values.getlist("don")[:MAX_AT_ONCE]
    return {code for code in map(read_code, named) if code} if named else None


def _lines(producer: Producer, carrier: Carrier) -> list[ExportLine]:
    """Parcels that were not sent yet and that a carrier is to take."""
    db, codes = read_session(), _named()
    orders = (
        queries.not_sent(db, [producer.id])
        if codes is None
        else [
            order
            for order in queries.printable_orders(db, [producer.id], codes)
            if order.delivery_method == queries.BY_CARRIER
        ]
    )
    waiting = [
        parcel
        for parcel in queries.sendings(db, orders[:MAX_AT_ONCE])
        if parcel.shipment is None or parcel.shipment.state == "packed"
    ]
    return export_lines(db, carrier, waiting)


@bp.get("/ban-hang/van-chuyen")
@role("producer")
def carriers_file() -> ResponseReturnValue:
    """What a carrier's file would hold, and what should be looked at first."""
    return _page(AreaForm())


def _page(form: AreaForm, status: int = 200) -> ResponseReturnValue:
    producer, producers = chosen()
    carrier = _carrier()
    return render_template(
        "shipping/carriers_file.html",
        producer=producer,
        producers=producers,
        carrier=carrier,
        carriers=all_carriers(),
        lines=_lines(producer, carrier),
        left_out=queries.without_carrier(read_session(), [producer.id], _named()),
        why_left_out=WHY_LEFT_OUT,
        no_sender=NO_SENDER,
        named=request.values.getlist("don")[:MAX_AT_ONCE],
        form=form,
        certainties=CERTAINTIES,
    ), status


@bp.post("/ban-hang/van-chuyen/tep")
@role("producer")
@limiter.limit("30 per minute")
def download_carriers_file() -> ResponseReturnValue:
    """The file; written down who took it."""
    producer, _producers = chosen()
    carrier, kind = _carrier(), request.form.get("kind", "")
    if kind not in WRITERS:
        raise Invalid
    packages = [line.package for line in _lines(producer, carrier)]
    if not packages:
        raise NothingToExport
    content = WRITERS[kind](carrier, packages)
    now = clock.now()
    db = write_session()
    services.log_export(
        db,
        producer_id=producer.id,
        carrier=carrier.slug,
        file_kind=kind,
        rows=len(packages),
        sha=hashlib.sha256(content).hexdigest(),
        actor_id=actor().id(),
        now=now,
    )
    db.commit()
    answer = Response(content, mimetype=TYPES[kind])
    name = f"{carrier.slug}-{clock.today_vn(now).isoformat()}.{kind}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@bp.post("/ban-hang/van-chuyen/dia-danh")
@role("producer")
def name_own_area() -> ResponseReturnValue:
    """Say what the carrier calls a commune, for one's own files."""
    producer, _producers = chosen()
    form = AreaForm.read()
    if not form.validate():
        return _page(form, 422)
    carrier = _carrier()
    db = write_session()
    name_area(
        db,
        carrier=carrier.slug,
        province_code=form.province_code.data,
        commune_code=form.commune_code.data,
        area=form.area(),
        producer_id=producer.id,
        actor_id=actor().id(),
        now=clock.now(),
    )
    db.commit()
    flash(_("Đã ghi cách gọi của hãng. Lần sau dùng lại."), "ok")
    named = request.values.getlist("don")[:MAX_AT_ONCE]
    return redirect(
        url_for(".carriers_file", co_so=producer.slug, hang=carrier.slug, don=named), 303
    )


# Staff


@bp.get("/can-bo/dia-danh-van-chuyen")
@role("staff")
def areas() -> ResponseReturnValue:
    """What carriers call places: kept for everybody, and what producers found out."""
    carrier, number = _carrier(), page_number(request.args.get("trang"))
    rows, total = newest_areas(
        read_session(), carrier.slug, offset=(number - 1) * PAGE_SIZE, limit=PAGE_SIZE
    )
    return render_template(
        "shipping/areas.html",
        carrier=carrier,
        carriers=all_carriers(),
        rows=rows,
        page=Page(
            number, PAGE_SIZE, total, lambda n: url_for(".areas", hang=carrier.slug, trang=n)
        ),
    )


@bp.post("/can-bo/dia-danh-van-chuyen")
@role("staff")
def name_area_for_all() -> ResponseReturnValue:
    """Keep a carrier's name of a place for everybody."""
    form = AreaForm.read()
    if not form.validate():
        raise Invalid
    carrier = _carrier()
    db = write_session()
    name_area(
        db,
        carrier=carrier.slug,
        province_code=form.province_code.data,
        commune_code=form.commune_code.data,
        area=form.area(),
        producer_id=None,
        actor_id=actor().id(),
        now=clock.now(),
    )
    db.commit()
    flash(_("Đã ghi, mọi cơ sở dùng chung."), "ok")
    return redirect(url_for(".areas", hang=carrier.slug), 303)
