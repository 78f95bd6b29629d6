"""Pages of campaigns: staff's list and form, the public page."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from markupsafe import Markup
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from livestream.campaigns import forms, queries, rules, services
from livestream.campaigns.models import Campaign
from livestream.campaigns.slots import CAMPAIGN_PANELS
from shop.accounts.rules import require_staff, staff_scope_of
from shop.core import clock
from shop.core.errors import Invalid
from shop.core.text import N_
from shop.places.queries import list_provinces
from shop.web.access import actor, public, role
from shop.web.assets import media_url
from shop.web.errors import status_of
from shop.web.i18n import gettext as _
from shop.web.i18n import pick
from shop.web.request import read_session, write_session

bp = Blueprint("campaigns", __name__)

Page = tuple[str, int] | str | Response

NATIONWIDE = "*"
"""A campaign without a province is for staff whose scope is the whole country."""


def _own(db: Session, campaign_id: int) -> Campaign:
    """A campaign in the actor's scope. Raises NotFound, NotAllowed."""
    campaign = queries.get_campaign(db, campaign_id)
    require_staff(actor(), campaign.province_code or NATIONWIDE)
    return campaign


@bp.get("/can-bo/chien-dich")
@role("staff")
def staff_list() -> Page:
    """Campaigns of the actor's provinces."""
    db = read_session()
    return render_template(
        "livestream/campaigns/list.html",
        campaigns=db.scalars(queries.campaigns_of(staff_scope_of(actor())).limit(200)).all(),
        labels=rules.STATE_LABELS,
    )


def _with_choices(form: forms.CampaignForm) -> forms.CampaignForm:
    scope = staff_scope_of(actor())
    choices = [
        (row.code, row.name)
        for row in list_provinces(read_session())
        if scope is None or row.code in scope
    ]
    form.province_code.choices = [("", _(N_("Cả nước"))), *choices] if scope is None else choices
    return form


@bp.route("/can-bo/chien-dich/moi", methods=["GET", "POST"])
@role("staff")
def create() -> Page:
    """A new campaign."""
    if request.method == "GET":
        form = _with_choices(forms.CampaignForm())
        return render_template("livestream/campaigns/form.html", form=form, campaign=None)
    form = _with_choices(forms.CampaignForm.read())
    if not form.validate():
        return render_template("livestream/campaigns/form.html", form=form, campaign=None), 422
    try:
        values = form.values()
        require_staff(actor(), values["province_code"] or NATIONWIDE)
        db = write_session()
        campaign = services.create_campaign(db, actor_id=actor().id(), now=clock.now(), **values)
    except Invalid as error:
        form.add_error(error)
        return render_template("livestream/campaigns/form.html", form=form, campaign=None), 422
    db.commit()
    return redirect(url_for("campaigns.edit", campaign_id=campaign.id), 303)


def _edit_page(
    campaign: Campaign, form: forms.CampaignForm, product_form: forms.ProductForm, status: int = 200
) -> Page:
    page = render_template(
        "livestream/campaigns/form.html",
        form=form,
        campaign=campaign,
        product_form=product_form,
        products=queries.products_of(read_session(), campaign.id, listed_only=False),
        labels=rules.STATE_LABELS,
        steps=sorted(rules.NEXT_STATES[campaign.state]),
    )
    return page, status


@bp.route("/can-bo/chien-dich/<int:campaign_id>", methods=["GET", "POST"])
@role("staff")
def edit(campaign_id: int) -> Page:
    """Change a campaign."""
    if request.method == "GET":
        campaign = _own(read_session(), campaign_id)
        form = _with_choices(forms.CampaignForm(data=forms.campaign_data(campaign)))
        return _edit_page(campaign, form, forms.ProductForm())
    form = _with_choices(forms.CampaignForm.read())
    if not form.validate():
        return _edit_page(_own(read_session(), campaign_id), form, forms.ProductForm(), 422)
    try:
        values = form.values()
        require_staff(actor(), values["province_code"] or NATIONWIDE)
        db = write_session()
        _own(db, campaign_id)
        services.change_campaign(
            db, campaign_id=campaign_id, actor_id=actor().id(), now=clock.now(), **values
        )
    except Invalid as error:
        form.add_error(error)
        return _edit_page(_own(read_session(), campaign_id), form, forms.ProductForm(), 422)
    db.commit()
    return _done(campaign_id)


