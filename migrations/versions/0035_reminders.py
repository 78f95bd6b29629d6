"""Reminders, followers, own calendars and push subscriptions."""

from datetime import timedelta

import sqlalchemy as sa
from alembic import op

import shop.core.db
from shop.core import clock

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "live_personal_feed",
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("made_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_live_personal_feed_person_id")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_live_personal_feed")),
        sa.UniqueConstraint("token", name=op.f("uq_live_personal_feed_token")),
    )
    op.create_table(
        "push_subscription",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("endpoint", sa.String(length=1000), nullable=False),
        sa.Column("p256dh", sa.String(length=100), nullable=False),
        sa.Column("auth", sa.String(length=40), nullable=False),
        sa.Column("device", sa.String(length=80), nullable=False),
        sa.Column("created_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_push_subscription_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_subscription")),
        sa.UniqueConstraint("digest", name=op.f("uq_push_subscription_digest")),
    )
    with op.batch_alter_table("push_subscription", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_push_subscription_person_id"), ["person_id"], unique=False
        )

    op.create_table(
        "live_follow",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("session_id", sa.BigInteger(), nullable=False),
        sa.Column("recipient", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("known_starts_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("asked_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('unconfirmed','following','ended')", name=op.f("ck_live_follow_state")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["live_session.id"], name=op.f("fk_live_follow_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_follow")),
        sa.UniqueConstraint("code", name=op.f("uq_live_follow_code")),
    )
    with op.batch_alter_table("live_follow", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_live_follow_recipient_state"), ["recipient", "state"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_live_follow_session_id_state_id"),
            ["session_id", "state", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_live_follow_state_asked_at"), ["state", "asked_at"], unique=False
        )
        batch_op.create_index(
            "uq_live_follow_open",
            ["session_id", "recipient"],
            unique=True,
            sqlite_where=sa.text("state IN ('unconfirmed','following')"),
            postgresql_where=sa.text("state IN ('unconfirmed','following')"),
        )

    op.create_table(
        "live_reminder",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("session_id", sa.BigInteger(), nullable=False),
        sa.Column("schedule_seq", sa.Integer(), nullable=False),
        sa.Column("audience", sa.String(length=10), nullable=False),
        sa.Column("moment", sa.String(length=10), nullable=False),
        sa.Column("due_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("after_follow", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "audience IN ('hosts','producers','followers')", name=op.f("ck_live_reminder_audience")
        ),
        sa.CheckConstraint(
            "moment IN ('day','hour','soon','on_air','moved','cancelled')",
            name=op.f("ck_live_reminder_moment"),
        ),
        sa.CheckConstraint(
            "state IN ('planned','told','superseded')", name=op.f("ck_live_reminder_state")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["live_session.id"], name=op.f("fk_live_reminder_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_reminder")),
        sa.UniqueConstraint(
            "session_id",
            "schedule_seq",
            "moment",
            "audience",
            name=op.f("uq_live_reminder_session_id_schedule_seq_moment_audience"),
        ),
    )
    with op.batch_alter_table("live_reminder", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_live_reminder_state_due_at"), ["state", "due_at"], unique=False
        )

    _plan_confirmed()


def _plan_confirmed() -> None:
    """Sessions that are confirmed already are reminded of as well; what has passed is left out."""
    session = sa.table(
        "live_session",
        sa.column("id", sa.BigInteger),
        sa.column("state", sa.String),
        sa.column("schedule_seq", sa.Integer),
        sa.column("starts_at", shop.core.db.UtcDateTime(timezone=True)),
    )
    reminder = sa.table(
        "live_reminder",
        sa.column("session_id", sa.BigInteger),
        sa.column("schedule_seq", sa.Integer),
        sa.column("audience", sa.String),
        sa.column("moment", sa.String),
        sa.column("due_at", shop.core.db.UtcDateTime(timezone=True)),
        sa.column("state", sa.String),
        sa.column("after_follow", sa.BigInteger),
    )
    offsets = {
        "day": timedelta(hours=24),
        "hour": timedelta(hours=1),
        "soon": timedelta(minutes=10),
    }
    now, db = clock.now(), op.get_bind()
    rows = [
        {
            "session_id": live.id,
            "schedule_seq": live.schedule_seq,
            "audience": audience,
            "moment": moment,
            "due_at": live.starts_at - offset,
            "state": "planned",
            "after_follow": 0,
        }
        for live in db.execute(sa.select(session).where(session.c.state == "confirmed"))
        for audience in ("hosts", "producers", "followers")
        for moment, offset in offsets.items()
        if live.starts_at - offset > now
    ]
    if rows:
        db.execute(sa.insert(reminder), rows)


def downgrade() -> None:
    with op.batch_alter_table("live_reminder", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_live_reminder_state_due_at"))

    op.drop_table("live_reminder")
    with op.batch_alter_table("live_follow", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_live_follow_open",
            sqlite_where=sa.text("state IN ('unconfirmed','following')"),
            postgresql_where=sa.text("state IN ('unconfirmed','following')"),
        )
        batch_op.drop_index(batch_op.f("ix_live_follow_state_asked_at"))
        batch_op.drop_index(batch_op.f("ix_live_follow_session_id_state_id"))
        batch_op.drop_index(batch_op.f("ix_live_follow_recipient_state"))

    op.drop_table("live_follow")
    with op.batch_alter_table("push_subscription", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_push_subscription_person_id"))

    op.drop_table("push_subscription")
    op.drop_table("live_personal_feed")
