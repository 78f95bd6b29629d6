"""Orders whose goods are to come, with a deposit; what an order received, cached from the ledger."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("shop_order", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("received_vnd", sa.BigInteger(), nullable=False, server_default="0")
        )
        batch_op.add_column(sa.Column("upfront_vnd", sa.BigInteger(), nullable=True))
        batch_op.add_column(
            sa.Column("awaits_goods", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    op.execute(
        """
        UPDATE shop_order SET received_vnd = COALESCE((
            SELECT SUM(CASE t.kind
                WHEN 'charge' THEN t.amount_vnd WHEN 'refund' THEN -t.amount_vnd
                WHEN 'refund_failed' THEN t.amount_vnd WHEN 'chargeback' THEN -t.amount_vnd
                WHEN 'chargeback_reversed' THEN t.amount_vnd ELSE 0 END)
            FROM payment_txn t LEFT JOIN payment_match m ON m.txn_row_id = t.id
            WHERE COALESCE(t.order_id, m.order_id) = shop_order.id AND t.currency = 'VND'
        ), 0)
        """
    )


def downgrade() -> None:
    with op.batch_alter_table("shop_order", schema=None) as batch_op:
        batch_op.drop_column("awaits_goods")
        batch_op.drop_column("upfront_vnd")
        batch_op.drop_column("received_vnd")
