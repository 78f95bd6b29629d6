"""The editor's further steps: sizes and prices, papers. Pictures are in ``photos``."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from shop.accounts.rules import require_producer, require_staff
from shop.catalogue import queries, services
from shop.catalogue.forms import CertificateForm, VariantForm
from shop.catalogue.models import Certificate
from shop.catalogue.pictures import MAX_BYTES, scan_name, store_scan
from shop.catalogue.routes.base import attempt, bp, own_draft, show
from shop.catalogue.routes.steps import editor
from shop.catalogue.routes.typed import editing
from shop.core import clock
from shop.core.db import MAX_ID
from shop.core.errors import NotFound
from shop.core.text import N_
from shop.web.access import actor, role
from shop.web.i18n import gettext
from shop.web.limits import limiter
from shop.web.request import house, read_session, uploaded, write_session

# Sizes and prices


def _variants(
    draft: queries.Draft, form: VariantForm | None = None, status: int = 200
) -> ResponseReturnValue:
    edit = editing("variants", draft, VariantForm, answered=form)
    return editor("variants.html", draft, "variants", status, edit=edit, form=edit.form)


@bp.get("/ban-hang/san-pham/<int:product_id>/quy-cach")
@role("producer")
def variants(product_id: int) -> ResponseReturnValue:
    """The sizes of a product and a form for one more."""
    return _variants(own_draft(product_id))


@bp.post("/ban-hang/san-pham/<int:product_id>/quy-cach")
@role("producer")
def add_variant(product_id: int) -> ResponseReturnValue:
    """Add a size."""
    draft, form = own_draft(product_id), VariantForm.read()
    if not form.validate():
        return _variants(draft, form, 422)
    db = write_session()
    status = attempt(
        form,
        lambda: services.add_variant(
            db,
            product_id=product_id,
            actor_id=actor().id(),
            now=clock.now(),
            **(form.values() | {"is_active": True}),
        ),
    )
    if status:
        return _variants(draft, form, status)
    services.drop_typed(db, actor_id=actor().id(), product_id=product_id, form="variants")
    db.commit()
    flash(gettext(N_("Đã thêm quy cách.")), "ok")
    return redirect(url_for(".variants", product_id=product_id), 303)


@bp.get("/ban-hang/san-pham/<int:product_id>/quy-cach/<int:variant_id>")
@role("producer")
def variant_form(product_id: int, variant_id: int) -> ResponseReturnValue:
    """One size."""
    draft = own_draft(product_id)
    variant = next((row for row in draft.variants if row.id == variant_id), None)
    if variant is None:
        raise NotFound
    form = VariantForm(obj=variant)
    return editor("variant.html", draft, "variants", form=form, variant=variant)


@bp.post("/ban-hang/san-pham/<int:product_id>/quy-cach/<int:variant_id>")
@role("producer")
def save_variant(product_id: int, variant_id: int) -> ResponseReturnValue:
    """Save a size; on a published product it counts at once."""
    draft, form = own_draft(product_id), VariantForm.read()
    variant = next((row for row in draft.variants if row.id == variant_id), None)
    if variant is None:
        raise NotFound
    if not form.validate():
        return editor("variant.html", draft, "variants", 422, form=form, variant=variant)
    db = write_session()
    status = attempt(
        form,
        lambda: services.edit_variant(
            db,
            variant_id=variant_id,
            actor_id=actor().id(),
            changes=form.values(),
            now=clock.now(),
        ),
    )
    if status:
        return editor("variant.html", draft, "variants", status, form=form, variant=variant)
    db.commit()
    flash(gettext(N_("Đã lưu.")), "ok")
    return redirect(url_for(".variants", product_id=product_id), 303)


# Papers


def _papers(
    draft: queries.Draft, form: CertificateForm | None = None, status: int = 200
) -> ResponseReturnValue:
    printed = {
        "product_name_printed": draft.values["name"],
        "entity_name_printed": draft.producer.name,
    } | _renewed(draft.certificates)
    edit = editing("certificates", draft, lambda: CertificateForm(data=printed), answered=form)
    return editor("certificates.html", draft, "certificates", status, edit=edit, form=edit.form)


@bp.get("/ban-hang/san-pham/<int:product_id>/chung-nhan")
@role("producer")
def certificates(product_id: int) -> ResponseReturnValue:
    """The papers of a product and a form for one more."""
    return _papers(own_draft(product_id))


def _renewed(papers: list[Certificate]) -> dict[str, Any]:
    """What a paper that follows an older one (``noi-tiep``) has in common with it."""
    asked = request.args.get("noi-tiep", "")
    old = next((paper for paper in papers if str(paper.id) == asked), None)
    if old is None:
        return {}
    kept = ("kind", "issuer", "issuer_level", "product_name_printed", "entity_name_printed")
    same = {name: getattr(old, name) for name in (*kept, "address_printed")}
    return same | {"stars": str(old.stars or ""), "renews_id": old.id}


@bp.post("/ban-hang/san-pham/<int:product_id>/chung-nhan")
@role("producer")
@limiter.limit("60 per hour")
def add_certificate(product_id: int) -> ResponseReturnValue:
    """Write a paper of the product down and hand it to staff."""
    draft, form = own_draft(product_id), CertificateForm.read()
    if not form.validate():
        return _papers(draft, form, 422)
    status = attempt(form, lambda: _record(form, draft.producer.id, product_id))
    if status:
        return _papers(draft, form, status)
    db = write_session()
    services.drop_typed(db, actor_id=actor().id(), product_id=product_id, form="certificates")
    db.commit()
    flash(gettext(_HANDED_IN), "ok")
    return redirect(url_for(".certificates", product_id=product_id), 303)


_HANDED_IN = N_("Đã gửi giấy cho cán bộ Đoàn xác minh.")


def _record(form: CertificateForm, producer_id: int, product_id: int | None) -> None:
    facts = form.facts(_stored_scan())
    services.record_certificate(
        write_session(),
        producer_id=producer_id,
        product_id=product_id,
        actor_id=actor().id(),
        facts=facts,
        now=clock.now(),
    )


def _stored_scan() -> str | None:
    raw = uploaded("scan", MAX_BYTES)[1]
    return store_scan(house().storage, raw) if raw else None


@bp.get("/ban-hang/co-so/<int:producer_id>/chung-nhan")
@role("producer")
def producer_certificate_form(producer_id: int) -> ResponseReturnValue:
    """A paper of the producer as a whole."""
    _require_own(producer_id)
    papers = queries.certificates_of(read_session(), producer_id=producer_id, product_id=0)
    form = CertificateForm(data={"kind": "food_safety", "issuer_level": "other"} | _renewed(papers))
    return show("certificate.html", form=form, certificate=None, producer_id=producer_id)


@bp.post("/ban-hang/co-so/<int:producer_id>/chung-nhan")
@role("producer")
@limiter.limit("60 per hour")
def add_producer_certificate(producer_id: int) -> ResponseReturnValue:
    """Write a paper of the producer down and hand it to staff."""
    _require_own(producer_id)
    form = CertificateForm.read()
    page = {"form": form, "certificate": None, "producer_id": producer_id}
    if not form.validate():
        return show("certificate.html", 422, **page)
    status = attempt(form, lambda: _record(form, producer_id, None))
    if status:
        return show("certificate.html", status, **page)
    write_session().commit()
    flash(gettext(_HANDED_IN), "ok")
    return redirect(url_for(".own_producer", producer_id=producer_id), 303)


def _require_own(producer_id: int) -> None:
    require_producer(actor(), producer_id)


def _own_paper(certificate_id: int) -> Certificate:
    if certificate_id > MAX_ID:
        raise NotFound
    row = queries.certificate_row(read_session(), certificate_id)
    require_producer(actor(), row.producer.id)
    return row.certificate


@bp.get("/ban-hang/chung-nhan/<int:certificate_id>")
@role("producer")
def certificate_form(certificate_id: int) -> ResponseReturnValue:
    """A paper of one's own; one that was sent back can be mended here."""
    paper = _own_paper(certificate_id)
    form = CertificateForm(obj=paper)
    form.stars.data = str(paper.stars or "")
    return show("certificate.html", form=form, certificate=paper, producer_id=paper.producer_id)


