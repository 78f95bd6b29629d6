"""Bank statements that were uploaded, and what their rows did."""

import sqlalchemy as sa
from alembic import op

import shop.core.db

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "statement_import",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("producer_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
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
        sa.CheckConstraint("state IN ('open','recorded')", name=op.f("ck_statement_import_state")),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["payee_account.id"],
            name=op.f("fk_statement_import_account_id_payee_account"),
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["person.id"], name=op.f("fk_statement_import_made_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["producer_id"], ["producer.id"], name=op.f("fk_statement_import_producer_id_producer")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["person.id"], name=op.f("fk_statement_import_recorded_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_import")),
        sa.UniqueConstraint(
            "account_id", "file_sha", name=op.f("uq_statement_import_account_id_file_sha")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_statement_import_public_id")),
    )
    with op.batch_alter_table("statement_import", schema=None) as batch_op:
        batch_op.create_index(
            "ix_statement_import_producer_id_made_at", ["producer_id", "made_at"], unique=False
        )
        batch_op.create_index(
            "ix_statement_import_state_made_at", ["state", "made_at"], unique=False
        )


def downgrade() -> None:
    op.drop_table("statement_import")
