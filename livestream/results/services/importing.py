"""A platform's file: taken in, its columns confirmed, its rows recorded once."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from livestream.results.models import ResultImport, SessionResult
from livestream.results.queries.sheets import item_sheets
from livestream.results.rules.columns import Layout, PreviewChanged, Row
from livestream.results.services.figures import returned_share, write_line
from livestream.results.services.parts import audit, open_for_figures
from livestream.sessions.models import LiveSession
from shop.core.db import insert_into
from shop.core.text import clean, random_code

KEPT: Final = timedelta(days=7)
"""How long the cells of a file that nobody records lie in the store."""


def take_file(
    db: Session,
    *,
    live: LiveSession,
    file_name: str,
    content: bytes,
    cells_name: str,
    layout: Layout,
    public_id: str | None = None,
    actor_id: int,
    now: datetime,
) -> ResultImport:
    """Take a file in; the same file of the same session leads to the import it already is.

    Raises NotOver, AlreadyClosed.
    """
    live, _whose = open_for_figures(db, live)
    row = ResultImport(
        public_id=public_id or random_code(26),
        session_id=live.id,
        file_name=clean(file_name).replace("\n", " ")[-200:] or "-",
        file_sha=hashlib.sha256(content).hexdigest(),
        cells_name=cells_name,
        header_row=layout.header,
        columns=dict(layout.columns),
        made_by=actor_id,
        made_at=now,
    )
    try:
        with db.begin_nested():
            db.add(row)
            db.flush()
    except IntegrityError:
        known = db.scalars(
            select(ResultImport).where(
                ResultImport.session_id == live.id, ResultImport.file_sha == row.file_sha
            )
        ).one()
        if known.state == "open" and known.cells_name is None:
            known.cells_name = cells_name
            db.flush()
        return known
    return row


def set_layout(db: Session, *, row: ResultImport, layout: Layout) -> None:
    """Read the file by other columns. Raises PreviewChanged once it is recorded."""
    changed = db.execute(
        update(ResultImport)
        .where(ResultImport.id == row.id, ResultImport.state == "open")
        .values(header_row=layout.header, columns=dict(layout.columns))
        .returning(ResultImport.id)
    ).one_or_none()
    if changed is None:
        raise PreviewChanged


def digest_of(row: ResultImport) -> str:
    """What the person saw, so that nothing else is recorded."""
    facts = f"{row.public_id}|{row.header_row}|{sorted(row.columns.items())}"
    return hashlib.sha256(facts.encode()).hexdigest()[:32]


def record_import(
    db: Session,
    *,
    live: LiveSession,
    row: ResultImport,
    rows: Sequence[Row],
    items: Mapping[int, int],
    digest: str,
    actor_id: int,
    now: datetime,
) -> int:
    """Write every row that means an item of this session, once; how many.

    ``items``: row number -> item id, as matched or chosen. A row that an earlier file of the same
    channel held is brought to the newer figures. Raises PreviewChanged, NotOver, AlreadyClosed.
    """
    live, whose = open_for_figures(db, live)
    claimed = db.execute(
        update(ResultImport)
        .where(ResultImport.id == row.id, ResultImport.state == "open")
        .values(state="recorded", recorded_at=now, recorded_by=actor_id, cells_name=None)
        .returning(ResultImport.id)
    ).one_or_none()
    db.refresh(row)
    if claimed is None or digest_of(row) != digest:
        raise PreviewChanged
    own = {
        one.item.id
        for one in item_sheets(db, live)
        if whose is None or one.item.producer_id in whose
    }
    count = 0
    for one in rows:
        item_id = items.get(one.number)
        if one.fault or item_id not in own:
            continue
        _write(db, live, row, one, item_id)
        count += 1
    db.execute(
        insert_into(db, SessionResult)
        .values(session_id=live.id, note="", updated_by=actor_id, updated_at=now, short_units=0)
        .on_conflict_do_nothing(index_elements=["session_id"])
    )
    row.row_count = count
    db.flush()
    audit(db, live, "import", actor_id=actor_id, now=now, rows=count, file=row.id)
    return count


def _write(db: Session, live: LiveSession, row: ResultImport, one: Row, item_id: int) -> None:
    units, returned = one.figures["units"] or 0, one.figures["returned"] or 0
    gross = one.figures["gross"] or 0
    write_line(
        db,
        session_id=live.id,
        item_id=item_id,
        source="file",
        import_id=row.id,
        row_key=f"file:{one.name}",
        clicks=one.figures["clicks"],
        orders=one.figures["orders"],
        units=units,
        returned=returned,
        gross_vnd=gross,
        returned_vnd=returned_share(gross, units, returned),
        platform_vnd=one.figures["platform"] or 0,
    )


def forget_old(db: Session, now: datetime) -> list[str]:
    """Files that nobody recorded in KEPT lose their cells; the names of the files to drop."""
    rows = db.execute(
        select(ResultImport.id, ResultImport.cells_name).where(
            ResultImport.state == "open",
            ResultImport.cells_name.is_not(None),
            ResultImport.made_at < now - KEPT,
        )
    ).all()
    db.execute(
        update(ResultImport)
        .where(ResultImport.id.in_([row.id for row in rows]))
        .values(cells_name=None)
    )
    return [str(row.cells_name) for row in rows]
