"""Channel price rules, weekly exports, where products were seen"""

import sqlalchemy as sa
from alembic import op

import shop.core.db

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "export_schedule",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("producer_id", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("next_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("set_by", sa.BigInteger(), nullable=False),
        sa.Column("set_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_export_schedule_weekday")),
        sa.ForeignKeyConstraint(
            ["producer_id"], ["producer.id"], name=op.f("fk_export_schedule_producer_id")
        ),
        sa.ForeignKeyConstraint(["set_by"], ["person.id"], name=op.f("fk_export_schedule_set_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export_schedule")),
        sa.UniqueConstraint(
            "producer_id", "channel", name=op.f("uq_export_schedule_producer_id_channel")
        ),
    )
    with op.batch_alter_table("export_schedule", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_export_schedule_next_at"), ["next_at"], unique=False)

    op.create_table(
        "listing_sighting",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("what", sa.String(length=10), nullable=False),
        sa.Column("address", sa.String(length=500), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("helped_by", sa.String(length=120), nullable=False),
        sa.Column("recorded_by", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "what IN ('listed','seen','gone')", name=op.f("ck_listing_sighting_what")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_listing_sighting_product_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["person.id"], name=op.f("fk_listing_sighting_recorded_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing_sighting")),
    )
    with op.batch_alter_table("listing_sighting", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_listing_sighting_product_id_channel_id"),
            ["product_id", "channel", "id"],
            unique=False,
        )

    with op.batch_alter_table("export_run", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("scope", sa.String(length=10), server_default="all", nullable=False)
        )
        batch_op.add_column(sa.Column("template_sha", sa.String(length=64), nullable=True))
        batch_op.create_check_constraint(
            batch_op.f("ck_export_run_scope"), "scope IN ('all','changed')"
        )

    with op.batch_alter_table("listing", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("price_fixed_vnd", sa.BigInteger(), server_default="0", nullable=False)
        )
        batch_op.add_column(
            sa.Column("price_step_vnd", sa.Integer(), server_default="1000", nullable=False)
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_listing_price_step_vnd"), "price_step_vnd BETWEEN 1 AND 1000000"
        )


def downgrade() -> None:
    with op.batch_alter_table("listing", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_listing_price_step_vnd"), type_="check")
        batch_op.drop_column("price_step_vnd")
        batch_op.drop_column("price_fixed_vnd")

    with op.batch_alter_table("export_run", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_export_run_scope"), type_="check")
        batch_op.drop_column("template_sha")
        batch_op.drop_column("scope")

    with op.batch_alter_table("listing_sighting", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_listing_sighting_product_id_channel_id"))

    op.drop_table("listing_sighting")
    with op.batch_alter_table("export_schedule", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_export_schedule_next_at"))

    op.drop_table("export_schedule")
