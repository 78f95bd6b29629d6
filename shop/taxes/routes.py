"""Tax figures for producers and staff, as pages and csv; the rates that staff keep."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shop.accounts.rules import staff_scope_of
from shop.catalogue.models import Producer
from shop.catalogue.queries import producers_by_id, revisions_of
from shop.catalogue.rules.reference import current, seed
from shop.catalogue.services import may_edit_reference, write_entry
from shop.core import clock
from shop.core.errors import Conflict, Invalid, NotFound
from shop.core.tables import csv_bytes
from shop.core.text import N_
from shop.taxes import queries
from shop.taxes.forms import RateForm
from shop.taxes.rules import (
    ACTIVITIES,
    KIND,
    RATES,
    SELLER_KINDS,
    Period,
    Rate,
    limits_passed,
    month_of,
    period_called,
    periods_near,
    rate_for,
)
from shop.web.access import actor, role
from shop.web.errors import status_of
from shop.web.i18n import gettext as _
from shop.web.limits import limiter
from shop.web.pagination import Page, page_number
from shop.web.request import read_session, write_session

bp = Blueprint("taxes", __name__)

PAGE_SIZE: Final = 30


def _period() -> Period:
    """The period that ``ky`` asks for, else this month. Raises UnknownPeriod."""
    asked = request.args.get("ky", "")[:20]
    return period_called(asked or month_of(clock.today_vn(clock.now())))


def _chosen() -> tuple[Producer, list[Producer]]:
    producers = producers_by_id(read_session(), sorted(actor().producers))
    wanted = request.args.get("co_so", "")
    for producer in producers:
        if wanted in {"", producer.slug}:
            return producer, producers
    raise NotFound


def _csv(header: Sequence[str], rows: Iterable[Sequence[object]], name: str) -> Response:
    answer = Response(csv_bytes([_(cell) for cell in header], rows), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def percent(bp: int) -> str:
    """``150`` hundredths of a percent as ``1,5 %``."""
    whole, part = divmod(bp, 100)
    return f"{whole},{part:02}".rstrip("0").rstrip(",") + " %"


# The producer


@bp.get("/ban-hang/thue")
@role("producer")
def figures() -> ResponseReturnValue:
    """What a month, a quarter or a year amounts to, by which rates, and how sure that is."""
    producer, producers = _chosen()
    period, today = _period(), clock.today_vn(clock.now())
    db = read_session()
    year = period_called(str(period.year))
    by_month = [(month, queries.figures(db, producer.id, [month])) for month in period.months]
    rates = list(RATES.values())
    judged = {
        activity: rate_for(rates, day=today, activity=activity, seller_kind=producer.kind)
        for activity in ("goods", "services")
    }
    return render_template(
        "taxes/figures.html",
        producer=producer,
        producers=producers,
        period=period,
        periods=periods_near(today),
        sums=queries.figures(db, producer.id, period.months),
        by_month=by_month if len(by_month) > 1 else [],
        by_rate=queries.figures_by_rate(db, producer.id, period.months),
        rates=RATES,
        judged={activity: rate for activity, rate in judged.items() if rate},
        limits=limits_passed(
            rates,
            day=today,
            seller_kind=producer.kind,
            year_vnd=queries.figures(db, producer.id, year.months).base_vnd,
        ),
        activities=ACTIVITIES,
        kinds=SELLER_KINDS,
        percent=percent,
    )


ENTRY_HEADER: Final = (
    N_("Kỳ"),
    N_("Ngày"),
    N_("Mã đơn"),
    N_("Hoạt động"),
    N_("Doanh thu (đồng)"),
    N_("Thuế GTGT (đồng)"),
    N_("Thuế TNCN (đồng)"),
    N_("Thuế suất GTGT"),
    N_("Thuế suất TNCN"),
    N_("Mức áp dụng"),
    N_("Tiền qua tài khoản sàn"),
)


@bp.get("/ban-hang/thue/so.csv")
@role("producer")
@limiter.limit("30 per minute")
def entries_csv() -> ResponseReturnValue:
    """Every entry of the period."""
    producer, _producers = _chosen()
    period = _period()
    rows = [
        (
            entry.period,
            clock.today_vn(entry.occurred_at).isoformat(),
            code,
            _(ACTIVITIES.get(entry.activity, entry.activity)),
            entry.base_vnd,
            entry.vat_vnd,
            entry.pit_vnd,
            percent(entry.vat_bp),
            percent(entry.pit_bp),
            f"{entry.rate_code} r{entry.rate_revision}" if entry.rate_code else "",
            _("có") if entry.is_held_by_us else _("không"),
        )
        for entry, code in queries.entries(read_session(), producer.id, period.months)
    ]
    return _csv(ENTRY_HEADER, rows, f"thue-{producer.slug[:60]}-{period.slug}")


# Staff


@bp.get("/can-bo/thue")
@role("staff")
def sellers() -> ResponseReturnValue:
    """Sellers with money in the period, in the provinces of the person's scope."""
    period, number = _period(), page_number(request.args.get("trang"))
    found, total = queries.figures_by_seller(
        read_session(),
        months=period.months,
        provinces=staff_scope_of(actor()),
        offset=(number - 1) * PAGE_SIZE,
        limit=PAGE_SIZE,
    )
    return render_template(
        "taxes/sellers.html",
        period=period,
        periods=periods_near(clock.today_vn(clock.now())),
        sellers=found,
        kinds=SELLER_KINDS,
        page=Page(number, PAGE_SIZE, total, lambda n: url_for(".sellers", ky=period.slug, trang=n)),
    )


