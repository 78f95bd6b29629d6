"""Reading what was typed: as it stands, or, when no product holds it, with one slip forgiven."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice, pairwise, product
from typing import Final

from sqlalchemy import String, bindparam, text
from sqlalchemy.orm import Session

from shop.catalogue.rules.spelling import (
    MIN_SLIP_LENGTH,
    is_one_slip,
    nearest,
    sound_alikes,
)
from shop.catalogue.search.wording import Query, Reading, bound_words

_MAX_NEAR: Final = 40
_MAX_READINGS: Final = 12
_MIN_PIECE: Final = 2
_MAX_TRIED: Final = 12

_KNOWN: Final = text("SELECT word FROM product_search_words WHERE word IN :words").bindparams(
    bindparam("words", expanding=True, type_=String)
)
_BEGUN: Final = text("SELECT 1 FROM product_search_words WHERE word LIKE :begun LIMIT 1")
_NEAR: Final = text(
    "SELECT word FROM product_search_words WHERE length(word) BETWEEN :shortest AND :longest "
    "AND (word LIKE :begun OR word LIKE :ended OR word IN :alike) ORDER BY word"
).bindparams(bindparam("alike", expanding=True, type_=String))
_SOME_SQLITE: Final = text(
    "SELECT 1 FROM product_search s JOIN product_facets f ON f.product_id = s.rowid "
    "WHERE product_search MATCH :anywhere AND f.is_listed LIMIT 1"
)
_SOME_POSTGRESQL: Final = text(
    "SELECT 1 FROM product_search s JOIN product_facets f ON f.product_id = s.product_id "
    "WHERE s.document @@ CAST(:anywhere AS tsquery) AND f.is_listed LIMIT 1"
)


def finds_some(db: Session, query: Query) -> bool:
    """Whether any listed product holds one of the query's readings."""
    is_sqlite = db.get_bind().dialect.name == "sqlite"
    some = _SOME_SQLITE if is_sqlite else _SOME_POSTGRESQL
    words = bound_words(query, is_sqlite=is_sqlite)["anywhere"]
    return db.scalar(some, {"anywhere": words}) is not None


def read_query(db: Session, typed: str) -> Query:
    """The query as typed when it finds something, else as it may have been meant.

    A word that no product has stands for the words within one slip of it, for two words written as
    one, or with its neighbour for one word written as two. When every word is some product's, any
    one of them may hold the slip. A query that finds nothing either way is given back as typed.
    """
    query = Query.parse(typed)
    if not query.words or finds_some(db, query):
        return query
    readings = tuple(dict.fromkeys(_readings(db, query.words)))[:_MAX_READINGS]
    meant = replace(query, readings=readings)
    return meant if readings and finds_some(db, meant) else query


def _readings(db: Session, words: tuple[str, ...]) -> Iterator[Reading]:
    unknown = _unknown(db, words)
    plain: Reading = tuple((word,) for word in words)
    if unknown:
        near = {at: near_words(db, words[at]) for at in unknown}
        if all(near.values()):
            yield tuple(near.get(at, slot) for at, slot in enumerate(plain))
        if len(unknown) == 1:
            (at,) = unknown
            for pair in _split(db, words[at]):
                yield (*plain[:at], *((piece,) for piece in pair), *plain[at + 1 :])
    else:
        for at, word in enumerate(words):
            meant = near_words(db, word)
            if meant:
                yield (*plain[:at], meant, *plain[at + 1 :])
    yield from _joined(db, words, unknown)


def _unknown(db: Session, words: tuple[str, ...]) -> list[int]:
    """Places of the words that no product has; numbers and codes are taken as they are."""
    known = set(db.scalars(_KNOWN, {"words": list(words)}))
    missing = [at for at, word in enumerate(words) if word not in known and word.isalpha()]
    last = len(words) - 1
    if last in missing and db.scalar(_BEGUN, {"begun": words[last] + "%"}):
        missing.remove(last)
    return missing


def near_words(db: Session, typed: str) -> tuple[str, ...]:
    """The words of the index within one slip of what was typed, by the alphabet.

    With one letter wrong, missing or too many, the first or the second half still stands as typed;
    two letters swapped across the middle are asked for by name.
    """
    if len(typed) < MIN_SLIP_LENGTH or not typed.isalpha():
        return ()
    half = len(typed) // 2
    begun, ended = typed[:half], typed[half:]
    swapped = begun[:-1] + ended[0] + begun[-1] + ended[1:]
    candidates = db.scalars(
        _NEAR,
        {
            "shortest": len(typed) - 2,
            "longest": len(typed) + 2,
            "begun": f"{begun}%",
            "ended": f"%{ended}",
            "alike": [swapped, *sound_alikes(typed)],
        },
    )
    return tuple(word for word in candidates if is_one_slip(typed, word))[:_MAX_NEAR]


def _split(db: Session, word: str) -> Iterable[tuple[str, str]]:
    """Ways to read one word as two of the index: ``matong`` as ``mat ong``."""
    cuts = range(_MIN_PIECE, len(word) - _MIN_PIECE + 1)
    pieces = {piece for cut in cuts for piece in (word[:cut], word[cut:])}
    known = set(db.scalars(_KNOWN, {"words": sorted(pieces)}))
    return [(word[:cut], word[cut:]) for cut in cuts if {word[:cut], word[cut:]} <= known]


def _joined(db: Session, words: tuple[str, ...], unknown: list[int]) -> Iterator[Reading]:
    """Ways to read two neighbours as one word of the index: ``mi en`` as ``mien``."""
    pairs = [one + other for one, other in pairwise(words)]
    known = set(db.scalars(_KNOWN, {"words": pairs})) if pairs else set()
    for at, pair in enumerate(pairs):
        if pair in known and set(unknown) <= {at, at + 1}:
            merged = (*words[:at], pair, *words[at + 2 :])
            yield tuple((word,) for word in merged)


def nearest_spelling(db: Session, query: Query) -> Query | None:
    """The nearest words that find something: up to two slips in those that no product has, and one
    more in another.

    For a list that stays empty; None when nothing is near.
    """
    unknown = _unknown(db, query.words)
    near = [nearest(query.words[at], _somewhat_like(db, query.words[at])) for at in unknown]
    tries = (
        tuple(dict(zip(unknown, chosen, strict=True)).get(at, word) for at, word in plain)
        for chosen in product(*near)
        if (plain := list(enumerate(query.words)))
    )
    for words in islice(tries, _MAX_TRIED):
        for meant in _with_one_more(db, words) if unknown else ():
            if finds_some(db, meant):
                return meant
    return None


def _with_one_more(db: Session, words: tuple[str, ...]) -> Iterator[Query]:
    """The words as they are, then with one slip in one of them."""
    yield Query.of(words)
    plain: Reading = tuple((word,) for word in words)
    for at, word in enumerate(words):
        meant = near_words(db, word)
        if meant:
            readings = (*plain[:at], meant, *plain[at + 1 :])
            if finds_some(db, Query(words, (readings,))):
                yield from (Query.of((*words[:at], one, *words[at + 1 :])) for one in meant)


def _somewhat_like(db: Session, typed: str) -> Iterable[str]:
    """Words that share a third of what was typed: two slips leave one third untouched."""
    third = max(1, len(typed) // 3)
    bound = {"shortest": len(typed) - 2, "longest": len(typed) + 2, "alike": [typed]}
    parts = (typed[:third], typed[third : 2 * third], typed[2 * third :])
    return [
        word
        for part in parts
        for word in db.scalars(_NEAR, bound | {"begun": f"%{part}%", "ended": f"%{part}"})
    ]
