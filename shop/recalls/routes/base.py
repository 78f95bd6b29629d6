"""The two desks: the producer's, and staff's for their provinces. Same views, other scope."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final

from flask import Blueprint, Response, make_response
from sqlalchemy import ColumnElement
from werkzeug.wrappers import Response as BaseResponse

from shop.accounts.rules import staff_scope_of
from shop.core.errors import Conflict, DomainError
from shop.recalls import queries, rules
from shop.traceability.rules import codes
from shop.traceability.rules.lots import UnknownLot
from shop.web.access import Role, actor, role, sign

Answer = BaseResponse | tuple[str, int] | str
View = Callable[..., Answer]


@dataclass(frozen=True)
class Desk:
    """Where recalls are ordered and followed: whose, in which frame, under which address."""

    bp: Blueprint
    role: Role
    prefix: str
    frame: str

    def scope(self) -> ColumnElement[bool]:
        """Which producers' recalls the person sees here."""
        if self.role == "producer":
            return queries.may_see(producer_ids=list(actor().producers))
        return queries.may_see(provinces=staff_scope_of(actor()))

    @property
    def may_order(self) -> bool:
        """Whether the person may order a recall here: owners and staff, not other members."""
        return self.role == "staff" or "owner" in actor().producers.values()

    def add(self, path: str, view: View, *, method: str = "GET") -> None:
        """Answer ``path`` under the desk's prefix with ``view(desk, ...)``, guarded."""

        @wraps(view)
        def bound(**values: Any) -> Answer:
            return view(self, **values)

        self.bp.add_url_rule(
            self.prefix + path,
            endpoint=view.__name__,
            view_func=role(self.role)(bound),
            methods=[method],
        )


PRODUCER: Final = Desk(
    Blueprint("recalls", __name__), "producer", "/ban-hang", "workspaces/producer.html"
)
STAFF: Final = Desk(
    Blueprint("recalls_staff", __name__), "staff", "/can-bo", "workspaces/staff.html"
)


def read_lot_codes(typed: Sequence[str]) -> list[str]:
    """Lot codes from an address or a form. Raises NothingChosen, TooManyLots, UnknownLot."""
    read = [codes.normalise(one[:40]) for one in typed[: rules.MOST_LOTS + 1] if one.strip()]
    known = [code for code in read if code is not None]
    if len(known) < len(read):
        raise UnknownLot
    return rules.clean_lot_codes(known)


def sign_buyer(code: str) -> str:
    """The signature of a buyer's link."""
    return sign("recall", code)


def status_for(refusal: DomainError) -> int:
    """409 for what changed meanwhile, 422 for what was typed."""
    return 409 if isinstance(refusal, Conflict) else 422


def unkept(body: str, status: int = 200) -> Response:
    """A page that names buyers must not be kept by anyone."""
    response = make_response(body, status)
    response.headers["Cache-Control"] = "private, no-store"
    return response
