"""One transfer told in several ways: merge keys, whose account received it, money set aside."""

import hashlib

import sqlalchemy as sa
from alembic import op

import shop.core.db

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("payment_txn", schema=None) as batch_op:
        batch_op.add_column(sa.Column("merge_key", sa.String(length=64), nullable=True))
        batch_op.create_index("ix_payment_txn_account_digest", ["account_digest"], unique=False)
        batch_op.create_index("uq_payment_txn_merge_key", ["merge_key"], unique=True)
    with op.batch_alter_table("payee_account", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("number_digest", sa.String(length=64), nullable=False, server_default="")
        )
        batch_op.create_index("ix_payee_account_number_digest", ["number_digest"], unique=False)
    account = sa.table(
        "payee_account", sa.column("id"), sa.column("number"), sa.column("number_digest")
    )
    connection = op.get_bind()
    for row in connection.execute(sa.select(account.c.id, account.c.number)).all():
        digest = hashlib.sha256(row.number.encode()).hexdigest()
        connection.execute(
            sa.update(account).where(account.c.id == row.id).values(number_digest=digest)
        )
    op.create_table(
        "payment_set_aside",
        sa.Column("txn_row_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("same_as_id", sa.BigInteger(), nullable=True),
        sa.Column("actor_id", sa.BigInteger(), nullable=False),
        sa.Column("at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "reason IN ('same_transfer','not_ours')", name=op.f("ck_payment_set_aside_reason")
        ),
        sa.ForeignKeyConstraint(
            ["same_as_id"],
            ["payment_txn.id"],
            name=op.f("fk_payment_set_aside_same_as_id_payment_txn"),
        ),
        sa.ForeignKeyConstraint(
            ["txn_row_id"],
            ["payment_txn.id"],
            name=op.f("fk_payment_set_aside_txn_row_id_payment_txn"),
        ),
        sa.PrimaryKeyConstraint("txn_row_id", name=op.f("pk_payment_set_aside")),
    )


def downgrade() -> None:
    op.drop_table("payment_set_aside")
    with op.batch_alter_table("payee_account", schema=None) as batch_op:
        batch_op.drop_index("ix_payee_account_number_digest")
        batch_op.drop_column("number_digest")
    with op.batch_alter_table("payment_txn", schema=None) as batch_op:
        batch_op.drop_index("uq_payment_txn_merge_key")
        batch_op.drop_index("ix_payment_txn_account_digest")
        batch_op.drop_column("merge_key")
