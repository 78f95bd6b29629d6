"""The category of a product on a channel stands on its listing, like everything chosen there."""

import sqlalchemy as sa
from alembic import op

import shop.core.db

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

CHOSEN = sa.table(
    "channel_category",
    sa.column("product_id", sa.BigInteger()),
    sa.column("channel", sa.String()),
    sa.column("external_id", sa.String()),
    sa.column("chosen_at", shop.core.db.UtcDateTime(timezone=True)),
)
LISTING = sa.table(
    "listing",
    sa.column("id", sa.BigInteger()),
    sa.column("product_id", sa.BigInteger()),
    sa.column("channel", sa.String()),
    sa.column("is_included", sa.Boolean()),
    sa.column("overrides", sa.JSON()),
    sa.column("price_percent", sa.Integer()),
    sa.column("stock_reserve", sa.Integer()),
    sa.column("updated_at", shop.core.db.UtcDateTime(timezone=True)),
)


def upgrade() -> None:
    bind = op.get_bind()
    for product_id, channel, number, chosen_at in bind.execute(sa.select(CHOSEN)).all():
        row = bind.execute(
            sa.select(LISTING.c.id, LISTING.c.overrides).where(
                LISTING.c.product_id == product_id, LISTING.c.channel == channel
            )
        ).one_or_none()
        if row is None:
            bind.execute(
                LISTING.insert().values(
                    product_id=product_id,
                    channel=channel,
                    is_included=True,
                    overrides={"category_id": number},
                    price_percent=100,
                    stock_reserve=0,
                    updated_at=chosen_at,
                )
            )
        elif not row.overrides.get("category_id"):
            bind.execute(
                LISTING.update()
                .where(LISTING.c.id == row.id)
                .values(overrides={**row.overrides, "category_id": number})
            )
    op.drop_table("channel_category")


def downgrade() -> None:
    op.create_table(
        "channel_category",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("external_id", sa.String(length=40), nullable=False),
        sa.Column("external_path", sa.String(length=500), nullable=False),
        sa.Column("chosen_by", sa.BigInteger(), nullable=False),
        sa.Column("chosen_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["chosen_by"], ["person.id"], name=op.f("fk_channel_category_chosen_by")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_channel_category_product_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel_category")),
        sa.UniqueConstraint(
            "product_id", "channel", name=op.f("uq_channel_category_product_id_channel")
        ),
    )
