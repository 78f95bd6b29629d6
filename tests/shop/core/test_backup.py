"""What a backup holds comes back, on both databases."""

from pathlib import Path

import pytest
from sqlalchemy import text

from shop.core import backup, schema
from shop.core.db import Database
from shop.core.storage import Storage

ENTRY = (
    "INSERT INTO audit_entry (at, action, subject_kind, subject_id, detail) "
    "VALUES ('2026-01-01', 'kept', 'b', 1, '{}')"
)


def actions(database: Database) -> list[str]:
    with database.read() as db:
        return list(db.execute(text("SELECT action FROM audit_entry")).scalars())


def test_backup_comes_back(database: Database, tmp_path: Path) -> None:
    media = Storage(tmp_path / "pictures")
    name = media.put(b"a picture", "jpg")
    with database.transaction() as db:
        db.execute(text(ENTRY))
    backup.backup(database, media.root, tmp_path / "copy.tar.gz")
    with database.transaction() as db:
        db.execute(text(ENTRY.replace("kept", "later")))
    media.path(name).unlink()

    backup.restore(database, media.root, tmp_path / "copy.tar.gz")

    assert actions(database) == ["kept"]
    assert media.read(name) == b"a picture"
    assert schema.differences(database) == []


def test_damaged_file_is_refused_and_nothing_changes(database: Database, tmp_path: Path) -> None:
    with database.transaction() as db:
        db.execute(text(ENTRY))
    (tmp_path / "bad").write_bytes(b"not a tar")
    with pytest.raises(backup.BackupFault, match="cannot be read"):
        backup.restore(database, tmp_path / "media", tmp_path / "bad")
    assert actions(database) == ["kept"]