SELLER_HEADER: Final = (
    N_("Kỳ"),
    N_("Người bán"),
    N_("Mã số thuế"),
    N_("Loại người bán"),
    N_("Tiền nhận (đồng)"),
    N_("Tiền hoàn (đồng)"),
    N_("Doanh thu (đồng)"),
    N_("Thuế GTGT (đồng)"),
    N_("Thuế TNCN (đồng)"),
    N_("Doanh thu qua tài khoản sàn (đồng)"),
    N_("Số đơn"),
)


@bp.get("/can-bo/thue/so.csv")
@role("staff")
@limiter.limit("30 per minute")
def sellers_csv() -> ResponseReturnValue:
    """One line a seller."""
    period = _period()
    found, _total = queries.figures_by_seller(
        read_session(), months=period.months, provinces=staff_scope_of(actor())
    )
    rows = [
        (
            period.slug,
            one.producer.name,
            one.producer.tax_code,
            _(SELLER_KINDS.get(one.producer.kind, one.producer.kind)),
            one.figures.received_vnd,
            one.figures.returned_vnd,
            one.figures.base_vnd,
            one.figures.vat_vnd,
            one.figures.pit_vnd,
            one.figures.held_base_vnd,
            one.figures.orders,
        )
        for one in found
    ]
    return _csv(SELLER_HEADER, rows, f"thue-{period.slug}")


# Rates


@bp.get("/can-bo/thue/muc")
@role("staff")
def rates() -> ResponseReturnValue:
    """Every rate and yearly amount, in force or not."""
    return render_template(
        "taxes/rates.html",
        rates=sorted(RATES.values(), key=lambda rate: (rate.activity, rate.code)),
        today=clock.today_vn(clock.now()),
        activities=ACTIVITIES,
        kinds=SELLER_KINDS,
        percent=percent,
        may_edit=may_edit_reference(actor()),
    )


def _rate(code: str) -> Rate:
    found = RATES.get(code)
    if found is None:
        raise NotFound
    return found


def _rate_page(form: RateForm, rate: Rate | None, status: int = 200) -> ResponseReturnValue:
    history = revisions_of(read_session(), KIND, rate.code) if rate else []
    return render_template(
        "taxes/rate.html",
        form=form,
        rate=rate,
        revisions=history,
        first=seed().entries.get((KIND, rate.code)) if rate else None,
        activities=ACTIVITIES,
        percent=percent,
        may_edit=may_edit_reference(actor()),
    ), status


def _filled(rate: Rate) -> RateForm:
    data: dict[str, Any] = dict(current().entries[KIND, rate.code].data)
    dates = {"valid_from": rate.valid_from, "valid_until": rate.valid_until}
    return RateForm(data=data | dates | {"code": rate.code, "revision": rate.revision})


@bp.get("/can-bo/thue/muc/moi")
@role("staff")
def new_rate() -> ResponseReturnValue:
    """An empty rate."""
    return _rate_page(RateForm(), None)


@bp.get("/can-bo/thue/muc/sua/<code>")
@role("staff")
def rate(code: str) -> ResponseReturnValue:
    """One rate and its history."""
    found = _rate(code)
    return _rate_page(_filled(found), found)


@bp.post("/can-bo/thue/muc/moi")
@role("staff")
def add_rate() -> ResponseReturnValue:
    """Write a new rate."""
    return _write(None)


@bp.post("/can-bo/thue/muc/sua/<code>")
@role("staff")
def change_rate(code: str) -> ResponseReturnValue:
    """Write the next revision of a rate; what is booked stays as it was booked."""
    return _write(_rate(code))


def _write(known: Rate | None) -> ResponseReturnValue:
    form = RateForm.read()
    if not form.validate():
        return _rate_page(form, known, 422)
    code = known.code if known else (form.code.data or "")
    db = write_session()
    try:
        write_entry(
            db,
            kind=KIND,
            code=code,
            base_revision=(form.revision.data or 0) if known else None,
            data=form.values() | ({"activity": known.activity} if known else {}),
            valid_from=form.valid_from.data,
            valid_until=form.valid_until.data,
            note=form.why.data,
            actor_id=actor().id(),
            now=clock.now(),
        )
    except (Invalid, Conflict) as refusal:
        db.rollback()
        form.add_error(refusal)
        return _rate_page(form, known, status_of(refusal))
    db.commit()
    flash(_("Đã ghi. Bản cũ còn trong lịch sử."), "ok")
    return redirect(url_for(".rate", code=code), 303)
