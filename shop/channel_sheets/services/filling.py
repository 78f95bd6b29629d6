"""Filling a template with a producer's goods: the file, and the report of what could not go in."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import IO, Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.channel_sheets.models import ChannelTemplate, FilledSheet
from shop.channel_sheets.rules.categories import Category
from shop.channel_sheets.rules.filling import (
    Choices,
    cells_of,
    delivery_id,
    remarks_on_row,
    written_columns,
)
from shop.channel_sheets.rules.layout import Layout, TemplateColumn
from shop.channel_sheets.rules.patching import Target, fill_sheets, same_parts
from shop.channel_sheets.rules.remarks import Remark
from shop.core.errors import Conflict
from shop.core.text import N_, random_code
from shop.marketplaces import services as marketplaces
from shop.marketplaces.rules.cells import Cell, Row
from shop.marketplaces.rules.facts import Choice
from shop.marketplaces.rules.listing import Listing
from shop.marketplaces.rules.profile import Profile
from shop.marketplaces.rules.readiness import Assessed, Desk, Finding, assess, is_reachable

MOST_PRODUCTS_TOLD: Final = 2_000
SHOWN_SHEETS: Final = 3
SHOWN_ROWS: Final = 5
SHOWN_CHARACTERS: Final = 80
"""Of a cell in the preview that the report keeps."""


class NotReady(Conflict):
    message = N_("Mẫu chưa điền được: hãy trả lời các mục đánh dấu “phải sửa” bên dưới trước.")


Tell = Callable[[int], None]
"""Told how far the work is, 0 to 100."""
Addresses = Callable[[Listing], tuple[str, ...]]
"""Where a listing's photos can be fetched from, in their order."""


@dataclass
class _Page:
    """A sheet while its rows come together."""

    layout: Layout
    columns: list[TemplateColumn]
    rows: list[list[Cell]] = field(default_factory=list)


@dataclass
class _Book:
    """A template while it is being filled."""

    layout: Layout
    choices: Choices
    profile: Profile
    desk: Desk
    addresses: Addresses
    pages: dict[str, _Page]
    groups: int = 0

    @classmethod
    def open(
        cls,
        layout: Layout,
        choices: Choices,
        profile: Profile,
        desk: Desk,
        addresses: Addresses | None,
    ) -> "_Book":
        answered = set(choices.constants)
        for choice in desk.choices.values():
            answered |= set(choice.attributes)
        return cls(
            layout,
            choices,
            profile,
            desk,
            addresses or (lambda listing: _stored_photos(listing, desk.public_url)),
            {one.part: _Page(one, written_columns(one, answered)) for one in layout.sheets},
        )


