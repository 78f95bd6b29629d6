"""The producer's page about delivery: zones and prices, remote places, fetching, by hand."""

from typing import Any, Final

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shop.accounts.rules import require_producer
from shop.catalogue.models import Producer
from shop.catalogue.queries import producers_by_id
from shop.checkout import queries, services
from shop.checkout.desk_forms import TermsForm
from shop.checkout.routes.frame import bp
from shop.checkout.rules import REACH_WORDS, Home, Terms
from shop.checkout.rules.previews import SAMPLE_GRAMS, Sample, samples
from shop.checkout.rules.settings import check_terms
from shop.core import clock
from shop.core.errors import Conflict, Invalid
from shop.places import queries as places
from shop.places.routes import reason
from shop.places.rules import is_code, short_name
from shop.web.access import actor, role
from shop.web.errors import status_of
from shop.web.i18n import gettext as _
from shop.web.limits import limiter
from shop.web.request import read_session, write_session

_PAGE: Final = "/ban-hang/giao-hang/<int:producer_id>"
_MAX_CODES: Final = 500


def own_producer(producer_id: int) -> Producer:
    """The producer, if the actor works for it. Raises NotFound."""
    require_producer(actor(), producer_id)
    return producers_by_id(read_session(), [producer_id])[0]


def own_producers() -> list[Producer]:
    """All of the actor's, to change between them."""
    return producers_by_id(read_session(), sorted(actor().producers))


@bp.get(_PAGE)
@role("producer")
def delivery_terms(producer_id: int) -> ResponseReturnValue:
    """What delivery costs and where it goes."""
    return _terms_page(own_producer(producer_id))


def _terms_page(
    producer: Producer, status: int = 200, *, form: TermsForm | None = None, trouble: str = ""
) -> ResponseReturnValue:
    db = read_session()
    row, zones = queries.terms_rows(db, producer.id)
    provinces = places.province_options(db)
    home = Home(producer.province_code, producer.commune_code or "")
    shown: Terms | None
    if form is None:
        shown = queries.delivery_terms(db, {producer.id: producer.province_code})[producer.id]
        form = TermsForm.of(row, zones, provinces)
    else:
        shown = _typed_terms(form, home)
    searched = request.args.get("tim", "")[:200]
    page = render_template(
        "checkout/terms.html",
        producer=producer,
        producers=own_producers(),
        form=form,
        trouble=trouble,
        reach_words=REACH_WORDS,
        weights=SAMPLE_GRAMS,
        samples=_samples(shown, provinces) if shown else [],
        remote=queries.remote_places(db, row.remote_communes if row else []),
        searched=searched,
        matches=[one for one in places.find_places(db, searched) if one.commune_code]
        if searched
        else [],
        reason=reason,
    )
    return page, status


def _typed_terms(form: TermsForm, home: Home) -> Terms | None:
    """What the form says, if it makes sense."""
    if form.errors or any(zone.errors for zone in form.zones):
        return None
    try:
        check_terms(form.draft())
    except Invalid:
        return None
    return form.draft().terms(home)


def _samples(terms: Terms, provinces: places.Options) -> list[Sample]:
    names = {code: short_name(name) for code, name in provinces}
    return samples(terms, names)


@bp.post(_PAGE)
@limiter.limit("60 per minute")
@role("producer")
def save_terms(producer_id: int) -> ResponseReturnValue:
    """Save it all at once; ``lam=thu`` only shows what it would cost."""
    producer = own_producer(producer_id)
    form = TermsForm.posted(request.form, places.province_options(read_session()))
    if not form.validate():
        return _terms_page(producer, 422, form=form)
    if request.form.get("lam") == "thu":
        return _terms_page(producer, form=form)
    db = write_session()
    try:
        services.set_terms(
            db,
            producer_id=producer_id,
            draft=form.draft(),
            seen_version=form.seen_version,
            actor_id=actor().id(),
            now=clock.now(),
        )
    except (Conflict, Invalid) as refusal:
        db.rollback()
        form.add_error(refusal)
        return _terms_page(producer, status_of(refusal), form=form)
    db.commit()
    flash(_("Đã lưu. Khách đặt từ bây giờ thấy phí mới."), "ok")
    return redirect(url_for(".delivery_terms", producer_id=producer_id), 303)


@bp.post(f"{_PAGE}/vung-xa")
@limiter.limit("60 per minute")
@role("producer")
def change_remote(producer_id: int) -> ResponseReturnValue:
    """Add places where delivery costs more (``them``, ``dao``: all islands), take out (``bo``)."""
    producer = own_producer(producer_id)
    read = read_session()
    add = places.known_communes(read, _codes("them"))
    if request.form.get("dao"):
        add |= places.island_codes(read)
    db = write_session()
    try:
        services.change_remote(
            db,
            producer_id=producer_id,
            add=add,
            remove=_codes("bo"),
            actor_id=actor().id(),
            now=clock.now(),
        )
    except Invalid as refusal:
        db.rollback()
        return _terms_page(producer, status_of(refusal), trouble=str(_(refusal.text)))
    db.commit()
    flash(_("Đã lưu danh sách vùng xa."), "ok")
    return redirect(url_for(".delivery_terms", producer_id=producer_id) + "#vung-xa", 303)


def _codes(name: str) -> set[str]:
    posted: list[Any] = request.form.getlist(name)[:_MAX_CODES]
    return {code for code in posted if is_code(code, 5)}
