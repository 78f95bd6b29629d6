"""Machine routes of this feature."""

from typing import Any

from flask import Blueprint

from shop.web.access import actor, api_token

bp = Blueprint("accounts_api", __name__, url_prefix="/api/v1")


@bp.get("/me")
@api_token("read")
def me() -> dict[str, Any]:
    """Whose token this is and what it may do."""
    who = actor()
    return {
        "id": who.person_id,
        "name": who.name,
        "language": who.language,
        "producers": [
            {"id": unit_id, "role": role} for unit_id, role in sorted(who.producers.items())
        ],
        "clubs": [{"id": unit_id, "role": role} for unit_id, role in sorted(who.clubs.items())],
        "staff_provinces": sorted(who.staff_provinces),
        "is_admin": who.is_admin,
        "scopes": sorted(who.scopes),
    }
