"""What sessions brought: figures, notes of goods, statements of money, codes that credit orders."""

import sqlalchemy as sa
from alembic import op

import shop.core.db

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "live_club_terms",
        sa.Column("club_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("fee_bp", sa.Integer(), nullable=False),
        sa.Column("updated_by", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("fee_bp BETWEEN 0 AND 5000", name=op.f("ck_live_club_terms_fee_bp")),
        sa.ForeignKeyConstraint(
            ["club_id"], ["live_club.id"], name=op.f("fk_live_club_terms_club_id")
        ),
        sa.ForeignKeyConstraint(
            ["updated_by"], ["person.id"], name=op.f("fk_live_club_terms_updated_by")
        ),
        sa.PrimaryKeyConstraint("club_id", name=op.f("pk_live_club_terms")),
    )
    op.create_table(
        "live_goods_note",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("submit_key", sa.String(length=64), nullable=False),
        sa.Column("session_id", sa.BigInteger(), nullable=False),
        sa.Column("producer_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("written_by_side", sa.String(length=10), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("made_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("remark", sa.String(length=300), nullable=False),
        sa.Column("producer_signed_by", sa.BigInteger(), nullable=True),
        sa.Column("producer_signed_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("club_signed_by", sa.BigInteger(), nullable=True),
        sa.Column("club_signed_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("answer_note", sa.String(length=300), nullable=False),
        sa.CheckConstraint(
            "(state = 'signed') = (producer_signed_by IS NOT NULL AND club_signed_by IS NOT NULL)",
            name=op.f("ck_live_goods_note_signed_by_both"),
        ),
        sa.CheckConstraint("kind IN ('given','returned')", name=op.f("ck_live_goods_note_kind")),
        sa.CheckConstraint(
            "state IN ('waiting','signed','refused','withdrawn')",
            name=op.f("ck_live_goods_note_state"),
        ),
        sa.CheckConstraint(
            "written_by_side IN ('producer','club')",
            name=op.f("ck_live_goods_note_written_by_side"),
        ),
        sa.CheckConstraint(
            "producer_signed_by IS NULL OR club_signed_by IS NULL OR producer_signed_by <> club_signed_by",
            name=op.f("ck_live_goods_note_two_people"),
        ),
        sa.ForeignKeyConstraint(
            ["club_signed_by"], ["person.id"], name=op.f("fk_live_goods_note_club_signed_by")
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["person.id"], name=op.f("fk_live_goods_note_made_by")
        ),
        sa.ForeignKeyConstraint(
            ["producer_id"], ["producer.id"], name=op.f("fk_live_goods_note_producer_id")
        ),
        sa.ForeignKeyConstraint(
            ["producer_signed_by"],
            ["person.id"],
            name=op.f("fk_live_goods_note_producer_signed_by"),
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["live_session.id"], name=op.f("fk_live_goods_note_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_goods_note")),
        sa.UniqueConstraint("public_id", name=op.f("uq_live_goods_note_public_id")),
        sa.UniqueConstraint("submit_key", name=op.f("uq_live_goods_note_submit_key")),
    )
    with op.batch_alter_table("live_goods_note", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_live_goods_note_producer_id_state"),
            ["producer_id", "state"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_live_goods_note_session_id_producer_id"),
            ["session_id", "producer_id"],
            unique=False,
        )

    op.create_table(
        "live_result",
        sa.Column("session_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("viewers", sa.BigInteger(), nullable=True),
        sa.Column("peak_viewers", sa.BigInteger(), nullable=True),
        sa.Column("watch_seconds", sa.BigInteger(), nullable=True),
        sa.Column("comments", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("updated_by", sa.BigInteger(), nullable=True),
        sa.Column("updated_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("closed_by", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("short_units", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(viewers IS NULL OR viewers >= 0) AND (peak_viewers IS NULL OR peak_viewers >= 0) AND (watch_seconds IS NULL OR watch_seconds >= 0) AND (comments IS NULL OR comments >= 0)",
            name=op.f("ck_live_result_counts"),
        ),
        sa.ForeignKeyConstraint(
            ["closed_by"], ["person.id"], name=op.f("fk_live_result_closed_by")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["live_session.id"], name=op.f("fk_live_result_session_id")
        ),
        sa.ForeignKeyConstraint(
            ["updated_by"], ["person.id"], name=op.f("fk_live_result_updated_by")
        ),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_live_result")),
    )
    op.create_table(
        "live_result_import",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("session_id", sa.BigInteger(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("file_sha", sa.String(length=64), nullable=False),
        sa.Column("cells_name", sa.String(length=80), nullable=True),
        sa.Column("header_row", sa.Integer(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("made_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.Column("recorded_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('open','recorded')", name=op.f("ck_live_result_import_state")
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["person.id"], name=op.f("fk_live_result_import_made_by")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["person.id"], name=op.f("fk_live_result_import_recorded_by")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["live_session.id"], name=op.f("fk_live_result_import_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_result_import")),
        sa.UniqueConstraint("public_id", name=op.f("uq_live_result_import_public_id")),
        sa.UniqueConstraint(
            "session_id", "file_sha", name=op.f("uq_live_result_import_session_id_file_sha")
        ),
    )
    op.create_table(
        "live_settlement",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("session_id", sa.BigInteger(), nullable=False),
        sa.Column("producer_id", sa.BigInteger(), nullable=False),
        sa.Column("club_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("owed_vnd", sa.BigInteger(), nullable=False),
        sa.Column("sent_vnd", sa.BigInteger(), nullable=False),
        sa.Column("paid_vnd", sa.BigInteger(), nullable=False),
        sa.Column("issued_by", sa.BigInteger(), nullable=False),
        sa.Column("issued_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("answered_by", sa.BigInteger(), nullable=True),
        sa.Column("answered_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("answer_note", sa.String(length=500), nullable=False),
        sa.Column("settled_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'settled') = (settled_at IS NOT NULL)",
            name=op.f("ck_live_settlement_settled"),
        ),
        sa.CheckConstraint(
            "state <> 'settled' OR paid_vnd = abs(owed_vnd)",
            name=op.f("ck_live_settlement_settled_is_paid"),
        ),
        sa.CheckConstraint(
            "state IN ('issued','disputed','agreed','settled')",
            name=op.f("ck_live_settlement_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('issued','disputed') OR sent_vnd = 0",
            name=op.f("ck_live_settlement_paid_late"),
        ),
        sa.CheckConstraint(
            "paid_vnd >= 0 AND paid_vnd <= sent_vnd AND sent_vnd <= abs(owed_vnd)",
            name=op.f("ck_live_settlement_money"),
        ),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["person.id"], name=op.f("fk_live_settlement_answered_by")
        ),
        sa.ForeignKeyConstraint(
            ["club_id"], ["live_club.id"], name=op.f("fk_live_settlement_club_id")
        ),
        sa.ForeignKeyConstraint(
            ["issued_by"], ["person.id"], name=op.f("fk_live_settlement_issued_by")
        ),
        sa.ForeignKeyConstraint(
            ["producer_id"], ["producer.id"], name=op.f("fk_live_settlement_producer_id")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["live_session.id"], name=op.f("fk_live_settlement_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_settlement")),
        sa.UniqueConstraint("code", name=op.f("uq_live_settlement_code")),
        sa.UniqueConstraint("public_id", name=op.f("uq_live_settlement_public_id")),
        sa.UniqueConstraint(
            "session_id", "producer_id", name=op.f("uq_live_settlement_session_id_producer_id")
        ),
    )
    with op.batch_alter_table("live_settlement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_live_settlement_club_id"), ["club_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_live_settlement_producer_id_state"),
            ["producer_id", "state"],
            unique=False,
        )

    op.create_table(
        "live_share_code",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("session_id", sa.BigInteger(), nullable=False),
        sa.Column("host_id", sa.BigInteger(), nullable=False),
        sa.Column("made_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["host_id"], ["live_resource.id"], name=op.f("fk_live_share_code_host_id")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["live_session.id"], name=op.f("fk_live_share_code_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_share_code")),
        sa.UniqueConstraint("code", name=op.f("uq_live_share_code_code")),
        sa.UniqueConstraint(
            "session_id", "host_id", name=op.f("uq_live_share_code_session_id_host_id")
        ),
    )
    op.create_table(
        "live_settlement_payment",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("settlement_id", sa.BigInteger(), nullable=False),
        sa.Column("submit_key", sa.String(length=64), nullable=False),
        sa.Column("amount_vnd", sa.BigInteger(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("proof_sha", sa.String(length=64), nullable=True),
        sa.Column("is_proof_pdf", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("made_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("answered_by", sa.BigInteger(), nullable=True),
        sa.Column("answered_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("answer_note", sa.String(length=300), nullable=False),
        sa.CheckConstraint(
            "state IN ('sent','received','refused')", name=op.f("ck_live_settlement_payment_state")
        ),
        sa.CheckConstraint("amount_vnd > 0", name=op.f("ck_live_settlement_payment_amount_vnd")),
        sa.CheckConstraint(
            "answered_by IS NULL OR answered_by <> made_by",
            name=op.f("ck_live_settlement_payment_two_people"),
        ),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["person.id"], name=op.f("fk_live_settlement_payment_answered_by")
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["person.id"], name=op.f("fk_live_settlement_payment_made_by")
        ),
        sa.ForeignKeyConstraint(
            ["settlement_id"],
            ["live_settlement.id"],
            name=op.f("fk_live_settlement_payment_settlement_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_settlement_payment")),
        sa.UniqueConstraint("submit_key", name=op.f("uq_live_settlement_payment_submit_key")),
    )
    with op.batch_alter_table("live_settlement_payment", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_live_settlement_payment_settlement_id"), ["settlement_id"], unique=False
        )

    op.create_table(
        "live_goods_note_line",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("note_id", sa.BigInteger(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.CheckConstraint("units > 0", name=op.f("ck_live_goods_note_line_units")),
        sa.ForeignKeyConstraint(
            ["item_id"], ["live_session_item.id"], name=op.f("fk_live_goods_note_line_item_id")
        ),
        sa.ForeignKeyConstraint(
            ["note_id"], ["live_goods_note.id"], name=op.f("fk_live_goods_note_line_note_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_goods_note_line")),
        sa.UniqueConstraint(
            "note_id", "item_id", name=op.f("uq_live_goods_note_line_note_id_item_id")
        ),
    )
    with op.batch_alter_table("live_goods_note_line", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_live_goods_note_line_item_id"), ["item_id"], unique=False
        )

    op.create_table(
        "live_item_terms",
        sa.Column("item_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seller", sa.String(length=10), nullable=False),
        sa.Column("money_to", sa.String(length=10), nullable=False),
        sa.Column("platform_by", sa.String(length=10), nullable=False),
        sa.Column("price_vnd", sa.BigInteger(), nullable=False),
        sa.Column("fee_bp", sa.Integer(), nullable=False),
        sa.Column("charged_units", sa.Integer(), nullable=False),
        sa.Column("set_by", sa.BigInteger(), nullable=True),
        sa.Column("set_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("agreed_by", sa.BigInteger(), nullable=True),
        sa.Column("agreed_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "money_to IN ('producer','club')", name=op.f("ck_live_item_terms_money_to")
        ),
        sa.CheckConstraint(
            "platform_by IN ('producer','club')", name=op.f("ck_live_item_terms_platform_by")
        ),
        sa.CheckConstraint("seller IN ('producer','club')", name=op.f("ck_live_item_terms_seller")),
        sa.CheckConstraint("charged_units >= 0", name=op.f("ck_live_item_terms_charged_units")),
        sa.CheckConstraint("fee_bp BETWEEN 0 AND 5000", name=op.f("ck_live_item_terms_fee_bp")),
        sa.CheckConstraint("price_vnd >= 0", name=op.f("ck_live_item_terms_price_vnd")),
        sa.ForeignKeyConstraint(
            ["agreed_by"], ["person.id"], name=op.f("fk_live_item_terms_agreed_by")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["live_session_item.id"], name=op.f("fk_live_item_terms_item_id")
        ),
        sa.ForeignKeyConstraint(["set_by"], ["person.id"], name=op.f("fk_live_item_terms_set_by")),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_live_item_terms")),
    )
    op.create_table(
        "live_result_line",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("session_id", sa.BigInteger(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(length=6), nullable=False),
        sa.Column("import_id", sa.BigInteger(), nullable=True),
        sa.Column("row_key", sa.String(length=60), nullable=False),
        sa.Column("clicks", sa.BigInteger(), nullable=True),
        sa.Column("orders", sa.BigInteger(), nullable=True),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("returned", sa.BigInteger(), nullable=False),
        sa.Column("gross_vnd", sa.BigInteger(), nullable=False),
        sa.Column("returned_vnd", sa.BigInteger(), nullable=False),
        sa.Column("platform_vnd", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "source IN ('typed','file','order')", name=op.f("ck_live_result_line_source")
        ),
        sa.CheckConstraint(
            "gross_vnd >= 0 AND returned_vnd >= 0 AND returned_vnd <= gross_vnd AND platform_vnd >= 0",
            name=op.f("ck_live_result_line_amounts"),
        ),
        sa.CheckConstraint(
            "units >= 0 AND returned >= 0 AND returned <= units",
            name=op.f("ck_live_result_line_units"),
        ),
        sa.ForeignKeyConstraint(
            ["import_id"], ["live_result_import.id"], name=op.f("fk_live_result_line_import_id")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["live_session_item.id"], name=op.f("fk_live_result_line_item_id")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["live_session.id"], name=op.f("fk_live_result_line_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_result_line")),
        sa.UniqueConstraint(
            "session_id", "row_key", name=op.f("uq_live_result_line_session_id_row_key")
        ),
    )
    with op.batch_alter_table("live_result_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_live_result_line_item_id"), ["item_id"], unique=False)

    op.create_table(
        "live_settlement_line",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("settlement_id", sa.BigInteger(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("via", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=260), nullable=False),
        sa.Column("seller", sa.String(length=10), nullable=False),
        sa.Column("money_to", sa.String(length=10), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("returned", sa.BigInteger(), nullable=False),
        sa.Column("gross_vnd", sa.BigInteger(), nullable=False),
        sa.Column("price_vnd", sa.BigInteger(), nullable=False),
        sa.Column("goods_vnd", sa.BigInteger(), nullable=False),
        sa.Column("charged", sa.Integer(), nullable=False),
        sa.Column("missing_vnd", sa.BigInteger(), nullable=False),
        sa.Column("fee_bp", sa.Integer(), nullable=False),
        sa.Column("fee_vnd", sa.BigInteger(), nullable=False),
        sa.Column("platform_vnd", sa.BigInteger(), nullable=False),
        sa.Column("platform_share_vnd", sa.BigInteger(), nullable=False),
        sa.Column("owed_vnd", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "money_to IN ('producer','club')", name=op.f("ck_live_settlement_line_money_to")
        ),
        sa.CheckConstraint(
            "owed_vnd = (CASE WHEN money_to = 'club' THEN goods_vnd ELSE 0 END) + missing_vnd - fee_vnd + platform_share_vnd",
            name=op.f("ck_live_settlement_line_owed"),
        ),
        sa.CheckConstraint(
            "seller IN ('producer','club')", name=op.f("ck_live_settlement_line_seller")
        ),
        sa.CheckConstraint("via IN ('channel','shop')", name=op.f("ck_live_settlement_line_via")),
        sa.CheckConstraint(
            "units >= 0 AND returned >= 0 AND returned <= units",
            name=op.f("ck_live_settlement_line_units"),
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["live_session_item.id"], name=op.f("fk_live_settlement_line_item_id")
        ),
        sa.ForeignKeyConstraint(
            ["settlement_id"],
            ["live_settlement.id"],
            name=op.f("fk_live_settlement_line_settlement_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_settlement_line")),
        sa.UniqueConstraint(
            "settlement_id",
            "item_id",
            "via",
            name=op.f("uq_live_settlement_line_settlement_id_item_id_via"),
        ),
    )
    # plain ALTER TABLE: made anew, shop_order would turn the CHECK of one column into the table's
    op.add_column("basket", sa.Column("origin_code", sa.String(length=12), nullable=True))
    op.add_column("shop_order", sa.Column("origin_code", sa.String(length=12), nullable=True))
    op.create_index("ix_shop_order_origin_code", "shop_order", ["origin_code"])


def downgrade() -> None:
    op.drop_index("ix_shop_order_origin_code", table_name="shop_order")
    op.drop_column("shop_order", "origin_code")
    op.drop_column("basket", "origin_code")
    op.drop_table("live_settlement_line")
    with op.batch_alter_table("live_result_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_live_result_line_item_id"))

    op.drop_table("live_result_line")
    op.drop_table("live_item_terms")
    with op.batch_alter_table("live_goods_note_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_live_goods_note_line_item_id"))

    op.drop_table("live_goods_note_line")
    with op.batch_alter_table("live_settlement_payment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_live_settlement_payment_settlement_id"))

    op.drop_table("live_settlement_payment")
    op.drop_table("live_share_code")
    with op.batch_alter_table("live_settlement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_live_settlement_producer_id_state"))
        batch_op.drop_index(batch_op.f("ix_live_settlement_club_id"))

    op.drop_table("live_settlement")
    op.drop_table("live_result_import")
    op.drop_table("live_result")
    with op.batch_alter_table("live_goods_note", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_live_goods_note_session_id_producer_id"))
        batch_op.drop_index(batch_op.f("ix_live_goods_note_producer_id_state"))

    op.drop_table("live_goods_note")
    op.drop_table("live_club_terms")
