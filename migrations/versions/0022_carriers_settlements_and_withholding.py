"""What carriers paid back and call places; the withholding ledger."""

import sqlalchemy as sa
from alembic import op

import shop.core.db

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "carrier_area",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("carrier", sa.String(length=20), nullable=False),
        sa.Column("commune_code", sa.String(length=5), nullable=False),
        sa.Column("producer_id", sa.BigInteger(), nullable=True),
        sa.Column("province", sa.String(length=80), nullable=False),
        sa.Column("district", sa.String(length=80), nullable=False),
        sa.Column("ward", sa.String(length=80), nullable=False),
        sa.Column("changed_by", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["person.id"], name=op.f("fk_carrier_area_changed_by")
        ),
        sa.ForeignKeyConstraint(
            ["commune_code"], ["commune.code"], name=op.f("fk_carrier_area_commune_code")
        ),
        sa.ForeignKeyConstraint(
            ["producer_id"], ["producer.id"], name=op.f("fk_carrier_area_producer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carrier_area")),
    )
    with op.batch_alter_table("carrier_area", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_carrier_area_carrier_commune_code_producer_id"),
            ["carrier", "commune_code", "producer_id"],
            unique=False,
        )

    op.create_table(
        "cod_settlement",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("submit_key", sa.String(length=120), nullable=False),
        sa.Column("producer_id", sa.BigInteger(), nullable=False),
        sa.Column("carrier", sa.String(length=20), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("made_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("file_kind", sa.String(length=4), nullable=False),
        sa.Column("file_sha", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("cells_name", sa.String(length=80), nullable=True),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=True),
        sa.Column("applied_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("applied_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("file_kind IN ('xlsx','csv')", name=op.f("ck_cod_settlement_file_kind")),
        sa.CheckConstraint(
            "state IN ('draft','applying','applied','cancelled')",
            name=op.f("ck_cod_settlement_state"),
        ),
        sa.ForeignKeyConstraint(
            ["applied_by"], ["person.id"], name=op.f("fk_cod_settlement_applied_by")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_cod_settlement_made_by")),
        sa.ForeignKeyConstraint(
            ["producer_id"], ["producer.id"], name=op.f("fk_cod_settlement_producer_id")
        ),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_cod_settlement_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cod_settlement")),
        sa.UniqueConstraint("public_id", name=op.f("uq_cod_settlement_public_id")),
        sa.UniqueConstraint("submit_key", name=op.f("uq_cod_settlement_submit_key")),
    )
    with op.batch_alter_table("cod_settlement", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_cod_settlement_producer_id_made_at"),
            ["producer_id", "made_at"],
            unique=False,
        )
        batch_op.create_index(
            "uq_cod_settlement_booked_file",
            ["producer_id", "file_sha"],
            unique=True,
            sqlite_where=sa.text("state IN ('applying', 'applied')"),
            postgresql_where=sa.text("state IN ('applying', 'applied')"),
        )

    op.create_table(
        "cod_settlement_line",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("settlement_id", sa.BigInteger(), nullable=False),
        sa.Column("producer_id", sa.BigInteger(), nullable=False),
        sa.Column("carrier", sa.String(length=20), nullable=False),
        sa.Column("tracking_no", sa.String(length=60), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=False),
        sa.Column("shipment_id", sa.BigInteger(), nullable=True),
        sa.Column("order_id", sa.BigInteger(), nullable=True),
        sa.Column("expected_vnd", sa.BigInteger(), nullable=False),
        sa.Column("remitted_vnd", sa.BigInteger(), nullable=False),
        sa.Column("fee_vnd", sa.BigInteger(), nullable=False),
        sa.Column("written_off_vnd", sa.BigInteger(), nullable=False),
        sa.Column("difference_vnd", sa.BigInteger(), nullable=False),
        sa.Column("posted_vnd", sa.BigInteger(), nullable=False),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(shipment_id IS NULL) = (order_id IS NULL)",
            name=op.f("ck_cod_settlement_line_parcel_has_order"),
        ),
        sa.CheckConstraint(
            "expected_vnd = remitted_vnd + fee_vnd + written_off_vnd + difference_vnd",
            name=op.f("ck_cod_settlement_line_adds_up"),
        ),
        sa.CheckConstraint("posted_vnd >= 0", name=op.f("ck_cod_settlement_line_posted_vnd")),
        sa.CheckConstraint(
            "fee_vnd >= 0 AND expected_vnd >= 0",
            name=op.f("ck_cod_settlement_line_amounts"),
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["shop_order.id"], name=op.f("fk_cod_settlement_line_order_id")
        ),
        sa.ForeignKeyConstraint(
            ["producer_id"], ["producer.id"], name=op.f("fk_cod_settlement_line_producer_id")
        ),
        sa.ForeignKeyConstraint(
            ["settlement_id"],
            ["cod_settlement.id"],
            name=op.f("fk_cod_settlement_line_settlement_id"),
        ),
        sa.ForeignKeyConstraint(
            ["shipment_id"], ["shipment.id"], name=op.f("fk_cod_settlement_line_shipment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cod_settlement_line")),
        sa.UniqueConstraint(
            "producer_id",
            "carrier",
            "tracking_no",
            name=op.f("uq_cod_settlement_line_producer_id_carrier_tracking_no"),
        ),
        sa.UniqueConstraint("shipment_id", name=op.f("uq_cod_settlement_line_shipment_id")),
    )
    with op.batch_alter_table("cod_settlement_line", schema=None) as batch_op:
        batch_op.create_index(
            "ix_cod_settlement_line_open",
            ["producer_id", "id"],
            unique=False,
            sqlite_where=sa.text("difference_vnd <> 0"),
            postgresql_where=sa.text("difference_vnd <> 0"),
        )
        batch_op.create_index(
            batch_op.f("ix_cod_settlement_line_order_id"), ["order_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_cod_settlement_line_settlement_id_id"),
            ["settlement_id", "id"],
            unique=False,
        )

    op.create_table(
        "cod_settlement_step",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("line_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("amount_vnd", sa.BigInteger(), nullable=False),
        sa.Column("posted_vnd", sa.BigInteger(), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=False),
        sa.Column("at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('file','fee','received','written_off','matched')",
            name=op.f("ck_cod_settlement_step_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["line_id"], ["cod_settlement_line.id"], name=op.f("fk_cod_settlement_step_line_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cod_settlement_step")),
        sa.UniqueConstraint("line_id", "seq", name=op.f("uq_cod_settlement_step_line_id_seq")),
    )
    op.create_table(
        "withholding",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("producer_id", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("txn_row_id", sa.BigInteger(), nullable=False),
        sa.Column("activity", sa.String(length=12), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("occurred_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("base_vnd", sa.BigInteger(), nullable=False),
        sa.Column("vat_vnd", sa.BigInteger(), nullable=False),
        sa.Column("pit_vnd", sa.BigInteger(), nullable=False),
        sa.Column("vat_bp", sa.Integer(), nullable=False),
        sa.Column("pit_bp", sa.Integer(), nullable=False),
        sa.Column("rate_code", sa.String(length=40), nullable=False),
        sa.Column("rate_revision", sa.Integer(), nullable=False),
        sa.Column("seller_kind", sa.String(length=20), nullable=False),
        sa.Column("is_held_by_us", sa.Boolean(), nullable=False),
        sa.Column("booked_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("vat_bp >= 0 AND pit_bp >= 0", name=op.f("ck_withholding_rates")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["shop_order.id"], name=op.f("fk_withholding_order_id")
        ),
        sa.ForeignKeyConstraint(
            ["producer_id"], ["producer.id"], name=op.f("fk_withholding_producer_id")
        ),
        sa.ForeignKeyConstraint(
            ["txn_row_id"], ["payment_txn.id"], name=op.f("fk_withholding_txn_row_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withholding")),
        sa.UniqueConstraint(
            "txn_row_id", "activity", name=op.f("uq_withholding_txn_row_id_activity")
        ),
    )
    with op.batch_alter_table("withholding", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_withholding_order_id"), ["order_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_withholding_producer_id_period"), ["producer_id", "period"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("withholding", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_withholding_producer_id_period"))
        batch_op.drop_index(batch_op.f("ix_withholding_order_id"))

    op.drop_table("withholding")
    op.drop_table("cod_settlement_step")
    with op.batch_alter_table("cod_settlement_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_cod_settlement_line_settlement_id_id"))
        batch_op.drop_index(batch_op.f("ix_cod_settlement_line_order_id"))
        batch_op.drop_index(
            "ix_cod_settlement_line_open",
            sqlite_where=sa.text("difference_vnd <> 0"),
            postgresql_where=sa.text("difference_vnd <> 0"),
        )

    op.drop_table("cod_settlement_line")
    with op.batch_alter_table("cod_settlement", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_cod_settlement_booked_file",
            sqlite_where=sa.text("state IN ('applying', 'applied')"),
            postgresql_where=sa.text("state IN ('applying', 'applied')"),
        )
        batch_op.drop_index(batch_op.f("ix_cod_settlement_producer_id_made_at"))

    op.drop_table("cod_settlement")
    with op.batch_alter_table("carrier_area", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_carrier_area_carrier_commune_code_producer_id"))

    op.drop_table("carrier_area")
