"""Imports of sheets: what was planned, what was written, what undoing needs."""

import sqlalchemy as sa
from alembic import op

import shop.core.db

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sheet_import",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("submit_key", sa.String(length=120), nullable=False),
        sa.Column("producer_id", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("made_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("file_kind", sa.String(length=4), nullable=False),
        sa.Column("file_sha", sa.String(length=64), nullable=False),
        sa.Column("file_bytes", sa.Integer(), nullable=False),
        sa.Column("stock_mode", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("refusal", sa.String(length=40), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=True),
        sa.Column("upload_name", sa.String(length=80), nullable=True),
        sa.Column("cells_name", sa.String(length=80), nullable=True),
        sa.Column("plan_name", sa.String(length=80), nullable=True),
        sa.Column("plan_digest", sa.String(length=64), nullable=True),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("is_rejudged", sa.Boolean(), nullable=False),
        sa.Column("committed_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("committed_by", sa.BigInteger(), nullable=True),
        sa.Column("undone_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("file_kind IN ('xlsx','csv')", name=op.f("ck_sheet_import_file_kind")),
        sa.CheckConstraint(
            "state IN ('queued','refused','judged','confirmed','committed','undoing','undone','cancelled')",
            name=op.f("ck_sheet_import_state"),
        ),
        sa.CheckConstraint(
            "stock_mode IN ('keep','add','count')", name=op.f("ck_sheet_import_stock_mode")
        ),
        sa.CheckConstraint("file_bytes >= 0", name=op.f("ck_sheet_import_file_bytes")),
        sa.ForeignKeyConstraint(
            ["committed_by"], ["person.id"], name=op.f("fk_sheet_import_committed_by")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_sheet_import_made_by")),
        sa.ForeignKeyConstraint(
            ["producer_id"], ["producer.id"], name=op.f("fk_sheet_import_producer_id")
        ),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_sheet_import_task_id")),
        sa.ForeignKeyConstraint(
            ["undone_by"], ["person.id"], name=op.f("fk_sheet_import_undone_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet_import")),
        sa.UniqueConstraint("public_id", name=op.f("uq_sheet_import_public_id")),
        sa.UniqueConstraint("submit_key", name=op.f("uq_sheet_import_submit_key")),
    )
    with op.batch_alter_table("sheet_import", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_sheet_import_producer_id_made_at"),
            ["producer_id", "made_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_sheet_import_state_made_at"), ["state", "made_at"], unique=False
        )

    op.create_table(
        "sheet_change",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("import_id", sa.BigInteger(), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("undo", sa.String(length=8), nullable=False),
        sa.Column("undo_note", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "kind IN ('product_new','product','variant_new','variant','stock')",
            name=op.f("ck_sheet_change_kind"),
        ),
        sa.CheckConstraint("undo IN ('open','done','refused')", name=op.f("ck_sheet_change_undo")),
        sa.ForeignKeyConstraint(
            ["import_id"], ["sheet_import.id"], name=op.f("fk_sheet_change_import_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet_change")),
    )
    with op.batch_alter_table("sheet_change", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_sheet_change_import_id_id"), ["import_id", "id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("sheet_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sheet_change_import_id_id"))

    op.drop_table("sheet_change")
    with op.batch_alter_table("sheet_import", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sheet_import_state_made_at"))
        batch_op.drop_index(batch_op.f("ix_sheet_import_producer_id_made_at"))

    op.drop_table("sheet_import")
