"""The database: one ``Base``, typed columns, and sessions that say whether they write.

SQLite is the embedded default and PostgreSQL the database of real deployments; both are reached
through the same two calls, ``Database.read()`` and ``Database.write()``.

Why we send BEGIN ourselves: the stock Python 3.11 SQLite driver opens transactions late and on its
own terms, which breaks SAVEPOINT and lets a deferred transaction fail with "database is locked"
when it first writes. So the driver is put in autocommit mode; a read sends ``BEGIN``, a write
``BEGIN IMMEDIATE`` after waiting its turn behind a fair lock inside the process and in the line of
processes (core.turns).
"""

import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    Dialect,
    Engine,
    Integer,
    MetaData,
    create_engine,
    event,
    make_url,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase, Session, SessionTransaction, mapped_column
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection
from sqlalchemy.types import TypeDecorator

from shop.core.errors import Unavailable
from shop.core.postgres import PlainCursor
from shop.core.turns import ProcessTurns

BUSY_SECONDS: Final = 5.0
"""How long a writer waits for its turn before the request ends in a 503 with Retry-After."""

IDLE_SECONDS: Final = 2.0
"""After how long in the pool a connection is asked for a sign of life before its next use."""

MAX_ID: Final = 2**31 - 1
"""Largest identifier accepted from outside; larger integers never reach a query."""

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

_BIG = BigInteger().with_variant(Integer, "sqlite")

Id = Annotated[int, mapped_column(_BIG, primary_key=True, autoincrement=True)]
"""A table's own key."""

Ref = Annotated[int, mapped_column(BigInteger)]
"""A 64-bit integer: foreign keys, opaque ids, amounts in đồng."""


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware in Python, UTC in the database, aware again when read on both databases.

    Raises ValueError when a naive datetime is stored.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime cannot be stored")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Every table of the project."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: UtcDateTime}


def insert_into(db: Session, table: Any) -> Any:
    """The dialect's INSERT, which knows ON CONFLICT on both databases.

    Given a mapped class it can return its objects; given the class's ``__table__`` it costs less.
    """
    return insert_on(db.get_bind().dialect.name, table)


def insert_on(dialect: str, table: Any) -> Any:
    """``insert_into`` for a statement that is built once and kept."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


def one_of(column: str, values: Iterable[str]) -> CheckConstraint:
    """A CHECK that ``column`` holds one of ``values``: states are text, never database enums."""
    listed = ",".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


class _FairLock:
    """A mutex that serves in order of arrival: SQLite's own lock lets one writer starve others."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._queue: deque[threading.Event] = deque()
        self._held = False

    def acquire(self, timeout: float) -> bool:
        with self._guard:
            if not self._held:
                self._held = True
                return True
            turn = threading.Event()
            self._queue.append(turn)
        if turn.wait(timeout):
            return True
        with self._guard:
            if turn.is_set():
                return True
            self._queue.remove(turn)
            return False

    def release(self) -> None:
        with self._guard:
            if self._queue:
                self._queue.popleft().set()
            else:
                self._held = False


class _Line:
    """Where SQLite's writers stand: the threads of this process, then its one among processes."""

    def __init__(self, file: str | None) -> None:
        self._threads = _FairLock()
        is_file = file is not None and file not in {"", ":memory:"}
        self._processes = ProcessTurns(Path(str(file))) if is_file else None

    def acquire(self, timeout: float) -> bool:
        began = time.monotonic()
        if not self._threads.acquire(timeout):
            return False
        if self._processes is None:
            return True
        has_turn = False
        try:
            has_turn = self._processes.acquire(timeout - (time.monotonic() - began))
        finally:
            if not has_turn:
                self._threads.release()
        return has_turn

    def release(self) -> None:
        if self._processes is not None:
            self._processes.release()
        self._threads.release()


