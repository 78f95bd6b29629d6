"""Return requests: what buyers ask about goods that came, each step, and what people typed."""

import sqlalchemy as sa
from alembic import op

import shop.core.db

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "return_request",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("submit_key", sa.String(length=64), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("producer_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("refusal", sa.String(length=20), nullable=False),
        sa.Column("refund_vnd", sa.BigInteger(), nullable=True),
        sa.Column("asked_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("changed_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "reason IN ('damaged','spoiled','wrong_goods','missing','not_as_told','changed_mind','other')",
            name=op.f("ck_return_request_reason"),
        ),
        sa.CheckConstraint(
            "state <> 'settled' OR refund_vnd IS NOT NULL",
            name=op.f("ck_return_request_settled_sum"),
        ),
        sa.CheckConstraint(
            "state IN ('asked','more_needed','agreed','refused','appealed','settled','withdrawn','closed')",
            name=op.f("ck_return_request_state"),
        ),
        sa.CheckConstraint(
            "refund_vnd IS NULL OR refund_vnd > 0", name=op.f("ck_return_request_refund_vnd")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["shop_order.id"], name=op.f("fk_return_request_order_id")
        ),
        sa.ForeignKeyConstraint(
            ["producer_id"], ["producer.id"], name=op.f("fk_return_request_producer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_return_request")),
        sa.UniqueConstraint("code", name=op.f("uq_return_request_code")),
        sa.UniqueConstraint("submit_key", name=op.f("uq_return_request_submit_key")),
    )
    with op.batch_alter_table("return_request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_return_request_order_id"), ["order_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_return_request_producer_id_state_changed_at"),
            ["producer_id", "state", "changed_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_return_request_state_changed_at"), ["state", "changed_at"], unique=False
        )
        batch_op.create_index(
            "uq_return_request_open",
            ["order_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('agreed', 'appealed', 'asked', 'more_needed')"),
            postgresql_where=sa.text("state IN ('agreed', 'appealed', 'asked', 'more_needed')"),
        )

    op.create_table(
        "return_step",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("return_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("side", sa.String(length=10), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "side IN ('buyer','producer','staff')", name=op.f("ck_return_step_side")
        ),
        sa.ForeignKeyConstraint(
            ["return_id"], ["return_request.id"], name=op.f("fk_return_step_return_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_return_step")),
    )
    with op.batch_alter_table("return_step", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_return_step_return_id_id"), ["return_id", "id"], unique=False
        )

    op.create_table(
        "return_words",
        sa.Column("step_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("photos", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["step_id"], ["return_step.id"], name=op.f("fk_return_words_step_id")
        ),
        sa.PrimaryKeyConstraint("step_id", name=op.f("pk_return_words")),
    )
    op.create_table(
        "return_line",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("return_id", sa.BigInteger(), nullable=False),
        sa.Column("order_line_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("restocked", sa.Integer(), nullable=False),
        sa.Column("written_off", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_return_line_quantity")),
        sa.CheckConstraint(
            "restocked >= 0 AND written_off >= 0 AND restocked + written_off <= quantity",
            name=op.f("ck_return_line_came_back"),
        ),
        sa.ForeignKeyConstraint(
            ["order_line_id"], ["order_line.id"], name=op.f("fk_return_line_order_line_id")
        ),
        sa.ForeignKeyConstraint(
            ["return_id"], ["return_request.id"], name=op.f("fk_return_line_return_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_return_line")),
        sa.UniqueConstraint(
            "return_id", "order_line_id", name=op.f("uq_return_line_return_id_order_line_id")
        ),
    )
    with op.batch_alter_table("return_line", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_return_line_order_line_id"), ["order_line_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_return_line_return_id"), ["return_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("return_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_return_line_return_id"))
        batch_op.drop_index(batch_op.f("ix_return_line_order_line_id"))

    op.drop_table("return_line")
    op.drop_table("return_words")
    with op.batch_alter_table("return_step", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_return_step_return_id_id"))

    op.drop_table("return_step")
    with op.batch_alter_table("return_request", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_return_request_open",
            sqlite_where=sa.text("state IN ('agreed', 'appealed', 'asked', 'more_needed')"),
            postgresql_where=sa.text("state IN ('agreed', 'appealed', 'asked', 'more_needed')"),
        )
        batch_op.drop_index(batch_op.f("ix_return_request_state_changed_at"))
        batch_op.drop_index(batch_op.f("ix_return_request_producer_id_state_changed_at"))
        batch_op.drop_index(batch_op.f("ix_return_request_order_id"))

    op.drop_table("return_request")
