"""Search by phrase, by old place names and over slips; lists by commune, kind and certificate.

The index is made anew: it keeps positions now (SQLite) and a short document of name, producer and
place (PostgreSQL), whose phrases rank found products. ``product_search_words`` holds every word of
the index, to find the nearest to a mistyped one; ``product_search_makers`` the producers' names.
"""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from shop.core.text import fold

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_LISTS = {
    "ix_handmade_facets_commune": "is_listed, commune_code, published_at, product_id",
    "ix_handmade_facets_kind": "is_listed, subgroup, published_at, product_id",
}


def upgrade() -> None:
    op.add_column("product_facets", sa.Column("commune_code", sa.String(5)))
    op.add_column(
        "product_facets",
        sa.Column("search_place", sa.Text(), nullable=False, server_default=""),
    )
    op.create_table(
        "product_paper",
        sa.Column("product_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["product_facets.product_id"],
            name=op.f("fk_product_paper_product_id_product_facets"),
        ),
        sa.PrimaryKeyConstraint("product_id", "kind", name=op.f("pk_product_paper")),
    )
    op.create_index(op.f("ix_product_paper_kind"), "product_paper", ["kind", "until"])
    op.create_index(op.f("ix_old_place_commune_code"), "old_place", ["commune_code"])
    for name, columns in _LISTS.items():
        op.execute(f"CREATE INDEX {name} ON product_facets ({columns})")
    _fill_facets()
    op.execute("DROP TABLE product_search")
    if op.get_bind().dialect.name == "sqlite":
        _create_sqlite()
    else:
        _create_postgresql()
    _fill_index()


def _create_sqlite() -> None:
    # Words are folded to ASCII before they come here.
    op.execute(
        "CREATE VIRTUAL TABLE product_search USING fts5"
        "(name, producer, place, rest, tokenize='ascii', prefix='1 2 3')"
    )
    op.execute("CREATE TABLE product_search_words (word text PRIMARY KEY) WITHOUT ROWID")
    op.execute(
        "CREATE TABLE product_search_makers (slug text PRIMARY KEY, folded text NOT NULL) "
        "WITHOUT ROWID"
    )


def _create_postgresql() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    op.execute(
        "CREATE TABLE product_search (product_id bigint PRIMARY KEY "
        "REFERENCES product (id) ON DELETE CASCADE, head tsvector NOT NULL, "
        "document tsvector NOT NULL)"
    )
    op.execute("CREATE INDEX ix_handmade_product_search ON product_search USING gin (document)")
    op.execute("CREATE TABLE product_search_words (word text PRIMARY KEY)")
    op.execute(
        "CREATE INDEX ix_handmade_product_search_words ON product_search_words "
        "USING gin (word gin_trgm_ops)"
    )
    op.execute("CREATE TABLE product_search_makers (slug text PRIMARY KEY, folded text NOT NULL)")
    op.execute(
        "CREATE INDEX ix_handmade_product_search_makers ON product_search_makers "
        "USING gin (folded gin_trgm_ops)"
    )


def _fill_facets() -> None:
    op.execute(
        "UPDATE product_facets SET commune_code = (SELECT m.commune_code FROM product p "
        "JOIN producer m ON m.id = p.producer_id WHERE p.id = product_facets.product_id)"
    )
    op.execute(
        "INSERT INTO product_paper (product_id, kind, until) "
        "SELECT f.product_id, c.kind, max(c.expires_on) FROM product_facets f "
        "JOIN product p ON p.id = f.product_id JOIN certificate c ON c.product_id = p.id "
        "OR (c.product_id IS NULL AND c.producer_id = p.producer_id) "
        "WHERE c.state = 'verified' GROUP BY f.product_id, c.kind"
    )
    link = op.get_bind()
    pairs = link.execute(
        sa.text("SELECT DISTINCT province_code, commune_code FROM product_facets")
    ).all()
    for province, commune in pairs:
        if commune is None:
            labels = "SELECT name FROM province WHERE code = :p"
            old = "SELECT label FROM old_place WHERE province_code = :p AND level = 'province'"
            here = "province_code = :p AND commune_code IS NULL"
        else:
            labels = (
                "SELECT c.name || ', ' || p.name FROM commune c "
                "JOIN province p ON p.code = c.province_code WHERE c.code = :c"
            )
            old = "SELECT label FROM old_place WHERE commune_code = :c"
            here = "commune_code = :c"
        bound = {"p": province, "c": commune}
        found = [
            *link.execute(sa.text(labels), bound).scalars(),
            *link.execute(sa.text(old + " ORDER BY id"), bound).scalars(),
        ]
        names = dict.fromkeys(name for label in found for name in label.split(", "))
        link.execute(
            sa.text(f"UPDATE product_facets SET search_place = :names WHERE {here}"),
            bound | {"names": fold(" ".join(names))},
        )