@bp.post("/ban-hang/chung-nhan/<int:certificate_id>")
@role("producer")
@limiter.limit("60 per hour")
def correct_certificate(certificate_id: int) -> ResponseReturnValue:
    """Hand a mended paper in again."""
    paper, form = _own_paper(certificate_id), CertificateForm.read()
    page = {"form": form, "certificate": paper, "producer_id": paper.producer_id}
    if not form.validate():
        return show("certificate.html", 422, **page)

    def correct() -> None:
        facts = form.facts(_stored_scan())
        services.correct_certificate(
            write_session(),
            certificate_id=certificate_id,
            actor_id=actor().id(),
            facts=facts,
            now=clock.now(),
        )

    status = attempt(form, correct)
    if status:
        return show("certificate.html", status, **page)
    write_session().commit()
    flash(gettext(_HANDED_IN), "ok")
    return redirect(url_for(".certificate_form", certificate_id=certificate_id), 303)


@bp.get("/chung-nhan/<int:certificate_id>/ban-chup")
@role("producer", "staff")
def scan(certificate_id: int) -> ResponseReturnValue:
    """The picture of a paper, for its producer and the staff of the province only."""
    if certificate_id > MAX_ID:
        raise NotFound
    row = queries.certificate_row(read_session(), certificate_id)
    if row.producer.id not in actor().producers:
        if not actor().is_staff:
            raise NotFound
        require_staff(actor(), row.producer.province_code)
    sha = row.certificate.scan_sha
    if sha is None or not house().storage.has(scan_name(sha)):
        raise NotFound
    return house().storage.read(scan_name(sha)), 200, {"Content-Type": "image/jpeg"}
