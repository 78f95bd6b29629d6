"""What is typed and not yet saved (``product_draft``); English words and sharpness of pictures."""

import sqlalchemy as sa
from alembic import op

import shop.core.db

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "product_draft",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=True),
        sa.Column("form", sa.String(length=24), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("seen", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_product_draft_version")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_product_draft_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_product_draft_product_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_draft")),
        sa.UniqueConstraint(
            "person_id",
            "product_id",
            "form",
            name=op.f("uq_product_draft_person_id_product_id_form"),
        ),
    )
    with op.batch_alter_table("product_draft", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_product_draft_product_id"), ["product_id"], unique=False
        )
        batch_op.create_index(
            "uq_product_draft_new",
            ["person_id", "form"],
            unique=True,
            sqlite_where=sa.text("product_id IS NULL"),
            postgresql_where=sa.text("product_id IS NULL"),
        )

    with op.batch_alter_table("product_photo", schema=None) as batch_op:
        batch_op.add_column(sa.Column("alt_en", sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column("sharpness", sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("product_photo", schema=None) as batch_op:
        batch_op.drop_column("sharpness")
        batch_op.drop_column("alt_en")

    with op.batch_alter_table("product_draft", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_product_draft_new",
            sqlite_where=sa.text("product_id IS NULL"),
            postgresql_where=sa.text("product_id IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_product_draft_product_id"))

    op.drop_table("product_draft")
