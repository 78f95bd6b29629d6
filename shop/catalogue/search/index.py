"""Writing the index: folded words (``core.text.fold``: no marks, ``đ`` as ``d``), because neither
engine folds ``đ`` by itself. ``catalogue.services.refresh_facets`` writes a product's entry.

Words and producers' names that are new go into two small tables of their own at the very end of
the transaction, in one order, so that two transactions that bring the same word never wait for
each other in a circle. They stay when nothing holds them any more: then they find nothing.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Final

from sqlalchemy import String, bindparam, event, text
from sqlalchemy.orm import Session

from shop.catalogue.search.wording import MAX_WORD_LENGTH

_WRITE_SQLITE: Final = (
    text("DELETE FROM product_search WHERE rowid = :id"),
    text(
        "INSERT INTO product_search (rowid, name, producer, place, rest) "
        "VALUES (:id, :name, :producer, :place, :rest)"
    ),
)
_WRITE_POSTGRESQL: Final = text(
    "INSERT INTO product_search (product_id, head, document) "
    "VALUES (:id, CAST(:head AS tsvector), CAST(:document AS tsvector)) "
    "ON CONFLICT (product_id) DO UPDATE SET head = excluded.head, document = excluded.document"
)
_KNOWN_WORDS: Final = text("SELECT word FROM product_search_words WHERE word IN :words").bindparams(
    bindparam("words", expanding=True, type_=String)
)
_ADD_WORD: Final = text(
    "INSERT INTO product_search_words (word) VALUES (:word) ON CONFLICT DO NOTHING"
)
_NAME_MAKER: Final = text(
    "INSERT INTO product_search_makers (slug, folded) VALUES (:slug, :folded) "
    "ON CONFLICT (slug) DO UPDATE SET folded = excluded.folded "
    "WHERE product_search_makers.folded <> excluded.folded"
)
_WORDS, _MAKERS = "search_words", "search_makers"
_AT_ONCE: Final = 500
_MAX_POSITIONS: Final = 250
"""PostgreSQL keeps at most 255 positions of a word."""

_GAP: Final = 2
"""Positions left free between two fields, so that no phrase runs from one into the next."""


@dataclass(frozen=True)
class Entry:
    """A product in the index: folded texts by field; ``slug`` is its producer's."""

    id: int
    slug: str
    name: str
    producer: str
    place: str = ""
    rest: str = ""


def index_product(db: Session, entry: Entry) -> None:
    """Put a product's folded texts into the index, in place of what was there."""
    index_products(db, [entry])


def index_products(db: Session, entries: list[Entry]) -> None:
    """``index_product`` for many at once."""
    if not entries:
        return
    if db.get_bind().dialect.name == "sqlite":
        for statement in _WRITE_SQLITE:
            db.execute(statement, [asdict(entry) for entry in entries])
    else:
        db.execute(_WRITE_POSTGRESQL, [_documents(entry) for entry in entries])
    if _WORDS not in db.info:
        event.listen(db, "before_commit", _write_words)
    words: set[str] = db.info.setdefault(_WORDS, set())
    makers: dict[str, str] = db.info.setdefault(_MAKERS, {})
    for entry in entries:
        for field in _fields(entry):
            words.update(word[:MAX_WORD_LENGTH] for word in field.split() if word.isalpha())
        makers[entry.slug] = f" {entry.producer}"


def _fields(entry: Entry) -> tuple[str, str, str, str]:
    return entry.name, entry.producer, entry.place, entry.rest


def _write_words(db: Session) -> None:
    if db.in_nested_transaction():
        return
    words, makers = sorted(db.info[_WORDS]), sorted(db.info[_MAKERS].items())
    db.info[_WORDS], db.info[_MAKERS] = set(), {}
    waiting = iter(words)
    while some := list(islice(waiting, _AT_ONCE)):
        known = set(db.scalars(_KNOWN_WORDS, {"words": some}))
        new = [{"word": word} for word in some if word not in known]
        if new:
            db.execute(_ADD_WORD, new)
    if makers:
        db.execute(_NAME_MAKER, [{"slug": slug, "folded": folded} for slug, folded in makers])


def _documents(entry: Entry) -> Mapping[str, object]:
    fields = _fields(entry)
    return {"id": entry.id, "head": _vector(fields[:3]), "document": _vector(fields)}


def _vector(fields: Iterable[str]) -> str:
    """A tsvector literal: ``'mien':1A,7D``, weights A to D by field.

    A literal rather than ``to_tsvector``, whose parser takes ``1.5`` or ``a-b`` for more than a
    word; the words are ``[a-z0-9]+`` by folding, so nothing needs quoting.
    """
    places: dict[str, list[str]] = {}
    for word, place in _placed(fields):
        at = places.setdefault(word, [])
        if len(at) < _MAX_POSITIONS:
            at.append(place)
    return " ".join(f"'{word}':{','.join(at)}" for word, at in places.items())


def _placed(fields: Iterable[str]) -> Iterator[tuple[str, str]]:
    position = 0
    for weight, field in zip("ABCD", fields, strict=False):
        for word in field.split():
            position += 1
            yield word[:MAX_WORD_LENGTH], f"{position}{weight}"
        position += _GAP
