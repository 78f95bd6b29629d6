"""Parcels as lines of a carrier's order file, and the file itself.

Nothing in a cell is ever a formula: csv is guarded (``core.tables``), xlsx stores texts as texts.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import xlsxwriter
from sqlalchemy.orm import Session

from shop.core.tables import csv_bytes
from shop.places.queries import place_names
from shop.shipping.queries import Sending
from shop.shipping.queries.areas import KnownArea, areas_for
from shop.shipping.rules.carriers import Carrier, Package, Remark, Value, warnings_of
from shop.shipping.rules.settlement import parcel_code

MAX_CONTENT: Final = 200
_OPTIONS: Final = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


@dataclass(frozen=True)
class ExportLine:
    """A parcel of the file, with what a person should look at before sending it."""

    sending: Sending
    package: Package
    known: KnownArea
    remarks: Sequence[Remark]


def export_lines(db: Session, carrier: Carrier, parcels: Sequence[Sending]) -> list[ExportLine]:
    """The parcels in the carrier's words; all are of one producer."""
    if not parcels:
        return []
    contacts = [parcel.order.contact for parcel in parcels]
    areas = areas_for(
        db,
        carrier=carrier.slug,
        producer_id=parcels[0].producer.id,
        commune_codes={contact.commune_code for contact in contacts},
    )
    pairs: list[tuple[str, str | None]] = [(parcels[0].producer.province_code, None)]
    province = place_names(db, pairs)[pairs[0]]
    found = []
    for parcel in parcels:
        known = areas[parcel.order.contact.commune_code]
        package = _package(parcel, known, province)
        remarks = warnings_of(carrier, package, is_guessed=known.is_guessed)
        found.append(ExportLine(parcel, package, known, remarks))
    return found


def _package(parcel: Sending, known: KnownArea, sender_province: str) -> Package:
    order, contact = parcel.order, parcel.order.contact
    commune, _comma, province = contact.place.partition(", ")
    names = "; ".join(f"{units} x {line.product_name}" for line, _lot, units in parcel.lines)
    is_alone = parcel.of == 1
    return Package(
        client_code=order.code if is_alone else parcel_code(order.code, parcel.number),
        recipient=contact.full_name,
        phone=contact.phone,
        street=contact.street,
        commune=commune,
        province=province,
        area=known.area,
        weight_g=parcel.weight_g,
        cod_vnd=parcel.cod_vnd,
        value_vnd=parcel.value_vnd,
        content=names if len(names) <= MAX_CONTENT else f"{names[: MAX_CONTENT - 1]}…",
        units=sum(units for _line, _lot, units in parcel.lines),
        note=" ".join(contact.note.split()),
        sender=order.producer_name,
        sender_phone=parcel.producer.public_phone or "",
        sender_address=parcel.sender_place,
        sender_province=sender_province,
    )


def export_csv(carrier: Carrier, packages: Sequence[Package]) -> bytes:
    """The file as csv: UTF-8 with a mark, commas, dangerous starts guarded."""
    header = [column.name for column in carrier.columns]
    return csv_bytes(header, [[_plain(cell) for cell in carrier.row(one)] for one in packages])


def _plain(value: Value) -> object:
    return f"{value:f}" if isinstance(value, Decimal) else value


def export_xlsx(carrier: Carrier, packages: Sequence[Package]) -> bytes:
    """The file as a workbook: numbers as numbers, everything else as text."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _OPTIONS) as book:
        sheet: Any = book.add_worksheet(carrier.label[:31])
        head, text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
        for place, column in enumerate(carrier.columns):
            sheet.write_string(0, place, column.name, head)
            sheet.set_column(place, place, max(12, len(column.name) + 2))
        for number, package in enumerate(packages, start=1):
            for place, value in enumerate(carrier.row(package)):
                if isinstance(value, str):
                    sheet.write_string(number, place, value, text)
                else:
                    sheet.write_number(number, place, value)
    return out.getvalue()


WRITERS: Final = {"xlsx": export_xlsx, "csv": export_csv}