def _fill_index() -> None:
    link = op.get_bind()
    rows = link.execute(
        sa.text(
            "SELECT product_id AS id, producer_slug AS slug, search_name AS name, "
            "search_producer AS producer, search_place AS place, search_rest AS rest "
            "FROM product_facets ORDER BY product_id"
        )
    ).mappings()
    words: set[str] = set()
    makers: dict[str, str] = {}
    for row in rows.all():
        texts = [row[name] for name in ("name", "producer", "place", "rest")]
        words.update(word for text in texts for word in text.split() if word.isalpha())
        makers[row["slug"]] = f" {row['producer']}"
        if link.dialect.name == "sqlite":
            link.execute(
                sa.text(
                    "INSERT INTO product_search (rowid, name, producer, place, rest) "
                    "VALUES (:id, :name, :producer, :place, :rest)"
                ),
                dict(row),
            )
        else:
            link.execute(
                sa.text(
                    "INSERT INTO product_search (product_id, head, document) VALUES "
                    "(:id, CAST(:head AS tsvector), CAST(:document AS tsvector))"
                ),
                {"id": row["id"], "head": _vector(texts[:3]), "document": _vector(texts)},
            )
    if words:
        link.execute(
            sa.text("INSERT INTO product_search_words (word) VALUES (:word)"),
            [{"word": word[:40]} for word in sorted({word[:40] for word in words})],
        )
    if makers:
        link.execute(
            sa.text("INSERT INTO product_search_makers (slug, folded) VALUES (:slug, :folded)"),
            [{"slug": slug, "folded": folded} for slug, folded in sorted(makers.items())],
        )


def _vector(texts: list[str]) -> str:
    """A tsvector literal as ``shop.catalogue.search`` writes it."""
    return " ".join(f"'{word}':{','.join(at)}" for word, at in _positions(texts).items())


def _positions(texts: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for word, at in _numbered(texts):
        places = found.setdefault(word, [])
        if len(places) < 250:
            places.append(at)
    return found


def _numbered(texts: list[str]) -> Iterator[tuple[str, Any]]:
    position = 0
    for weight, text in zip("ABCD", texts, strict=False):
        for word in text.split():
            position += 1
            yield word[:40], f"{position}{weight}"
        position += 2


def downgrade() -> None:
    op.execute("DROP TABLE product_search_makers")
    op.execute("DROP TABLE product_search_words")
    op.execute("DROP TABLE product_search")
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE product_search USING fts5"
            "(name, producer, rest, tokenize='ascii', prefix='1 2 3', detail=column)"
        )
        op.execute(
            "INSERT INTO product_search (rowid, name, producer, rest) SELECT product_id, "
            "search_name, search_producer, search_rest FROM product_facets"
        )
    else:
        op.execute(
            "CREATE TABLE product_search (product_id bigint PRIMARY KEY "
            "REFERENCES product (id) ON DELETE CASCADE, document tsvector NOT NULL)"
        )
        op.execute(
            "INSERT INTO product_search (product_id, document) SELECT product_id, "
            "setweight(to_tsvector('simple', search_name), 'A') || "
            "setweight(to_tsvector('simple', search_producer), 'B') || "
            "setweight(to_tsvector('simple', search_rest), 'C') FROM product_facets"
        )
        op.execute("CREATE INDEX ix_handmade_product_search ON product_search USING gin (document)")
        op.execute("DROP EXTENSION IF EXISTS pg_trgm")
    for name in _LISTS:
        op.execute(f"DROP INDEX {name}")
    op.drop_index(op.f("ix_old_place_commune_code"), table_name="old_place")
    op.drop_table("product_paper")
    op.drop_column("product_facets", "search_place")
    op.drop_column("product_facets", "commune_code")
