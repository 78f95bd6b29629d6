"""Commands for operators: schema, jobs, doctor."""

import signal
import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from types import FrameType

import click
from flask import Flask, current_app
from flask.cli import AppGroup
from sqlalchemy import text
from sqlalchemy.orm import Session

from shop.core import backup, clock, jobs, schema
from shop.web.request import House

db_cli = AppGroup("db", help="The schema.")
jobs_cli = AppGroup("jobs", help="The scheduler process.")


def _house() -> House:
    found: House = current_app.extensions["house"]
    return found


@db_cli.command("upgrade")
@click.argument("revision", default="head")
def upgrade(revision: str) -> None:
    """Migrate the database."""
    schema.upgrade(_house().database, revision)
    click.echo(f"at {schema.current(_house().database)}")


@db_cli.command("downgrade")
@click.argument("revision")
def downgrade(revision: str) -> None:
    """Take the schema back to a revision."""
    schema.downgrade(_house().database, revision)
    click.echo(f"at {schema.current(_house().database)}")


@db_cli.command("revision")
@click.argument("number")
@click.argument("message")
def revision(number: str, message: str) -> None:
    """Write a migration from the difference between models and database (for developers)."""
    schema.new_revision(_house().database, message, number)


@db_cli.command("check")
def check() -> None:
    """Compare the database with what the code declares."""
    found = schema.differences(_house().database)
    for line in found:
        click.echo(line)
    if found:
        sys.exit(1)
    click.echo("the database is as declared")


@jobs_cli.command("list")
def list_jobs() -> None:
    """Name every job."""
    for declared in jobs.declared_jobs():
        click.echo(f"{declared.name}  every {declared.every_seconds} s")


@jobs_cli.command("once")
@click.argument("name")
def once(name: str) -> None:
    """Run one job now."""
    try:
        jobs.run_once(name, _house().database, clock.now())
    except jobs.UnknownJob:
        raise click.ClickException(f"no job is called {name}") from None


@jobs_cli.command("run")
def run() -> None:
    """Be the scheduler, until SIGTERM or SIGINT."""
    is_over = False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal is_over
        is_over = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    jobs.run_scheduler(_house().database, should_stop=lambda: is_over)


def broken_invariants(db: Session, invariants: Mapping[str, str]) -> list[str]:
    """``name: row`` for the first rows of every query that should give none."""
    return [
        f"{name}: {tuple(row)}"
        for name, query in invariants.items()
        for row in db.execute(text(query)).fetchmany(3)
    ]


@click.command("doctor")
def doctor() -> None:
    """Look for trouble: schema, invariants, folders, scheduler, stuck messages. Exit 1 on any."""
    house, now = _house(), clock.now()
    trouble = [f"schema: {line}" for line in schema.differences(house.database)]
    if not trouble:
        with house.database.read() as db:
            broken = broken_invariants(db, current_app.extensions["invariants"])
            trouble += [f"invariant {line}" for line in broken]
            last = jobs.last_beat(db)
            if last is None or now - last > timedelta(seconds=jobs.STALE_SECONDS):
                trouble.append(f"scheduler: last heartbeat {last}")
            stuck = db.scalar(text("SELECT count(*) FROM outbox_message WHERE state = 'dead'"))
            if stuck:
                trouble.append(f"outbox: {stuck} dead messages")
    if not house.storage.root.is_dir():
        trouble.append(f"media folder {house.storage.root} is missing")
    for line in trouble:
        click.echo(line)
    if trouble:
        sys.exit(1)
    click.echo("all well")


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def make_backup(file: Path) -> None:
    """Copy database and media into FILE (tar.gz), consistently, while people go on working."""
    try:
        backup.backup(_house().database, _house().storage.root, file)
    except backup.BackupFault as fault:
        raise click.ClickException(str(fault)) from fault
    click.echo(f"{file}: {file.stat().st_size} bytes")


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def restore_backup(file: Path) -> None:
    """Put database and media back from FILE. Stop the servers first."""
    try:
        backup.restore(_house().database, _house().storage.root, file)
    except backup.BackupFault as fault:
        raise click.ClickException(str(fault)) from fault
    click.echo("restored")


def init_app(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(db_cli)
    app.cli.add_command(jobs_cli)
    app.cli.add_command(doctor)
    app.cli.add_command(make_backup)
    app.cli.add_command(restore_backup)
