"""Title, description and the words in them."""

from collections.abc import Iterator
from typing import Final

from shop.catalogue.rules import group_of
from shop.marketplaces.rules import words
from shop.marketplaces.rules.codes import EXCEL
from shop.marketplaces.rules.facts import ProductFacts
from shop.marketplaces.rules.listing import bounded, text_length
from shop.marketplaces.rules.profile import WordList
from shop.marketplaces.rules.readiness.findings import Case, Finding

CELL_CHARACTERS: Final = 32_767
"""As many characters as an Excel cell holds."""
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
    tags = words.hits(words.HTML, told(product))
    if tags:
        yield case.find("DESC_HTML", tags, severity="warn")
    hashtags = len(words.HASHTAG.findall(told(product)))
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
    return "\n".join(
        bounded(text)
        for text in (product.summary, product.story, product.usage, product.ingredients)
    )


def _words(case: Case) -> Iterator[Finding]:
    text = f"{case.listing.title}\n{case.choice.description or told(case.listing.product)}"
    for name, rule in case.profile.words.items():
        if not rule.is_used:
            continue
        found = _found(name, text, case)
        hits = [word for word in found if word.lower() not in rule.fewer]
        hits += [word for word in words.phrases(text, rule.more) if word not in hits]
        if hits:
            yield case.find_words(
                f"WORDS_{name.upper()}", hits[:3], certainty=rule.certainty, source=rule.source
            )


_PATTERNS: Final = {
    "contact": words.CONTACT,
    "url": words.URL,
    "promo": words.PROMO,
    "superlative": words.SUPERLATIVE,
    "health": words.HEALTH,
}


def _found(name: WordList, text: str, case: Case) -> list[str]:
    if name == "other_market":
        return words.other_markets(text, case.others)
    return words.hits(_PATTERNS[name], text)


CHECKS: Final = (_product, _title, _title_style, _description, _cells, _words)
