"""Filling a template with a producer's goods: the file, and the report of what could not go in."""

import logging
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.channel_sheets.models import ChannelTemplate, FilledSheet
from shop.channel_sheets.rules.categories import Category
from shop.channel_sheets.rules.filling import (
    Choices,
    category_remarks,
    cells_of,
    remarks_on_row,
    written_columns,
)
from shop.channel_sheets.rules.layout import Layout, TemplateColumn
from shop.channel_sheets.rules.patching import Target, fill, same_parts
from shop.channel_sheets.rules.remarks import Remark
from shop.core.errors import Conflict
from shop.core.text import N_, random_code
from shop.marketplaces import services as marketplaces
from shop.marketplaces.rules.cells import Cell, Row
from shop.marketplaces.rules.listing import Listing
from shop.marketplaces.rules.profile import Profile
from shop.marketplaces.rules.readiness import Assessed, Desk, Finding, assess, is_reachable

log = logging.getLogger(__name__)

MOST_PRODUCTS_TOLD: Final = 2_000


class NotReady(Conflict):
    message = N_("Mẫu chưa điền được: hãy trả lời các mục đánh dấu “phải sửa” bên dưới trước.")


@dataclass
class Filled:
    """What filling gave."""

    rows: list[list[Cell]] = field(default_factory=list)
    products: list[dict[str, Any]] = field(default_factory=list)
    groups: int = 0


def fill_template(
    *,
    workbook: bytes,
    layout: Layout,
    choices: Choices,
    categories: Mapping[int, tuple[str, str]],
    profile: Profile,
    desk: Desk,
    market_words: frozenset[str],
    remarks: Collection[Remark],
    out: IO[bytes],
) -> dict[str, Any]:
    """Write the filled workbook into ``out`` and give the report.

    ``categories``: product id -> (id, path) that the producer chose; ``remarks``: what was found
    about the template. One faulty product never stops the others. Raises NotReady when a remark
    refuses.
    """
    if any(remark.severity == "refuse" for remark in remarks):
        raise NotReady
    columns = written_columns(layout, choices)
    known = {category.id: category for category in layout.categories}
    found = Filled()
    for item in assess(profile, desk, market_words):
        chosen = categories.get(item.product.id)
        found.products.append(
            _include(item, chosen, known, found, columns, layout, choices, profile, desk)
        )
    target = Target(
        part=layout.part,
        first_row=layout.data_row,
        columns=[column.index for column in columns],
        count=len(found.rows),
        strings=layout.strings if choices.is_shared else "",
    )
    written = fill(workbook, target, found.rows, out)
    out.seek(0)
    parts, same, changed = same_parts(workbook, out)
    blank = [
        column.label
        for at, column in enumerate(columns)
        if found.rows and all(row[at] is None for row in found.rows)
    ]
    return {
        "rows": written,
        "counts": _counts(found.products),
        "products": found.products[:MOST_PRODUCTS_TOLD],
        "remarks": [remark_data(remark) for remark in remarks],
        "parts": {"all": parts, "same": same, "changed": changed},
        "samples": layout.samples,
        "blank": blank,
        "left": [
            column.label
            for column in layout.columns
            if column not in columns and column.need != "optional"
        ][:100],
    }


def _counts(products: list[dict[str, Any]]) -> dict[str, int]:
    states = [product["state"] for product in products]
    return {state: states.count(state) for state in ("filled", "blocked", "excluded")}


def _include(
    item: Assessed,
    chosen: tuple[str, str] | None,
    known: Mapping[str, Category],
    found: Filled,
    columns: list[TemplateColumn],
    layout: Layout,
    choices: Choices,
    profile: Profile,
    desk: Desk,
) -> dict[str, Any]:
    """Put a ready product into the rows; what is said of it."""
    told = {"id": item.product.id, "name": item.product.name, "state": item.status, "rows": 0}
    if item.status == "excluded":
        return {**told, "findings": []}
    findings = [_finding_data(finding) for finding in item.findings]
    if item.listing is None or item.status == "blocked":
        return {**told, "findings": findings}
    category = known.get(chosen[0]) if chosen else None
    remarks = category_remarks(layout, chosen, category)
    rows: list[list[Cell]] = []
    for row in _rows(item.listing, found, profile, desk):
        values = cells_of(columns, row, category, layout, choices)
        remarks += remarks_on_row(columns, values, category, layout, choices)
        rows.append(values)
    unique = {(remark.code, remark.field): remark for remark in remarks}
    findings += [remark_data(remark) for remark in unique.values()]
    if any(remark.severity == "refuse" for remark in remarks):
        return {**told, "state": "blocked", "findings": findings}
    found.rows += rows
    found.groups += 1
    return {**told, "state": "filled", "rows": len(rows), "findings": findings}


def _rows(listing: Listing, found: Filled, profile: Profile, desk: Desk) -> Iterator[Row]:
    addresses = tuple(
        f"{desk.public_url}/media/{marketplaces.photo_file(photo.sha)}" for photo in listing.photos
    )
    for offset, variant in enumerate(listing.variants, start=1):
        yield Row(
            number=len(found.rows) + offset,
            group=found.groups + 1,
            listing=listing,
            variant=variant,
            profile=profile,
            day=desk.day,
            photo_names=(),
            photo_addresses=addresses if is_reachable(desk.public_url) else (),
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
