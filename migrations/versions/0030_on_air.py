"""What was pressed on air, comments taken in, drafts of orders made of them."""

import sqlalchemy as sa
from alembic import op

import shop.core.db

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "live_comment",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("session_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("comment_key", sa.String(length=80), nullable=False),
        sa.Column("author_key", sa.String(length=64), nullable=False),
        sa.Column("author", sa.String(length=120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reading", sa.String(length=10), nullable=False),
        sa.Column("received_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "reading IN ('order','cancel','question')", name=op.f("ck_live_comment_reading")
        ),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["live_resource.id"], name=op.f("fk_live_comment_channel_id")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["live_session.id"], name=op.f("fk_live_comment_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_comment")),
        sa.UniqueConstraint(
            "channel_id", "comment_key", name=op.f("uq_live_comment_channel_id_comment_key")
        ),
    )
    with op.batch_alter_table("live_comment", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_live_comment_session_id_id"), ["session_id", "id"], unique=False
        )

    op.create_table(
        "live_order_draft",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("session_id", sa.BigInteger(), nullable=False),
        sa.Column("comment_id", sa.BigInteger(), nullable=False),
        sa.Column("phone", sa.String(length=12), nullable=False),
        sa.Column("doubts", sa.String(length=120), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("group_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state = 'placed') = (group_id IS NOT NULL)", name=op.f("ck_live_order_draft_placed")
        ),
        sa.CheckConstraint(
            "state IN ('open','placed','dropped')", name=op.f("ck_live_order_draft_state")
        ),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["live_comment.id"], name=op.f("fk_live_order_draft_comment_id")
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["checkout_group.id"], name=op.f("fk_live_order_draft_group_id")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["live_session.id"], name=op.f("fk_live_order_draft_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_order_draft")),
        sa.UniqueConstraint("comment_id", name=op.f("uq_live_order_draft_comment_id")),
        sa.UniqueConstraint("group_id", name=op.f("uq_live_order_draft_group_id")),
    )
    with op.batch_alter_table("live_order_draft", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_live_order_draft_session_id_state_id"),
            ["session_id", "state", "id"],
            unique=False,
        )

    op.create_table(
        "live_order_draft_line",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("draft_id", sa.BigInteger(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "quantity BETWEEN 1 AND 99", name=op.f("ck_live_order_draft_line_quantity")
        ),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["live_order_draft.id"], name=op.f("fk_live_order_draft_line_draft_id")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["live_session_item.id"], name=op.f("fk_live_order_draft_line_item_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_order_draft_line")),
        sa.UniqueConstraint(
            "draft_id", "item_id", name=op.f("uq_live_order_draft_line_draft_id_item_id")
        ),
    )
    op.create_table(
        "live_press",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("session_id", sa.BigInteger(), nullable=False),
        sa.Column("press_key", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("happened_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("received_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('show','done','skip','pin','unpin','price_on','price_off','fit')",
            name=op.f("ck_live_press_kind"),
        ),
        sa.CheckConstraint(
            "minutes IS NULL OR minutes BETWEEN 1 AND 240", name=op.f("ck_live_press_minutes")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["live_session_item.id"], name=op.f("fk_live_press_item_id")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["live_session.id"], name=op.f("fk_live_press_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_press")),
        sa.UniqueConstraint(
            "session_id", "press_key", name=op.f("uq_live_press_session_id_press_key")
        ),
    )


def downgrade() -> None:
    op.drop_table("live_press")
    op.drop_table("live_order_draft_line")
    with op.batch_alter_table("live_order_draft", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_live_order_draft_session_id_state_id"))

    op.drop_table("live_order_draft")
    with op.batch_alter_table("live_comment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_live_comment_session_id_id"))

    op.drop_table("live_comment")
