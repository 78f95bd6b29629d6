"""The blueprint of wholesale, and the places both sides choose from."""

import secrets

from flask import Blueprint
from sqlalchemy.orm import Session

from shop.places import queries as places
from shop.places.rules import is_code
from shop.web.i18n import gettext as _

bp = Blueprint("wholesale", __name__)


def fresh_key() -> str:
    """What makes two presses of a button one."""
    return secrets.token_urlsafe(16)


def provinces(db: Session) -> list[tuple[str, str]]:
    """To choose from, with nothing chosen first."""
    return [
        ("", _("Chọn tỉnh, thành phố")),
        *((one.code, one.name) for one in places.list_provinces(db)),
    ]


def communes(db: Session, province_code: str) -> list[tuple[str, str]]:
    """Those of the province."""
    found = places.list_communes(db, province_code) if is_code(province_code, 2) else []
    return [("", _("Chọn xã, phường")), *((one.code, one.name) for one in found)]
