"""Label files of batches: what stands on them, drawn as PDF or PNG."""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from shop.traceability import labels, queries
from shop.traceability.models import LabelBatch, Lot
from shop.traceability.queries import batches
from shop.traceability.rules.lots import UnknownLot


@dataclass(frozen=True)
class Sheet:
    """Everything a label file is drawn from; drawing it needs no database."""

    facts: labels.LabelFacts
    template: labels.Template
    form: str
    count: int = 1
    skip: int = 0
    units: tuple[labels.Unit, ...] = ()


def sheet_of_batch(db: Session, batch_id: int, *, public_url: str, today: date) -> Sheet:
    """The file of a batch of unit or box codes. Raises UnknownLot, UnknownTemplate."""
    batch = db.get(LabelBatch, batch_id)
    lot = db.get(Lot, batch.lot_id) if batch and batch.lot_id else None
    target = queries.target_of(db, lot.code) if lot else None
    if batch is None or lot is None or target is None:
        raise UnknownLot
    named = batches.codes_of(db, batch.id)
    paths = (
        queries.unit_paths(db, lot, named)
        if batch.level == "unit"
        else ((queries.code_url(code), code) for code in named)
    )
    units = tuple(labels.Unit((public_url + path).upper(), code) for path, code in paths)
    facts = queries.label_facts(db, target, today=today)
    if batch.level == "box":
        inside = batches.in_box(db, named[0])
        facts["net_content"] = f"{inside[0].quantity} × {facts['net_content']}"
        facts["ean"] = ""
    return Sheet(
        facts=labels.LabelFacts(address=units[0].address, code=units[0].code, **facts),
        template=labels.template_of(batch.template),
        form=batch.form,
        skip=batch.skip,
        units=units,
    )


def render(sheet: Sheet) -> tuple[bytes, str]:
    """The file and its suffix: one PDF, one PNG, or PNG pages in a zip.

    Raises LabelTooSmall, CannotPrint.
    """
    if sheet.form == "pdf":
        made = labels.make_sheet(
            sheet.facts,
            template=sheet.template,
            count=sheet.count,
            skip=sheet.skip,
            units=sheet.units,
        )
        return made, "pdf"
    pages = labels.make_pages(
        sheet.facts,
        template=sheet.template,
        count=sheet.count,
        skip=sheet.skip,
        units=sheet.units,
    )
    if sheet.skip + (len(sheet.units) or sheet.count) <= sheet.template.per_page:
        return next(pages), "png"
    return _zipped(pages), "zip"


def _zipped(pages: Iterator[bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as bundle:
        for number, page in enumerate(pages, start=1):
            name = zipfile.ZipInfo(f"nhan-{number:04d}.png", date_time=(1980, 1, 1, 0, 0, 0))
            bundle.writestr(name, page)
    return out.getvalue()
