"""Feeds that a job keeps as files."""

import sqlalchemy as sa
from alembic import op

import shop.core.db

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kept_feed",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("stored_name", sa.String(length=80), nullable=False),
        sa.Column("stamp", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("made_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("checked_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_kept_feed")),
    )


def downgrade() -> None:
    op.drop_table("kept_feed")
