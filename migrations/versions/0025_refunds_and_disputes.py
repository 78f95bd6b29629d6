"""Refunds with their kind, the provider's name, the buyer's account and who paid; disputes."""

import sqlalchemy as sa
from alembic import op

import shop.core.db

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "payment_dispute",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("provider", sa.String(length=20), nullable=False),
        sa.Column("provider_dispute_id", sa.String(length=120), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=True),
        sa.Column("txn_row_id", sa.BigInteger(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("answer_by", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("opened_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('open','won','lost','closed')", name=op.f("ck_payment_dispute_state")
        ),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_payment_dispute_amount")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["shop_order.id"], name=op.f("fk_payment_dispute_order_id")
        ),
        sa.ForeignKeyConstraint(
            ["txn_row_id"], ["payment_txn.id"], name=op.f("fk_payment_dispute_txn_row_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_dispute")),
        sa.UniqueConstraint(
            "provider",
            "provider_dispute_id",
            name=op.f("uq_payment_dispute_provider_provider_dispute_id"),
        ),
    )
    with op.batch_alter_table("payment_dispute", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payment_dispute_order_id"), ["order_id"], unique=False)

    with op.batch_alter_table("payment_txn", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("charge_id", sa.String(length=120), server_default="", nullable=False)
        )

    with op.batch_alter_table("refund", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("kind", sa.String(length=10), server_default="owed", nullable=False)
        )
        batch_op.add_column(
            sa.Column("is_by_hand", sa.Boolean(), server_default=sa.true(), nullable=False)
        )
        batch_op.add_column(
            sa.Column("note", sa.String(length=300), server_default="", nullable=False)
        )
        batch_op.add_column(
            sa.Column("asked_by", sa.String(length=10), server_default="system", nullable=False)
        )
        batch_op.add_column(sa.Column("done_by", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("provider_refund_id", sa.String(length=120), nullable=True))
        batch_op.add_column(
            sa.Column("asked_at", shop.core.db.UtcDateTime(timezone=True), nullable=True)
        )
        batch_op.add_column(
            sa.Column("fault", sa.String(length=60), server_default="", nullable=False)
        )
        batch_op.add_column(
            sa.Column("payee_bin", sa.String(length=6), server_default="", nullable=False)
        )
        batch_op.add_column(
            sa.Column("payee_number", sa.String(length=30), server_default="", nullable=False)
        )
        batch_op.add_column(
            sa.Column("payee_holder", sa.String(length=120), server_default="", nullable=False)
        )
        batch_op.add_column(
            sa.Column("is_proof_pdf", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.create_check_constraint(batch_op.f("ck_refund_kind"), "kind IN ('owed','granted')")
        batch_op.create_check_constraint(
            batch_op.f("ck_refund_asked_by"),
            "asked_by IN ('system','buyer','producer','staff','provider')",
        )
        batch_op.create_index(batch_op.f("ix_refund_txn_row_id"), ["txn_row_id"], unique=False)
        batch_op.create_unique_constraint(
            batch_op.f("uq_refund_provider_provider_refund_id"), ["provider", "provider_refund_id"]
        )
        batch_op.create_foreign_key(batch_op.f("fk_refund_done_by"), "person", ["done_by"], ["id"])

    op.execute("UPDATE refund SET is_by_hand = false WHERE provider = 'stripe'")


def downgrade() -> None:
    with op.batch_alter_table("refund", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_refund_done_by"), type_="foreignkey")
        batch_op.drop_constraint(
            batch_op.f("uq_refund_provider_provider_refund_id"), type_="unique"
        )
        batch_op.drop_index(batch_op.f("ix_refund_txn_row_id"))
        batch_op.drop_constraint(batch_op.f("ck_refund_asked_by"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_refund_kind"), type_="check")
        batch_op.drop_column("is_proof_pdf")
        batch_op.drop_column("payee_holder")
        batch_op.drop_column("payee_number")
        batch_op.drop_column("payee_bin")
        batch_op.drop_column("fault")
        batch_op.drop_column("asked_at")
        batch_op.drop_column("provider_refund_id")
        batch_op.drop_column("done_by")
        batch_op.drop_column("asked_by")
        batch_op.drop_column("note")
        batch_op.drop_column("is_by_hand")
        batch_op.drop_column("kind")

    with op.batch_alter_table("payment_txn", schema=None) as batch_op:
        batch_op.drop_column("charge_id")

    with op.batch_alter_table("payment_dispute", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_payment_dispute_order_id"))

    op.drop_table("payment_dispute")
