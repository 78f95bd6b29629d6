"""The club's week with 500 sessions: SQL statements and CPU milliseconds of one request.

    .venv/bin/python -m benchmarks.week_grid [--sessions 500] [--runs 30]

In one process on SQLite, by ``time.process_time`` (user and system time of the application and of
the database inside it), template cache warm, signed in. Gate: 8 statements and 60 ms.
"""

import argparse
import statistics
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import event

from config import Settings
from livestream.sessions.timing import VN
from shop.core import clock, schema
from shop.core.db import Database
from tests.conftest import post
from tests.factories.accounts import make_person
from tests.factories.livestream import fill_week, make_club
from wsgi import create_app

STATEMENTS = 8
CPU_MS = 60.0


def measure(sessions: int, runs: int) -> tuple[int, list[float], int]:
    """Statements of one request, CPU of each run in ms, bytes of the page."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'week.db'}"
        database = Database(url)
        schema.upgrade(database)
        now = clock.now().astimezone(VN)
        monday = (now + timedelta(days=7 - now.weekday())).replace(
            hour=0, minute=0, second=0, microsecond=0
        )
        with database.transaction() as db:
            manager = make_person(db)
            club = make_club(db, manager_id=manager.id)
            fill_week(db, club, monday=monday, number=sessions)
            login = manager.email or ""
        app = create_app(
            Settings(
                app_env="testing",
                database_url=url,
                media_dir=Path(folder) / "media",
                public_url="http://localhost",
                rate_limits=False,
                page_cache_seconds=0,
            )
        )
        client = app.test_client()
        post(client, "/dang-nhap", {"login": login, "password": "chophien-demo"})
        address = f"/clb/phien?tuan={monday.date()}"
        seen: list[str] = []

        def note(_link: Any, _cursor: Any, statement: str, *_more: Any) -> None:
            seen.append(statement)

        engine = app.extensions["house"].database.engine
        event.listen(engine, "before_cursor_execute", note)
        answer = client.get(address)
        event.remove(engine, "before_cursor_execute", note)
        assert answer.status_code == 200, answer.status
        queries = [one for one in seen if one.lstrip().startswith(("SELECT", "WITH"))]
        spent = []
        for _run in range(runs):
            start = time.process_time()
            client.get(address)
            spent.append((time.process_time() - start) * 1000)
        database.dispose()
        return len(queries), spent, len(answer.data)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=500)
    parser.add_argument("--runs", type=int, default=30)
    asked = parser.parse_args()
    statements, spent, size = measure(asked.sessions, asked.runs)
    middle = statistics.median(spent)
    print(f"{asked.sessions} sessions on 30 lanes: {statements} statements (gate {STATEMENTS})")
    print(f"CPU median {middle:.1f} ms, best {min(spent):.1f} ms (gate {CPU_MS:.0f} ms)")
    print(f"page {size / 1024:.0f} kB")
    if statements > STATEMENTS or middle > CPU_MS:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
