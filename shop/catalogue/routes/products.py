"""The product editor: one step an address; works without JavaScript, keeps what was typed."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from shop.accounts.rules import require_producer
from shop.catalogue import queries, rules, services
from shop.catalogue.forms import FactsForm, LabelForm, NewProductForm, StoryForm
from shop.catalogue.routes.base import asked_page, attempt, bp, own_draft, show
from shop.catalogue.routes.steps import editor
from shop.catalogue.routes.typed import Editing, editing, overlaid, parsed, seen_sent, typed
from shop.catalogue.slots import PRODUCT_PREVIEWS
from shop.core import clock
from shop.core.errors import Conflict, Invalid, NotFound
from shop.core.text import N_
from shop.web.access import actor, role
from shop.web.errors import status_of
from shop.web.forms import Form
from shop.web.i18n import gettext, say
from shop.web.request import read_session, write_session


class StepFaulty(Invalid):
    message = N_("Bước “%(step)s” còn ô chưa đúng. Hãy mở bước đó và sửa.")


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
    begun = typed(None).get("facts")
    return show("products.html", rows=rows, page=page, counts=counts, state=state, begun=begun)


# A product that is not made yet


def _new_page(answered: NewProductForm | None = None, status: int = 200) -> ResponseReturnValue:
    """The first step of a new product; the only producer is chosen already."""
    edit = editing("facts", None, NewProductForm, answered=answered)
    form: Any = edit.form
    found = queries.producers_by_id(read_session(), list(actor().producers))
    if form.producer_id.data is None and len(found) == 1:
        form.producer_id.data = found[0].id
    producers = [(producer.id, producer.name) for producer in found]
    return editor("facts.html", None, "facts", status, edit=edit, form=form, producers=producers)


@bp.get("/ban-hang/san-pham/moi")
@role("producer")
def new_product() -> ResponseReturnValue:
    """The first step of a new product."""
    return _new_page()


@bp.post("/ban-hang/san-pham/moi")
@role("producer")
def create_product() -> ResponseReturnValue:
    """Make the draft and go on to its label."""
    form = NewProductForm.read()
    if not form.validate():
        return _new_page(form, 422)
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
        return _new_page(form, status)
    services.drop_typed(db, actor_id=actor().id(), product_id=None, form="facts")
    db.commit()
    return redirect(url_for(".label_form", product_id=made[0]), 303)


# Steps that write texts


def _facts(draft: queries.Draft) -> Form:
    return FactsForm(data=dict(draft.values))


def _label(draft: queries.Draft) -> Form:
    return LabelForm(data=dict(draft.values))


def _story(draft: queries.Draft) -> Form:
    form = StoryForm(data=dict(draft.values))
    form.season_months.data = [str(n) for n in rules.season_months(draft.values["season_mask"])]
    return form


_FRESH: dict[str, Callable[[queries.Draft], Form]] = {
    "facts": _facts,
    "label": _label,
    "story": _story,
}
_FOLLOWING = {"facts": ".label_form", "label": ".story_form", "story": ".variants"}


def _step(
    key: str, product_id: int, answered: Form | None = None, status: int = 200
) -> ResponseReturnValue:
    draft = own_draft(product_id)
    edit = editing(key, draft, lambda: _FRESH[key](draft), answered=answered)
    return _step_page(key, draft, edit, status)


def _step_page(key: str, draft: queries.Draft, edit: Editing, status: int) -> ResponseReturnValue:
    return editor(f"{key}.html", draft, key, status, edit=edit, form=edit.form, producers=[])


@bp.get("/ban-hang/san-pham/<int:product_id>/thong-tin")
@role("producer")
def facts_form(product_id: int) -> ResponseReturnValue:
    """Names, group, introduction."""
    return _step("facts", product_id)


@bp.post("/ban-hang/san-pham/<int:product_id>/thong-tin")
@role("producer")
def save_facts(product_id: int) -> ResponseReturnValue:
    """Save names, group and introduction."""
    return _save("facts", product_id, FactsForm.read())


@bp.get("/ban-hang/san-pham/<int:product_id>/nhan")
@role("producer")
def label_form(product_id: int) -> ResponseReturnValue:
    """What is printed on the label."""
    return _step("label", product_id)


@bp.post("/ban-hang/san-pham/<int:product_id>/nhan")
@role("producer")
def save_label(product_id: int) -> ResponseReturnValue:
    """Save the label facts."""
    return _save("label", product_id, LabelForm.read())


@bp.get("/ban-hang/san-pham/<int:product_id>/chuyen-va-mua")
@role("producer")
def story_form(product_id: int) -> ResponseReturnValue:
    """The story, and the months in which there is any."""
    return _step("story", product_id)


@bp.post("/ban-hang/san-pham/<int:product_id>/chuyen-va-mua")
@role("producer")
def save_story(product_id: int) -> ResponseReturnValue:
    """Save the story and the season."""
    return _save("story", product_id, StoryForm.read())


def _save(key: str, product_id: int, form: Any) -> ResponseReturnValue:
    own_draft(product_id)
    if not form.validate():
        return _step(key, product_id, form, 422)
    db = write_session()
    status = attempt(
        form,
        lambda: services.edit_product(
            db,
            product_id=product_id,
            actor_id=actor().id(),
            changes=form.values(),
            now=clock.now(),
            seen=seen_sent(),
        ),
    )
    if status:
        db.rollback()
        read_session().rollback()
        return _step(key, product_id, form, status)
    services.drop_typed(db, actor_id=actor().id(), product_id=product_id, form=key)
    db.commit()
    flash(gettext(N_("Đã lưu.")), "ok")
    return redirect(url_for(_FOLLOWING[key], product_id=product_id), 303)


# The last step


@bp.get("/ban-hang/san-pham/<int:product_id>/xem-truoc")
@role("producer")
def preview(product_id: int) -> ResponseReturnValue:
    """The page as buyers will see it, with what is typed."""
    draft = overlaid(own_draft(product_id), typed(product_id))
    pages = PRODUCT_PREVIEWS.collect(read_session(), draft, clock.now())
    if not pages:
        raise NotFound
    return pages[0]


@bp.get("/ban-hang/san-pham/<int:product_id>")
@role("producer")
def review(product_id: int) -> ResponseReturnValue:
    """The last step: what is still missing, and the button that hands it in."""
    return _review(own_draft(product_id))


def _review(draft: queries.Draft, status: int = 200, error: str = "") -> ResponseReturnValue:
    return editor(
        "review.html",
        draft,
        "review",
        status,
        error=error,
    )


@bp.post("/ban-hang/san-pham/<int:product_id>/gui-duyet")
@role("producer")
def submit(product_id: int) -> ResponseReturnValue:
    """Hand the product, or its edit, to staff, with what is typed and not yet saved."""
    draft = own_draft(product_id)
    db, now = write_session(), clock.now()
    try:
        _write_typed(product_id)
        services.submit_product(db, product_id=product_id, actor_id=actor().id(), now=now)
    except (Invalid, Conflict) as error:
        db.rollback()
        return _review(draft, status_of(error), say(error))
    db.commit()
    flash(gettext(N_("Đã gửi. Cán bộ Đoàn sẽ xem và báo lại.")), "ok")
    return redirect(url_for(".review", product_id=product_id), 303)


def _write_typed(product_id: int) -> None:
    """Save the actor's typed words of every step. Raises StepFaulty and as ``edit_product``."""
    db, drafts = write_session(), typed(product_id)
    for key in rules.STEP_FIELDS:
        if key not in drafts:
            continue
        values, is_valid = parsed(key, drafts[key].fields)
        if not is_valid:
            raise StepFaulty(step=gettext(rules.STEPS[key]))
        services.edit_product(
            db,
            product_id=product_id,
            actor_id=actor().id(),
            changes=values,
            now=clock.now(),
            seen=drafts[key].seen,
        )
        services.drop_typed(db, actor_id=actor().id(), product_id=product_id, form=key)


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
    own_draft(product_id)
    db = write_session()
    service(db, product_id=product_id, actor_id=actor().id(), now=clock.now())
    db.commit()
    flash(gettext(said), "ok")
    return redirect(url_for(".review", product_id=product_id), 303)