def fill_template(
    *,
    workbook: bytes,
    layout: Layout,
    choices: Choices,
    profile: Profile,
    desk: Desk,
    market_words: frozenset[str],
    remarks: Collection[Remark],
    out: IO[bytes],
    addresses: Addresses | None = None,
    tell: Tell | None = None,
) -> dict[str, Any]:
    """Write the filled workbook into ``out`` and give the report.

    ``remarks``: what was found about the template. ``addresses``: of photos, by default the largest
    stored size. ``tell``: how far it is. One faulty product never stops the others. Raises NotReady
    when a remark refuses.
    """
    if any(remark.severity == "refuse" for remark in remarks):
        raise NotReady
    book = _Book.open(layout, choices, profile, desk, addresses)
    known = {category.id: category for category in layout.categories}
    assessed = assess(profile, desk, market_words)
    products = []
    for number, item in enumerate(assessed, start=1):
        products.append(_include(item, known, book))
        if tell is not None:
            tell(40 + 50 * number // len(assessed))
    written = _write(workbook, book, out)
    parts, same, changed = same_parts(workbook, out)
    pages = [page for page in book.pages.values() if page.rows] or list(book.pages.values())[:1]
    return {
        "rows": written,
        "counts": _counts(products),
        "products": products[:MOST_PRODUCTS_TOLD],
        "remarks": [remark_data(remark) for remark in remarks],
        "parts": {"all": parts, "same": same, "changed": changed},
        "samples": layout.samples,
        "shown": [_shown(page) for page in pages if page.rows][:SHOWN_SHEETS],
        "blank": _labels(column for page in pages for column in _blank(page)),
        "left": _labels(column for page in pages for column in _left(page)),
    }


def _write(workbook: bytes, book: _Book, out: IO[bytes]) -> int:
    """Fill every sheet; one of a category that nothing has only loses its samples."""
    every = list(book.pages.values())
    pages = [page for page in every if page.rows or page.layout.samples] or every[:1]
    targets = [
        Target(
            part=page.layout.part,
            first_row=page.layout.data_row,
            columns=[column.index for column in page.columns],
            count=len(page.rows),
            strings=page.layout.strings if book.choices.is_shared else "",
        )
        for page in pages
    ]
    written = fill_sheets(workbook, list(zip(targets, (p.rows for p in pages), strict=True)), out)
    out.seek(0)
    return written


def _shown(page: _Page) -> dict[str, Any]:
    """The first rows as they stand in the file, long texts cut, without the empty columns."""
    rows = page.rows[:SHOWN_ROWS]
    at = [n for n in range(len(page.columns)) if any(row[n] is not None for row in rows)]
    first = page.layout.data_row + 1
    return {
        "sheet": page.layout.sheet,
        "heads": [page.columns[n].label for n in at],
        "rows": [[first + line, [_cut(row[n]) for n in at]] for line, row in enumerate(rows)],
    }


def _cut(cell: Cell) -> str:
    words = "" if cell is None else str(cell)
    return words if len(words) <= SHOWN_CHARACTERS else f"{words[: SHOWN_CHARACTERS - 1]}…"


def _blank(page: _Page) -> list[TemplateColumn]:
    return [
        column
        for at, column in enumerate(page.columns)
        if page.rows and all(row[at] is None for row in page.rows)
    ]


def _left(page: _Page) -> list[TemplateColumn]:
    return [
        column
        for column in page.layout.columns
        if column not in page.columns and column.need != "optional"
    ]


def _labels(columns: Iterable[TemplateColumn]) -> list[str]:
    return list(dict.fromkeys(column.label for column in columns))[:100]


def _counts(products: list[dict[str, Any]]) -> dict[str, int]:
    states = [product["state"] for product in products]
    return {state: states.count(state) for state in ("filled", "blocked", "excluded")}


def _include(item: Assessed, known: Mapping[str, Category], book: _Book) -> dict[str, Any]:
    """Put a ready product into the rows of its category's sheet; what is said of it."""
    told = {"id": item.product.id, "name": item.product.name, "state": item.status, "rows": 0}
    if item.status == "excluded":
        return {**told, "findings": []}
    findings = [_finding_data(finding) for finding in item.findings]
    if item.listing is None or item.status == "blocked":
        return {**told, "findings": findings}
    whole = book.desk.whole_choice(item.product.id)
    category = known.get(whole.category_id)
    layout = book.layout.sheet_of(whole.category_id)
    page = book.pages[layout.part]
    choices = _own_choices(book, whole)
    remarks: list[Remark] = []
    rows: list[list[Cell]] = []
    for row in _rows(item.listing, book, len(page.rows)):
        values = cells_of(page.columns, row, category, layout, choices)
        remarks += remarks_on_row(page.columns, values, category, layout, choices)
        rows.append(values)
    unique = {(remark.code, remark.field): remark for remark in remarks}
    findings += [remark_data(remark) for remark in unique.values()]
    if any(remark.severity == "refuse" for remark in remarks):
        return {**told, "state": "blocked", "findings": findings}
    page.rows += rows
    book.groups += 1
    return {**told, "state": "filled", "rows": len(rows), "findings": findings}


def _own_choices(book: _Book, whole: Choice) -> Choices:
    """The template's choices as this product has them."""
    on = tuple(
        one.key for one in book.layout.deliveries if delivery_id(one.key) in whole.deliveries
    )
    return replace(book.choices, deliveries=on, constants=whole.attributes)


def _stored_photos(listing: Listing, public_url: str) -> tuple[str, ...]:
    return tuple(
        f"{public_url}/media/{marketplaces.photo_file(photo.sha)}" for photo in listing.photos
    )


def _rows(listing: Listing, book: _Book, before: int) -> Iterator[Row]:
    is_open = is_reachable(book.desk.public_url)
    addresses = book.addresses(listing) if is_open else ()
    for offset, variant in enumerate(listing.variants, start=1):
        yield Row(
            number=before + offset,
            group=book.groups + 1,
            listing=listing,
            variant=variant,
            profile=book.profile,
            day=book.desk.day,
            photo_names=(),
            photo_addresses=addresses,
        )


def remark_data(remark: Remark) -> dict[str, Any]:
    """A remark as it is frozen."""
    return {
        "code": remark.code,
        "severity": remark.severity,
        "certainty": "certain",
        "why": remark.why,
        "fix": remark.fix,
        "params": dict(remark.params),
        "field": remark.field,
        "path": "",
    }


def _finding_data(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "severity": finding.severity,
        "certainty": finding.certainty,
        "why": finding.why,
        "fix": finding.fix,
        "params": dict(finding.params),
        "field": finding.field,
        "path": finding.path,
    }


def record_fill(
    db: Session,
    *,
    template: ChannelTemplate,
    profile_version: str,
    stored_name: str,
    report: dict[str, Any],
    actor_id: int,
    now: datetime,
) -> FilledSheet:
    """Keep a filled file with its report; filling again with nothing changed gives the last one."""
    last = db.scalars(
        select(FilledSheet)
        .where(FilledSheet.template_id == template.id)
        .order_by(FilledSheet.id.desc())
        .limit(1)
    ).one_or_none()
    if last is not None and last.stored_name == stored_name and last.report == report:
        return last
    made = FilledSheet(
        public_id=random_code(26),
        template_id=template.id,
        profile_version=profile_version,
        stored_name=stored_name,
        report=report,
        made_by=actor_id,
        made_at=now,
    )
    db.add(made)
    db.flush()
    return made
