"""The product editor: one step an address; works without JavaScript, keeps what was typed."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from shop.accounts.rules import require_producer
from shop.catalogue import queries, rules, services
from shop.catalogue.forms import FactsForm, LabelForm, NewProductForm
from shop.catalogue.routes.base import asked_page, attempt, bp, own_draft, show
from shop.catalogue.slots import PRODUCT_PREVIEWS
from shop.core import clock
from shop.core.errors import NotFound
from shop.core.text import N_
from shop.web.access import actor, role
from shop.web.errors import status_of
from shop.web.i18n import gettext
from shop.web.request import read_session, write_session


@bp.get("/ban-hang/san-pham")
@role("producer")
def own_products() -> ResponseReturnValue:
    """The products of one's producers, with their states."""
    db, ids = read_session(), list(actor().producers)
    asked = request.args.get("trang_thai", "")
    state = asked if asked in rules.PRODUCT_LABELS else None
    rows, page = asked_page(
        lambda limit, offset: queries.products_of(db, ids, state=state, limit=limit, offset=offset)
    )
    counts = queries.counts_by_state(db, ids)
    return show("products.html", rows=rows, page=page, counts=counts, state=state)


def _new_form(form: NewProductForm) -> list[tuple[int, str]]:
    """The choice of producer; the only one is chosen already."""
    found = queries.producers_by_id(read_session(), list(actor().producers))
    if form.producer_id.data is None and len(found) == 1:
        form.producer_id.data = found[0].id
    return [(producer.id, producer.name) for producer in found]


@bp.get("/ban-hang/san-pham/moi")
@role("producer")
def new_product() -> ResponseReturnValue:
    """The first step of a new product."""
    form = NewProductForm()
    return show("facts.html", form=form, draft=None, producers=_new_form(form), step="facts")


@bp.post("/ban-hang/san-pham/moi")
@role("producer")
def create_product() -> ResponseReturnValue:
    """Make the draft and go on to its label."""
    form = NewProductForm.read()
    producers = _new_form(form)
    if not form.validate():
        return show("facts.html", 422, form=form, draft=None, producers=producers, step="facts")
    producer_id: int = form.producer_id.data or 0
    require_producer(actor(), producer_id)
    db = write_session()
    values = form.values()
    made: list[int] = []

    def make() -> None:
        product = services.create_product(
            db,
            producer_id=producer_id,
            actor_id=actor().id(),
            name=values.pop("name"),
            subgroup=values.pop("subgroup"),
            now=clock.now(),
            facts=values,
        )
        made.append(product.id)

    status = attempt(form, make)
    if status:
        return show("facts.html", status, form=form, draft=None, producers=producers, step="facts")
    db.commit()
    return redirect(url_for(".label_form", product_id=made[0]), 303)


@bp.get("/ban-hang/san-pham/<int:product_id>")
@role("producer")
def review(product_id: int) -> ResponseReturnValue:
    """The last step: what is still missing, and the button that hands it in."""
    return _review(own_draft(product_id))


def _review(draft: queries.Draft, status: int = 200, error: str = "") -> ResponseReturnValue:
    last = queries.last_revision(read_session(), draft.product.id)
    return show(
        "review.html",
        status,
        draft=draft,
        findings=draft.findings(clock.today_vn(clock.now())),
        refused=last if last is not None and last.state == "rejected" else None,
        error=error,
        step="review",
    )


@bp.get("/ban-hang/san-pham/<int:product_id>/xem-truoc")
@role("producer")
def preview(product_id: int) -> ResponseReturnValue:
    """The page as buyers will see it, with what is typed."""
    pages = PRODUCT_PREVIEWS.collect(read_session(), own_draft(product_id), clock.now())
    if not pages:
        raise NotFound
    return pages[0]


