"""A consistent copy of database and media in one file, and back again, on both databases.

SQLite is copied by its own online backup, PostgreSQL by ``pg_dump``/``pg_restore`` of the machine.
"""

import os
import sqlite3
import subprocess
import tarfile
import tempfile
from pathlib import Path

from shop.core.db import Database

_MEDIA = "media"
_SQLITE = "database.sqlite"
_POSTGRES = "database.pgdump"


class BackupFault(Exception):
    """The copy could not be made or read; the message says why."""


def backup(database: Database, media: Path, target: Path) -> None:
    """Write database and media to ``target`` (tar.gz). Readers and writers go on meanwhile.

    Raises BackupFault when ``pg_dump`` is missing or fails.
    """
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / (_SQLITE if database.is_sqlite else _POSTGRES)
        if database.is_sqlite:
            _copy_sqlite(Path(str(database.url.database)), copy)
        else:
            _run_postgres(database, "pg_dump", "--format=custom", f"--file={copy}")
        partial = target.with_name(target.name + ".part")
        with tarfile.open(partial, "w:gz") as archive:
            archive.add(copy, arcname=copy.name)
            if media.is_dir():
                archive.add(media, arcname=_MEDIA)
        partial.replace(target)


def restore(database: Database, media: Path, source: Path) -> None:
    """Put back what ``backup`` wrote, into an empty or outdated database of the same kind.

    Raises BackupFault when the file is of the other kind of database or damaged.
    """
    name = _SQLITE if database.is_sqlite else _POSTGRES
    with tempfile.TemporaryDirectory() as folder:
        try:
            with tarfile.open(source, "r:gz") as archive:
                archive.extractall(folder, filter="data")
        except (OSError, tarfile.TarError) as error:
            raise BackupFault(f"{source} cannot be read: {error}") from error
        copy = Path(folder) / name
        if not copy.exists():
            raise BackupFault(f"{source} holds no {name}: it is of another kind of database")
        database.dispose()
        if database.is_sqlite:
            _copy_sqlite(copy, Path(str(database.url.database)))
        else:
            _run_postgres(database, "pg_restore", "--clean", "--if-exists", "--no-owner", str(copy))
        _copy_media(Path(folder) / _MEDIA, media)


def _copy_sqlite(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with sqlite3.connect(source) as origin, sqlite3.connect(target) as copy:
        origin.backup(copy)
    origin.close()
    copy.close()


def _run_postgres(database: Database, program: str, *options: str) -> None:
    address = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    connect = ["-d", address] if program == "pg_restore" else [address]
    try:
        done = subprocess.run(  # noqa: S603 - fixed programs, no shell
            [program, *connect, *options],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PGCONNECT_TIMEOUT": "5"},
        )
    except FileNotFoundError:
        raise BackupFault(f"{program} is not installed") from None
    if done.returncode:
        raise BackupFault(f"{program}: {done.stderr.strip()}")


def _copy_media(source: Path, target: Path) -> None:
    if not source.is_dir():
        return
    for file in source.rglob("*"):
        if file.is_file():
            place = target / file.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True)
            if not place.exists():
                place.write_bytes(file.read_bytes())
