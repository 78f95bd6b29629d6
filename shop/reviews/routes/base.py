"""What the pages of this feature share: the blueprint, lists by page, forms and refusals."""

import secrets
from collections.abc import Callable, Sequence
from typing import Any, Final
from urllib.parse import urlencode

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from shop.core.errors import Conflict, Invalid
from shop.reviews import rules
from shop.reviews.forms import STAR_WORDS, asked_number
from shop.web.errors import status_of
from shop.web.forms import Form
from shop.web.pagination import Page, page_number

bp = Blueprint("reviews", __name__)

PAGE_SIZE: Final = 20


def fresh_key() -> str:
    """The submit key of a page that makes something."""
    return secrets.token_urlsafe(16)


def asked_id() -> int:
    """The one row a link leads to (``so``); 0 when the whole list is asked for."""
    return asked_number(request.args.get("so"))


def asked_page(
    rows_of: Callable[[int, int], tuple[Sequence[Any], int]],
) -> tuple[Sequence[Any], Page]:
    """Rows of the page asked for (``trang``) and its neighbours; ``rows_of(limit, offset)``."""
    number = page_number(request.args.get("trang"))
    rows, total = rows_of(PAGE_SIZE, (number - 1) * PAGE_SIZE)
    return rows, Page(number, PAGE_SIZE, total, lambda n: here(trang=n))


def here(**changes: Any) -> str:
    """This page's address with some of its arguments changed; None takes one out."""
    kept = {name: value for name, value in request.args.items() if name not in changes}
    wanted = kept | {name: value for name, value in changes.items() if value is not None}
    address = f"{request.script_root}{request.path}"
    return f"{address}?{urlencode(wanted)}" if wanted else address


def attempt(form: Form, do: Callable[[], Any]) -> int:
    """Do what a valid form asks; 0 when it went well, else the status of the refusal.

    The refusal's sentence is then beside its field, or above the form.
    """
    try:
        do()
    except (Invalid, Conflict) as refusal:
        form.add_error(refusal)
        return status_of(refusal)
    return 0


def show(template: str, status: int = 200, **context: Any) -> ResponseReturnValue:
    """A page of this feature, with the words its templates use."""
    page = render_template(
        f"reviews/{template}", rules=rules, star_words=STAR_WORDS, here=here, **context
    )
    return page, status
