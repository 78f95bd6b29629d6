"""The feature's blueprint and what its pages share."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from shop.accounts.rules import require_producer, staff_scope_of
from shop.catalogue import queries, rules
from shop.core.clock import now, today_vn
from shop.core.db import MAX_ID
from shop.core.errors import Conflict, Invalid, NotFound
from shop.core.text import N_
from shop.web.access import actor
from shop.web.errors import status_of
from shop.web.forms import Form
from shop.web.pagination import Page, page_number
from shop.web.request import read_session

bp = Blueprint("catalogue", __name__)

PAGE_SIZE = 30


class UnknownDecision(Invalid):
    message = N_("Vui lòng dùng một trong các nút quyết định.")


def own_draft(product_id: int) -> queries.Draft:
    """The product of one of the actor's producers. Raises NotFound for anyone else's."""
    if product_id > MAX_ID:
        raise NotFound
    draft = queries.draft_of(read_session(), product_id)
    require_producer(actor(), draft.producer.id)
    return draft


def attempt(form: Form, do: Callable[[], Any]) -> int:
    """Do what a valid form asks; 0 when it went well, else the status of the refusal.

    The refusal's sentence is then beside its field, or above the form.
    """
    try:
        do()
    except (Invalid, Conflict) as error:
        form.add_error(error)
        return status_of(error)
    return 0


def asked_page(total_of: Callable[[int, int], tuple[list[Any], int]]) -> tuple[list[Any], Page]:
    """Rows of the page asked for (``trang``) and its neighbours; ``total_of(limit, offset)``."""
    number = page_number(request.args.get("trang"))
    rows, total = total_of(PAGE_SIZE, (number - 1) * PAGE_SIZE)
    return rows, Page(number, PAGE_SIZE, total, page_url)


def page_url(number: int) -> str:
    """This list at another page."""
    kept = {name: value for name, value in request.args.items() if name != "trang"}
    return f"{request.script_root}{request.path}?{urlencode(kept | {'trang': number})}"


def scope() -> queries.Scope:
    """The provinces that the actor looks after; None: all."""
    return staff_scope_of(actor())


def show(template: str, status: int = 200, **context: Any) -> ResponseReturnValue:
    """A page of this feature, with the words its templates use."""
    return (
        render_template(
            f"catalogue/{template}",
            rules=rules,
            today=today_vn(now()),
            **context,
        ),
        status,
    )
