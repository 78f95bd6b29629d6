"""The club's week with 500 sessions: SQL statements and CPU milliseconds of one request.

    .venv/bin/python -m benchmarks.week_grid [--sessions 500] [--runs 7] [--engines sqlite]

Statements are counted in this process, all but BEGIN and its kin. CPU is user and system time of
gunicorn and of the database server together, read from /proc as in pages.py: each run is 20
requests of a signed-in manager, templates warm, one connection a request. Gate on both databases:
8 statements and 60 ms. See README.md.
"""

import argparse
import statistics
import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, event, make_url, text

from benchmarks.guest_order import HIDDEN, Guest
from benchmarks.pages import cpu_ms, served
from config import Settings
from livestream.sessions.timing import VN
from shop.core import clock, schema
from shop.core.db import Database
from tests import postgres
from tests.conftest import post
from tests.factories.accounts import make_person
from tests.factories.livestream import fill_week, make_club
from wsgi import create_app

STATEMENTS = 8
CPU_MS = 60.0
REQUESTS = 20
"""Of one run: /proc counts in steps of 10 ms."""


def prepare(url: str, sessions: int) -> tuple[str, date]:
    """A club with so many sessions next week; the manager's sign-in name and that Monday."""
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
    if not database.is_sqlite:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as link:
            link.execute(text("VACUUM ANALYZE"))
    database.dispose()
    return login, monday.date()


def statements_of(url: str, login: str, address: str) -> tuple[int, int]:
    """Statements of one request in this process, and the bytes of the page."""
    app = create_app(
        Settings(
            app_env="testing",
            database_url=url,
            public_url="http://localhost",
            rate_limits=False,
            page_cache_seconds=0,
        )
    )
    client = app.test_client()
    post(client, "/dang-nhap", {"login": login, "password": "chophien-demo"})
    seen: list[str] = []

    def note(_link: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        seen.append(statement)

    engine = app.extensions["house"].database.engine
    event.listen(engine, "before_cursor_execute", note)
    answer = client.get(address)
    event.remove(engine, "before_cursor_execute", note)
    assert answer.status_code == 200, answer.status
    engine.dispose()
    queries = [one for one in seen if one.lstrip().startswith(("SELECT", "WITH"))]
    return len(queries), len(answer.data)


def spent(url: str, database_pids: list[int], login: str, address: str, runs: int) -> list[float]:
    """CPU milliseconds of a request, web and database together, of each run."""
    settings = {
        "DATABASE_URL": url,
        "APP_ENV": "testing",
        "RATE_LIMITS": "0",
        "LOG_FORMAT": "console",
        "TRUSTED_HOSTS": "127.0.0.1",
        "PAGE_CACHE_SECONDS": "0",
    }
    with served("wsgi:app", settings) as (port, pid):
        manager = Guest(port, knows_province=False)
        _answer, page = manager.ask("/dang-nhap", wanted=200)
        form = {"login": login, "password": "chophien-demo"}
        manager.ask("/dang-nhap", form | dict(HIDDEN.findall(page)), wanted=303)
        found = []
        for _run in range(runs + 1):
            before = cpu_ms([pid, *database_pids])
            for _ in range(REQUESTS):
                manager.ask(address, wanted=200)
            found.append((cpu_ms([pid, *database_pids]) - before) / REQUESTS)
        return found[1:]


def run_engine(name: str, url: str, database_pids: list[int], options: argparse.Namespace) -> bool:
    """Measure one database and print one line; whether it is within the gates."""
    login, monday = prepare(url, options.sessions)
    address = f"/clb/phien?tuan={monday}"
    statements, size = statements_of(url, login, address)
    found = spent(url, database_pids, login, address, options.runs)
    middle = statistics.median(found)
    print(
        f"{name:<11}{options.sessions} sessions on 30 lanes: {statements} statements "
        f"(gate {STATEMENTS}), CPU median {middle:.1f} ms ({min(found):.1f}–{max(found):.1f}, "
        f"gate {CPU_MS:.0f}), page {size / 1024:.0f} kB",
        flush=True,
    )
    return statements <= STATEMENTS and middle <= CPU_MS


def main() -> None:
    """Measure and print; leaves with 1 beyond a gate."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=500)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--engines", default="sqlite,postgresql")
    options = parser.parse_args()
    engines = options.engines.split(",")
    is_within = []
    if "sqlite" in engines:
        with tempfile.TemporaryDirectory() as folder:
            url = f"sqlite:///{Path(folder, 'bench.db')}"
            is_within.append(run_engine("sqlite", url, [], options))
    if "postgresql" in engines:
        with postgres.cluster() as admin:
            engine = create_engine(admin, isolation_level="AUTOCOMMIT")
            with engine.connect() as link:
                link.execute(text("CREATE DATABASE bench"))
                data = link.execute(text("SHOW data_directory")).scalar_one()
            engine.dispose()
            postmaster = int(Path(data, "postmaster.pid").read_text().split()[0])
            url = make_url(admin).set(database="bench").render_as_string(hide_password=False)
            is_within.append(run_engine("postgresql", url, [postmaster], options))
    raise SystemExit(0 if all(is_within) else 1)


if __name__ == "__main__":
    main()
