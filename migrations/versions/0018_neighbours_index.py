"""What sells in a place, best first, in one index: the shelf of neighbours under a product."""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_product_facets_neighbours",
        "product_facets",
        ["place", "is_listed", "sold_count", "product_id"],
    )


def downgrade() -> None:
    op.drop_index("ix_product_facets_neighbours", table_name="product_facets")
