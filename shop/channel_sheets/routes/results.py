"""Result files: upload, and what each said."""

from typing import Final

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from shop.channel_sheets import queries, services
from shop.channel_sheets.forms import ResultForm
from shop.channel_sheets.models import ResultFile
from shop.channel_sheets.routes.base import (
    bp,
    chosen_producer,
    own,
    own_producers,
)
from shop.channel_sheets.rules.book import BookSheet, book_of
from shop.channel_sheets.rules.results import STATES, read_results
from shop.core import clock
from shop.core.errors import Conflict, Invalid, NotFound
from shop.marketplaces import registry
from shop.sheets.rules.refusals import MAX_BYTES, kind_of
from shop.sheets.workbooks import read_book, read_sheet
from shop.web.access import actor, role
from shop.web.errors import status_of
from shop.web.i18n import gettext as _
from shop.web.limits import limiter
from shop.web.request import read_session, uploaded, write_session

HISTORY: Final = 30


@bp.get("/ban-hang/ket-qua-san")
@role("producer")
def results() -> ResponseReturnValue:
    """Upload what a channel gave back; the files there were."""
    return _results(ResultForm())


def _labels() -> dict[str, str]:
    return {slug: _(profile.label) for slug, profile in registry.all_profiles().items()}


def _results(form: ResultForm, status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "channel_sheets/results.html",
        form=form,
        producers=own_producers(),
        labels=_labels(),
        states=STATES,
        rows=queries.result_files_of(read_session(), own(), most=HISTORY),
    )
    return page, status


@bp.post("/ban-hang/ket-qua-san")
@role("producer")
@limiter.limit("30 per minute")
def take_result() -> ResponseReturnValue:
    """Read a result file; the statuses stand on the listings at once."""
    form = ResultForm.read()
    if not form.validate():
        return _results(form, 422)
    name, content = uploaded("sheet", MAX_BYTES)
    try:
        file = _take(form, name, content)
    except (Invalid, Conflict, NotFound) as refusal:
        form.add_error(refusal)
        return _results(form, status_of(refusal))
    return redirect(url_for(".result", public_id=file.public_id), 303)


def _take(form: ResultForm, name: str, content: bytes) -> ResultFile:
    producer = chosen_producer(form.co_so.data or "")
    profile = registry.profile_called(form.channel.data or "")
    told = read_results(_sheets(name, content))
    db = write_session()
    file = services.take_results(
        db,
        producer_id=producer.id,
        channel=profile.slug,
        file_name=name,
        file_sha=services.digest_of(content),
        told=told,
        actor_id=actor().id(),
        now=clock.now(),
    )
    db.commit()
    return file


def _sheets(name: str, content: bytes) -> list[BookSheet]:
    if kind_of(content, name) == "xlsx":
        return list(book_of(read_book(content)).sheets)
    return [BookSheet("csv", False, "", read_sheet(content, "csv").table.rows)]


@bp.get("/ban-hang/ket-qua-san/<public_id>")
@role("producer")
def result(public_id: str) -> ResponseReturnValue:
    """What a file said, rejected goods first."""
    file = queries.result_file_called(read_session(), public_id, own())
    return render_template(
        "channel_sheets/result.html",
        file=file,
        label=_labels().get(file.channel, file.channel),
        has_desk=file.channel in registry.all_profiles(),
        rows=queries.results_in(read_session(), file.id),
        states=STATES,
    )
