"""A code per host and session, for addresses that credit orders without following anybody."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from livestream.clubs.models import Resource
from livestream.results.models import ShareCode
from livestream.sessions.models import LiveSession, ResourceHold
from shop.core.db import insert_into
from shop.core.text import random_code


def share_codes(
    db: Session, *, live: LiveSession, now: datetime
) -> Sequence[tuple[ShareCode, Resource]]:
    """The codes of a session's hosts, made on first asking; a host keeps theirs."""
    hosts = (
        select(Resource)
        .join(ResourceHold, ResourceHold.resource_id == Resource.id)
        .where(ResourceHold.session_id == live.id, Resource.kind == "host")
    )
    for host in db.scalars(hosts):
        db.execute(
            insert_into(db, ShareCode)
            .values(code=random_code(8), session_id=live.id, host_id=host.id, made_at=now)
            .on_conflict_do_nothing(index_elements=["session_id", "host_id"])
        )
    rows = db.execute(
        select(ShareCode, Resource)
        .join(Resource, Resource.id == ShareCode.host_id)
        .where(ShareCode.session_id == live.id)
        .order_by(Resource.name, ShareCode.id)
    )
    return [(code, host) for code, host in rows]
