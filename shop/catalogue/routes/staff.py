"""Moderation: producers, products and edits, papers of the provinces that one looks after."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from shop.accounts.rules import require_staff
from shop.catalogue import queries, rules, services
from shop.catalogue.forms import REASONS, DecisionForm
from shop.catalogue.models import Producer
from shop.catalogue.routes.base import asked_page, attempt, bp, scope, show
from shop.core import clock
from shop.core.clock import today_vn
from shop.core.db import MAX_ID
from shop.core.errors import Invalid, NotFound
from shop.core.text import N_
from shop.places.queries import place_names
from shop.web.access import actor, role
from shop.web.i18n import gettext
from shop.web.request import read_session, write_session


class UnknownDecision(Invalid):
    message = N_("Vui lòng dùng một trong các nút quyết định.")


def _state(labels: dict[str, str], default: str) -> str:
    asked = request.args.get("trang_thai", default)
    return asked if asked in labels else default


def _checked(row_id: int) -> int:
    if row_id > MAX_ID:
        raise NotFound
    return row_id


def _decide(
    kind: str,
    page: Callable[[DecisionForm, int], ResponseReturnValue],
    verbs: dict[str, Callable[[str], Any]],
    back: str,
) -> ResponseReturnValue:
    """Do the verb that the pressed button names; ``verbs`` take the written reason."""
    form = DecisionForm.read()
    if form.reason.data and form.reason.data not in REASONS[kind]:
        form.reason.data = ""
    if not form.validate():
        return page(form, 422)
    verb = verbs.get(form.decision.data)
    if verb is None:
        form.add_error(UnknownDecision())
        return page(form, 422)
    status = attempt(form, lambda: verb(form.words()))
    if status:
        return page(form, status)
    write_session().commit()
    flash(gettext(N_("Đã ghi quyết định.")), "ok")
    return redirect(back, 303)


# Producers


@bp.get("/can-bo/nha-san-xuat")
@role("staff")
def producer_queue() -> ResponseReturnValue:
    """Producers by state, those that wait first."""
    db, provinces = read_session(), scope()
    state = _state(rules.PRODUCER_LABELS, "submitted")
    rows, page = asked_page(
        lambda limit, offset: queries.producers_in_state(
            db, provinces, state, limit=limit, offset=offset
        )
    )
    pairs = [(row.province_code, row.commune_code) for row in rows]
    return show(
        "staff_producers.html", rows=rows, page=page, state=state, places=place_names(db, pairs)
    )


def _producer(producer_id: int) -> Producer:
    found = queries.producers_by_id(read_session(), [_checked(producer_id)])
    if not found:
        raise NotFound
    require_staff(actor(), found[0].province_code)
    return found[0]


def _producer_page(
    producer: Producer, form: DecisionForm, status: int = 200
) -> ResponseReturnValue:
    db = read_session()
    pair = (producer.province_code, producer.commune_code)
    return show(
        "staff_producer.html",
        status,
        producer=producer,
        form=form,
        reasons=REASONS["producer"],
        place=place_names(db, [pair])[pair],
        history=queries.history_of(db, "producer", producer.id),
        counts=queries.counts_by_state(db, [producer.id]),
    )


@bp.get("/can-bo/nha-san-xuat/<int:producer_id>")
@role("staff")
def judge_producer(producer_id: int) -> ResponseReturnValue:
    """One producer and the decision on it."""
    return _producer_page(_producer(producer_id), DecisionForm())


@bp.post("/can-bo/nha-san-xuat/<int:producer_id>/quyet-dinh")
@role("staff")
def decide_producer(producer_id: int) -> ResponseReturnValue:
    """Verify, send back, suspend or restore."""
    producer = _producer(producer_id)
    given: dict[str, Any] = {
        "producer_id": producer_id,
        "actor_id": actor().id(),
        "now": clock.now(),
    }
    return _decide(
        "producer",
        lambda form, status: _producer_page(producer, form, status),
        {
            "approve": lambda note: services.decide_producer(
                write_session(), approve=True, note=note, **given
            ),
            "reject": lambda note: services.decide_producer(
                write_session(), approve=False, note=note, **given
            ),
            "suspend": lambda note: services.suspend_producer(write_session(), note=note, **given),
            "restore": lambda note: services.restore_producer(write_session(), note=note, **given),
        },
        url_for(".judge_producer", producer_id=producer_id),
    )


# Products and edits


@bp.get("/can-bo/san-pham")
@role("staff")
def product_queue() -> ResponseReturnValue:
    """New products and edits that wait, longest first."""
    db, provinces = read_session(), scope()
    rows, page = asked_page(
        lambda limit, offset: queries.products_waiting(db, provinces, limit=limit, offset=offset)
    )
    return show("staff_products.html", rows=rows, page=page)


def _draft(product_id: int) -> queries.Draft:
    draft = queries.draft_of(read_session(), _checked(product_id))
    require_staff(actor(), draft.producer.province_code)
    return draft


def _product_page(
    draft: queries.Draft, form: DecisionForm, status: int = 200
) -> ResponseReturnValue:
    db = read_session()
    stored = queries.photos_of(db, draft.product.id)
    return show(
        "staff_product.html",
        status,
        draft=draft,
        form=form,
        reasons=REASONS["product"],
        findings=draft.findings(clock.today_vn(clock.now())),
        changes=queries.changes_of(draft, stored, queries.sections_of(db, draft.product.id)),
        stars=queries.valid_stars(db, draft.product.id, today_vn(clock.now())),
        history=queries.history_of(db, "product", draft.product.id),
    )


@bp.get("/can-bo/san-pham/<int:product_id>")
@role("staff")
def judge_product(product_id: int) -> ResponseReturnValue:
    """One product: all of it when new, what changed when it is an edit."""
    return _product_page(_draft(product_id), DecisionForm())


@bp.post("/can-bo/san-pham/<int:product_id>/quyet-dinh")
@role("staff")
def decide_product(product_id: int) -> ResponseReturnValue:
    """Publish, send back, or take off sale."""
    draft = _draft(product_id)
    given: dict[str, Any] = {"product_id": product_id, "actor_id": actor().id(), "now": clock.now()}
    return _decide(
        "product",
        lambda form, status: _product_page(draft, form, status),
        {
            "approve": lambda note: services.decide_product(
                write_session(), approve=True, note=note, **given
            ),
            "reject": lambda note: services.decide_product(
                write_session(), approve=False, note=note, **given
            ),
            "take_down": lambda note: services.take_down_product(
                write_session(), note=note, **given
            ),
        },
        url_for(".judge_product", product_id=product_id),
    )


# Papers


@bp.get("/can-bo/chung-nhan")
@role("staff")
def certificate_queue() -> ResponseReturnValue:
    """Papers by state, those that wait first."""
    db, provinces = read_session(), scope()
    state = _state(rules.CERTIFICATE_LABELS, "submitted")
    rows, page = asked_page(
        lambda limit, offset: queries.certificates_in_state(
            db, provinces, state, limit=limit, offset=offset
        )
    )
    return show("staff_certificates.html", rows=rows, page=page, state=state)


def _paper(certificate_id: int) -> queries.PaperRow:
    row = queries.certificate_row(read_session(), _checked(certificate_id))
    require_staff(actor(), row.producer.province_code)
    return row


def _paper_page(
    row: queries.PaperRow, form: DecisionForm, status: int = 200
) -> ResponseReturnValue:
    return show(
        "staff_certificate.html",
        status,
        row=row,
        paper=row.certificate,
        form=form,
        reasons=REASONS["certificate"],
        history=queries.history_of(read_session(), "certificate", row.certificate.id),
    )


@bp.get("/can-bo/chung-nhan/<int:certificate_id>")
@role("staff")
def judge_certificate(certificate_id: int) -> ResponseReturnValue:
    """One paper and the decision on it."""
    return _paper_page(_paper(certificate_id), DecisionForm())


@bp.post("/can-bo/chung-nhan/<int:certificate_id>/quyet-dinh")
@role("staff")
def decide_certificate(certificate_id: int) -> ResponseReturnValue:
    """Verify, send back or revoke."""
    row = _paper(certificate_id)
    given: dict[str, Any] = {
        "certificate_id": certificate_id,
        "actor_id": actor().id(),
        "now": clock.now(),
    }
    return _decide(
        "certificate",
        lambda form, status: _paper_page(row, form, status),
        {
            "approve": lambda note: services.decide_certificate(
                write_session(), approve=True, note=note, **given
            ),
            "reject": lambda note: services.decide_certificate(
                write_session(), approve=False, note=note, **given
            ),
            "revoke": lambda note: services.revoke_certificate(write_session(), note=note, **given),
        },
        url_for(".judge_certificate", certificate_id=certificate_id),
    )
