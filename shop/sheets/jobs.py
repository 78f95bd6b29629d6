"""Dry runs, commits and undoings are done by the task worker; old files are cleared daily."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import select

from shop.core import clock
from shop.core.db import Database
from shop.core.errors import NotFound
from shop.core.jobs import job
from shop.core.storage import Storage
from shop.core.surroundings import surroundings_of
from shop.core.tasks import Run, task_handler
from shop.sheets import queries, services
from shop.sheets.models import SheetImport
from shop.sheets.rules.headers import NoHeader, TwiceHeaded
from shop.sheets.rules.judging import judge
from shop.sheets.rules.plan import Plan, plan_of
from shop.sheets.rules.refusals import SheetRefused, require_length
from shop.sheets.services import previews
from shop.sheets.workbooks import Sheet, read_sheet, sheet_of
from shop.web.sentences import translate

CLEAN_AT_ONCE = 500


def _keep(storage: Storage, content: Any) -> str:
    return storage.put(json.dumps(content, ensure_ascii=False).encode(), "json")


def _stored(storage: Storage, name: str | None) -> Any:
    if name is None or not storage.has(name):
        raise NotFound
    return json.loads(storage.read(name))


def english(sentence: str) -> str:
    """A header in English, so that a template in either language is understood."""
    return translate(sentence, "en")


@task_handler(services.JUDGE)
def judge_upload(run: Run) -> dict[str, Any]:
    """The dry run: read the file in its child process, judge it, keep cells and plan."""
    storage = surroundings_of(run.database).storage
    with run.database.read() as db:
        row = db.scalars(
            select(SheetImport).where(SheetImport.public_id == run.arguments["public_id"])
        ).one()
    run.progress(10)
    try:
        sheet, plan = _judged(run, storage, row)
    except SheetRefused as refused:
        with run.database.transaction() as db:
            services.refuse_import(db, import_id=row.id, code=refused.code)
        return {"refused": refused.code}
    cells_name = _keep(storage, sheet.as_json())
    plan_name = _keep(storage, plan.as_json())
    with run.database.transaction() as db:
        services.record_plan(
            db, import_id=row.id, plan=plan, cells_name=cells_name, plan_name=plan_name
        )
    return plan.counts


def _judged(run: Run, storage: Storage, row: SheetImport) -> tuple[Sheet, Plan]:
    if row.upload_name is None:
        raise SheetRefused("empty")
    sheet = read_sheet(storage.read(row.upload_name), row.file_kind)
    run.progress(50)
    with run.database.read() as db:
        shelf = queries.shelf(db, row.producer_id, today=clock.today_vn(clock.now()))
    try:
        plan = judge(sheet.table, shelf, stock_mode=row.stock_mode, translated=english)
    except NoHeader:
        raise SheetRefused("no_header") from None
    except TwiceHeaded:
        raise SheetRefused("twice_headed") from None
    require_length(len(plan.rows))
    run.progress(90)
    return sheet, plan


@task_handler(services.COMMIT)
def commit_import(run: Run) -> dict[str, Any]:
    """Write a confirmed plan, or show the new one when the data changed since it was judged."""
    storage = surroundings_of(run.database).storage
    import_id, actor_id = run.arguments["import_id"], run.arguments["actor_id"]
    with run.database.read() as db:
        row = db.get_one(SheetImport, import_id)
    sheet = sheet_of(_stored(storage, row.cells_name))
    seen = plan_of(_stored(storage, row.plan_name))
    run.progress(30)
    now = clock.now()
    with run.database.write() as db:
        held = services.held_import(db, import_id, state="confirmed")
        if held is None:
            return {}
        outcome = services.write_plan(
            db,
            row=held,
            table=sheet.table,
            seen=seen,
            actor_id=actor_id,
            translated=english,
            now=now,
        )
        if outcome.is_written:
            services.finish_commit(db, row=held, actor_id=actor_id, now=now)
            db.commit()
    if outcome.plan is not None:
        _show_again(run.database, storage, import_id, outcome.plan)
    return {"written": outcome.is_written}


def _show_again(database: Database, storage: Storage, import_id: int, plan: Plan) -> None:
    name = _keep(storage, plan.as_json())
    with database.transaction() as db:
        services.record_plan(
            db, import_id=import_id, plan=plan, cells_name=None, plan_name=name, is_rejudged=True
        )


@task_handler(services.UNDO)
def undo_import(run: Run) -> dict[str, Any]:
    """Take back what an import wrote, as far as nobody changed it since."""
    now = clock.now()
    actor_id = run.arguments["actor_id"]
    with run.database.write() as db:
        held = services.held_import(db, run.arguments["import_id"], state="undoing")
        if held is None:
            return {}
        services.undo_changes(db, row=held, actor_id=actor_id, now=now)
        services.finish_undo(db, row=held, actor_id=actor_id, now=now)
        outcome = dict(queries.changes_by_outcome(db, held.id))
        db.commit()
    return outcome


@job("sheets.clean", every_seconds=24 * 3600)
def clean_files(database: Database, now: datetime) -> None:
    """Delete uploads and plans after 30 days; the history of imports stays."""
    storage = surroundings_of(database).storage
    with database.transaction() as db:
        old = queries.imports_with_files(db, before=now - services.FILES_KEPT, limit=CLEAN_AT_ONCE)
        names = {
            name for row in old for name in (row.upload_name, row.cells_name, row.plan_name) if name
        }
        needed = queries.stored_names(db, names, but=[row.id for row in old])
        for row in old:
            row.upload_name = row.cells_name = row.plan_name = None
    for name in names - needed:
        storage.delete(name)


@job("sheets.forget", every_seconds=24 * 3600)
def forget_previews(database: Database, now: datetime) -> None:
    """Delete the cells of tables that nobody recorded within seven days."""
    storage = surroundings_of(database).storage
    with database.transaction() as db:
        names = previews.forget_old(db, now)
    for name in names:
        storage.delete(name)
