"""What packs add to an application: the senders' settings, a button on a session's page."""

from pathlib import Path
from typing import cast

from flask import Flask

from config import Settings
from livestream.packs.senders import SendingConfig
from livestream.packs.sending import configure
from livestream.sessions.models import LiveSession
from livestream.sessions.slots import SESSION_LINKS
from shop.core.outgoing import is_safe_address
from shop.core.text import N_
from shop.web.i18n import gettext as _
from shop.web.slots import NavItem


def init_app(app: Flask) -> None:
    """Remember the settings and fill the slot; again is harmless. Raises ValueError for an address
    that must not be called."""
    settings = cast(Settings, app.extensions["settings"])
    if not is_safe_address(settings.shopee_api_base):
        raise ValueError("SHOPEE_API_BASE must be https")
    configure(
        app.extensions["house"].database,
        SendingConfig(
            shopee_partner_id=settings.shopee_partner_id,
            shopee_partner_key=settings.shopee_partner_key,
            shopee_tokens=Path(settings.shopee_token_dir) if settings.shopee_token_dir else None,
            shopee_api=settings.shopee_api_base,
        ),
    )
    SESSION_LINKS.fill(_session_links)


def _session_links(live: LiveSession, space: str) -> list[NavItem]:
    if space != "club" or live.state in {"draft", "expired", "cancelled"}:
        return []
    return [NavItem(_(N_("Gói kênh")), f"/clb/phien/{live.public_id}/goi-kenh", "download", 40)]
