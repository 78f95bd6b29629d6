"""The negative control of guards that are locks, or conditions of the statement that writes.

``Careless`` is the same database without them: each statement commits by itself, nothing is locked
for an update, an UPDATE no longer asks for the state or version that was read, nor whether a moment
is still to be written, and of ``together`` threads none writes before all have read. Constraints
still hold. A race that such a guard decides comes out wrong with it, which shows that the race is
one.
"""

import re
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.orm import Session

from shop.core.db import Database

_LOCKS = re.compile(r"\s+FOR (?:NO KEY UPDATE|UPDATE|KEY SHARE|SHARE)[\w\s]*$")
_SAVEPOINT = re.compile(r"^\s*(?:SAVEPOINT|RELEASE|ROLLBACK TO)\b")
_WRITES = re.compile(r"^\s*(?:INSERT|UPDATE|DELETE)\b")
_CONDITION = re.compile(
    r"((?:\w+\.)?(?:(?:state|version) (?:= (?:\?|%\(\w+\)s(?:::\w+)?)|IN \((?:[^()]|\(\w+\))*\))"
    r"|\w+_at IS NULL))"
)


class Careless(Database):
    """For one race of ``together`` threads, or of processes: ``gate`` is then what each calls
    before its first write, see ``tests.processes.begin``.
    """

    def __init__(
        self, guarded: Database, together: int, *, gate: Callable[[], object] | None = None
    ) -> None:
        super().__init__(guarded.url.render_as_string(hide_password=False))
        level = {} if self.is_sqlite else {"isolation_level": "AUTOCOMMIT"}
        self._careless = create_engine(self.url, **level)
        self._gate = gate or partial(threading.Barrier(together).wait, 5)
        self._known: set[int] = set()
        if self.is_sqlite:
            event.listen(self._careless, "connect", _autocommit)
        event.listen(self._careless, "before_cursor_execute", self._rewrite, retval=True)

    def write(self, *, patience: float | None = None) -> Session:
        return Session(self._careless, expire_on_commit=False)

    def dispose(self) -> None:
        self._careless.dispose()
        super().dispose()

    def _rewrite(
        self, _connection: Connection, _cursor: Any, statement: str, given: Any, *_more: Any
    ) -> tuple[str, Any]:
        if _SAVEPOINT.match(statement):
            return "SELECT 1", ()
        if _WRITES.match(statement) and threading.get_ident() not in self._known:
            self._known.add(threading.get_ident())
            try:
                self._gate()
            except threading.BrokenBarrierError:
                return statement, given
        if statement.startswith("UPDATE") and " WHERE " in statement:
            change, condition = statement.split(" WHERE ", 1)
            statement = change + " WHERE " + _CONDITION.sub(r"(\1 OR 1 = 1)", condition)
        return _LOCKS.sub("", statement), given


def _autocommit(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA busy_timeout=5000")
