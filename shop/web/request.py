"""What a request has at hand: the house it runs in and its two database sessions."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from flask import Flask, current_app, g, request
from sqlalchemy.orm import Session

from shop.core.db import Database
from shop.core.storage import Storage


@dataclass(frozen=True)
class House:
    """What is made once per application and shared by all its requests."""

    database: Database
    storage: Storage
    public_url: str
    is_production: bool
    is_development: bool
    is_secure: bool
    scratch: Path


def init_app(app: Flask, house: House) -> None:
    """Remember ``house`` and close each request's sessions at its end."""
    app.extensions["house"] = house
    app.teardown_appcontext(_close_sessions)


def house() -> House:
    """The house of the current application."""
    return cast(House, current_app.extensions["house"])


def database() -> Database:
    """The current application's database."""
    return house().database


def read_session() -> Session:
    """The request's session for reading; the database refuses writes through it."""
    if "read_session" not in g:
        g.read_session = database().read()
    return cast(Session, g.read_session)


def write_session() -> Session:
    """The request's session for writing. The route commits it, once, visibly.

    Ask for it late: hashing, pictures, PDF and network come before, because on SQLite its first
    statement makes other writers wait.
    """
    if "write_session" not in g:
        g.write_session = database().write()
        for judge in _judges():
            judge(g.write_session)
    return cast(Session, g.write_session)


Judge = Callable[[Session], None]


def judge_writing(app: Flask, judge: Judge) -> None:
    """Ask ``judge`` at the start of every request's writing; it raises to refuse.

    Rights are read before the transaction; this is where they are looked at again inside it.
    """
    app.extensions.setdefault("write_judges", []).append(judge)


def _judges() -> list[Judge]:
    return cast(list[Judge], current_app.extensions.get("write_judges", []))


def uploaded(field: str, most: int) -> tuple[str, bytes]:
    """A posted file's name and content, cut just beyond ``most`` bytes; empty without a file."""
    file = request.files.get(field)
    if file is None:
        return "", b""
    with file.stream:
        return file.filename or "", file.stream.read(most + 1)


def _close_sessions(_error: BaseException | None) -> None:
    for name in ("write_session", "read_session"):
        session = g.pop(name, None)
        if session is not None:
            session.close()
