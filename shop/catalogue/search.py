"""Finding products by what people type: accent-free, every word, the last one as a beginning.

SQLite's FTS5 and PostgreSQL's tsvector only say *which* products hold the words. The order is our
own, in whole numbers, so that both give the same ids in the same order: all words in the name (0),
in name and producer (1), anywhere (2); then valid stars, units sold, the newest.

The index holds folded words (``core.text.fold``: no marks, ``đ`` as ``d``), because neither engine
folds ``đ`` by itself. The application writes it, through ``index_product`` alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    Integer,
    Subquery,
    bindparam,
    case,
    select,
    text,
    true,
)
from sqlalchemy.orm import Session

from shop.catalogue.models import ProductFacets
from shop.core.text import fold

MAX_QUERY_LENGTH: Final = 100
"""Characters of a query that are looked at."""

MAX_WORDS: Final = 10
_MAX_WORD_LENGTH: Final = 40

_WRITE_SQLITE: Final = (
    text("DELETE FROM product_search WHERE rowid = :id"),
    text(
        "INSERT INTO product_search (rowid, name, producer, rest) "
        "VALUES (:id, :name, :producer, :rest)"
    ),
)
_WRITE_POSTGRESQL: Final = text(
    "INSERT INTO product_search (product_id, document) VALUES (:id, CAST(:document AS tsvector)) "
    "ON CONFLICT (product_id) DO UPDATE SET document = excluded.document"
)
_FIND_SQLITE: Final = text(
    "SELECT rowid AS product_id, "
    "CASE WHEN rowid IN (SELECT rowid FROM product_search WHERE product_search MATCH :in_name) "
    "THEN 0 WHEN rowid IN "
    "(SELECT rowid FROM product_search WHERE product_search MATCH :in_producer) "
    "THEN 1 ELSE 2 END AS tier FROM product_search WHERE product_search MATCH :anywhere"
)
_FIND_POSTGRESQL: Final = text(
    "SELECT product_id, CASE WHEN document @@ CAST(:in_name AS tsquery) THEN 0 "
    "WHEN document @@ CAST(:in_producer AS tsquery) THEN 1 ELSE 2 END AS tier "
    "FROM product_search WHERE document @@ CAST(:anywhere AS tsquery)"
)


@dataclass(frozen=True)
class Query:
    """What is looked for: folded words; the last may be the beginning of one."""

    words: tuple[str, ...]

    @classmethod
    def parse(cls, typed: str) -> "Query":
        """The words of what was typed. Anything may be typed; no words find nothing."""
        words = fold(typed[:MAX_QUERY_LENGTH]).split()[:MAX_WORDS]
        return cls(tuple(word[:_MAX_WORD_LENGTH] for word in words))

    @property
    def text(self) -> str:
        return " ".join(self.words)


def index_product(db: Session, product_id: int, *, name: str, producer: str, rest: str) -> None:
    """Put a product's folded texts into the index, in place of what was there.

    ``catalogue.services.refresh_facets`` calls it; nothing else writes the index.
    """
    index_products(db, [{"id": product_id, "name": name, "producer": producer, "rest": rest}])


def index_products(db: Session, rows: list[dict[str, Any]]) -> None:
    """``index_product`` for many at once: dicts of ``id name producer rest``."""
    if not rows:
        return
    if db.get_bind().dialect.name == "sqlite":
        for statement in _WRITE_SQLITE:
            db.execute(statement, rows)
        return
    documents = [
        {"id": row["id"], "document": _document(row["name"], row["producer"], row["rest"])}
        for row in rows
    ]
    db.execute(_WRITE_POSTGRESQL, documents)


def _document(name: str, producer: str, rest: str) -> str:
    """A tsvector literal: each word once, at position 1A, 2B, 3C for where it stands.

    A literal rather than ``to_tsvector``, whose parser takes ``1.5`` or ``a-b`` for more than a
    word; the words are ``[a-z0-9]+`` by folding, so nothing needs quoting.
    """
    places: dict[str, list[str]] = {}
    for place, words in (("1A", name), ("2B", producer), ("3C", rest)):
        for word in dict.fromkeys(fold(words).split()):
            places.setdefault(word[:_MAX_WORD_LENGTH], []).append(place)
    return " ".join(f"'{word}':{','.join(dict.fromkeys(at))}" for word, at in places.items())


def bound_words(query: Query, *, is_sqlite: bool) -> dict[str, str]:
    """The values of what ``found`` leaves open. The query must have words."""
    if is_sqlite:
        words = _fts5(query.words)
        return {
            "anywhere": words,
            "in_name": "{name} : (" + words + ")",
            "in_producer": "{name producer} : (" + words + ")",
        }
    return {
        "anywhere": _tsquery(query.words, ""),
        "in_name": _tsquery(query.words, "A"),
        "in_producer": _tsquery(query.words, "AB"),
    }


def found(*, is_sqlite: bool) -> Subquery:
    """A subquery of (product_id, tier) that a list joins; its values come from ``bound_words``."""
    statement = _FIND_SQLITE if is_sqlite else _FIND_POSTGRESQL
    return statement.columns(product_id=BigInteger, tier=Integer).subquery("found")


def _fts5(words: Iterable[str]) -> str:
    """``"mien" AND "dong"*``: every word quoted, so that none is an operator."""
    quoted = [f'"{word}"' for word in words]
    return " AND ".join(quoted) + "*"


def _tsquery(words: Iterable[str], weights: str) -> str:
    """``'mien':A & 'dong':*A``."""
    listed = list(words)
    quoted = [f"'{word}'" + (f":{weights}" if weights else "") for word in listed[:-1]]
    return " & ".join([*quoted, f"'{listed[-1]}':*{weights}"])


TODAY: Final = bindparam("today", type_=Date)
"""The calendar day that stars are judged on; every statement built here needs it."""

F: Final = ProductFacets.__table__.c
"""Columns of the table itself: rows of them cost a third of what mapped attributes cost."""

valid_stars: Final[ColumnElement[int | None]] = case((F.stars_until >= TODAY, F.stars), else_=None)
"""Stars of a row that count today, otherwise NULL."""


def by_relevance(hits: Subquery) -> tuple[ColumnElement[Any], ...]:
    """The order of found products."""
    return (
        hits.c.tier,
        case((F.stars_until >= TODAY, F.stars), else_=0).desc(),
        F.sold_count.desc(),
        F.product_id.desc(),
    )


def search_ids(
    db: Session, typed: str, *, today: date, limit: int = 24, offset: int = 0
) -> list[int]:
    """Ids of the listed products that hold every word typed, best first."""
    query = Query.parse(typed)
    if not query.words:
        return []
    is_sqlite = db.get_bind().dialect.name == "sqlite"
    hits = found(is_sqlite=is_sqlite)
    statement = (
        select(F.product_id)
        .join(hits, hits.c.product_id == F.product_id)
        .where(F.is_listed == true())
        .order_by(*by_relevance(hits))
        .limit(limit)
        .offset(offset)
    )
    bound = {"today": today, **bound_words(query, is_sqlite=is_sqlite)}
    return list(db.scalars(statement, bound))
