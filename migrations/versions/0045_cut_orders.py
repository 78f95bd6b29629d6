"""The rest of a partly sent order that will not be sent."""

import sqlalchemy as sa
from alembic import op

import shop.core.db

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "order_cut",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("order_line_id", sa.BigInteger(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("amount_vnd", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("units > 0", name=op.f("ck_order_cut_units")),
        sa.CheckConstraint("amount_vnd >= 0", name=op.f("ck_order_cut_amount_vnd")),
        sa.ForeignKeyConstraint(
            ["order_line_id"], ["order_line.id"], name=op.f("fk_order_cut_order_line_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_cut")),
    )
    op.create_index("ix_order_cut_order_line_id", "order_cut", ["order_line_id"])
    # plain ALTER TABLE: made anew, shop_order would turn the CHECK of one column into the table's
    op.add_column(
        "shop_order", sa.Column("cut_vnd", sa.BigInteger(), nullable=False, server_default="0")
    )


def downgrade() -> None:
    op.drop_column("shop_order", "cut_vnd")
    op.drop_index("ix_order_cut_order_line_id", table_name="order_cut")
    op.drop_table("order_cut")
