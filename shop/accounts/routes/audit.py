"""The audit log: all of it for admins, their provinces for staff, their own for producers."""

import json
from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlencode

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shop.accounts import actions, queries, rules
from shop.accounts.forms import ActsForm, AuditForm
from shop.accounts.routes.base import PAGE_SIZE, bp
from shop.core import clock
from shop.core.tables import csv_bytes
from shop.web.access import actor, role
from shop.web.i18n import gettext as _
from shop.web.pagination import Page, page_number
from shop.web.request import read_session

FILE_ROWS = 20_000
"""Most entries in one file; more are asked for day by day."""


def _kept() -> dict[str, str]:
    """The questions of this address, without the page."""
    return {name: value for name, value in request.args.items() if name != "trang" and value}


def _page_of(total: int) -> Page:
    path = f"{request.script_root}{request.path}"
    return Page(
        number=page_number(request.args.get("trang")),
        size=PAGE_SIZE,
        total=total,
        url=lambda n: f"{path}?{urlencode(_kept() | {'trang': str(n)})}",
    )


def _asked(form: AuditForm) -> queries.AuditSearch:
    return queries.AuditSearch(
        provinces=rules.staff_scope_of(actor()),
        who=form.ai.data or "",
        action=form.viec.data or "",
        subject_kind=form.loai.data or "",
        subject_id=form.so.data,
        since=form.tu.data,
        until=form.den.data,
    )


@bp.get("/can-bo/nhat-ky")
@role("staff")
def audit_log() -> ResponseReturnValue:
    """Who did what to what, newest first; ``xuat=csv`` gives the same as a file."""
    db, form = read_session(), AuditForm(request.args)
    if not form.validate():
        return render_template("accounts/audit_log.html", rows=[], form=form, page=_page_of(0)), 422
    asked = _asked(form)
    if request.args.get("xuat") == "csv":
        return _file(queries.stream_audit(db, asked, limit=FILE_ROWS))
    page = _page_of(queries.count_audit(db, asked))
    return render_template(
        "accounts/audit_log.html",
        rows=queries.audit_rows(db, asked, limit=page.size, offset=page.offset),
        form=form,
        page=page,
        words=actions.WORDS,
        groups=actions.GROUPS,
        file_url=f"{request.script_root}{request.path}?{urlencode(_kept() | {'xuat': 'csv'})}",
        is_everywhere=asked.provinces is None,
    )


_COLUMNS = ("luc", "ai", "vai_tro", "viec", "doi_tuong", "so", "chi_tiet", "ghi_chu")


def _file(rows: Iterable[queries.AuditRow]) -> Response:
    """The entries as a csv file that spreadsheets open without harm."""
    body = csv_bytes(
        _COLUMNS,
        (
            (
                row.at.astimezone(clock.VN).isoformat(timespec="seconds"),
                row.actor_name,
                row.actor_role,
                row.action,
                row.subject_kind,
                row.subject_id,
                json.dumps(dict(row.detail), ensure_ascii=False) if row.detail else "",
                row.note,
            )
            for row in rows
        ),
    )
    name = f"nhat-ky-{_stamp(clock.now())}.csv"
    return Response(
        body,
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _stamp(now: datetime) -> str:
    return f"{now.astimezone(clock.VN):%Y%m%d-%H%M}"


@bp.get("/ban-hang/nhat-ky")
@role("producer")
def my_acts() -> ResponseReturnValue:
    """The act log of the producer one works for (the first of several)."""
    return redirect(url_for(".acts", producer_id=min(actor().producers)), 303)


@bp.get("/ban-hang/nhat-ky/<int:producer_id>")
@role("producer")
def acts(producer_id: int) -> ResponseReturnValue:
    """Who did what for this producer, newest first: its people, its supporters, staff."""
    rules.require_producer(actor(), producer_id)
    db, form = read_session(), ActsForm(request.args)
    form.nhom.choices = [("", _("Mọi việc")), *actions.GROUPS.items()]
    is_right = form.validate()
    asked = queries.AuditSearch(
        producer_id=producer_id,
        person_id=form.nguoi.data if is_right else None,
        action=f"{form.nhom.data}." if is_right and form.nhom.data else "",
        since=form.tu.data if is_right else None,
        until=form.den.data if is_right else None,
        only_supporters=bool(form.giup.data),
    )
    page = _page_of(queries.count_audit(db, asked))
    return render_template(
        "accounts/acts.html",
        producer_id=producer_id,
        units=queries.names_of_units(db, "producer", list(actor().producers)),
        rows=queries.audit_rows(db, asked, limit=page.size, offset=page.offset),
        people=queries.actors_of(db, producer_id),
        form=form,
        page=page,
        words=actions.WORDS,
    ), (200 if is_right else 422)
