"""The producer's pages: a lot's dossier and links, what portals and partners get for a period."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from shop.core import clock
from shop.core.errors import Conflict, Invalid
from shop.core.tables import csv_bytes
from shop.core.text import N_
from shop.exchange import queries, services
from shop.exchange.forms import LinkForm, PeriodForm, usual_period
from shop.exchange.routes.shown import dossier_answer, epcis_answer
from shop.exchange.rules import portal
from shop.traceability import queries as trace
from shop.traceability.models import Lot
from shop.web.access import actor, role, sign
from shop.web.errors import status_of
from shop.web.i18n import gettext as _
from shop.web.request import house, read_session, write_session

bp = Blueprint("exchange_desk", __name__)

Answer = BaseResponse | str | tuple[str, int]


class TooManyLots(Invalid):
    message = N_("Có hơn %(n)s lô trong khoảng này. Hãy chọn khoảng ngắn hơn.")


def _mine() -> list[int]:
    return list(actor().producers)


def _own(db: Session, code: str) -> Lot:
    return trace.own_lot(db, code, _mine())


# One lot


@bp.get("/ban-hang/lo/<code>/ho-so")
@role("producer")
def lot(code: str) -> Answer:
    """The lot's dossier to print, its EPCIS file, and the links handed to inspectors."""
    return _lot_page(code, LinkForm())


def _lot_page(code: str, form: LinkForm, status: int = 200) -> tuple[str, int]:
    db = read_session()
    found = _own(db, code)
    links = queries.links_of(db, found.id)
    (told,) = queries.portal_lots(
        db,
        [found.id],
        root=house().public_url,
        media="%s",
        today=clock.today_vn(clock.now()),
    )
    page = render_template(
        "exchange/lot.html",
        lot=found,
        product=told.product,
        form=form,
        handed_out=links,
        visits=queries.visits_of(db, [link.id for link in links]),
        address_of=_address,
        missing=[portal.ELEMENTS[key] for key in portal.missing(told)],
        now_=clock.now(),
    )
    return page, status


def _address(link_id: int) -> str:
    path = url_for("inspectors.lot", link_id=link_id, k=sign("inspector", str(link_id)))
    return house().public_url + path.removeprefix(request.script_root)


@bp.post("/ban-hang/lo/<code>/lien-ket")
@role("producer")
def grant(code: str) -> Answer:
    """Hand out a link."""
    form = LinkForm.read()
    if not form.validate():
        return _lot_page(code, form, 422)
    db = write_session()
    try:
        services.grant_link(
            db,
            lot=_own(db, code),
            label=form.label.data,
            days=int(form.days.data),
            actor_id=actor().id(),
            now=clock.now(),
        )
    except (Invalid, Conflict) as refusal:
        db.rollback()
        form.add_error(refusal)
        return _lot_page(code, form, status_of(refusal))
    db.commit()
    flash(_("Đã tạo liên kết. Chép và gửi cho người kiểm tra."), "ok")
    return redirect(url_for(".lot", code=code) + "#lien-ket", 303)


@bp.post("/ban-hang/lo/<code>/lien-ket/<int:link_id>/thu-hoi")
@role("producer")
def revoke(code: str, link_id: int) -> Answer:
    """End a link at once."""
    db = write_session()
    services.revoke_link(
        db, link_id=link_id, lot=_own(db, code), actor_id=actor().id(), now=clock.now()
    )
    db.commit()
    flash(_("Đã thu hồi liên kết."), "ok")
    return redirect(url_for(".lot", code=code) + "#lien-ket", 303)


@bp.get("/ban-hang/lo/<code>/ho-so.pdf")
@role("producer")
def dossier(code: str) -> Response:
    """The dossier to print."""
    db = read_session()
    return dossier_answer(db, _own(db, code), now=clock.now())


@bp.get("/ban-hang/lo/<code>/epcis.jsonld")
@role("producer")
def epcis(code: str) -> Response:
    """The lot as an EPCIS document with what partners get and the public does not: deliveries."""
    db = read_session()
    found = _own(db, code)
    return epcis_answer(
        db,
        [found.id],
        address=f"/lo/{found.code}/epcis.jsonld#partner",
        with_inner=True,
        name=f"epcis-{found.code}.jsonld",
    )


# A period


def _period() -> tuple[PeriodForm, list[int] | None]:
    """The form of the address and the lots it asks for; None when it asks for nothing sensible."""
    today = clock.today_vn(clock.now())
    is_asked = bool(request.args.get("tu") or request.args.get("den"))
    form = PeriodForm(request.args) if is_asked else PeriodForm(data=usual_period(today))
    if is_asked and not form.validate():
        return form, None
    lots = queries.lots_between(read_session(), _mine(), form.tu.data, form.den.data)
    if len(lots) > queries.MAX_LOTS:
        form.add_error(TooManyLots(n=queries.MAX_LOTS))
        return form, None
    return form, lots


def _portal_lots(lots: list[int]) -> list[portal.PortalLot]:
    return queries.portal_lots(
        read_session(),
        lots,
        root=house().public_url,
        media=f"{house().public_url}/media/%s-1200.jpg",
        today=clock.today_vn(clock.now()),
    )


@bp.get("/ban-hang/cong-truy-xuat")
@role("producer")
def period() -> Answer:
    """What the national portals want of the lots of a period, and what they lack."""
    form, lots = _period()
    told = _portal_lots(lots or [])
    faults = [(one, [portal.ELEMENTS[key] for key in portal.missing(one)]) for one in told]
    page = render_template(
        "exchange/period.html",
        form=form,
        total=len(told),
        incomplete=[(one, lacking) for one, lacking in faults if lacking][:200],
        complete=sum(not lacking for _one, lacking in faults),
        asked={"tu": form.tu.data, "den": form.den.data},
    )
    return page, 200 if lots is not None else 422


@bp.get("/ban-hang/cong-truy-xuat.csv")
@role("producer")
def period_csv() -> Answer:
    """The minimum data elements of the period's lots, one row a stage."""
    form, lots = _period()
    if lots is None:
        return _back()
    told = _portal_lots(lots)
    names = {stage.label: _(stage.label) for one in told for stage in one.stages}
    rows = [row for one in told for row in portal.rows(one, stage_names=names)]
    answer = Response(csv_bytes(portal.COLUMNS, rows), mimetype="text/csv")
    return _named(answer, form, "csv")


@bp.get("/ban-hang/cong-truy-xuat.jsonld")
@role("producer")
def period_epcis() -> Answer:
    """The period's lots as one EPCIS document."""
    form, lots = _period()
    if lots is None:
        return _back()
    db = read_session()
    span = f"?tu={form.tu.data}&den={form.den.data}"
    answer = epcis_answer(
        db, lots, address=f"/ban-hang/cong-truy-xuat.jsonld{span}", with_inner=True
    )
    return _named(answer, form, "jsonld")


def _back() -> BaseResponse:
    """To the page that says what is wrong with the period."""
    asked = {name: request.args.get(name) for name in ("tu", "den")}
    return redirect(url_for(".period", tu=asked["tu"], den=asked["den"]), 303)


def _named(answer: Response, form: Any, suffix: str) -> Response:
    name = f"truy-xuat-{form.tu.data}-{form.den.data}.{suffix}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
