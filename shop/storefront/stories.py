"""Stories in the language of the page, and honestly marked where they are not."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from shop.catalogue.rules import SECTION_LABELS
from shop.storefront.rules import paragraphs
from shop.web.i18n import gettext, language, pick


@dataclass(frozen=True)
class Told:
    """A text as a page shows it."""

    lines: Sequence[str]
    is_foreign: bool
    """Vietnamese on an English page: said so, and marked for screen readers."""


@dataclass(frozen=True)
class Section:
    """A part of a culture product's story."""

    kind: str
    title: str
    is_title_foreign: bool
    told: Told
    photo: Any
    """The row with the photo's columns; None without a photo that may be shown."""


def told(vietnamese: str, english: str | None) -> Told:
    """The text in the language of the page, Vietnamese where there is no other."""
    is_foreign = language() == "en" and not english and bool(vietnamese)
    return Told(paragraphs(pick(vietnamese, english)), is_foreign)


def sections_of(rows: Iterable[Any]) -> list[Section]:
    """Rows of ``section_rows`` for the page."""
    is_english = language() == "en"
    return [
        Section(
            kind=gettext(SECTION_LABELS[row.kind]),
            title=pick(row.title, row.title_en),
            is_title_foreign=is_english and not row.title_en,
            told=told(row.words, row.words_en),
            photo=row if row.sha else None,
        )
        for row in rows
    ]
