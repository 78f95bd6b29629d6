"""The search index of products, and the indexes that keep filtered lists in order.

By hand, because SQLite's FTS5 and PostgreSQL's tsvector have nothing in common that Alembic knows:
``shop.core.schema.is_ours`` leaves ``product_search*`` and ``ix_handmade_*`` out of its comparison.
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_LISTS = {
    "ix_handmade_facets_group": "is_listed, ocop_group, published_at, product_id",
    "ix_handmade_facets_province": "is_listed, province_code, published_at, product_id",
    "ix_handmade_facets_sold": "is_listed, sold_count, product_id",
    "ix_handmade_facets_stars": "is_listed, stars, sold_count, product_id",
    "ix_handmade_facets_producer": "producer_slug, is_listed, published_at, product_id",
    "ix_handmade_facets_subgroup": "subgroup, is_listed, sold_count, product_id",
}


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        # Words are folded to ASCII before they come here; nobody asks for phrases.
        op.execute(
            "CREATE VIRTUAL TABLE product_search USING fts5"
            "(name, producer, rest, tokenize='ascii', prefix='1 2 3', detail=column)"
        )
    else:
        op.execute(
            "CREATE TABLE product_search (product_id bigint PRIMARY KEY "
            "REFERENCES product (id) ON DELETE CASCADE, document tsvector NOT NULL)"
        )
        op.execute("CREATE INDEX ix_handmade_product_search ON product_search USING gin (document)")
    for name, columns in _LISTS.items():
        op.execute(f"CREATE INDEX {name} ON product_facets ({columns})")


def downgrade() -> None:
    for name in _LISTS:
        op.execute(f"DROP INDEX {name}")
    op.execute("DROP TABLE product_search")
