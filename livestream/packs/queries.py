"""Where a session stands on the platforms that take it from a program."""

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from livestream.clubs.models import Resource
from livestream.packs.models import ChannelPush
from livestream.packs.rules import platform_id
from livestream.sessions.models import LiveSession, ResourceHold
from livestream.sessions.queries import ItemRow
from livestream.sessions.queries.plans import listed_addresses


def channels_of(
    db: Session, live: LiveSession, platforms: Collection[str]
) -> list[tuple[Resource, ChannelPush | None]]:
    """The session's channel accounts on these platforms, each with what was sent."""
    rows = db.execute(
        select(Resource, ChannelPush)
        .join(ResourceHold, ResourceHold.resource_id == Resource.id)
        .outerjoin(
            ChannelPush,
            (ChannelPush.resource_id == Resource.id) & (ChannelPush.session_id == live.id),
        )
        .where(
            ResourceHold.session_id == live.id,
            Resource.kind == "channel",
            Resource.platform.in_(platforms),
        )
        .order_by(Resource.id)
    )
    return [(resource, push) for resource, push in rows]


def ids_on(
    db: Session, rows: Sequence[ItemRow], platform: str
) -> tuple[tuple[str, ...], list[ItemRow]]:
    """The platform's ids of a line-up's products, and the rows it knows no id of."""
    listed = listed_addresses(db, {row.sale.product_id for row in rows})
    found: dict[str, None] = {}
    without = []
    for row in rows:
        known = platform_id(platform, listed.get(row.sale.product_id, {}).get(platform, ""))
        if known:
            found[known] = None
        else:
            without.append(row)
    return tuple(found), without
