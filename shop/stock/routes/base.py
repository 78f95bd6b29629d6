"""What the stock pages stand on: the blueprint, whose goods, fresh keys."""

import secrets
from collections.abc import Sequence

from flask import Blueprint
from sqlalchemy.orm import Session

from shop.core.errors import NotFound
from shop.stock import queries
from shop.web.access import actor

bp = Blueprint("stock", __name__)


def own() -> Sequence[int]:
    """The producers the actor works for."""
    return sorted(actor().producers)


def own_variant(db: Session, variant_id: int) -> queries.OwnVariant:
    """The variant if it is one of the actor's producers'. Raises NotFound."""
    found = queries.variant_of(db, variant_id, own())
    if found is None:
        raise NotFound
    return found


def fresh_key() -> str:
    """A submit key for a new form."""
    return secrets.token_urlsafe(16)
