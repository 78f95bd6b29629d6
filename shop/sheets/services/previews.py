"""Uploaded tables until they are recorded: their cells kept, their columns confirmed, then recorded
once or forgotten. Rows are of any model that is a ``Preview``.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.core.errors import NotFound
from shop.core.storage import Storage
from shop.core.text import N_, clean, random_code
from shop.sheets.models import Preview
from shop.sheets.rules.cells import Cell
from shop.sheets.rules.mapping import Layout, PreviewChanged

KEPT: Final = timedelta(days=7)
"""How long the cells of a table that nobody records lie in the store."""

P = TypeVar("P", bound=Preview)


class CellsGone(NotFound):
    message = N_("Tệp này đã được xóa sau 7 ngày. Hãy tải lên lại.")


def keep_cells(storage: Storage, rows: Sequence[Sequence[Cell]]) -> str:
    """The name of the stored cells: this upload's own, so that deleting it takes nobody else's."""
    kept = {"name": random_code(26), "rows": rows}
    return storage.put(json.dumps(kept).encode(), "json")


def kept_cells(storage: Storage, row: Preview) -> list[list[Cell]]:
    """The cells of the table. Raises CellsGone."""
    if row.cells_name is None or not storage.has(row.cells_name):
        raise CellsGone
    rows: list[list[Cell]] = json.loads(storage.read(row.cells_name))["rows"]
    return rows


def facts_of_file(
    *, file_name: str, content: bytes, cells_name: str, layout: Layout, actor_id: int, now: datetime
) -> dict[str, Any]:
    """What a new ``Preview`` is made of, beside whose it is."""
    return {
        "public_id": random_code(26),
        "made_by": actor_id,
        "made_at": now,
        "file_name": clean(file_name).replace("\n", " ")[-200:] or "-",
        "file_sha": hashlib.sha256(content).hexdigest(),
        "cells_name": cells_name,
        "header_row": layout.header,
        "columns": dict(layout.columns),
    }


def add_or_find(db: Session, row: P, *same: ColumnElement[bool]) -> P:
    """The new row; or the one that this file already is among those that are the ``same``, with
    cells again where it had been forgotten.
    """
    try:
        with db.begin_nested():
            db.add(row)
            db.flush()
    except IntegrityError:
        known = db.scalars(select(type(row)).where(*same, type(row).file_sha == row.file_sha)).one()
        if known.state == "open" and known.cells_name is None:
            known.cells_name = row.cells_name
            db.flush()
        return known
    return row


def set_layout(db: Session, *, row: Preview, layout: Layout) -> None:
    """Read the table by other columns. Raises PreviewChanged once it is recorded."""
    model = type(row)
    changed = db.execute(
        update(model)
        .where(model.id == row.id, model.state == "open")
        .values(header_row=layout.header, columns=dict(layout.columns))
        .returning(model.id)
    ).one_or_none()
    if changed is None:
        raise PreviewChanged


def layout_of(row: Preview) -> Layout:
    """The columns by which the table is read."""
    return Layout(row.header_row, row.columns)


def digest_of(row: Preview) -> str:
    """What the person saw, so that nothing else is recorded."""
    facts = f"{row.public_id}|{row.header_row}|{sorted(row.columns.items())}"
    return hashlib.sha256(facts.encode()).hexdigest()[:32]


def claim(db: Session, *, row: Preview, digest: str, actor_id: int, now: datetime) -> None:
    """Make the table recorded, once. Raises PreviewChanged when the columns are not those of
    ``digest`` or another press came first.
    """
    model = type(row)
    claimed = db.execute(
        update(model)
        .where(model.id == row.id, model.state == "open")
        .values(state="recorded", recorded_at=now, recorded_by=actor_id, cells_name=None)
        .returning(model.id)
    ).one_or_none()
    db.refresh(row)
    if claimed is None or digest_of(row) != digest:
        raise PreviewChanged


def forget_old(db: Session, now: datetime) -> list[str]:
    """Tables that nobody recorded in KEPT lose their cells; the names of the files to drop."""
    names: list[str] = []
    for model in Preview.__subclasses__():
        old = db.scalars(
            select(model).where(
                model.state == "open", model.cells_name.is_not(None), model.made_at < now - KEPT
            )
        )
        for row in old:
            names.append(str(row.cells_name))
            row.cells_name = None
    db.flush()
    return names
