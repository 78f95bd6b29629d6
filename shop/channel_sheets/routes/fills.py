"""Filling a template, its report and the file."""

import zipfile
from typing import Final

from flask import Response, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from shop.channel_sheets import queries, services
from shop.channel_sheets.models import ChannelTemplate
from shop.channel_sheets.routes.base import bp, channel_labels, own, said
from shop.channel_sheets.routes.templates import template_page
from shop.channel_sheets.rules.layout import layout_of
from shop.core import clock
from shop.core.errors import Invalid, NotFound
from shop.core.text import N_
from shop.marketplaces.forms import submit_key
from shop.web.access import actor, role
from shop.web.i18n import gettext as _
from shop.web.limits import limiter
from shop.web.request import house, read_session, write_session

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
STATES = {
    "filled": N_("Đã điền"),
    "blocked": N_("Chưa điền được"),
    "excluded": N_("Không đưa lên kênh"),
}

AT_ONCE: Final = 300
"""Goods that are filled within the request; more of them are filled in the background, and so is
whatever makes long work of few goods."""
CELLS_AT_ONCE: Final = 200_000
BYTES_AT_ONCE: Final = 10_000_000
"""Of the template's parts, unpacked: all of them are packed again."""


class KeyNeeded(Invalid):
    message = N_("Trang này đã mở quá lâu. Vui lòng tải lại trang rồi bấm lại.")


class FileGone(NotFound):
    message = N_("Tệp mẫu không còn trong kho. Hãy tải mẫu trống lên lại.")


@bp.post("/ban-hang/mau-kenh/<public_id>/dien")
@role("producer")
@limiter.limit("20 per minute")
def fill(public_id: str) -> ResponseReturnValue:
    """Fill the template with what is ready today: at once, or in the background when there are many
    goods. The same goods give the same file."""
    template = queries.template_called(read_session(), public_id, own())
    if not house().storage.has(template.stored_name):
        raise FileGone
    return _fill_now(template) if _is_short(template) else _ask(template)


def _is_short(template: ChannelTemplate) -> bool:
    """Whether filling takes no longer than a page may."""
    goods, rows = queries.goods_count(read_session(), template.producer_id)
    columns = max(len(sheet.columns) for sheet in layout_of(template.layout).sheets)
    if goods > AT_ONCE or rows * columns > CELLS_AT_ONCE:
        return False
    with zipfile.ZipFile(house().storage.path(template.stored_name)) as parts:
        return sum(part.file_size for part in parts.infolist()) <= BYTES_AT_ONCE


def _ask(template: ChannelTemplate) -> ResponseReturnValue:
    key = submit_key()
    if not key:
        return template_page(template, _(KeyNeeded.message), 422)
    db = write_session()
    task = services.request_filling(
        db,
        template=queries.template_called(db, template.public_id, own()),
        submit_key=key,
        actor_id=actor().id(),
        now=clock.now(),
    )
    db.commit()
    return redirect(url_for(".filling", public_id=task.public_id), 303)


def _fill_now(template: ChannelTemplate) -> ResponseReturnValue:
    storage, now = house().storage, clock.now()
    filling = services.load_filling(
        read_session(), storage, template=template, now=now, public_url=house().public_url
    )
    try:
        content, report = filling.make(storage.read)
    except services.NotReady as refusal:
        return template_page(template, _(refusal.text), 409)
    stored = storage.put(content, "xlsx")
    db = write_session()
    made = services.record_fill(
        db,
        template=queries.template_called(db, template.public_id, own()),
        profile_version=filling.profile.version,
        stored_name=stored,
        report=report,
        actor_id=actor().id(),
        now=now,
    )
    db.commit()
    return redirect(url_for(".fill_page", public_id=made.public_id), 303)


@bp.get("/ban-hang/mau-kenh/dang-dien/<public_id>")
@role("producer")
def filling(public_id: str) -> ResponseReturnValue:
    """How far a filling in the background is; then it leads to the filled file."""
    task = queries.filling_called(read_session(), public_id, actor().id())
    if task.state == "done" and task.result:
        page = url_for(".fill_page", public_id=task.result["fill"])
        if request.headers.get("HX-Request"):
            return Response(headers={"HX-Redirect": page})
        return redirect(page, 303)
    template = queries.template_with_id(read_session(), task.arguments["template_id"], own())
    return render_template(
        "channel_sheets/filling.html",
        task=task,
        template=template,
        label=channel_labels().get(template.channel, template.channel),
        is_waiting=task.state in {"queued", "running"},
    )


@bp.get("/ban-hang/mau-kenh/tep/<public_id>")
@role("producer")
def fill_page(public_id: str) -> ResponseReturnValue:
    """What went in and what did not."""
    made, template = queries.fill_called(read_session(), public_id, own())
    return render_template(
        "channel_sheets/fill.html",
        made=made,
        template=template,
        report=made.report,
        label=channel_labels().get(template.channel, template.channel),
        states=STATES,
        said=said,
    )


@bp.get("/ban-hang/mau-kenh/tep/<public_id>/tai-ve")
@role("producer")
def download(public_id: str) -> ResponseReturnValue:
    """The filled file under the template's own name, for members of its producer only."""
    made, template = queries.fill_called(read_session(), public_id, own())
    if not house().storage.has(made.stored_name):
        raise FileGone
    return send_file(
        house().storage.path(made.stored_name),
        mimetype=XLSX,
        as_attachment=True,
        download_name=template.file_name,
        etag=False,
    )
