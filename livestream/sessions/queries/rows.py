"""Sessions as cards, lists and calendars show them."""

from collections import Counter
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from livestream.clubs.models import Club, Resource
from livestream.clubs.rules import is_address
from livestream.sessions.models import LiveSession, ResourceHold, SessionItem
from shop.catalogue.models import ProductFacets
from shop.core.errors import NotFound

WAS_PUBLIC: Final = ("confirmed", "live", "stopped", "ended", "reconciled", "cancelled", "no_show")


def get_session(db: Session, public_id: str) -> LiveSession:
    """Raises NotFound."""
    if not is_address(public_id):
        raise NotFound
    live = db.scalars(select(LiveSession).where(LiveSession.public_id == public_id)).one_or_none()
    if live is None:
        raise NotFound
    return live


def public_session(db: Session, slug: str) -> LiveSession:
    """A session that is or was on the public schedule. Raises NotFound."""
    if not is_address(slug):
        raise NotFound
    live = db.scalars(
        select(LiveSession).where(
            LiveSession.slug == slug,
            LiveSession.state.in_(WAS_PUBLIC),
            LiveSession.confirmed_by.is_not(None),
        )
    ).one_or_none()
    if live is None:
        raise NotFound
    return live


@dataclass(frozen=True)
class Shown:
    """A product of a session as a card shows it."""

    name: str
    name_en: str | None
    photo_sha: str | None


@dataclass(frozen=True)
class SessionRow:
    """A session with its club, resources and first products."""

    live: LiveSession
    club: Club
    resources: tuple[Resource, ...] = ()
    shown: tuple[Shown, ...] = ()
    item_count: int = 0
    agreed_count: int = 0
    """How many of its items their producers agreed to."""

    def named(self, kind: str) -> list[str]:
        """Names of its hosts, studios, …"""
        return [resource.name for resource in self.resources if resource.kind == kind]

    @property
    def platforms(self) -> list[str]:
        """Slugs of the platforms it is shown on."""
        return sorted({resource.platform for resource in self.resources if resource.platform})


def with_club() -> Select[LiveSession, Club]:
    """Every session with its club, to narrow down."""
    return select(LiveSession, Club).join(Club, Club.id == LiveSession.club_id)


def session_rows(db: Session, statement: Select[LiveSession, Club]) -> list[SessionRow]:
    """Fill the sessions of ``statement``; three statements in all."""
    found = db.execute(statement).all()
    ids = [live.id for live, _club in found]
    resources: dict[int, list[Resource]] = {}
    items: dict[int, list[Shown]] = {}
    agreed: Counter[int] = Counter()
    if ids:
        for session_id, resource in db.execute(
            select(ResourceHold.session_id, Resource)
            .join(Resource, Resource.id == ResourceHold.resource_id)
            .where(ResourceHold.session_id.in_(ids))
            .order_by(Resource.kind, Resource.name, Resource.id)
        ):
            resources.setdefault(session_id, []).append(resource)
        for session_id, consent, name, name_en, photo in db.execute(
            select(
                SessionItem.session_id,
                SessionItem.consent,
                ProductFacets.name,
                ProductFacets.name_en,
                ProductFacets.photo_sha,
            )
            .join(ProductFacets, ProductFacets.product_id == SessionItem.product_id)
            .where(SessionItem.session_id.in_(ids), SessionItem.withdrawn_at.is_(None))
            .order_by(SessionItem.position, SessionItem.id)
        ):
            items.setdefault(session_id, []).append(Shown(name, name_en, photo))
            agreed[session_id] += consent == "agreed"
    return [
        SessionRow(
            live=live,
            club=club,
            resources=tuple(resources.get(live.id, ())),
            shown=tuple(items.get(live.id, ())[:3]),
            item_count=len(items.get(live.id, ())),
            agreed_count=agreed[live.id],
        )
        for live, club in found
    ]
