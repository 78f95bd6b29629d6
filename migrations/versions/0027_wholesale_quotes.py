"""What companies ask for and what they are quoted; wholesale is a kind of enquiry."""

import sqlalchemy as sa
from alembic import op

import shop.core.db

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _allow_kinds("'visit','wholesale'")
    op.create_table(
        "quote",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("submit_key", sa.String(length=64), nullable=False),
        sa.Column("enquiry_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("shipping_vnd", sa.BigInteger(), nullable=False),
        sa.Column("payment", sa.String(length=20), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=False),
        sa.Column("created_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("order_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(state = 'accepted') = (order_id IS NOT NULL)", name=op.f("ck_quote_accepted")
        ),
        sa.CheckConstraint(
            "state IN ('offered','accepted','withdrawn')", name=op.f("ck_quote_state")
        ),
        sa.CheckConstraint("shipping_vnd >= 0", name=op.f("ck_quote_shipping_vnd")),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_quote_created_by")),
        sa.ForeignKeyConstraint(["enquiry_id"], ["enquiry.id"], name=op.f("fk_quote_enquiry_id")),
        sa.ForeignKeyConstraint(["order_id"], ["shop_order.id"], name=op.f("fk_quote_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote")),
        sa.UniqueConstraint("code", name=op.f("uq_quote_code")),
        sa.UniqueConstraint("enquiry_id", "seq", name=op.f("uq_quote_enquiry_id_seq")),
        sa.UniqueConstraint("order_id", name=op.f("uq_quote_order_id")),
        sa.UniqueConstraint("submit_key", name=op.f("uq_quote_submit_key")),
    )
    op.create_table(
        "wholesale_request",
        sa.Column("enquiry_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("company", sa.String(length=160), nullable=False),
        sa.Column("tax_code", sa.String(length=14), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("province_code", sa.String(length=2), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_wholesale_request_quantity")),
        sa.ForeignKeyConstraint(
            ["enquiry_id"], ["enquiry.id"], name=op.f("fk_wholesale_request_enquiry_id")
        ),
        sa.PrimaryKeyConstraint("enquiry_id", name=op.f("pk_wholesale_request")),
    )
    op.create_table(
        "quote_tier",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("quote_id", sa.BigInteger(), nullable=False),
        sa.Column("variant_id", sa.BigInteger(), nullable=False),
        sa.Column("from_quantity", sa.Integer(), nullable=False),
        sa.Column("unit_price_vnd", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("from_quantity > 0", name=op.f("ck_quote_tier_from_quantity")),
        sa.CheckConstraint("unit_price_vnd > 0", name=op.f("ck_quote_tier_unit_price_vnd")),
        sa.ForeignKeyConstraint(["quote_id"], ["quote.id"], name=op.f("fk_quote_tier_quote_id")),
        sa.ForeignKeyConstraint(
            ["variant_id"], ["variant.id"], name=op.f("fk_quote_tier_variant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote_tier")),
        sa.UniqueConstraint(
            "quote_id",
            "variant_id",
            "from_quantity",
            name=op.f("uq_quote_tier_quote_id_variant_id_from_quantity"),
        ),
    )
    with op.batch_alter_table("quote_tier", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_quote_tier_variant_id"), ["variant_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("quote_tier", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_quote_tier_variant_id"))

    op.drop_table("quote_tier")
    op.drop_table("wholesale_request")
    op.drop_table("quote")
    op.execute(
        "DELETE FROM enquiry_message WHERE enquiry_id IN "
        "(SELECT id FROM enquiry WHERE kind = 'wholesale')"
    )
    op.execute(
        "DELETE FROM enquiry_contact WHERE enquiry_id IN "
        "(SELECT id FROM enquiry WHERE kind = 'wholesale')"
    )
    op.execute("DELETE FROM enquiry WHERE kind = 'wholesale'")
    _allow_kinds("'visit'")


def _allow_kinds(kinds: str) -> None:
    with op.batch_alter_table("enquiry", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_enquiry_kind"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_enquiry_kind"), f"kind IN ({kinds})")