class Database:
    """One engine and its two kinds of session. Building it opens no connection."""

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        parsed = make_url(url)
        if parsed.get_backend_name() == "postgresql" and parsed.drivername == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        self.url = parsed
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        # what people typed stays out of error messages, and so out of logs
        # and the connection used last is used next: on SQLite it is in the right mode already
        options: dict[str, Any] = {"hide_parameters": True}
        if not self.is_sqlite or parsed.database:  # a database in memory has a pool of its own kind
            options["pool_use_lifo"] = True
        if self.is_sqlite:
            options["connect_args"] = {"timeout": BUSY_SECONDS, "check_same_thread": False}
        else:
            options["connect_args"] = {"cursor_factory": PlainCursor}
            options |= {"pool_size": pool_size, "max_overflow": 10, "pool_timeout": BUSY_SECONDS}
        self.engine: Engine = create_engine(parsed, **options)
        self._writers = _Line(parsed.database) if self.is_sqlite else None
        self._writing: dict[float, Engine] = {}
        if self.is_sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite_connection)
            event.listen(self.engine, "begin", _begin_sqlite)
        else:
            _ping_after_idling(self.engine)
        self._reading = self.engine.execution_options(chophien_writes=False)
        if not self.is_sqlite:
            self._reading = self._reading.execution_options(postgresql_readonly=True)

    def read(self) -> Session:
        """A session that may only read; the database itself refuses a write through it."""
        return Session(self._reading, expire_on_commit=False)

    def write(self, *, patience: float | None = None) -> Session:
        """A session whose transaction writes. Closing it without ``commit()`` rolls back.

        Raises Unavailable when the database stays busy for ``patience`` seconds (BUSY_SECONDS
        unless told). Told less is for writes that may as well be skipped: on SQLite they do not
        wait for the disk either, and a power cut may take the last of them back.
        """
        wait = BUSY_SECONDS if patience is None else patience
        if self._writers is None:
            return Session(self.engine, expire_on_commit=False)
        if wait not in self._writing:
            self._writing[wait] = self.engine.execution_options(chophien_patience=wait)
        return _TurnTaking(self._writing[wait], self._writers, wait)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A write session committed when the block ends well: for jobs, the CLI and tests."""
        with self.write() as session:
            yield session
            session.commit()

    def dispose(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


def _ping_after_idling(engine: Engine) -> None:
    """Ask a pooled connection for a sign of life when it has been idle for IDLE_SECONDS.

    A database that was restarted is then met by a new connection, not by an error; and busy
    connections are spared the round trip that a ping before each use would cost.
    """

    def note(_raw: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
        record.info["chophien_idle_since"] = time.monotonic()

    def ping(
        raw: DBAPIConnection, record: ConnectionPoolEntry, _fairy: PoolProxiedConnection
    ) -> None:
        since = record.info.pop("chophien_idle_since", None)
        if since is None or time.monotonic() - since < IDLE_SECONDS:
            return
        try:
            engine.dialect.do_ping(raw)
        except engine.dialect.loaded_dbapi.Error as error:
            raise DisconnectionError from error  # the pool connects anew

    event.listen(engine, "checkin", note)
    event.listen(engine, "checkout", ping)


def _prepare_sqlite_connection(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "foreign_keys=ON",
        "recursive_triggers=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    writes = options.get("chophien_writes", True)
    patience = options.get("chophien_patience", BUSY_SECONDS)
    raw: Any = connection.connection.dbapi_connection
    try:
        if connection.info.get("chophien_mode") != (writes, patience):
            # Only when it differs: this PRAGMA makes SQLite prepare every statement anew.
            raw.execute(f"PRAGMA query_only={'OFF' if writes else 'ON'}")
            raw.execute(f"PRAGMA busy_timeout={int(patience * 1000)}")
            raw.execute(f"PRAGMA synchronous={'NORMAL' if patience < BUSY_SECONDS else 'FULL'}")
            connection.info["chophien_mode"] = (writes, patience)
        raw.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise Unavailable from error
        raise


class _TurnTaking(Session):
    """A write session of SQLite: it holds ``lock`` from its first use of the database to the end of
    its transaction."""

    def __init__(self, engine: Engine, lock: _Line, patience: float) -> None:
        super().__init__(engine, expire_on_commit=False)
        self.lock, self.patience, self.is_holding = lock, patience, False


@event.listens_for(_TurnTaking, "after_transaction_create")
def _take_turn(session: _TurnTaking, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        if not session.lock.acquire(session.patience):
            raise Unavailable
        session.is_holding = True


@event.listens_for(_TurnTaking, "after_transaction_end")
def _end_turn(session: _TurnTaking, transaction: SessionTransaction) -> None:
    if transaction.parent is None and session.is_holding:
        session.is_holding = False
        session.lock.release()


# Database objects that Alembic does not see: triggers and the like, one declared list.

Ddl = Callable[[str], list[str]]
"""Given a dialect's name, the statements that create one object's triggers."""

_TRIGGERS: dict[str, tuple[str, Ddl]] = {}


def register_trigger(name: str, table: str, statements: Ddl) -> None:
    """Declare trigger ``name`` on ``table``; ``statements(dialect)`` create it on that database.

    On PostgreSQL the statements must create a function and a trigger that both carry ``name``.
    """
    if name in _TRIGGERS:
        raise ValueError(f"trigger {name} is declared twice")
    _TRIGGERS[name] = (table, statements)


def trigger_statements(dialect: str) -> dict[str, tuple[str, list[str]]]:
    """Every declared trigger that exists on ``dialect``: name -> (table, statements)."""
    built = {name: (table, make(dialect)) for name, (table, make) in sorted(_TRIGGERS.items())}
    return {name: pair for name, pair in built.items() if pair[1]}


def append_only(table: str) -> None:
    """Make the database refuse UPDATE, DELETE (and TRUNCATE) on ``table``, on both databases."""

    for verb in ("update", "delete"):
        register_trigger(f"{table}_no_{verb}", table, _refuse(table, verb))
    register_trigger(f"{table}_no_truncate", table, _refuse_truncate(table))


def never_changed(table: str) -> None:
    """Make the database refuse UPDATE on ``table``, on both databases; its rows may only go."""
    register_trigger(f"{table}_no_update", table, _refuse(table, "update"))


def _refuse(table: str, verb: str) -> Ddl:
    name = f"{table}_no_{verb}"

    def statements(dialect: str) -> list[str]:
        if dialect == "sqlite":
            return [
                f"CREATE TRIGGER {name} BEFORE {verb.upper()} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            ]
        return [
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"RAISE EXCEPTION '{table} is append-only' USING ERRCODE = '23514'; END $$",
            f"CREATE TRIGGER {name} BEFORE {verb.upper()} ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {name}()",
        ]

    return statements


def _refuse_truncate(table: str) -> Ddl:
    name = f"{table}_no_truncate"

    def statements(dialect: str) -> list[str]:
        if dialect == "sqlite":
            return []
        return [
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"RAISE EXCEPTION '{table} is append-only' USING ERRCODE = '23514'; END $$",
            f"CREATE TRIGGER {name} BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {name}()",
        ]

    return statements