@bp.get("/ban-hang/san-pham/<int:product_id>/thong-tin")
@role("producer")
def facts_form(product_id: int) -> ResponseReturnValue:
    """Names, group, story."""
    draft = own_draft(product_id)
    form = FactsForm(data=dict(draft.values))
    form.season_months.data = [str(n) for n in rules.season_months(draft.values["season_mask"])]
    return show("facts.html", form=form, draft=draft, producers=[], step="facts")


@bp.post("/ban-hang/san-pham/<int:product_id>/thong-tin")
@role("producer")
def save_facts(product_id: int) -> ResponseReturnValue:
    """Save names, group and story."""
    return _save(product_id, FactsForm.read(), "facts.html", "facts", ".label_form")


@bp.get("/ban-hang/san-pham/<int:product_id>/nhan")
@role("producer")
def label_form(product_id: int) -> ResponseReturnValue:
    """What is printed on the label."""
    draft = own_draft(product_id)
    return show("label.html", form=LabelForm(data=dict(draft.values)), draft=draft, step="label")


@bp.post("/ban-hang/san-pham/<int:product_id>/nhan")
@role("producer")
def save_label(product_id: int) -> ResponseReturnValue:
    """Save the label facts."""
    return _save(product_id, LabelForm.read(), "label.html", "label", ".variants")


def _save(
    product_id: int, form: Any, template: str, step: str, following: str
) -> ResponseReturnValue:
    draft = own_draft(product_id)
    if not form.validate():
        return show(template, 422, form=form, draft=draft, producers=[], step=step)
    db = write_session()
    status = attempt(
        form,
        lambda: services.edit_product(
            db,
            product_id=product_id,
            actor_id=actor().id(),
            changes=form.values(),
            now=clock.now(),
        ),
    )
    if status:
        return show(template, status, form=form, draft=draft, producers=[], step=step)
    db.commit()
    flash(gettext(N_("Đã lưu.")), "ok")
    return redirect(url_for(following, product_id=product_id), 303)


@bp.post("/ban-hang/san-pham/<int:product_id>/gui-duyet")
@role("producer")
def submit(product_id: int) -> ResponseReturnValue:
    """Hand the product, or its edit, to staff."""
    return _do(product_id, services.submit_product, N_("Đã gửi. Cán bộ Đoàn sẽ xem và báo lại."))


@bp.post("/ban-hang/san-pham/<int:product_id>/rut-lai")
@role("producer")
def take_back(product_id: int) -> ResponseReturnValue:
    """Take it back to go on editing."""
    return _do(product_id, services.withdraw_submission, N_("Đã rút lại để sửa tiếp."))


@bp.post("/ban-hang/san-pham/<int:product_id>/bo-thay-doi")
@role("producer")
def discard(product_id: int) -> ResponseReturnValue:
    """Throw the waiting edit away."""
    return _do(
        product_id,
        services.discard_revision,
        N_("Đã bỏ các thay đổi. Bản đang bán giữ nguyên."),
    )


@bp.post("/ban-hang/san-pham/<int:product_id>/cat")
@role("producer")
def archive(product_id: int) -> ResponseReturnValue:
    """Put the product away."""
    return _do(product_id, services.archive_product, N_("Đã cất sản phẩm, không còn bán nữa."))


@bp.post("/ban-hang/san-pham/<int:product_id>/mo-lai")
@role("producer")
def restore(product_id: int) -> ResponseReturnValue:
    """Take it out again, as a draft."""
    return _do(product_id, services.restore_product, N_("Đã mở lại thành bản nháp."))


def _do(product_id: int, service: Callable[..., Any], said: str) -> ResponseReturnValue:
    draft = own_draft(product_id)
    db = write_session()
    try:
        service(db, product_id=product_id, actor_id=actor().id(), now=clock.now())
    except services.NotReady as error:
        return _review(draft, status_of(error), str(error))
    db.commit()
    flash(gettext(said), "ok")
    return redirect(url_for(".review", product_id=product_id), 303)
