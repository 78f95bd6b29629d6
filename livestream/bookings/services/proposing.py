"""A session that is made and proposed in one go."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from livestream.sessions.models import LiveSession
from livestream.sessions.services import create_session, propose_session


def propose_new(
    db: Session,
    *,
    resources: Mapping[str, Sequence[int]],
    actor_id: int,
    now: datetime,
    hold_hours: int,
    viewer_clubs: Collection[int],
    **about: Any,
) -> LiveSession:
    """A proposed session that takes ``resources`` (ids by kind); ``about`` and errors as of
    ``create_session`` and ``propose_session``.
    """
    live = create_session(
        db,
        host_ids=resources.get("host", ()),
        channel_ids=resources.get("channel", ()),
        studio_ids=resources.get("studio", ()),
        kit_ids=resources.get("kit", ()),
        actor_id=actor_id,
        now=now,
        **about,
    )
    return propose_session(
        db,
        public_id=live.public_id,
        actor_id=actor_id,
        now=now,
        hold_hours=hold_hours,
        viewer_clubs=viewer_clubs,
    )
