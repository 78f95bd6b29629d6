"""Run sheets, words for products, and live prices with a window, a cap and a limit per buyer."""

import sqlalchemy as sa
from alembic import op

import shop.core.db

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "live_item_script",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("left_out", sa.JSON(), nullable=False),
        sa.Column("changed_by", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["person.id"], name=op.f("fk_live_item_script_changed_by")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"],
            ["live_session_item.id"],
            name=op.f("fk_live_item_script_item_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_item_script")),
        sa.UniqueConstraint("item_id", name=op.f("uq_live_item_script_item_id")),
    )
    op.create_table(
        "live_run_block",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("session_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(kind IN ('product','flash')) = (item_id IS NOT NULL)",
            name=op.f("ck_live_run_block_item"),
        ),
        sa.CheckConstraint(
            "kind IN ('opening','product','flash','questions','game','pause','closing')",
            name=op.f("ck_live_run_block_kind"),
        ),
        sa.CheckConstraint("minutes BETWEEN 1 AND 240", name=op.f("ck_live_run_block_minutes")),
        sa.ForeignKeyConstraint(
            ["item_id"],
            ["live_session_item.id"],
            name=op.f("fk_live_run_block_item_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["live_session.id"], name=op.f("fk_live_run_block_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_run_block")),
    )
    with op.batch_alter_table("live_run_block", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_live_run_block_item_id"), ["item_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_live_run_block_session_id_position"),
            ["session_id", "position"],
            unique=False,
        )

    with op.batch_alter_table("live_session_item", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("price_from_minute", sa.Integer(), server_default="0", nullable=False)
        )
        batch_op.add_column(sa.Column("price_minutes", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("price_cap", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("per_buyer", sa.Integer(), nullable=True))
        batch_op.create_check_constraint(
            batch_op.f("ck_live_session_item_price_from_minute"),
            "price_from_minute BETWEEN 0 AND 900",
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_live_session_item_price_minutes"),
            "price_minutes IS NULL OR price_minutes BETWEEN 1 AND 900",
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_live_session_item_price_limits"),
            "(price_cap IS NULL OR price_cap >= 1) AND (per_buyer IS NULL OR per_buyer >= 1)",
        )


def downgrade() -> None:
    with op.batch_alter_table("live_session_item", schema=None) as batch_op:
        for check in ("price_limits", "price_minutes", "price_from_minute"):
            batch_op.drop_constraint(batch_op.f(f"ck_live_session_item_{check}"), type_="check")
        batch_op.drop_column("per_buyer")
        batch_op.drop_column("price_cap")
        batch_op.drop_column("price_minutes")
        batch_op.drop_column("price_from_minute")

    with op.batch_alter_table("live_run_block", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_live_run_block_session_id_position"))
        batch_op.drop_index(batch_op.f("ix_live_run_block_item_id"))

    op.drop_table("live_run_block")
    op.drop_table("live_item_script")
