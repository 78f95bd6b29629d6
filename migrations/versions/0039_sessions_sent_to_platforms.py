"""Sessions sent to platforms that take them from a program, and how each sending ended."""

import sqlalchemy as sa
from alembic import op

import shop.core.db

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "live_channel_push",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("session_id", sa.BigInteger(), nullable=False),
        sa.Column("resource_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("remote_id", sa.String(length=20), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("fault", sa.String(length=200), nullable=False),
        sa.Column("started_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("settled_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("actor_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "state IN ('sending','refused','unsure','opened','sent')",
            name=op.f("ck_live_channel_push_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('opened','sent') OR remote_id <> ''",
            name=op.f("ck_live_channel_push_remote_id"),
        ),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["person.id"], name=op.f("fk_live_channel_push_actor_id")
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["live_resource.id"], name=op.f("fk_live_channel_push_resource_id")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["live_session.id"], name=op.f("fk_live_channel_push_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_channel_push")),
        sa.UniqueConstraint(
            "session_id", "resource_id", name=op.f("uq_live_channel_push_session_id_resource_id")
        ),
    )


def downgrade() -> None:
    op.drop_table("live_channel_push")
