"""Log lines: one JSON object a record, without what people typed."""

import json
import logging

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from shop.core.db import Database
from shop.web import logs

log = logging.getLogger("test")


@pytest.fixture(autouse=True)
def _keep_handlers() -> object:
    root = logging.getLogger()
    kept, level = root.handlers[:], root.level
    yield
    root.handlers[:] = kept
    root.setLevel(level)


def test_no_local_variable_is_logged(capsys: pytest.CaptureFixture[str]) -> None:
    logs.init("json")
    try:
        _fail("mat khau cua toi")
    except RuntimeError as error:
        log.exception("unexpected error", exc_info=error)
    line = capsys.readouterr().err
    assert json.loads(line)["exception"][0]["exc_type"] == "RuntimeError"
    assert "mat khau" not in line


def _fail(password: str) -> None:
    assert password
    raise RuntimeError("no")


def test_a_line_break_cannot_forge_a_record(capsys: pytest.CaptureFixture[str]) -> None:
    logs.init("json")
    log.warning("asked for %s", 'x"}\n{"event": "forged"}\r\x1b[2J')
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert json.loads(lines[0])["event"].startswith("asked for")


def test_a_database_error_does_not_repeat_what_was_typed(database: Database) -> None:
    statement = "INSERT INTO person (id, name) VALUES (1, :name)"
    with database.write() as db, pytest.raises(IntegrityError) as caught:
        db.execute(text(statement), {"name": "Nguyễn Thị Bí Mật"})
    assert "[parameters" not in str(caught.value)
    assert "hidden" in str(caught.value)
