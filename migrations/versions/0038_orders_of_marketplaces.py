"""Order files of marketplaces, the orders in them and what their lines took from stock."""

import sqlalchemy as sa
from alembic import op

import shop.core.db

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "channel_order",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("producer_id", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("told_state", sa.String(length=120), nullable=False),
        sa.Column("ordered_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("changed_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('open','shipped','completed','cancelled','returned')",
            name=op.f("ck_channel_order_state"),
        ),
        sa.ForeignKeyConstraint(
            ["producer_id"], ["producer.id"], name=op.f("fk_channel_order_producer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel_order")),
        sa.UniqueConstraint(
            "producer_id",
            "channel",
            "number",
            name=op.f("uq_channel_order_producer_id_channel_number"),
        ),
    )
    with op.batch_alter_table("channel_order", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_channel_order_producer_id_ordered_at"),
            ["producer_id", "ordered_at"],
            unique=False,
        )

    op.create_table(
        "channel_order_import",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("producer_id", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("made_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("file_sha", sa.String(length=64), nullable=False),
        sa.Column("cells_name", sa.String(length=80), nullable=True),
        sa.Column("header_row", sa.Integer(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("recorded_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.Column("results", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "state IN ('open','recorded')", name=op.f("ck_channel_order_import_state")
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["person.id"], name=op.f("fk_channel_order_import_made_by")
        ),
        sa.ForeignKeyConstraint(
            ["producer_id"], ["producer.id"], name=op.f("fk_channel_order_import_producer_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["person.id"], name=op.f("fk_channel_order_import_recorded_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel_order_import")),
        sa.UniqueConstraint(
            "producer_id",
            "channel",
            "file_sha",
            name=op.f("uq_channel_order_import_producer_id_channel_file_sha"),
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_channel_order_import_public_id")),
    )
    with op.batch_alter_table("channel_order_import", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_channel_order_import_producer_id_made_at"),
            ["producer_id", "made_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_channel_order_import_state_made_at"), ["state", "made_at"], unique=False
        )

    op.create_table(
        "channel_order_line",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("line_key", sa.String(length=64), nullable=False),
        sa.Column("sku", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("variant_id", sa.BigInteger(), nullable=True),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("revenue_vnd", sa.BigInteger(), nullable=False),
        sa.Column("taken", sa.BigInteger(), nullable=False),
        sa.Column("given_back", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "given_back BETWEEN 0 AND taken", name=op.f("ck_channel_order_line_given_back")
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_channel_order_line_quantity")),
        sa.CheckConstraint("taken IN (0, quantity)", name=op.f("ck_channel_order_line_taken")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["channel_order.id"], name=op.f("fk_channel_order_line_order_id")
        ),
        sa.ForeignKeyConstraint(
            ["variant_id"], ["variant.id"], name=op.f("fk_channel_order_line_variant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel_order_line")),
        sa.UniqueConstraint(
            "order_id", "line_key", name=op.f("uq_channel_order_line_order_id_line_key")
        ),
    )
    with op.batch_alter_table("channel_order_line", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_channel_order_line_variant_id"), ["variant_id"], unique=False
        )


def downgrade() -> None:
    op.drop_table("channel_order_line")
    op.drop_table("channel_order_import")
    op.drop_table("channel_order")
