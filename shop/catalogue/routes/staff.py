"""Moderation: producers, products and edits, papers of the provinces that one looks after."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from shop.accounts.rules import require_staff
from shop.catalogue import queries, rules, services
from shop.catalogue.forms import DecisionForm
from shop.catalogue.models import Certificate, Producer
from shop.catalogue.routes.base import UnknownDecision, asked_page, attempt, bp, scope, show
from shop.core import clock
from shop.core.clock import today_vn
from shop.core.db import MAX_ID
from shop.core.errors import NotFound
from shop.core.text import N_
from shop.places.queries import list_provinces, place_names
from shop.web.access import actor, role
from shop.web.i18n import gettext
from shop.web.request import read_session, write_session


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
    verbs: dict[str, Callable[[DecisionForm], Any]],
    back: str,
) -> ResponseReturnValue:
    """Do the verb that the pressed button names, with what the form says."""
    form = DecisionForm.read()
    ready = rules.REASONS.get(form.reason.data or "")
    if ready is None or ready.subject != kind:
        form.reason.data = ""
    if not form.validate():
        return page(form, 422)
    verb = verbs.get(form.decision.data)
    if verb is None:
        form.add_error(UnknownDecision())
        return page(form, 422)
    status = attempt(form, lambda: verb(form))
    if status:
        return page(form, status)
    write_session().commit()
    flash(gettext(N_("Đã ghi quyết định.")), "ok")
    return redirect(back, 303)


# All that waits


@bp.get("/can-bo/duyet")
@role("staff")
def queue() -> ResponseReturnValue:
    """Everything that waits in one's provinces, longest first, with its clock.

    ``loai`` (kind) and ``tinh`` (province) narrow it.
    """
    db, provinces = read_session(), scope()
    counts = queries.waiting_counts(db, provinces)
    kind = request.args.get("loai", "")
    kind = kind if kind in QUEUE_KINDS else ""
    code = request.args.get("tinh", "")
    codes = {province for _kind, province in counts}
    code = code if code in codes else ""
    total = sum(
        count
        for (one, province), count in counts.items()
        if (not kind or one == kind) and (not code or province == code)
    )
    rows, page = asked_page(
        lambda limit, offset: (
            queries.waiting_things(
                db, provinces, kind=kind, province_code=code, limit=limit, offset=offset
            ),
            total,
        )
    )
    now = clock.now()
    return show(
        "staff_queue.html",
        rows=[(row, rules.waiting(row.since, now)) for row in rows],
        page=page,
        counts=counts,
        kinds=QUEUE_KINDS,
        kind=kind,
        code=code,
        provinces={one.code: one.name for one in list_provinces(db)},
    )


ENDING: Final = "sap-het"
"""The list of verified papers that run out within the longest reminder."""

QUEUE_KINDS: Final = {
    "producer": N_("Cơ sở"),
    "product": N_("Sản phẩm mới"),
    "edit": N_("Bản sửa"),
    "certificate": N_("Giấy chứng nhận"),
    "endorsement": N_("Đoàn bảo trợ"),
}
"""What may wait, in the order of the chips."""


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
        reasons=rules.reasons_for("producer", today_vn(clock.now())),
        place=place_names(db, [pair])[pair],
        history=queries.history_of(db, "producer", producer.id),
        counts=queries.counts_by_state(db, [producer.id]),
        endorsements=queries.endorsements_of(db, producer.id),
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
            "approve": lambda form: services.decide_producer(
                write_session(), approve=True, note=form.words(), **given
            ),
            "reject": lambda form: services.decide_producer(
                write_session(), approve=False, note=form.words(), **given
            ),
            "suspend": lambda form: services.suspend_producer(
                write_session(), note=form.words(), **given
            ),
            "restore": lambda form: services.restore_producer(
                write_session(), note=form.words(), **given
            ),
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
    baseline = queries.baseline_of(db, draft)
    return show(
        "staff_product.html",
        status,
        draft=draft,
        form=form,
        reasons=rules.reasons_for("product", today_vn(clock.now())),
        findings=draft.findings(clock.today_vn(clock.now())),
        baseline=baseline,
        changes=queries.changes_since(draft, baseline) if draft.waits_for_staff else [],
        word_changes=rules.word_changes,
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
            "approve": lambda form: services.decide_product(
                write_session(), approve=True, note=form.words(), **given
            ),
            "reject": lambda form: services.decide_product(
                write_session(),
                approve=False,
                note=form.words(),
                step=form.wanted_step(),
                **given,
            ),
            "take_down": lambda form: services.take_down_product(
                write_session(), note=form.words(), step=form.wanted_step(), **given
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
    today = today_vn(clock.now())
    state = _state({**rules.CERTIFICATE_LABELS, ENDING: ""}, "submitted")
    if state == ENDING:
        until = today + timedelta(days=max(rules.REMINDER_DAYS))
        rows, page = asked_page(
            lambda limit, offset: queries.certificates_ending(
                db, provinces, today=today, until=until, limit=limit, offset=offset
            )
        )
    else:
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


def _recognition_findings(paper: Certificate) -> list[rules.Finding]:
    if paper.kind != "ocop":
        return []
    recognition = rules.Recognition(
        stars=paper.stars,
        issued_on=paper.issued_on,
        expires_on=paper.expires_on,
        issuer_level=paper.issuer_level,
        criteria_version=paper.criteria_version,
        score=paper.score,
        decided_on=paper.decided_on,
    )
    usual_end = rules.default_expiry(paper.issued_on)
    return rules.recognition_findings(recognition, usual_end=usual_end)


def _paper_page(
    row: queries.PaperRow, form: DecisionForm, status: int = 200
) -> ResponseReturnValue:
    paper = row.certificate
    return show(
        "staff_certificate.html",
        status,
        row=row,
        paper=paper,
        form=form,
        checks={code: rules.CERTIFICATE_CHECKS[code] for code in rules.needed_checks(paper.kind)},
        findings=_recognition_findings(paper),
        old=read_session().get(Certificate, paper.renews_id) if paper.renews_id else None,
        reasons=rules.reasons_for("certificate", today_vn(clock.now())),
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
            "approve": lambda form: services.decide_certificate(
                write_session(),
                approve=True,
                note=form.words(),
                checked=form.checked.data or (),
                **given,
            ),
            "reject": lambda form: services.decide_certificate(
                write_session(), approve=False, note=form.words(), **given
            ),
            "revoke": lambda form: services.revoke_certificate(
                write_session(), note=form.words(), **given
            ),
        },
        url_for(".judge_certificate", certificate_id=certificate_id),
    )
