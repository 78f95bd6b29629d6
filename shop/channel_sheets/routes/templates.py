"""Templates: upload, what was understood, choices and categories."""

import secrets
from collections import Counter
from typing import Any, Final

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shop.catalogue.models import Producer
from shop.channel_sheets import queries, services
from shop.channel_sheets.forms import TemplateForm, read_categories, read_constants
from shop.channel_sheets.models import ChannelTemplate
from shop.channel_sheets.routes.base import (
    bp,
    channel_labels,
    chosen_producer,
    own,
    own_producers,
)
from shop.channel_sheets.rules.book import book_of
from shop.channel_sheets.rules.categories import find_categories
from shop.channel_sheets.rules.filling import UNITS, asked_columns, weight_unit
from shop.channel_sheets.rules.layout import Layout, layout_of
from shop.channel_sheets.rules.reading import find_layout
from shop.channel_sheets.rules.remarks import Remark
from shop.core import clock
from shop.core.errors import Conflict, Invalid, NotAllowed, NotFound
from shop.marketplaces import registry
from shop.marketplaces.queries import chosen_categories
from shop.marketplaces.rules.listing import group_label
from shop.marketplaces.rules.picking import Suggester
from shop.sheets.rules.refusals import MAX_BYTES, kind_of
from shop.sheets.workbooks import read_book
from shop.web.access import actor, role
from shop.web.errors import status_of
from shop.web.i18n import gettext as _
from shop.web.limits import limiter
from shop.web.pagination import Page, page_number
from shop.web.request import house, read_session, uploaded, write_session

LISTED: Final = 60
HISTORY: Final = 20
PAGE_SIZE: Final = 30
LISTED_CATEGORIES: Final = 60
"""As many are offered in one list; of more, those that fit and those that were looked up."""


@bp.get("/ban-hang/mau-kenh")
@role("producer")
def index() -> ResponseReturnValue:
    """Upload a template; those there are."""
    return _index(TemplateForm())


def _index(form: TemplateForm, status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "channel_sheets/index.html",
        form=form,
        producers=own_producers(),
        labels=channel_labels(),
        rows=queries.templates_of(read_session(), own(), most=LISTED),
    )
    return page, status


@bp.post("/ban-hang/mau-kenh")
@role("producer")
@limiter.limit("30 per minute")
def upload() -> ResponseReturnValue:
    """Read a template; somebody else's is refused before it is opened."""
    form = TemplateForm.read()
    if not form.validate():
        return _index(form, 422)
    name, content = uploaded("sheet", MAX_BYTES)
    try:
        template = _take(form, name, content)
    except (Invalid, Conflict, NotAllowed, NotFound) as refusal:
        form.add_error(refusal)
        return _index(form, status_of(refusal))
    return redirect(url_for(".show", public_id=template.public_id), 303)


def _take(form: TemplateForm, name: str, content: bytes) -> ChannelTemplate:
    producer = chosen_producer(form.co_so.data or "")
    sha = services.digest_of(content)
    kind_of(content, name)
    if queries.is_file_of_others(read_session(), sha, own()):
        raise services.OtherPeoples(field="sheet")
    layout = find_layout(book_of(read_book(content)))
    registry.profile_called(layout.channel)
    stored = house().storage.put(content, "xlsx")
    db = write_session()
    template = services.take_template(
        db,
        producer_id=producer.id,
        actor_producers=own(),
        actor_id=actor().id(),
        shop_label=form.shop_label.data or "",
        file_name=name,
        file_sha=sha,
        stored_name=stored,
        layout=layout,
        now=clock.now(),
    )
    db.commit()
    return template


@bp.get("/ban-hang/mau-kenh/<public_id>")
@role("producer")
def show(public_id: str) -> ResponseReturnValue:
    """What was understood of a template, and what is still to be answered."""
    return template_page(queries.template_called(read_session(), public_id, own()))


