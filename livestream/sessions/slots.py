"""Places in session pages that features above fill."""

from datetime import datetime

from sqlalchemy.orm import Session

from livestream.sessions.models import LiveSession
from shop.web.slots import NavItem, Panel, Slot

SESSION_PANELS: Slot[[Session, LiveSession, datetime], Panel] = Slot()
"""On a session's public page, below its head; fillers get (db, session, now)."""

DESK_PANELS: Slot[[Session, LiveSession, str, datetime], Panel] = Slot()
"""On a session's page of the club and of the staff, beside its next steps; fillers get (db,
session, ``club`` or ``staff``, now)."""

SESSION_LINKS: Slot[[LiveSession, str], NavItem] = Slot()
"""Buttons of a session's page in a workspace; fillers get (session, ``club`` or ``staff``)."""
