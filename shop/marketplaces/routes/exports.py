"""Asking for a bundle, how far it is, and taking it away."""

import json

from flask import Response, flash, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue

from shop.core import clock
from shop.core.errors import Invalid
from shop.core.text import N_
from shop.marketplaces import queries, registry, services
from shop.marketplaces.forms import submit_key
from shop.marketplaces.routes.base import bp, producer_asked, show
from shop.marketplaces.routes.desk import desk_page
from shop.marketplaces.rules.changes import CHANGES
from shop.web.access import actor, role
from shop.web.i18n import gettext as _
from shop.web.request import house, read_session, write_session


class KeyNeeded(Invalid):
    message = N_("Trang này đã mở quá lâu. Vui lòng tải lại trang rồi bấm lại.")


@bp.post("/ban-hang/kenh-ban/<channel>/xuat")
@role("producer")
def export(channel: str) -> ResponseReturnValue:
    """Ask for a bundle; a second click, or one while another waits, leads to the same export."""
    profile, producer, key = registry.profile_called(channel), producer_asked(), submit_key()
    if not key:
        flash(_(KeyNeeded.message), "bad")
        return desk_page(profile, producer, 422)
    db = write_session()
    run = services.request_export(
        db,
        producer_id=producer.id,
        channel=profile.slug,
        submit_key=key,
        actor_id=actor().id(),
        now=clock.now(),
        scope="changed" if request.form.get("scope") == "changed" else "all",
    )
    db.commit()
    return redirect(url_for(".run_page", public_id=run.public_id), 303)


@bp.get("/ban-hang/kenh-ban/xuat/<public_id>")
@role("producer")
def run_page(public_id: str) -> ResponseReturnValue:
    """How far an export is; then its report and the bundle."""
    view = queries.run_of(read_session(), public_id, list(actor().producers))
    return show(
        "run.html",
        view=view,
        profile=registry.all_profiles().get(view.run.channel),
        report=view.run.report,
        changes=CHANGES,
    )


@bp.get("/ban-hang/kenh-ban/xuat/<public_id>/tai-ve")
@role("producer")
def download(public_id: str) -> ResponseReturnValue:
    """The bundle, for members of its producer only."""
    view = queries.run_of(read_session(), public_id, list(actor().producers))
    name = view.run.bundle_name
    if name is None or not house().storage.has(name):
        raise queries.UnknownRun
    return send_file(
        house().storage.path(name),
        mimetype="application/zip",
        as_attachment=True,
        download_name=view.file_name,
        etag=False,
    )


@bp.get("/ban-hang/kenh-ban/xuat/<public_id>/phieu-ban-giao.pdf")
@role("producer")
def hand_over_form(public_id: str) -> ResponseReturnValue:
    """The printed form of a hand-over pack, as it lies in the bundle, to read and print here."""
    view = queries.run_of(read_session(), public_id, list(actor().producers))
    name = view.run.bundle_name
    if name is None or not house().storage.has(name):
        raise queries.UnknownRun
    body = services.member(house().storage.path(name), services.HAND_OVER_PDF)
    if body is None:
        raise queries.UnknownRun
    return Response(
        body,
        mimetype="application/pdf",
        headers={
            "Content-Disposition": f'inline; filename="phieu-ban-giao-{view.run.public_id}.pdf"',
            "Cache-Control": "private, no-store",
        },
    )


@bp.get("/ban-hang/kenh-ban/xuat/<public_id>/bao-cao.json")
@role("producer")
def report_data(public_id: str) -> ResponseReturnValue:
    """The frozen readiness report, for programs."""
    view = queries.run_of(read_session(), public_id, list(actor().producers))
    if view.run.report is None:
        raise queries.UnknownRun
    body = json.dumps(view.run.report, ensure_ascii=False, indent=2)
    return Response(body, mimetype="application/json")
