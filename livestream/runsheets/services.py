"""Changes of a run sheet and of the words for its products."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from livestream.runsheets.models import ItemScript, RunBlock
from livestream.runsheets.queries import get_item, parts_of
from livestream.runsheets.rules import sheet
from livestream.runsheets.rules.sheet import Part, SheetClosed
from livestream.sessions.models import LiveSession, SessionItem
from livestream.sessions.services.changing import items_of, open_for_change, record, touch
from livestream.sessions.timing import epoch

OPEN_STATES = ("draft", "proposed", "confirmed", "live")


def save_sheet(
    db: Session,
    *,
    public_id: str,
    wished: Sequence[Part],
    actor_id: int,
    now: datetime,
    version: int | None = None,
    move: tuple[str, int] | None = None,
    drop: str | None = None,
    add: tuple[str, int, int | None] | None = None,
) -> LiveSession:
    """Write the order, minutes and words typed; then one step: ``move`` (key, -1 or 1), ``drop`` a
    part, or ``add`` (kind, minutes, item).

    The line-up follows: positions and minutes of its items are those of the sheet, so that the
    console shows the same order. Raises SheetClosed, StrangePart, TooManyParts, Invalid, Outdated.
    """

    def change(parts: list[Part]) -> list[Part]:
        parts = sheet.edited(parts, wished)
        if move is not None:
            parts = sheet.moved(parts, *move)
        if drop is not None:
            parts = sheet.dropped(parts, drop)
        return sheet.added(parts, *add) if add is not None else parts

    return _change(db, public_id, change, actor_id=actor_id, now=now, version=version)


def fit_sheet(
    db: Session, *, public_id: str, actor_id: int, now: datetime, version: int | None = None
) -> LiveSession:
    """Stretch or cut the products' minutes so that the sheet fills the session.

    Raises SheetClosed, Outdated.
    """
    live = open_for_change(db, public_id, version=version)
    length = (epoch(live.ends_at) - epoch(live.starts_at)) // 60

    def change(parts: list[Part]) -> list[Part]:
        return sheet.fitted(parts, length)

    return _change(db, public_id, change, actor_id=actor_id, now=now, version=version)


def _change(
    db: Session,
    public_id: str,
    change: Callable[[list[Part]], list[Part]],
    *,
    actor_id: int,
    now: datetime,
    version: int | None,
) -> LiveSession:
    live = open_for_change(db, public_id, version=version)
    if live.state not in OPEN_STATES:
        raise SheetClosed
    parts = change(parts_of(db, live))
    items = items_of(db, live)
    _check_items(parts, [item.id for item in items])
    _store(db, live, parts)
    _follow(items, parts)
    touch(db, live, now=now, is_schedule=False)
    record(db, live, "sheet_saved", actor_id=actor_id, now=now, detail={"parts": len(parts)})
    return live


def _check_items(parts: Sequence[Part], item_ids: Collection[int]) -> None:
    if any(part.item_id is not None and part.item_id not in item_ids for part in parts):
        raise sheet.StrangePart


def _store(db: Session, live: LiveSession, parts: Sequence[Part]) -> None:
    """Rows for the parts in their order; stored ones keep their id."""
    rows = {
        f"b{row.id}": row
        for row in db.scalars(select(RunBlock).where(RunBlock.session_id == live.id))
    }
    kept = {part.key for part in parts}
    gone = [row.id for key, row in rows.items() if key not in kept]
    db.execute(delete(RunBlock).where(RunBlock.id.in_(gone)))
    for position, part in enumerate(parts, start=1):
        row = rows.get(part.key)
        if row is None:
            row = RunBlock(session_id=live.id, kind=part.kind, item_id=part.item_id)
            db.add(row)
        row.position, row.minutes = position, part.minutes
        row.title, row.note = part.title, part.note
    db.flush()


def _follow(items: Collection[SessionItem], parts: Sequence[Part]) -> None:
    """Let the line-up have the order and the minutes of the sheet."""
    minutes = sheet.minutes_by_item(parts)
    order = list(minutes)
    for item in items:
        if item.id in minutes:
            item.minutes = min(minutes[item.id], sheet.MAX_PART_MINUTES)
            item.position = order.index(item.id) + 1


def save_words(
    db: Session,
    *,
    public_id: str,
    item_id: int,
    words: str,
    left_out: Collection[str],
    actor_id: int,
    now: datetime,
) -> ItemScript:
    """Keep what the host means to say of a product, and which points stay off the sheet.

    Raises NotFound for a product of another session, SheetClosed.
    """
    live = open_for_change(db, public_id)
    if live.state not in OPEN_STATES:
        raise SheetClosed
    item = get_item(db, live, item_id)
    script = db.scalars(select(ItemScript).where(ItemScript.item_id == item.id)).one_or_none()
    if script is None:
        script = ItemScript(item_id=item.id)
        db.add(script)
    script.words, script.left_out = words, sorted(set(left_out))
    script.changed_by, script.changed_at = actor_id, now
    db.flush()
    record(db, live, "words_saved", actor_id=actor_id, now=now, detail={"item_id": item.id})
    return script
