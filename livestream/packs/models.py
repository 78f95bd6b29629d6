"""What was sent to a platform, and how it ended."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.db import Base, Id, Ref, one_of

PUSH_STATES = ("sending", "refused", "unsure", "opened", "sent")


class ChannelPush(Base):
    """A session on a channel account of a platform: made there once, then kept up to date.

    ``sending``: a call is under way. ``refused``: nothing was made there. ``unsure``: the call that
    makes it got no answer. ``opened``: it is there, not everything in it. ``sent``: all is there.
    """

    __tablename__ = "live_channel_push"
    __table_args__ = (
        UniqueConstraint("session_id", "resource_id"),
        one_of("state", PUSH_STATES),
        CheckConstraint("state NOT IN ('opened','sent') OR remote_id <> ''", name="remote_id"),
    )

    id: Mapped[Id]
    session_id: Mapped[Ref] = mapped_column(ForeignKey("live_session.id"))
    resource_id: Mapped[Ref] = mapped_column(ForeignKey("live_resource.id"))
    state: Mapped[str] = mapped_column(String(8))
    remote_id: Mapped[str] = mapped_column(String(20), default="")
    """The platform's own id of the session; empty until it is known."""
    items: Mapped[list[str]] = mapped_column(JSON)
    """The platform's ids of the products that are in."""
    fault: Mapped[str] = mapped_column(String(200), default="")
    """The platform's words when it said no."""
    started_at: Mapped[datetime]
    """When the last sending began: also what tells one sending from another."""
    settled_at: Mapped[datetime | None]
    actor_id: Mapped[Ref] = mapped_column(ForeignKey("person.id"))
