"""What found products are ranked by, in one narrow index: ranking reads no wide rows."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_product_facets_ranking",
        "product_facets",
        ["product_id", "is_listed", "stars_until", "stars", "sold_count"],
    )


def downgrade() -> None:
    op.drop_index("ix_product_facets_ranking", table_name="product_facets")
