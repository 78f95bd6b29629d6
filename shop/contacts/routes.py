"""The producer's desk for "how to reach us", and the staff's list of links to check."""

from collections.abc import Callable
from typing import Any, Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shop.accounts.rules import require_producer, require_staff, staff_scope_of
from shop.catalogue.models import Producer
from shop.catalogue.pictures import MAX_BYTES, store_picture
from shop.catalogue.queries import producers_by_id
from shop.contacts import queries, rules, services
from shop.contacts.forms import ContactForm, FaceForm, LinkForm
from shop.core import clock
from shop.core.errors import Conflict, Invalid, NotFound
from shop.core.text import N_
from shop.web.access import actor, role
from shop.web.errors import status_of
from shop.web.forms import Form
from shop.web.i18n import gettext as _
from shop.web.limits import limiter
from shop.web.pagination import Page, page_number
from shop.web.request import house, read_session, uploaded, write_session

bp = Blueprint("contacts", __name__)

PAGE_SIZE: Final = 30
_SAVED = N_("Đã lưu.")


def _own(producer_id: int) -> Producer:
    require_producer(actor(), producer_id)
    return producers_by_id(read_session(), [producer_id])[0]


def _page(producer: Producer, status: int = 200, **forms: Form) -> ResponseReturnValue:
    """The desk; a form that came back replaces its empty one."""
    db, today = read_session(), clock.today_vn(clock.now())
    kept = queries.contact_of(db, producer.id)
    contact = ContactForm(obj=kept)
    contact.consent.data = kept is not None
    return (
        render_template(
            "contacts/desk.html",
            producer=producer,
            contact=forms.get("contact", contact),
            link=forms.get("link", LinkForm()),
            face=forms.get("face", FaceForm()),
            outlets=[
                (one, rules.CHANNELS[one.channel].label, rules.standing(one.checked_on, today))
                for one in queries.links_of(db, producer.id)
            ],
            faces=queries.faces_of(db, producer.id),
            max_links=rules.MAX_LINKS,
        ),
        status,
    )


def _save(producer: Producer, name: str, form: Form, do: Callable[[], Any]) -> ResponseReturnValue:
    """Do what a form of the desk asks; a refusal comes back beside its field."""
    if not form.validate():
        return _page(producer, 422, **{name: form})
    try:
        do()
    except (Invalid, Conflict) as refusal:
        write_session().rollback()
        form.add_error(refusal)
        return _page(producer, status_of(refusal), **{name: form})
    write_session().commit()
    flash(_(_SAVED), "ok")
    return redirect(url_for(".desk", producer_id=producer.id), 303)


@bp.get("/ban-hang/co-so/<int:producer_id>/lien-he")
@role("producer")
def desk(producer_id: int) -> ResponseReturnValue:
    """How the public can reach the producer, who its people are, where else it sells."""
    return _page(_own(producer_id))


@bp.post("/ban-hang/co-so/<int:producer_id>/lien-he")
@role("producer")
def save_contact(producer_id: int) -> ResponseReturnValue:
    """Save Zalo and the own shop; emptied fields disappear from the public page."""
    producer, form = _own(producer_id), ContactForm.read()
    return _save(
        producer,
        "contact",
        form,
        lambda: services.set_contact(
            write_session(),
            producer_id=producer_id,
            actor_id=actor().id(),
            zalo=form.zalo.data or None,
            shop_address=form.shop_address.data,
            opening=form.opening.data,
            has_consent=form.consent.data,
            now=clock.now(),
        ),
    )


@bp.post("/ban-hang/co-so/<int:producer_id>/noi-ban")
@role("producer")
def add_link(producer_id: int) -> ResponseReturnValue:
    """Name a place on the net."""
    producer, form = _own(producer_id), LinkForm.read()
    return _save(
        producer,
        "link",
        form,
        lambda: services.add_link(
            write_session(),
            producer_id=producer_id,
            actor_id=actor().id(),
            channel=form.channel.data,
            url=form.url.data,
            now=clock.now(),
        ),
    )


@bp.post("/ban-hang/co-so/<int:producer_id>/noi-ban/<int:link_id>/<any(con, bo):what>")
@role("producer")
def change_link(producer_id: int, link_id: int, what: str) -> ResponseReturnValue:
    """Still sold there (``con``), or off the list (``bo``)."""
    _own(producer_id)
    do = services.check_link if what == "con" else services.remove_link
    db = write_session()
    do(db, producer_id=producer_id, link_id=link_id, actor_id=actor().id(), now=clock.now())
    db.commit()
    flash(_(_SAVED), "ok")
    return redirect(url_for(".desk", producer_id=producer_id), 303)


@bp.post("/ban-hang/co-so/<int:producer_id>/con-nguoi")
@role("producer")
@limiter.limit("60 per hour")
def add_face(producer_id: int) -> ResponseReturnValue:
    """Introduce someone; a picture is opened in a child process before the database is written."""
    producer, form = _own(producer_id), FaceForm.read()

    def add() -> None:
        if not form.consent.data:
            raise rules.ConsentNeeded(field="consent")
        _name, raw = uploaded("photo", MAX_BYTES)
        photo_sha = store_picture(house().storage, raw).sha if raw else None
        services.add_face(
            write_session(),
            producer_id=producer_id,
            actor_id=actor().id(),
            draft=services.FaceDraft(
                name=form.name.data,
                work=form.work.data,
                work_en=form.work_en.data or None,
                photo_sha=photo_sha,
                has_consent=form.consent.data,
            ),
            now=clock.now(),
        )

    return _save(producer, "face", form, add)


@bp.post("/ban-hang/co-so/<int:producer_id>/con-nguoi/<int:face_id>/bo")
@role("producer")
def remove_face(producer_id: int, face_id: int) -> ResponseReturnValue:
    """Take someone off the page."""
    _own(producer_id)
    db = write_session()
    services.remove_face(
        db, producer_id=producer_id, face_id=face_id, actor_id=actor().id(), now=clock.now()
    )
    db.commit()
    flash(_(_SAVED), "ok")
    return redirect(url_for(".desk", producer_id=producer_id), 303)


# Staff


@bp.get("/can-bo/noi-ban")
@role("staff")
def staff_links() -> ResponseReturnValue:
    """Links of the scope's producers, longest unchecked first."""
    today = clock.today_vn(clock.now())
    number = page_number(request.args.get("trang"))
    rows, total = queries.links_to_check(
        read_session(),
        staff_scope_of(actor()),
        limit=PAGE_SIZE,
        offset=(number - 1) * PAGE_SIZE,
    )
    return render_template(
        "contacts/staff.html",
        rows=[
            (row, rules.CHANNELS[row.channel].label, rules.standing(row.checked_on, today))
            for row in rows
        ],
        page=Page(number, PAGE_SIZE, total, lambda n: url_for(".staff_links", trang=n)),
    )


@bp.post("/can-bo/noi-ban/<int:link_id>/<any(con, bo):what>")
@role("staff")
def staff_change_link(link_id: int, what: str) -> ResponseReturnValue:
    """Staff looked: still sold there, or off the list."""
    found = queries.link_with_province(read_session(), link_id)
    if found is None:
        raise NotFound
    link, province_code = found
    require_staff(actor(), province_code)
    do = services.check_link if what == "con" else services.remove_link
    db = write_session()
    do(
        db,
        producer_id=link.producer_id,
        link_id=link_id,
        actor_id=actor().id(),
        now=clock.now(),
    )
    db.commit()
    flash(_(_SAVED), "ok")
    return redirect(url_for(".staff_links"), 303)
