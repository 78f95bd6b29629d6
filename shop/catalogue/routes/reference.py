"""Reference data on the staff's desk: seen by all staff, edited for the whole country by a few."""

from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from shop.catalogue import queries, rules, services
from shop.catalogue.forms import REFERENCE_FIELDS, ReferenceForm
from shop.catalogue.routes.base import attempt, bp, show
from shop.core import clock
from shop.core.errors import NotFound
from shop.core.text import N_
from shop.web.access import actor, role
from shop.web.i18n import gettext
from shop.web.request import read_session, write_session


def _kind(kind: str) -> str:
    if kind not in rules.KINDS:
        raise NotFound
    return kind


def _entry(kind: str, code: str) -> rules.Entry:
    found = rules.current().entries.get((_kind(kind), code))
    if found is None:
        raise NotFound
    return found


@bp.get("/can-bo/danh-muc")
@role("staff")
def references() -> ResponseReturnValue:
    """The kinds of reference data; groups first."""
    return reference_list("group")


@bp.get("/can-bo/danh-muc/<kind>")
@role("staff")
def reference_list(kind: str) -> ResponseReturnValue:
    """All entries of one kind, and whether each may be chosen today."""
    return show(
        "references.html",
        kind=_kind(kind),
        entries=rules.current().of(kind),
        may_edit=services.may_edit_reference(actor()),
    )


def _page(
    kind: str, form: ReferenceForm, entry: rules.Entry | None, status: int = 200
) -> ResponseReturnValue:
    db = read_session()
    return show(
        "reference.html",
        status,
        kind=kind,
        entry=entry,
        form=form,
        fields=REFERENCE_FIELDS[kind],
        revisions=queries.revisions_of(db, kind, entry.code) if entry else [],
        first=rules.seed().entries.get((kind, entry.code)) if entry else None,
        may_edit=services.may_edit_reference(actor()),
    )


def _filled(entry: rules.Entry) -> ReferenceForm:
    data: dict[str, Any] = dict(entry.data)
    data["from_stars"] = str(data.get("from_stars") or 3)
    return ReferenceForm(
        data=data
        | {
            "code": entry.code,
            "revision": entry.revision,
            "valid_from": entry.valid_from,
            "valid_until": entry.valid_until,
        }
    )


@bp.get("/can-bo/danh-muc/<kind>/moi")
@role("staff")
def new_reference(kind: str) -> ResponseReturnValue:
    """An empty entry."""
    return _page(_kind(kind), ReferenceForm(data={"is_required": True}), None)


@bp.get("/can-bo/danh-muc/<kind>/muc/<path:code>")
@role("staff")
def reference(kind: str, code: str) -> ResponseReturnValue:
    """One entry and its history."""
    entry = _entry(kind, code)
    return _page(kind, _filled(entry), entry)


@bp.post("/can-bo/danh-muc/<kind>/moi")
@role("staff")
def add_reference(kind: str) -> ResponseReturnValue:
    """Write a new entry."""
    return _write(_kind(kind), None)


@bp.post("/can-bo/danh-muc/<kind>/muc/<path:code>")
@role("staff")
def change_reference(kind: str, code: str) -> ResponseReturnValue:
    """Write the next revision of an entry."""
    return _write(kind, _entry(kind, code))


def _write(kind: str, entry: rules.Entry | None) -> ResponseReturnValue:
    form = ReferenceForm.read()
    if not form.validate():
        return _page(kind, form, entry, 422)
    code = entry.code if entry else (form.code.data or "")
    status = attempt(
        form,
        lambda: services.write_entry(
            write_session(),
            kind=kind,
            code=code,
            base_revision=(form.revision.data or 0) if entry else None,
            data=form.values(kind),
            valid_from=form.valid_from.data,
            valid_until=form.valid_until.data,
            note=form.why.data,
            actor_id=actor().id(),
            now=clock.now(),
        ),
    )
    if status:
        return _page(kind, form, entry, status)
    write_session().commit()
    flash(gettext(N_("Đã ghi. Bản cũ còn trong lịch sử.")), "ok")
    return redirect(url_for(".reference", kind=kind, code=code), 303)
