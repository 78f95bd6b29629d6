"""The badge "Khởi nghiệp thanh niên": producers ask, staff of the province confirm, refuse, end."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from shop.accounts.rules import require_producer, require_staff
from shop.catalogue import queries, rules, services
from shop.catalogue.forms import DecisionForm, EndorsementForm
from shop.catalogue.models import Producer
from shop.catalogue.pictures import MAX_BYTES, scan_name, store_scan
from shop.catalogue.routes.base import UnknownDecision, attempt, bp, show
from shop.core import clock
from shop.core.clock import today_vn
from shop.core.errors import NotFound
from shop.core.text import N_
from shop.web.access import actor, role
from shop.web.i18n import gettext
from shop.web.limits import limiter
from shop.web.request import house, read_session, uploaded, write_session


def _stored_scan() -> str | None:
    raw = uploaded("scan", MAX_BYTES)[1]
    return store_scan(house().storage, raw) if raw else None


def _producer(producer_id: int) -> Producer:
    found = queries.producers_by_id(read_session(), [producer_id])
    if not found:
        raise NotFound
    return found[0]


def _own_page(producer_id: int, form: EndorsementForm, status: int = 200) -> ResponseReturnValue:
    return show(
        "endorsement.html",
        status,
        producer=_producer(producer_id),
        rows=queries.endorsements_of(read_session(), producer_id),
        form=form,
    )


@bp.get("/ban-hang/khoi-nghiep/<int:producer_id>")
@role("producer")
def own_endorsement(producer_id: int) -> ResponseReturnValue:
    """What came of the requests so far, and the form for one."""
    require_producer(actor(), producer_id)
    form = EndorsementForm(data={"year": today_vn(clock.now()).year})
    return _own_page(producer_id, form)


@bp.post("/ban-hang/khoi-nghiep/<int:producer_id>")
@role("producer")
@limiter.limit("20 per hour")
def request_endorsement(producer_id: int) -> ResponseReturnValue:
    """Ask the union unit's badge for one's producer."""
    require_producer(actor(), producer_id)
    return _write(
        services.request_endorsement,
        producer_id,
        _own_page,
        N_("Đã gửi. Cán bộ Đoàn của tỉnh sẽ hỏi đơn vị bảo trợ và trả lời."),
        url_for(".own_endorsement", producer_id=producer_id),
    )


def _write(
    verb: Callable[..., Any],
    producer_id: int,
    page: Callable[[int, EndorsementForm, int], ResponseReturnValue],
    said: str,
    back: str,
) -> ResponseReturnValue:
    """Store the scan, do the verb, say so."""
    form = EndorsementForm.read()
    if not form.validate():
        return page(producer_id, form, 422)

    def do() -> None:
        facts = form.facts(_stored_scan())
        verb(
            write_session(),
            producer_id=producer_id,
            actor_id=actor().id(),
            facts=facts,
            now=clock.now(),
        )

    status = attempt(form, do)
    if status:
        return page(producer_id, form, status)
    write_session().commit()
    flash(gettext(said), "ok")
    return redirect(back, 303)


# Staff


def _staff_new_page(
    producer_id: int, form: EndorsementForm, status: int = 200
) -> ResponseReturnValue:
    return show("staff_endorsement_new.html", status, producer=_producer(producer_id), form=form)


@bp.get("/can-bo/nha-san-xuat/<int:producer_id>/bao-tro")
@role("staff")
def new_endorsement(producer_id: int) -> ResponseReturnValue:
    """The form to write down that a unit vouches."""
    require_staff(actor(), _producer(producer_id).province_code)
    form = EndorsementForm(data={"year": today_vn(clock.now()).year})
    return _staff_new_page(producer_id, form)


@bp.post("/can-bo/nha-san-xuat/<int:producer_id>/bao-tro")
@role("staff")
def record_endorsement(producer_id: int) -> ResponseReturnValue:
    """Write down that a unit vouches."""
    require_staff(actor(), _producer(producer_id).province_code)
    return _write(
        services.record_endorsement,
        producer_id,
        _staff_new_page,
        N_("Đã ghi. Huy hiệu hiện ngay trên các trang của cơ sở."),
        url_for(".judge_producer", producer_id=producer_id),
    )


def _row(endorsement_id: int) -> queries.EndorsementRow:
    row = queries.endorsement_row(read_session(), endorsement_id)
    require_staff(actor(), row.producer.province_code)
    return row


def _decision_page(
    row: queries.EndorsementRow, form: DecisionForm, status: int = 200
) -> ResponseReturnValue:
    return show(
        "staff_endorsement.html",
        status,
        row=row,
        one=row.endorsement,
        form=form,
        reasons=rules.reasons_for("endorsement", today_vn(clock.now())),
        history=queries.history_of(read_session(), "endorsement", row.endorsement.id),
    )


@bp.get("/can-bo/bao-tro/<int:endorsement_id>")
@role("staff")
def judge_endorsement(endorsement_id: int) -> ResponseReturnValue:
    """One request and the decision on it."""
    return _decision_page(_row(endorsement_id), DecisionForm())


@bp.post("/can-bo/bao-tro/<int:endorsement_id>/quyet-dinh")
@role("staff")
def decide_endorsement(endorsement_id: int) -> ResponseReturnValue:
    """Confirm, refuse or end."""
    row, form = _row(endorsement_id), DecisionForm.read()
    given: dict[str, Any] = {
        "endorsement_id": endorsement_id,
        "actor_id": actor().id(),
        "now": clock.now(),
    }
    verbs: dict[str, Callable[[], Any]] = {
        "approve": lambda: services.decide_endorsement(
            write_session(), approve=True, note=form.words(), **given
        ),
        "reject": lambda: services.decide_endorsement(
            write_session(), approve=False, note=form.words(), **given
        ),
        "revoke": lambda: services.revoke_endorsement(write_session(), note=form.words(), **given),
    }
    verb = verbs.get(form.decision.data)
    if not form.validate() or verb is None:
        if verb is None:
            form.add_error(UnknownDecision())
        return _decision_page(row, form, 422)
    status = attempt(form, verb)
    if status:
        return _decision_page(row, form, status)
    write_session().commit()
    flash(gettext(N_("Đã ghi quyết định.")), "ok")
    return redirect(url_for(".judge_endorsement", endorsement_id=endorsement_id), 303)


@bp.get("/bao-tro/<int:endorsement_id>/ban-chup")
@role("producer", "staff")
def endorsement_scan(endorsement_id: int) -> ResponseReturnValue:
    """The picture of the paper, for its producer and the staff of the province only."""
    row = queries.endorsement_row(read_session(), endorsement_id)
    if row.producer.id not in actor().producers:
        if not actor().is_staff:
            raise NotFound
        require_staff(actor(), row.producer.province_code)
    sha = row.endorsement.scan_sha
    if sha is None or not house().storage.has(scan_name(sha)):
        raise NotFound
    return house().storage.read(scan_name(sha)), 200, {"Content-Type": "image/jpeg"}
