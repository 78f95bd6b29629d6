"""What is special about talking to PostgreSQL."""

from typing import Any

import psycopg


class PlainCursor(psycopg.Cursor[Any]):
    """A cursor that names its columns in bare tuples.

    psycopg looks up the type of every column of every answer for people who read descriptions;
    SQLAlchemy reads the name and the type's number (PEP 249), 80 columns in one guest's order.
    """

    @property
    def description(self) -> Any:
        """Seven-tuples of PEP 249, of which name and type code are told; None without columns."""
        answer = self.pgresult
        if answer is None or not answer.nfields:
            return None
        encoding = self.connection.info.encoding
        return [
            (answer.fname(n).decode(encoding), answer.ftype(n), None, None, None, None, None)  # type: ignore[union-attr]
            for n in range(answer.nfields)
        ]
