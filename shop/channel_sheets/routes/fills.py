"""Filling a template, its report and the file."""

import tempfile

from flask import redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue

from shop.channel_sheets import queries, services
from shop.channel_sheets.models import ChannelTemplate
from shop.channel_sheets.routes.base import bp, channel_labels, own, own_producers, said
from shop.channel_sheets.routes.templates import template_page
from shop.channel_sheets.rules.layout import layout_of
from shop.core import clock
from shop.core.errors import NotFound
from shop.core.text import N_
from shop.marketplaces import registry
from shop.marketplaces.services import load_desk
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


class FileGone(NotFound):
    message = N_("Tệp mẫu không còn trong kho. Hãy tải mẫu trống lên lại.")


@bp.post("/ban-hang/mau-kenh/<public_id>/dien")
@role("producer")
@limiter.limit("20 per minute")
def fill(public_id: str) -> ResponseReturnValue:
    """Fill the template with what is ready today; the same goods give the same file."""
    template = queries.template_called(read_session(), public_id, own())
    try:
        stored, report = _made(template)
    except services.NotReady as refusal:
        return template_page(template, _(refusal.text), 409)
    db = write_session()
    made = services.record_fill(
        db,
        template=queries.template_called(db, public_id, own()),
        profile_version=registry.profile_called(template.channel).version,
        stored_name=stored,
        report=report,
        actor_id=actor().id(),
        now=clock.now(),
    )
    db.commit()
    return redirect(url_for(".fill_page", public_id=made.public_id), 303)


def _made(template: ChannelTemplate) -> tuple[str, dict[str, object]]:
    """The filled file in the store, and its report. Raises NotReady, FileGone."""
    db, now = read_session(), clock.now()
    storage, public_url = house().storage, house().public_url
    if not storage.has(template.stored_name):
        raise FileGone
    producer = next(one for one in own_producers() if one.id == template.producer_id)
    profile, layout = registry.profile_called(template.channel), layout_of(template.layout)
    desk = load_desk(
        db,
        storage,
        producer=producer,
        channel=profile.slug,
        day=clock.today_vn(now),
        public_url=public_url,
    )
    with tempfile.TemporaryFile() as out:
        report = services.fill_template(
            workbook=storage.read(template.stored_name),
            layout=layout,
            choices=services.choices_of(template),
            profile=profile,
            desk=desk,
            market_words=registry.market_words(),
            remarks=services.remarks_of(db, template, layout, now),
            out=out,
        )
        out.seek(0)
        return storage.put(out.read(), "xlsx"), report


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
