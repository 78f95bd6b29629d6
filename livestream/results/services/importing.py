"""A platform's file: taken in, its columns confirmed, its rows recorded once."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from livestream.results.models import ResultImport, SessionResult
from livestream.results.queries.sheets import item_sheets
from livestream.results.rules.columns import Row
from livestream.results.services.figures import returned_share, write_line
from livestream.results.services.parts import audit, open_for_figures
from livestream.sessions.models import LiveSession
from shop.core.db import insert_into
from shop.sheets.rules.mapping import Layout
from shop.sheets.services import previews


def take_file(
    db: Session,
    *,
    live: LiveSession,
    file_name: str,
    content: bytes,
    cells_name: str,
    layout: Layout,
    channel_id: int | None = None,
    actor_id: int,
    now: datetime,
) -> ResultImport:
    """Take a file in; the same file of the same session leads to the import it already is.

    Raises NotOver, AlreadyClosed.
    """
    live, _whose = open_for_figures(db, live)
    facts = previews.facts_of_file(
        file_name=file_name,
        content=content,
        cells_name=cells_name,
        layout=layout,
        actor_id=actor_id,
        now=now,
    )
    row = ResultImport(session_id=live.id, channel_id=channel_id, **facts)
    return previews.add_or_find(db, row, ResultImport.session_id == live.id)


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
    previews.claim(db, row=row, digest=digest, actor_id=actor_id, now=now)
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
