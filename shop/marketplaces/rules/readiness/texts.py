"""Title, description and the words in them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from shop.catalogue.rules import group_of
from shop.core.text import fold
from shop.marketplaces.rules import words
from shop.marketplaces.rules.codes import EXCEL
from shop.marketplaces.rules.facts import ProductFacts
from shop.marketplaces.rules.listing import bounded, text_length
from shop.marketplaces.rules.profile import WordList
from shop.marketplaces.rules.readiness.findings import Case, Finding

CELL_CHARACTERS: Final = 32_767
"""As many characters as an Excel cell holds."""
KEPT_TEXTS: Final = 12_000
KEPT_CHARACTERS: Final = 4_000
"""What was found in a text is kept for so many texts, none of them longer than this."""
_EATEN: Final = frozenset({"food", "beverage", "medicinal"})


def _product(case: Case) -> Iterator[Finding]:
    if case.listing.product.state != "published":
        yield case.find("PRODUCT_NOT_PUBLISHED", case.listing.product.name)


def _title(case: Case) -> Iterator[Finding]:
    title, limits = case.listing.title, case.profile.limits
    count = text_length(title)
    if not title:
        yield case.find("TITLE_EMPTY")
        return
    if limits.title_min and count < limits.title_min.value:
        yield case.beyond("TITLE_SHORT", title, limits.title_min, count=count)
    for limit in (limits.title_max, limits.title_advised):
        if limit and count > limit.value:
            over = count - limit.value
            yield case.beyond("TITLE_LONG", title, limit, count=count, over=over)
            break
    if case.listing.dropped:
        yield case.find("TITLE_CLEANED", list(case.listing.dropped), severity="warn")


def _title_style(case: Case) -> Iterator[Finding]:
    title = case.listing.title
    for code, hits in (
        ("TITLE_ALLCAPS", [title] if words.is_shouted(title) else []),
        ("TITLE_REPEAT", words.repeated_words(title)),
        ("TITLE_SYMBOL", words.odd_signs(title)),
        ("TITLE_EMOJI", words.emojis(title)),
    ):
        if hits:
            yield case.find(code, hits, certainty="uncertain")
    is_eaten = group_of(case.listing.product.subgroup).code in _EATEN
    if title and is_eaten and not words.AMOUNT.search(title):
        yield case.find("TITLE_NO_NETQTY", title, certainty="uncertain")


def _description(case: Case) -> Iterator[Finding]:
    product, limits = case.listing.product, case.profile.limits
    if not bounded(product.summary) and not bounded(product.story):
        yield case.find("DESC_EMPTY")
    count = text_length(case.listing.description)
    if limits.description_min and count < limits.description_min.value:
        yield case.beyond("DESC_SHORT", count, limits.description_min, count=count)
    if limits.description_max and count > limits.description_max.value:
        over = count - limits.description_max.value
        yield case.beyond("DESC_LONG", count, limits.description_max, count=count, over=over)
    scan = scanned(told(product))
    if scan.tags:
        yield case.find("DESC_HTML", scan.tags, severity="warn")
    hashtags = scan.hashtags
    if limits.hashtags_max and hashtags > limits.hashtags_max.value:
        yield case.beyond("HASHTAG_MANY", hashtags, limits.hashtags_max, count=hashtags)


def _cells(case: Case) -> Iterator[Finding]:
    product = case.listing.product
    texts = {
        "tên": case.listing.title,
        "mô tả": case.listing.description,
        "thành phần": product.ingredients,
        "bảo quản": product.storage,
    }
    for name, text in texts.items():
        if len(text) > CELL_CHARACTERS:
            yield case.find("TEXT_OVER_CELL", name, count=len(text), source=EXCEL)


def told(product: ProductFacts) -> str:
    """What the maker wrote freely: where unwanted words stand."""
    parts = (product.summary, product.story, product.usage, product.ingredients)
    return _joined(parts) if sum(map(len, parts)) <= KEPT_CHARACTERS else _join(parts)


def _join(parts: tuple[str, ...]) -> str:
    return "\n".join(bounded(text) for text in parts)


_joined = lru_cache(maxsize=KEPT_TEXTS)(_join)


def _words(case: Case) -> Iterator[Finding]:
    body = case.choice.description or told(case.listing.product)
    in_title, in_body = _scan(case.listing.title), scanned(body)
    for name, rule in case.profile.words.items():
        if not rule.is_used:
            continue
        found = _found(name, in_title, case) + _found(name, in_body, case)
        if rule.more:
            found += words.phrases(f"{case.listing.title}\n{body}", rule.more)
        hits = [word for word in dict.fromkeys(found) if word.lower() not in rule.fewer]
        if hits:
            yield case.find_words(
                f"WORDS_{name.upper()}", hits[:3], certainty=rule.certainty, source=rule.source
            )


_PATTERNS: Final[dict[WordList, re.Pattern[str]]] = {
    "contact": words.CONTACT,
    "url": words.URL,
    "promo": words.PROMO,
    "superlative": words.SUPERLATIVE,
    "health": words.HEALTH,
}
_MOST: Final = 12
"""Different words of a list that are looked for: staff may let some of them pass."""


@dataclass(frozen=True)
class _Scan:
    """The words of each list in a text, and the text folded for names of channels."""

    found: Mapping[WordList, list[str]]
    folded: str
    tags: list[str]
    hashtags: int
    stars: list[tuple[str, int]]
    """Words that claim stars, and how many."""


def _scan(text: str) -> _Scan:
    found = {name: words.hits(pattern, text, most=_MOST) for name, pattern in _PATTERNS.items()}
    return _Scan(
        found,
        f" {fold(text)} ",
        words.hits(words.HTML, text),
        len(words.HASHTAG.findall(text)),
        words.star_claims(text),
    )


_scanned = lru_cache(maxsize=KEPT_TEXTS)(_scan)


def scanned(text: str) -> _Scan:
    """``_scan``, kept for texts of a usual length: a product is judged on many channels."""
    return _scanned(text) if len(text) <= KEPT_CHARACTERS else _scan(text)


def _found(name: WordList, scan: _Scan, case: Case) -> list[str]:
    if name == "other_market":
        return [market for market in sorted(case.others) if f" {market} " in scan.folded]
    return scan.found[name]


CHECKS: Final = (_product, _title, _title_style, _description, _cells, _words)
