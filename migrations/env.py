"""Alembic's entry: one path for SQLite and PostgreSQL, the declared triggers re-created each time."""

import importlib
import pkgutil
from types import ModuleType

from alembic import context
from sqlalchemy import Connection

import livestream
import shop
from shop.core import jobs, outbox, tasks
from shop.core.db import Base, Database
from shop.core.schema import create_triggers, drop_triggers, is_ours


def import_models(package: ModuleType) -> None:
    """Import every ``models`` module, so a new feature needs no edit here."""
    for info in pkgutil.iter_modules(package.__path__):
        if not info.ispkg:
            continue
        folder = importlib.import_module(f"{package.__name__}.{info.name}")
        for module in pkgutil.iter_modules(folder.__path__):
            if module.name == "models":
                importlib.import_module(f"{folder.__name__}.models")


def migrate(connection: Connection, *, is_sqlite: bool) -> None:
    """Run the migrations on ``connection`` in one transaction."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=is_sqlite,
        include_object=is_ours,
        compare_type=True,
        transactional_ddl=True,  # we send BEGIN ourselves, so SQLite keeps DDL in it too
    )
    changes = context.config.attributes.get("changes_schema", False)
    with context.begin_transaction():
        if changes:
            drop_triggers(connection)
        context.run_migrations()
        if changes:
            create_triggers(connection)
        if is_sqlite:
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            if broken:
                raise RuntimeError(f"foreign keys are broken: {broken[:5]}")


TABLES_OF_CORE = (jobs.Heartbeat, outbox.OutboxMessage, tasks.Task)
import_models(shop)
import_models(livestream)
database: Database = context.config.attributes["database"]
with database.engine.connect() as link:
    if database.is_sqlite:
        # A batch migration rebuilds tables; with foreign keys on that would cascade into children.
        raw = link.connection.dbapi_connection
        assert raw is not None
        raw.execute("PRAGMA foreign_keys=OFF")
    try:
        migrate(link, is_sqlite=database.is_sqlite)
    finally:
        if database.is_sqlite:
            link.invalidate()
