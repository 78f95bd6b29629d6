"""List, product page, trace page and search in CPU milliseconds a request, beside a limit program;
suggestions and searches that nobody has asked before.

    .venv/bin/python -m benchmarks.pages [--products 20000] [--runs 5] [--engines sqlite,postgresql]

CPU is user and system time of the web processes and of the database's processes together, read
from /proc before and after a fixed number of requests. Ours and the limit run alternately under
the same gunicorn (2 sync workers); each pair gives one ratio. See README.md.
"""

import argparse
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import create_engine, make_url, select, text

from config import Settings
from shop.catalogue.models import Product
from shop.core import clock, schema
from shop.core.db import Database
from shop.demo import synthetic
from shop.traceability.models import Lot
from tests import postgres
from tests.factories.traceability import make_lot
from wsgi import create_app

ROOT = Path(__file__).resolve().parent.parent
TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")
WORKERS = 2
CONNECTIONS = 8
GROUP = "medicinal"
SEARCHES = ("mật ong", "chè shan", "hà giang")


LOTS = 20


def prepare(url: str, products: int) -> tuple[list[str], list[str]]:
    """Migrate and fill the database unless it is filled; slugs of 60 products, codes of lots."""
    database = Database(url)
    schema.upgrade(database)
    with database.transaction() as db:
        if not db.scalar(text("SELECT count(*) FROM product_facets")):
            synthetic.load(db, products, now=clock.now())
    create_app(
        Settings(app_env="testing", database_url=url)
    )  # connects what services tell each other
    with database.transaction() as db:
        traced = db.scalars(select(Lot.code).limit(LOTS)).all() or [
            make_lot(
                db, product=product, released=True, now=clock.now().replace(microsecond=0)
            ).code
            for product in db.scalars(select(Product).limit(LOTS))
        ]
    with database.engine.connect() as connection:
        step = max(1, products // 60)
        query = text("SELECT slug FROM product_facets WHERE product_id % :step = 0 LIMIT 60")
        slugs = list(connection.execute(query, {"step": step}).scalars())
    if not database.is_sqlite:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as link:
            link.execute(text("VACUUM ANALYZE"))
    database.dispose()
    return slugs, list(traced)


@contextmanager
def served(target: str, environment: dict[str, str]) -> Iterator[tuple[int, int]]:
    """Run gunicorn; its port and the id of its master process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        *(str(Path(sys.executable).with_name("gunicorn")), target),
        *("--workers", str(WORKERS), "--bind", f"127.0.0.1:{port}", "--log-level", "error"),
    ]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | environment)
    try:
        for _ in range(150):
            try:
                if get(port, "/healthz")[0] == 200:
                    break
            except OSError:
                time.sleep(0.2)
        else:
            raise RuntimeError(f"{target} did not start")
        yield port, process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def get(port: int, path: str) -> tuple[int, bytes]:
    """One request on a connection of its own, as sync workers serve them."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path, headers={"Host": f"127.0.0.1:{port}"})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def tree(pid: int) -> list[int]:
    """A process and everything below it."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            children.setdefault(int(stat[1]), []).append(int(entry.name))
    found, waiting = [], [pid]
    while waiting:
        one = waiting.pop()
        found.append(one)
        waiting += children.get(one, [])
    return found


def cpu_ms(roots: list[int]) -> float:
    """User and system time of the process trees, ended and waited-for children included."""
    ticks = 0
    for root in roots:
        for pid in tree(root):
            try:
                stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            ticks += sum(int(value) for value in stat[11:15])
    return ticks * TICK_MS


def measure(port: int, roots: list[int], paths: list[str], requests: int) -> float:
    """CPU milliseconds a request over ``requests`` requests."""
    todo = [paths[index % len(paths)] for index in range(requests)]
    before = cpu_ms(roots)
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        for status, _body in pool.map(lambda path: get(port, path), todo):
            if status != 200:
                raise RuntimeError(f"status {status}")
    return (cpu_ms(roots) - before) / requests


def run_engine(
    name: str, url: str, database_pids: list[int], options: argparse.Namespace
) -> list[dict[str, object]]:
    """All pages on one database."""
    slugs, traced = prepare(url, options.products)
    settings = {
        "DATABASE_URL": url,
        "APP_ENV": "testing",
        "RATE_LIMITS": "0",
        "LOG_FORMAT": "console",
        "TRUSTED_HOSTS": "127.0.0.1",
        "PAGE_CACHE_SECONDS": "0",
    }
    listed = [f"/san-pham?nhom={GROUP}&trang={n}" for n in range(1, 11)]
    shown = [f"/san-pham/{slug}" for slug in slugs]
    pages = {
        "list": (listed, listed),
        "product": (shown, shown),
        "trace": ([f"/T/{code}" for code in traced], shown),
        "search": ([f"/san-pham?q={quote(words)}" for words in SEARCHES], listed),
    }
    found = []
    with served("wsgi:app", settings) as (port, pid):
        sizes = {key: len(get(port, paths[0])[1]) for key, (paths, _limit) in pages.items()}
        limit_settings = settings | {
            "LIST_BYTES": str(sizes["list"]),
            "PRODUCT_BYTES": str(sizes["product"]),
        }
        with (
            served("benchmarks.limit:create_app()", limit_settings) as (limit_port, limit_pid),
            served("wsgi:app", settings | {"PAGE_CACHE_SECONDS": "30"}) as (kept_port, kept_pid),
        ):
            for key, (paths, limit_paths) in pages.items():
                for warm_port, warm_paths in (
                    (port, paths),
                    (limit_port, limit_paths),
                    (kept_port, paths),
                ):
                    measure(warm_port, [], warm_paths, 4 * len(warm_paths))
                pairs = []
                for _ in range(options.runs):
                    low = measure(
                        limit_port, [limit_pid, *database_pids], limit_paths, options.requests
                    )
                    ours = measure(port, [pid, *database_pids], paths, options.requests)
                    pairs.append((low, ours))
                measure(kept_port, [], paths, 4 * len(paths))
                kept = measure(kept_port, [kept_pid, *database_pids], paths, options.requests)
                found.append(report(name, key, sizes[key], pairs, kept))
            for key, paths in new_searches().items():
                for path in paths[-10:]:  # statements compiled, templates loaded
                    get(port, path)
                new = first_time(port, [pid, *database_pids], paths[:-10])
                print(f"{name:<11}{key:<13}{len(paths) - 10} requests  {new}", flush=True)
                found.append({"engine": name, "page": key, **new})
    return found


def first_time(port: int, roots: list[int], paths: list[str]) -> dict[str, float]:
    """Requests that nothing is kept of yet, one after the other on one connection each."""
    times = []
    before = cpu_ms(roots)
    for path in paths:
        began = time.perf_counter()
        status, _body = get(port, path)
        times.append((time.perf_counter() - began) * 1000)
        if status != 200:
            raise RuntimeError(f"status {status}")
    cpu = (cpu_ms(roots) - before) / len(paths)
    return {
        "cpu_ms": round(cpu, 2),
        "p50_ms": round(statistics.median(times), 2),
        "p99_ms": round(sorted(times)[int(len(times) * 0.99)], 2),
    }


def new_searches() -> dict[str, list[str]]:
    """Searches and beginnings of searches that differ: what is kept of one helps no other."""
    kinds = [name for name, _subgroup in synthetic.KINDS]
    words = [f"{kind} {word}" for word in synthetic.WORDS for kind in kinds]
    begun = [f"{kind[: 2 + n % 9]}" for n, kind in enumerate(kinds)]
    begun += [text_[: len(text_) - n % 4] for n, text_ in enumerate(words)]
    begun += ["na rì", "bắc kạn", "thái ng", "xã tân", "đồ uố", "htx tân", "maatj ong", "miem dong"]
    return {
        "search, new": [f"/san-pham?q={quote(text_)}" for text_ in words[:120]],
        "suggestions": [f"/goi-y?q={quote(text_)}" for text_ in dict.fromkeys(begun)],
    }


def report(
    engine: str, page: str, size: int, pairs: list[tuple[float, float]], kept: float
) -> dict[str, object]:
    """Print one line and give it back as values."""
    ratios = [ours / low for low, ours in pairs]
    row: dict[str, object] = {
        "engine": engine,
        "page": page,
        "bytes": size,
        "limit_ms": round(statistics.median(low for low, _ in pairs), 2),
        "ours_ms": round(statistics.median(ours for _, ours in pairs), 2),
        "ratio": round(statistics.median(ratios), 2),
        "ratio_spread": [round(min(ratios), 2), round(max(ratios), 2)],
        "from_page_cache_ms": round(kept, 2),
    }
    print(
        f"{engine:<11}{page:<8}{size:>7} B  limit {row['limit_ms']:>5} ms  "
        f"ours {row['ours_ms']:>5} ms  ratio {row['ratio']} "
        f"({min(ratios):.2f}–{max(ratios):.2f})  from page cache {kept:.2f} ms",
        flush=True,
    )
    return row


def main() -> None:
    """Measure and print; with ``--json FILE`` also write the rows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--products", type=int, default=20_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--requests", type=int, default=400)
    parser.add_argument("--engines", default="sqlite,postgresql")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--sqlite-file", type=Path, help="keep the filled SQLite database here")
    options = parser.parse_args()
    rows = []
    engines = options.engines.split(",")
    if "sqlite" in engines:
        with tempfile.TemporaryDirectory() as folder:
            file = options.sqlite_file or Path(folder, "bench.db")
            rows += run_engine("sqlite", f"sqlite:///{file}", [], options)
    if "postgresql" in engines:
        with postgres.cluster() as admin:
            engine = create_engine(admin, isolation_level="AUTOCOMMIT")
            with engine.connect() as link:
                link.execute(text("CREATE DATABASE bench"))
                folder = link.execute(text("SHOW data_directory")).scalar_one()
            engine.dispose()
            postmaster = int(Path(folder, "postmaster.pid").read_text().split()[0])
            url = make_url(admin).set(database="bench").render_as_string(hide_password=False)
            rows += run_engine("postgresql", url, [postmaster], options)
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
