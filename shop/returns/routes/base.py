"""What the three sides of a return's pages share: the case as shown, pictures, refusals."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from shop.catalogue.pictures import MAX_BYTES, store_picture
from shop.core import clock
from shop.core.errors import Conflict, DomainError, Invalid, NotFound
from shop.orders.models import Order
from shop.orders.queries import order_by_code
from shop.returns import queries, rules, services
from shop.returns.models import ReturnRequest
from shop.returns.rules import Bought
from shop.web.access import actor
from shop.web.errors import status_of
from shop.web.forms import Form
from shop.web.i18n import gettext as _
from shop.web.request import house, read_session, write_session

bp = Blueprint("returns", __name__)


@dataclass(frozen=True)
class Case:
    """A request with all its page shows."""

    request: ReturnRequest
    order: Order
    steps: list[queries.Step]
    units: dict[int, int]
    usual_vnd: int
    most_vnd: int

    def may(self, side: rules.Side, wanted: str) -> bool:
        """Whether that side may take it there now."""
        return rules.may(self.request.state, side, wanted)


def case_of(db: Session, found: ReturnRequest) -> Case:
    """The request as its page shows it."""
    code = db.get_one(Order, found.order_id).code
    order = order_by_code(db, code)
    if order is None:
        raise LookupError(code)
    return Case(
        request=found,
        order=order,
        steps=queries.steps_of(db, found.id),
        units={line.order_line_id: line.quantity for line in found.lines},
        usual_vnd=services.usual_refund(db, found),
        most_vnd=services.most_refund(db, found, order),
    )


def show(template: str, status: int = 200, **context: Any) -> ResponseReturnValue:
    """A page of this feature, with the words its templates use."""
    return render_template(f"returns/{template}", rules=rules, **context), status


def attempt(form: Form, do: Callable[[Session], Any]) -> int:
    """Do what a valid form asks in one transaction; 0 when it is committed, else the status of the
    refusal, whose sentence then stands beside its field or above the form."""
    db = write_session()
    try:
        do(db)
    except (Invalid, Conflict) as refusal:
        db.rollback()
        form.add_error(refusal)
        return status_of(refusal)
    db.commit()
    return 0


def files_of(form: Any) -> list[FileStorage]:
    """The pictures that came with a form; the field then holds them."""
    form.photos.data = [file for file in request.files.getlist("photos") if file.filename]
    files: list[FileStorage] = form.photos.data
    return files


def stored(files: list[FileStorage], owner: str) -> tuple[dict[str, Any], ...]:
    """The pictures, kept before any transaction begins. Raises TooManyPhotos, PictureRefused."""
    if len(files) > rules.MAX_PHOTOS:
        raise rules.TooManyPhotos(field="photos")
    made = {}
    for file in files:
        try:
            picture = store_picture(house().storage, file.stream.read(MAX_BYTES + 1), owner=owner)
        except DomainError as refusal:
            refusal.field = "photos"
            raise
        made[picture.sha] = {
            "sha": picture.sha,
            "width": picture.width,
            "height": picture.height,
        }
    return tuple(made.values())


def lines_of(bought: list[Bought]) -> list[Bought]:
    """Those of which something may still be asked about."""
    return [line for line in bought if line.left > 0]


Verb = Callable[[Session, ReturnRequest, services.Answer], None]


@dataclass(frozen=True)
class Desk:
    """How one side that decides sees a request: its page, its forms by name (their fields are
    called ``<name>-<field>``) and what is theirs.
    """

    side: rules.Side
    template: str
    endpoint: str
    forms: Mapping[str, type[Form]]
    find: Callable[[Session, str], ReturnRequest | None]

    def found(self, db: Session, ask: str) -> ReturnRequest:
        """Raises NotFound, also for other people's."""
        found = self.find(db, ask)
        if found is None:
            raise NotFound
        return found

    def page(
        self, ask: str, status: int = 200, *, name: str = "", form: Form | None = None
    ) -> ResponseReturnValue:
        """The case; ``form`` is the refused one, called ``name``."""
        db = read_session()
        forms = {blank: kind(prefix=f"{blank}-") for blank, kind in self.forms.items()}
        if form is not None:
            forms[name] = form
        case = case_of(db, self.found(db, ask))
        return show(self.template, status, case=case, forms=forms, failed=name, typed=request.form)

    def decide(self, ask: str, name: str, form: Any, verb: Verb, done: str) -> ResponseReturnValue:
        """Do what the form called ``name`` asks, and say that it is done."""
        if not form.validate():
            return self.page(ask, 422, name=name, form=form)

        def do(db: Session) -> None:
            text = form.text.data or ""
            answer = services.Answer(self.side, actor().id(), clock.now(), text)
            verb(db, self.found(db, ask), answer)

        status = attempt(form, do)
        if status:
            return self.page(ask, status, name=name, form=form)
        flash(_(done), "ok")
        return redirect(url_for(self.endpoint, ask=ask), 303)