def template_page(
    template: ChannelTemplate, refusal: str = "", status: int = 200
) -> ResponseReturnValue:
    """The page of a template; ``refusal`` stands above it."""
    db, layout = read_session(), layout_of(template.layout)
    choices = services.choices_of(template)
    remarks = services.remarks_of(db, template, layout, clock.now())
    producer = next(one for one in own_producers() if one.id == template.producer_id)
    page = render_template(
        "channel_sheets/show.html",
        template=template,
        layout=layout,
        choices=choices,
        producer=producer,
        label=channel_labels().get(template.channel, template.channel),
        remarks=[_shown(remark) for remark in remarks],
        is_ready=all(remark.severity != "refuse" for remark in remarks),
        asked=asked_columns(layout),
        units=UNITS,
        unit=weight_unit(layout, choices),
        fills=queries.fills_of(db, template.id, most=HISTORY),
        refusal=refusal,
        key=secrets.token_urlsafe(16),
        **_categories(template, layout, producer),
    )
    return page, status


def _shown(remark: Remark) -> dict[str, Any]:
    return {
        "code": remark.code,
        "is_refusal": remark.severity == "refuse",
        "why": _(remark.why, **remark.params),
        "fix": _(remark.fix, **remark.params),
        "field": remark.field,
    }


def _categories(template: ChannelTemplate, layout: Layout, producer: Producer) -> dict[str, Any]:
    """The goods of this page with their chosen and suggested categories, and what was looked up."""
    db = read_session()
    looked = request.args.get("tim", "")[:100]
    if not (layout.needs_category and layout.categories):
        return {
            "goods": [],
            "looked": looked,
            "found": [],
            "every": (),
            "page": None,
            "missing": 0,
        }
    goods = queries.goods_of(db, producer.id)
    chosen = chosen_categories(db, producer.id, template.channel)
    before: dict[str, Counter[str]] = {}
    for product_id, _name, subgroup in goods:
        if chosen.get(product_id):
            before.setdefault(subgroup, Counter())[chosen[product_id]] += 1
    usual = layout.categories[0].id if layout.is_of_one_category else ""
    known = {category.id: category for category in layout.categories}
    page = Page(page_number(request.args.get("trang")), PAGE_SIZE, len(goods), _page_url)
    suggester = Suggester(layout.categories)
    rows = [
        (
            product_id,
            name,
            chosen.get(product_id, usual),
            known.get(chosen.get(product_id, usual)),
            suggester.suggest(name, group_label(subgroup), before=before.get(subgroup)),
        )
        for product_id, name, subgroup in goods[page.offset : page.offset + PAGE_SIZE]
    ]
    return {
        "goods": rows,
        "looked": looked,
        "found": find_categories(layout.categories, looked),
        "every": layout.categories if len(layout.categories) <= LISTED_CATEGORIES else (),
        "page": page,
        "missing": sum(chosen.get(one[0], usual) not in known for one in goods),
    }


def _page_url(number: int) -> str:
    public_id = (request.view_args or {})["public_id"]
    return url_for(".show", public_id=public_id, trang=number) + "#nganh"


@bp.post("/ban-hang/mau-kenh/<public_id>/lua-chon")
@role("producer")
def choose(public_id: str) -> ResponseReturnValue:
    """Keep the unit, delivery and the values of columns that only the producer can answer."""
    posted = request.form.to_dict()
    db = write_session()
    services.save_choices(
        db,
        template=queries.template_called(db, public_id, own()),
        unit=posted.get("unit", ""),
        is_shared=posted.get("texts") == "shared",
        numbers_as_text=posted.get("numbers_as_text") == "1",
        deliveries=set(request.form.getlist("delivery")[:200]),
        constants=read_constants(posted),
    )
    db.commit()
    flash(_("Đã lưu lựa chọn cho mẫu này."), "ok")
    return redirect(url_for(".show", public_id=public_id), 303)


@bp.post("/ban-hang/mau-kenh/<public_id>/nganh")
@role("producer")
def categories(public_id: str) -> ResponseReturnValue:
    """Keep the category of each product on the page."""
    db = write_session()
    template = queries.template_called(db, public_id, own())
    try:
        services.choose_categories(
            db,
            template=template,
            wanted=read_categories(request.form.to_dict()),
            now=clock.now(),
        )
    except Invalid as refusal:
        return template_page(template, _(refusal.text, **refusal.params), 422)
    db.commit()
    flash(_("Đã lưu ngành hàng."), "ok")
    back = url_for(".show", public_id=public_id, trang=request.args.get("trang", "1")[:6])
    return redirect(f"{back}#nganh", 303)