def _done(campaign_id: int) -> Response:
    flash(_(N_("Đã lưu.")), "ok")
    return redirect(url_for("campaigns.edit", campaign_id=campaign_id), 303)


@bp.post("/can-bo/chien-dich/<int:campaign_id>/trang-thai")
@role("staff")
def set_state(campaign_id: int) -> Page:
    """Publish or close: ``state`` = published | ended."""
    db = write_session()
    _own(db, campaign_id)
    form = forms.StateForm.read()
    if not form.validate():
        raise Invalid
    services.set_campaign_state(
        db,
        campaign_id=campaign_id,
        state=form.state.data,
        actor_id=actor().id(),
        now=clock.now(),
    )
    db.commit()
    return _done(campaign_id)


@bp.post("/can-bo/chien-dich/<int:campaign_id>/san-pham")
@role("staff")
def add_product(campaign_id: int) -> Page:
    """Put a product in: ``product`` is its address or number."""
    form = forms.ProductForm.read()
    try:
        if not form.validate():
            raise Invalid(field="product")
        db = write_session()
        _own(db, campaign_id)
        services.add_product(
            db,
            campaign_id=campaign_id,
            product_id=queries.product_id_of(db, form.key()),
            actor_id=actor().id(),
            now=clock.now(),
        )
    except Invalid as error:
        write_session().rollback()
        form.add_error(error)
        campaign = _own(read_session(), campaign_id)
        edited = _with_choices(forms.CampaignForm(data=forms.campaign_data(campaign)))
        return _edit_page(campaign, edited, form, status_of(error))
    db.commit()
    return _done(campaign_id)


@bp.post("/can-bo/chien-dich/<int:campaign_id>/san-pham/<int:product_id>/bo")
@role("staff")
def remove_product(campaign_id: int, product_id: int) -> Page:
    """Take a product out."""
    db = write_session()
    _own(db, campaign_id)
    services.remove_product(
        db,
        campaign_id=campaign_id,
        product_id=product_id,
        actor_id=actor().id(),
        now=clock.now(),
    )
    db.commit()
    return _done(campaign_id)


@bp.get("/chien-dich/<slug>")
@public
def show(slug: str) -> Page:
    """A campaign: what it sells, until when, on which sessions."""
    db = read_session()
    now = clock.now()
    campaign = queries.public_campaign(db, slug)
    panels = CAMPAIGN_PANELS.collect(db, campaign.id, now)
    return render_template(
        "livestream/campaigns/public.html",
        campaign=campaign,
        name=pick(campaign.name, campaign.name_en),
        is_over=campaign.state == "ended" or campaign.ends_at <= now,
        products=[_card(row) for row in queries.products_of(db, campaign.id)],
        panels=[Markup(render_template(p.template, **p.context)) for p in panels],  # noqa: S704
    )


def _card(row: Any) -> dict[str, Any]:
    """What the macro ``product_card`` needs."""
    today = clock.today_vn(clock.now())
    has_stars = row.stars_until is not None and row.stars_until >= today
    return {
        "url": url_for("storefront.product", slug=row.slug),
        "name": pick(row.name, row.name_en),
        "producer_name": row.producer_name,
        "place": row.place,
        "stars": row.stars if has_stars else None,
        "price_vnd": row.price_min_vnd or None,
        "price_max_vnd": row.price_max_vnd or None,
        "photo_url": media_url(f"{row.photo_sha}-320.webp") if row.photo_sha else None,
        "photo_alt": row.photo_alt,
        "badge": None,
        "is_demo": row.is_demo,
        "is_sold_out": row.available <= 0,
    }
