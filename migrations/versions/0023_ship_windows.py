"""Expected harvests, ship windows, and the places orders have in them."""

import sqlalchemy as sa
from alembic import op

import shop.core.db

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "harvest",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("producer_id", sa.BigInteger(), nullable=False),
        sa.Column("variant_id", sa.BigInteger(), nullable=False),
        sa.Column("season", sa.String(length=80), nullable=False),
        sa.Column("expected_units", sa.Integer(), nullable=False),
        sa.Column("held_back_percent", sa.Integer(), nullable=False),
        sa.Column("outlook", sa.Text(), nullable=False),
        sa.Column("created_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("expected_units > 0", name=op.f("ck_harvest_expected_units")),
        sa.CheckConstraint(
            "held_back_percent BETWEEN 0 AND 90", name=op.f("ck_harvest_held_back_percent")
        ),
        sa.ForeignKeyConstraint(
            ["producer_id"], ["producer.id"], name=op.f("fk_harvest_producer_id")
        ),
        sa.ForeignKeyConstraint(["variant_id"], ["variant.id"], name=op.f("fk_harvest_variant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_harvest")),
    )
    with op.batch_alter_table("harvest", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_harvest_producer_id"), ["producer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_harvest_variant_id"), ["variant_id"], unique=False)

    op.create_table(
        "ship_window",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("harvest_id", sa.BigInteger(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("price_vnd", sa.BigInteger(), nullable=False),
        sa.Column("per_buyer", sa.Integer(), nullable=True),
        sa.Column("deposit_kind", sa.String(length=8), nullable=False),
        sa.Column("deposit_amount", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("end_reason", sa.String(length=20), nullable=False),
        sa.Column("moves", sa.Integer(), nullable=False),
        sa.Column("created_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "deposit_kind IN ('none','percent','fixed')", name=op.f("ck_ship_window_deposit_kind")
        ),
        sa.CheckConstraint(
            "state IN ('open','arrived','cancelled')", name=op.f("ck_ship_window_state")
        ),
        sa.CheckConstraint("capacity > 0", name=op.f("ck_ship_window_capacity")),
        sa.CheckConstraint("deposit_amount >= 0", name=op.f("ck_ship_window_deposit_amount")),
        sa.CheckConstraint("from_on <= to_on", name=op.f("ck_ship_window_days")),
        sa.CheckConstraint(
            "per_buyer IS NULL OR per_buyer > 0", name=op.f("ck_ship_window_per_buyer")
        ),
        sa.CheckConstraint("price_vnd >= 1000", name=op.f("ck_ship_window_price_vnd")),
        sa.CheckConstraint("taken >= 0 AND taken <= capacity", name=op.f("ck_ship_window_taken")),
        sa.ForeignKeyConstraint(
            ["harvest_id"], ["harvest.id"], name=op.f("fk_ship_window_harvest_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ship_window")),
        sa.UniqueConstraint("code", name=op.f("uq_ship_window_code")),
    )
    with op.batch_alter_table("ship_window", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ship_window_harvest_id"), ["harvest_id"], unique=False)

    op.create_table(
        "preorder",
        sa.Column("order_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("window_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("rest_by", sa.String(length=10), nullable=False),
        sa.Column("deposit_vnd", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("answer", sa.String(length=8), nullable=False),
        sa.Column("first_from_on", sa.Date(), nullable=False),
        sa.Column("first_to_on", sa.Date(), nullable=False),
        sa.CheckConstraint("answer IN ('none','asked','kept')", name=op.f("ck_preorder_answer")),
        sa.CheckConstraint("rest_by IN ('transfer','delivery')", name=op.f("ck_preorder_rest_by")),
        sa.CheckConstraint("state IN ('held','arrived','ended')", name=op.f("ck_preorder_state")),
        sa.CheckConstraint("deposit_vnd >= 0", name=op.f("ck_preorder_deposit_vnd")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_preorder_quantity")),
        sa.ForeignKeyConstraint(["order_id"], ["shop_order.id"], name=op.f("fk_preorder_order_id")),
        sa.ForeignKeyConstraint(
            ["window_id"], ["ship_window.id"], name=op.f("fk_preorder_window_id")
        ),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_preorder")),
    )
    with op.batch_alter_table("preorder", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_preorder_window_id_state"), ["window_id", "state"], unique=False
        )

    op.create_table(
        "ship_window_move",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("window_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("old_from_on", sa.Date(), nullable=False),
        sa.Column("old_to_on", sa.Date(), nullable=False),
        sa.Column("new_from_on", sa.Date(), nullable=False),
        sa.Column("new_to_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=False),
        sa.Column("at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["window_id"], ["ship_window.id"], name=op.f("fk_ship_window_move_window_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ship_window_move")),
        sa.UniqueConstraint("window_id", "seq", name=op.f("uq_ship_window_move_window_id_seq")),
    )


def downgrade() -> None:
    op.drop_table("ship_window_move")
    with op.batch_alter_table("preorder", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_preorder_window_id_state"))

    op.drop_table("preorder")
    with op.batch_alter_table("ship_window", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ship_window_harvest_id"))

    op.drop_table("ship_window")
    with op.batch_alter_table("harvest", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_harvest_variant_id"))
        batch_op.drop_index(batch_op.f("ix_harvest_producer_id"))

    op.drop_table("harvest")
