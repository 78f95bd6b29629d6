"""A throw-away PostgreSQL cluster from the machine's binaries, on a Unix socket in a temp folder.

PostgreSQL refuses to run as root; then the cluster runs as ``nobody``. A cluster that cannot be
made is said clearly; with ``CI`` set it is a failure, never a silent skip.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_FAST = (
    "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=120"
    " -c max_wal_size=256MB"
)
_MEMORY = Path("/dev/shm")  # noqa: S108 - each cluster has a folder of its own in it
_ENOUGH = 4 * 1024**3


class NoPostgres(Exception):
    """The binaries are missing; the message says what to install."""


def binaries() -> Path:
    """The folder that holds ``initdb``. Raises NoPostgres."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    on_path = shutil.which("initdb")
    if on_path:
        found.append(Path(on_path))
    if not found:
        raise NoPostgres("PostgreSQL's initdb is not here: install Debian's package postgresql")
    return found[0].parent


def _place() -> Path | None:
    """Memory when there is plenty: a database for each test is a thousand files to copy."""
    has_room = _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ENOUGH
    return _MEMORY if has_room else None


@contextmanager
def cluster() -> Iterator[str]:
    """Start a cluster and yield the address of its ``postgres`` database; stop it afterwards."""
    tools = binaries()
    as_user = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
    prefix = as_user if os.geteuid() == 0 else []
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir=_place()))
    folder.chmod(0o777)

    def run(*command: str) -> None:
        done = subprocess.run(
            [*prefix, *command], capture_output=True, text=True, cwd="/", check=False
        )
        if done.returncode:
            raise NoPostgres(f"{command[0]} failed: {done.stderr or done.stdout}")

    data = str(folder / "data")
    run(str(tools / "initdb"), "-D", data, "-U", "phien", "-A", "trust", "-E", "UTF8", "--no-sync")
    options = f"{_FAST} -c listen_addresses='' -c unix_socket_directories={folder}"
    run(str(tools / "pg_ctl"), "-D", data, "-w", "-l", str(folder / "log"), "-o", options, "start")
    try:
        yield f"postgresql+psycopg://phien@/postgres?host={folder}"
    finally:
        run(str(tools / "pg_ctl"), "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)
