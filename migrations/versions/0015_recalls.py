"""Recalls: lots called back, buyers told, drills; a banner on products; messages found by ref."""

import sqlalchemy as sa
from alembic import op

import shop.core.db

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "recall",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("producer_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("ordered_by", sa.String(length=10), nullable=False),
        sa.Column("hazard", sa.String(length=1), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reason_en", sa.Text(), nullable=False),
        sa.Column("advice", sa.Text(), nullable=False),
        sa.Column("advice_en", sa.Text(), nullable=False),
        sa.Column("contact_phone", sa.String(length=20), nullable=False),
        sa.Column("opened_by", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("rounds", sa.Integer(), nullable=False),
        sa.Column("reminded_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("found_ms", sa.Integer(), nullable=False),
        sa.Column("closed_by", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("closing_note", sa.Text(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=True),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("submit_key", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_recall_closed_at")
        ),
        sa.CheckConstraint("hazard IN ('1','2','3')", name=op.f("ck_recall_hazard")),
        sa.CheckConstraint("ordered_by IN ('producer','staff')", name=op.f("ck_recall_ordered_by")),
        sa.CheckConstraint("state IN ('open','closed')", name=op.f("ck_recall_state")),
        sa.ForeignKeyConstraint(["closed_by"], ["person.id"], name=op.f("fk_recall_closed_by")),
        sa.ForeignKeyConstraint(["opened_by"], ["person.id"], name=op.f("fk_recall_opened_by")),
        sa.ForeignKeyConstraint(
            ["producer_id"], ["producer.id"], name=op.f("fk_recall_producer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recall")),
        sa.UniqueConstraint("code", name=op.f("uq_recall_code")),
        sa.UniqueConstraint("submit_key", name=op.f("uq_recall_submit_key")),
    )
    with op.batch_alter_table("recall", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_recall_producer_id_opened_at"),
            ["producer_id", "opened_at"],
            unique=False,
        )

    op.create_table(
        "recall_drill",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("producer_id", sa.BigInteger(), nullable=False),
        sa.Column("lot_codes", sa.JSON(), nullable=False),
        sa.Column("started_by", sa.BigInteger(), nullable=False),
        sa.Column("started_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("found_ms", sa.Integer(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=True),
        sa.Column("called", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("finished_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("submit_key", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["producer_id"], ["producer.id"], name=op.f("fk_recall_drill_producer_id")
        ),
        sa.ForeignKeyConstraint(
            ["started_by"], ["person.id"], name=op.f("fk_recall_drill_started_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recall_drill")),
        sa.UniqueConstraint("code", name=op.f("uq_recall_drill_code")),
        sa.UniqueConstraint("submit_key", name=op.f("uq_recall_drill_submit_key")),
    )
    with op.batch_alter_table("recall_drill", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_recall_drill_producer_id_started_at"),
            ["producer_id", "started_at"],
            unique=False,
        )

    op.create_table(
        "recall_buyer",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("recall_id", sa.BigInteger(), nullable=False),
        sa.Column("recipient", sa.String(length=40), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("has_goods", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("outcome_by", sa.BigInteger(), nullable=True),
        sa.Column("outcome_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.CheckConstraint(
            "(state = 'waiting') = (outcome_at IS NULL)", name=op.f("ck_recall_buyer_outcome_at")
        ),
        sa.CheckConstraint(
            "state IN ('waiting','reached','unreachable')", name=op.f("ck_recall_buyer_state")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["shop_order.id"], name=op.f("fk_recall_buyer_order_id")
        ),
        sa.ForeignKeyConstraint(
            ["outcome_by"], ["person.id"], name=op.f("fk_recall_buyer_outcome_by")
        ),
        sa.ForeignKeyConstraint(
            ["recall_id"], ["recall.id"], name=op.f("fk_recall_buyer_recall_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recall_buyer")),
        sa.UniqueConstraint("code", name=op.f("uq_recall_buyer_code")),
        sa.UniqueConstraint(
            "recall_id", "recipient", name=op.f("uq_recall_buyer_recall_id_recipient")
        ),
    )
    with op.batch_alter_table("recall_buyer", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_recall_buyer_recall_id_state"), ["recall_id", "state"], unique=False
        )

    op.create_table(
        "recall_lot",
        sa.Column("lot_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("recall_id", sa.BigInteger(), nullable=False),
        sa.Column("is_chosen", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_recall_lot_lot_id")),
        sa.ForeignKeyConstraint(["recall_id"], ["recall.id"], name=op.f("fk_recall_lot_recall_id")),
        sa.PrimaryKeyConstraint("lot_id", name=op.f("pk_recall_lot")),
    )
    with op.batch_alter_table("recall_lot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recall_lot_recall_id"), ["recall_id"], unique=False)

    op.create_table(
        "recall_line",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("buyer_id", sa.BigInteger(), nullable=False),
        sa.Column("order_line_id", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", sa.BigInteger(), nullable=True),
        sa.Column("is_out", sa.Boolean(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("returned", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "returned >= 0 AND returned <= units", name=op.f("ck_recall_line_returned")
        ),
        sa.CheckConstraint("units > 0", name=op.f("ck_recall_line_units")),
        sa.ForeignKeyConstraint(
            ["buyer_id"], ["recall_buyer.id"], name=op.f("fk_recall_line_buyer_id")
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_recall_line_lot_id")),
        sa.ForeignKeyConstraint(
            ["order_line_id"], ["order_line.id"], name=op.f("fk_recall_line_order_line_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recall_line")),
    )
    with op.batch_alter_table("recall_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recall_line_buyer_id"), ["buyer_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_recall_line_order_line_id"), ["order_line_id"], unique=False
        )

    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outbox_message_ref"), ["ref"], unique=False)

    with op.batch_alter_table("product_facets", schema=None) as batch_op:
        batch_op.add_column(sa.Column("recall_code", sa.String(length=8), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("product_facets", schema=None) as batch_op:
        batch_op.drop_column("recall_code")

    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outbox_message_ref"))

    with op.batch_alter_table("recall_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recall_line_order_line_id"))
        batch_op.drop_index(batch_op.f("ix_recall_line_buyer_id"))

    op.drop_table("recall_line")
    with op.batch_alter_table("recall_lot", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recall_lot_recall_id"))

    op.drop_table("recall_lot")
    with op.batch_alter_table("recall_buyer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recall_buyer_recall_id_state"))

    op.drop_table("recall_buyer")
    with op.batch_alter_table("recall_drill", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recall_drill_producer_id_started_at"))

    op.drop_table("recall_drill")
    with op.batch_alter_table("recall", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recall_producer_id_opened_at"))

    op.drop_table("recall")
