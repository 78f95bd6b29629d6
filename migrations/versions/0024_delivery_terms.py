"""Producers' own delivery: zones, free from, remote places, fetching, by hand; session vouchers.

``delivery_rate`` goes: no page and no command ever wrote a row of it, and the house's own rates are
built in. What an order was delivered by, and what was ordered out of a basket, is kept from now on.
"""

import sqlalchemy as sa
from alembic import op

import shop.core.db

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = shop.core.db.UtcDateTime(timezone=True)


def upgrade() -> None:
    op.drop_table("delivery_rate")
    op.create_table(
        "delivery_terms",
        sa.Column("producer_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("has_post", sa.Boolean(), nullable=False),
        sa.Column("free_from_vnd", sa.BigInteger(), nullable=True),
        sa.Column("free_max_weight_g", sa.Integer(), nullable=True),
        sa.Column("remote_vnd", sa.BigInteger(), nullable=False),
        sa.Column("remote_communes", sa.JSON(), nullable=False),
        sa.Column("has_pickup", sa.Boolean(), nullable=False),
        sa.Column("pickup_place", sa.String(length=200), nullable=False),
        sa.Column("pickup_hours", sa.String(length=100), nullable=False),
        sa.Column("has_hand", sa.Boolean(), nullable=False),
        sa.Column("hand_area", sa.String(length=10), nullable=False),
        sa.Column("hand_vnd", sa.BigInteger(), nullable=False),
        sa.Column("hand_free_from_vnd", sa.BigInteger(), nullable=True),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("updated_by", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "hand_area IN ('commune','province')", name=op.f("ck_delivery_terms_hand_area")
        ),
        sa.CheckConstraint(
            "remote_vnd >= 0 AND hand_vnd >= 0 AND free_from_vnd >= 0"
            " AND free_max_weight_g > 0 AND hand_free_from_vnd >= 0",
            name=op.f("ck_delivery_terms_amounts"),
        ),
        sa.ForeignKeyConstraint(
            ["producer_id"], ["producer.id"], name=op.f("fk_delivery_terms_producer_id")
        ),
        sa.ForeignKeyConstraint(
            ["updated_by"], ["person.id"], name=op.f("fk_delivery_terms_updated_by")
        ),
        sa.PrimaryKeyConstraint("producer_id", name=op.f("pk_delivery_terms")),
    )
    op.create_table(
        "delivery_zone",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("producer_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("reach", sa.String(length=10), nullable=False),
        sa.Column("provinces", sa.JSON(), nullable=False),
        sa.Column("first_g", sa.Integer(), nullable=False),
        sa.Column("first_vnd", sa.BigInteger(), nullable=False),
        sa.Column("step_g", sa.Integer(), nullable=False),
        sa.Column("step_vnd", sa.BigInteger(), nullable=False),
        sa.Column("is_free", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "reach IN ('list','province','region','country')", name=op.f("ck_delivery_zone_reach")
        ),
        sa.CheckConstraint(
            "first_g > 0 AND first_vnd >= 0 AND step_g > 0 AND step_vnd >= 0",
            name=op.f("ck_delivery_zone_amounts"),
        ),
        sa.ForeignKeyConstraint(
            ["producer_id"],
            ["delivery_terms.producer_id"],
            name=op.f("fk_delivery_zone_producer_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_zone")),
        sa.UniqueConstraint(
            "producer_id", "position", name=op.f("uq_delivery_zone_producer_id_position")
        ),
    )
    op.execute(
        "ALTER TABLE shop_order ADD COLUMN delivery_method VARCHAR(10) DEFAULT 'ship' NOT NULL"
        " CONSTRAINT ck_shop_order_delivery_method"
        " CHECK (delivery_method IN ('ship','hand','pickup'))"
    )
    op.add_column(
        "shop_order",
        sa.Column("pickup_place", sa.String(length=300), nullable=False, server_default=""),
    )
    with op.batch_alter_table("basket", schema=None) as batch:
        batch.add_column(sa.Column("last_group_id", sa.BigInteger(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_basket_last_group_id"), "checkout_group", ["last_group_id"], ["id"]
        )
    op.add_column("voucher", sa.Column("session_key", sa.String(length=60), nullable=True))
    op.add_column("voucher", sa.Column("stopped_at", INSTANT, nullable=True))
    op.create_index(op.f("ix_voucher_session_key"), "voucher", ["session_key"])
    op.create_index(op.f("ix_voucher_producer_id"), "voucher", ["producer_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_voucher_producer_id"), table_name="voucher")
    op.drop_index(op.f("ix_voucher_session_key"), table_name="voucher")
    op.drop_column("voucher", "stopped_at")
    op.drop_column("voucher", "session_key")
    with op.batch_alter_table("basket", schema=None) as batch:
        batch.drop_constraint(op.f("fk_basket_last_group_id"), type_="foreignkey")
        batch.drop_column("last_group_id")
    op.drop_column("shop_order", "pickup_place")
    op.drop_column("shop_order", "delivery_method")
    op.drop_table("delivery_zone")
    op.drop_table("delivery_terms")
    op.create_table(
        "delivery_rate",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("producer_id", sa.BigInteger(), nullable=True),
        sa.Column("zone", sa.String(length=10), nullable=False),
        sa.Column("max_weight_g", sa.Integer(), nullable=False),
        sa.Column("price_vnd", sa.BigInteger(), nullable=False),
        sa.Column("free_from_vnd", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "zone IN ('province','region','country')", name=op.f("ck_delivery_rate_zone")
        ),
        sa.CheckConstraint(
            "price_vnd >= 0 AND max_weight_g > 0", name=op.f("ck_delivery_rate_amounts")
        ),
        sa.ForeignKeyConstraint(
            ["producer_id"], ["producer.id"], name=op.f("fk_delivery_rate_producer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_rate")),
    )
    op.create_index(
        op.f("ix_delivery_rate_producer_id_zone_max_weight_g"),
        "delivery_rate",
        ["producer_id", "zone", "max_weight_g"],
    )
