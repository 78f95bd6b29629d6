"""Download a channel pack."""

from flask import Blueprint, Response

from livestream.clubs.queries import get_club
from livestream.packs.rules import PLATFORMS
from livestream.packs.services import make_pack
from livestream.sessions.queries import item_rows
from livestream.sessions.routes.frame import seen_by_club
from livestream.sessions.routes.public import share_card
from shop.core import clock
from shop.core.errors import NotFound
from shop.web.access import role
from shop.web.request import house, read_session
from shop.web.share_pictures import stored_picture

bp = Blueprint("packs", __name__)


@bp.get("/clb/phien/<public_id>/goi-kenh/<platform>.zip")
@role("club")
def download(public_id: str, platform: str) -> Response:
    """The pack of a session for one platform; the same session gives the same bytes."""
    if platform not in PLATFORMS:
        raise NotFound
    db, now = read_session(), clock.now()
    live = seen_by_club(db, public_id)
    card = share_card(live, get_club(db, live.club_id).name, item_rows(db, live.id, now=now))
    storage = house().storage
    content = make_pack(
        db,
        live=live,
        platform=platform,
        address=f"{house().public_url}/phien-live/{live.slug}",
        cover=storage.read(stored_picture(storage, card)),
        now=now,
    )
    name = f"goi-{platform}-{live.slug}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, mimetype="application/zip", headers=headers)
