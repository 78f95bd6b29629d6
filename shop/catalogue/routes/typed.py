"""What is typed into the editor's forms: kept while it is typed, laid over what is stored."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import wtforms
from flask import render_template, request, url_for
from werkzeug.datastructures import MultiDict

from shop.catalogue import queries, rules
from shop.catalogue.forms import (
    CertificateForm,
    FactsForm,
    LabelForm,
    NewProductForm,
    StoryForm,
    VariantForm,
)
from shop.catalogue.models import ProductDraft
from shop.core import clock
from shop.core.errors import NotFound
from shop.core.text import clean
from shop.web.access import actor
from shop.web.forms import Form
from shop.web.i18n import gettext
from shop.web.request import read_session

FORMS: Final[dict[str, type[Form]]] = {
    "facts": FactsForm,
    "label": LabelForm,
    "story": StoryForm,
    "variants": VariantForm,
    "certificates": CertificateForm,
}
_OWN_COLUMN: Final = {"season_months": "season_mask"}
_DIGEST: Final = re.compile("[0-9a-f]{64}")
_MAX_TEXT: Final = 20_000
_MAX_CHOICES: Final = 40

Fields = Mapping[str, list[str]]


def form_called(key: str, product_id: int | None) -> type[Form]:
    """The form of a step. Raises NotFound for a step without one."""
    if product_id is None:
        return NewProductForm
    if key not in FORMS:
        raise NotFound
    return FORMS[key]


def fields_sent(form: type[Form]) -> dict[str, list[str]]:
    """What stands in the fields of a form, as typed but for signs nobody can see; no files."""
    names = [field.name for field in form() if not isinstance(field, wtforms.FileField)]
    return {
        name: [clean(text[:_MAX_TEXT]) for text in request.form.getlist(name)[:_MAX_CHOICES]]
        for name in names
    }


def seen_sent() -> str:
    """The digest that the page was made with; empty for anything that cannot be one."""
    sent = request.form.get("seen", "")
    return sent if _DIGEST.fullmatch(sent) else ""


def filled(form: type[Form], fields: Fields) -> Form:
    """The form as it was left."""
    pairs = [(name, text) for name, texts in fields.items() for text in texts]
    return form(MultiDict(pairs))


def typed(product_id: int | None) -> dict[str, ProductDraft]:
    """The actor's own unsaved words of a product, by form."""
    return queries.typed_of(read_session(), person_id=actor().id(), product_id=product_id)


def parsed(key: str, fields: Fields) -> tuple[dict[str, Any], bool]:
    """The columns that a step's typed fields stand for, faulty ones left out; whether none is."""
    form: Any = filled(FORMS[key], fields)
    is_valid = bool(form.validate())
    faulty = {_OWN_COLUMN.get(name, name) for name in form.errors}
    values = form.values().items()
    return {name: value for name, value in values if name not in faulty}, is_valid


def overlaid(draft: queries.Draft, drafts: Mapping[str, ProductDraft]) -> queries.Draft:
    """The product with what is typed laid over what is stored."""
    values = dict(draft.values)
    for key in rules.STEP_FIELDS:
        if key in drafts:
            values |= parsed(key, drafts[key].fields)[0]
    return replace(draft, values=values)


@dataclass(frozen=True)
class Editing:
    """A form that is kept while it is typed, for its template."""

    form: Form
    url: str
    """Where its words are kept."""
    version: int
    """The version of the kept words that the page shows; 0 without any."""
    seen: str
    resumed_at: datetime | None
    theirs: list[tuple[str, Any]]
    """Label and stored value of the fields that somebody else saved meanwhile."""
    editor: tuple[str, datetime] | None
    others: list[tuple[str, datetime]]
    hints: Mapping[str, str]


def editing(
    key: str,
    draft: queries.Draft | None,
    fresh: Callable[[], Form],
    *,
    answered: Form | None = None,
) -> Editing:
    """A step's form: as ``answered`` after a refusal, as typed before, or ``fresh``."""
    product_id = draft.product.id if draft else None
    kept = typed(product_id).get(key)
    form = answered
    if form is None:
        form = filled(form_called(key, product_id), kept.fields) if kept else fresh()
    stored = _stamp(key, draft)
    began = seen_sent() if answered is not None else kept and kept.seen
    is_behind = bool(began and stored and began != stored)
    return Editing(
        form=form,
        url=keeping_url(key, product_id),
        version=kept.version if kept else 0,
        seen=stored if answered is not None or not began else began,
        resumed_at=kept.updated_at if kept is not None and answered is None else None,
        theirs=_theirs(key, draft, kept if answered is None else None) if is_behind else [],
        editor=queries.last_editor(read_session(), product_id)
        if is_behind and product_id
        else None,
        others=_others(key, product_id),
        hints=hints(key, draft, form),
    )


def _stamp(key: str, draft: queries.Draft | None) -> str:
    """The digest of what is stored in a step; empty for forms that only add things."""
    if draft is None or key not in rules.STEP_FIELDS:
        return ""
    return rules.stamp(draft.values, rules.STEP_FIELDS[key])


def keeping_url(key: str, product_id: int | None) -> str:
    """Where the words of a form are kept."""
    if product_id is None:
        return url_for(".keep_new")
    return url_for(".keep", product_id=product_id, key=key)


def _others(key: str, product_id: int | None) -> list[tuple[str, datetime]]:
    if product_id is None:
        return []
    return queries.others_typing(
        read_session(), product_id=product_id, form=key, but=actor().id(), now=clock.now()
    )


def _theirs(
    key: str, draft: queries.Draft | None, kept: ProductDraft | None
) -> list[tuple[str, Any]]:
    """What is stored in the fields where the typed words, kept or just sent, say something else."""
    if draft is None:
        return []
    form = FORMS[key]
    own = parsed(key, kept.fields if kept is not None else fields_sent(form))[0]
    labels = {_OWN_COLUMN.get(field.name, field.name): field.label.text for field in form()}
    fields = [name for name in rules.STEP_FIELDS[key] if name in own]
    names = rules.differing(own, draft.values, fields)
    return [(gettext(labels[name]), draft.values[name]) for name in names]


def hints(key: str, draft: queries.Draft | None, form: Form) -> dict[str, str]:
    """Remarks beside each field of a form, drawn: claims, and what such labels usually say."""
    values = dict(draft.values) if draft else {}
    values |= {field.name: field.data for field in form if isinstance(field.data, str)}
    stars = draft.stars(clock.today_vn(clock.now())) if draft else None
    found = rules.claim_warnings(values, valid_stars=stars)
    if draft and values["subgroup"] in rules.SUBGROUPS:
        judged = replace(draft, values=values).state(clock.today_vn(clock.now()))
        found += rules.label_advice(judged)
    names = [field.name for field in form]
    return {
        name: render_template(
            "catalogue/_hint.html", findings=[one for one in found if one.field == name]
        )
        for name in names
        if name in rules.HINTED_FIELDS
    }
