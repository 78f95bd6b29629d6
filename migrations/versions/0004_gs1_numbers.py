"""GS1 numbers: GTINs of variants and GLNs of producers, verified by staff."""

import sqlalchemy as sa
from alembic import op

import shop.core.db

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "gs1_key",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("ai", sa.String(length=3), nullable=False),
        sa.Column("value", sa.String(length=14), nullable=False),
        sa.Column("producer_id", sa.BigInteger(), nullable=False),
        sa.Column("variant_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("created_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(ai = '01') = (variant_id IS NOT NULL)", name=op.f("ck_gs1_key_variant")
        ),
        sa.CheckConstraint("ai IN ('01','414')", name=op.f("ck_gs1_key_ai")),
        sa.CheckConstraint(
            "state IN ('declared','verified','refused','ended')", name=op.f("ck_gs1_key_state")
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_gs1_key_decided_by")),
        sa.ForeignKeyConstraint(
            ["producer_id"], ["producer.id"], name=op.f("fk_gs1_key_producer_id")
        ),
        sa.ForeignKeyConstraint(["variant_id"], ["variant.id"], name=op.f("fk_gs1_key_variant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gs1_key")),
    )
    with op.batch_alter_table("gs1_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_gs1_key_producer_id"), ["producer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_gs1_key_variant_id"), ["variant_id"], unique=False)
        batch_op.create_index(
            "uq_gs1_key_one_owner",
            ["ai", "value"],
            unique=True,
            sqlite_where=sa.text("state = 'verified'"),
            postgresql_where=sa.text("state = 'verified'"),
        )


def downgrade() -> None:
    with op.batch_alter_table("gs1_key", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_gs1_key_one_owner",
            sqlite_where=sa.text("state = 'verified'"),
            postgresql_where=sa.text("state = 'verified'"),
        )
        batch_op.drop_index(batch_op.f("ix_gs1_key_variant_id"))
        batch_op.drop_index(batch_op.f("ix_gs1_key_producer_id"))

    op.drop_table("gs1_key")
