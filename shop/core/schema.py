"""The schema as a whole: migrate it, check it, keep the triggers that Alembic does not see."""

import re
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from shop.core.db import Base, Database, trigger_statements

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"

_SEARCH_TABLES = re.compile(r"^product_search(_|$)")


def is_ours(thing: Any, name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:
    """Whether Alembic shall compare this object: FTS5's tables are made by hand in a migration."""
    table = name if kind == "table" else getattr(getattr(thing, "table", None), "name", "")
    if _SEARCH_TABLES.match(table or ""):
        return False
    return not (kind == "index" and (name or "").startswith("ix_handmade_"))


def _config(database: Database) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["database"] = database
    return config


def upgrade(database: Database, revision: str = "head") -> None:
    """Bring the schema to ``revision``, creating the SQLite file's folder when it is missing."""
    if database.is_sqlite and database.url.database:
        Path(database.url.database).parent.mkdir(parents=True, exist_ok=True)
    config = _config(database)
    config.attributes["changes_schema"] = True
    command.upgrade(config, revision)


def downgrade(database: Database, revision: str) -> None:
    """Take the schema back to ``revision``; ``base`` empties the database."""
    config = _config(database)
    config.attributes["changes_schema"] = True
    command.downgrade(config, revision)


def new_revision(database: Database, message: str, number: str) -> None:
    """Write a migration from the difference between models and ``database``, and move HEAD."""
    command.revision(_config(database), message=message, rev_id=number, autogenerate=True)
    (MIGRATIONS / "HEAD").write_text(f"{number}\n")


def head() -> str:
    """The newest revision in the folder."""
    return ScriptDirectory(str(MIGRATIONS)).get_current_head() or ""


def current(database: Database) -> str | None:
    """The revision the database is at; None when it is empty."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def differences(database: Database) -> list[str]:
    """What the database lacks or has too much of, in words; empty when it is as declared."""
    found = []
    if current(database) != head():
        found.append(f"the database is at {current(database)}, the code at {head()}")
    with database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_object": is_ours,
                "compare_type": True,
                "target_metadata": Base.metadata,
            },
        )
        found += [repr(step) for step in compare_metadata(context, Base.metadata)]
        declared = set(trigger_statements(connection.dialect.name))
        found += [
            f"trigger {n} differs" for n in sorted(declared ^ set(_live_triggers(connection)))
        ]
        if not database.is_sqlite:
            found += _missing_exclusions(connection)
    return found


def _missing_exclusions(connection: Connection) -> list[str]:
    query = "SELECT conname FROM pg_constraint WHERE contype = 'x'"
    live = {row[0] for row in connection.exec_driver_sql(query)}
    declared = {
        str(constraint.name)
        for table in Base.metadata.tables.values()
        for constraint in table.constraints
        if type(constraint).__name__ == "ExcludeConstraint"
    }
    return [f"exclusion constraint {name} differs" for name in sorted(declared ^ live)]


def _live_triggers(connection: Connection) -> dict[str, str]:
    if connection.dialect.name == "sqlite":
        query = "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'"
    else:
        query = (
            "SELECT t.tgname, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE NOT t.tgisinternal AND n.nspname = current_schema()"
        )
    return {row[0]: row[1] for row in connection.exec_driver_sql(query)}


def drop_triggers(connection: Connection) -> None:
    """Drop every trigger: a SQLite batch migration would lose them silently otherwise."""
    for name, table in _live_triggers(connection).items():
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
        else:
            connection.exec_driver_sql(f'DROP TRIGGER "{name}" ON "{table}"')
            connection.exec_driver_sql(f'DROP FUNCTION IF EXISTS "{name}"()')


def create_triggers(connection: Connection) -> None:
    """Create every declared trigger whose table exists."""
    tables = set(inspect(connection).get_table_names())
    for table, statements in trigger_statements(connection.dialect.name).values():
        if table in tables:
            for statement in statements:
                connection.exec_driver_sql(statement)
