"""Commands for operators: the same bundle as the page makes."""

import shutil
from datetime import datetime
from functools import partial
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from shop.core import clock
from shop.marketplaces import queries, registry, services
from shop.marketplaces.registry import UnknownChannel
from shop.marketplaces.rules.profile import LEVELS, LIFECYCLES
from shop.marketplaces.services.photos import channel_photo
from shop.marketplaces.slots import OWN_SHEETS
from shop.web.request import House

marketplaces_cli = AppGroup("marketplaces", help="Listings for other marketplaces.")


@marketplaces_cli.command("list")
def list_channels() -> None:
    """Name every channel."""
    for profile in registry.all_profiles().values():
        life = LIFECYCLES[profile.lifecycle.state]
        click.echo(f"{profile.slug}  {profile.label}  {LEVELS[profile.level]}  {life}")


@marketplaces_cli.command("export")
@click.argument("channel")
@click.option("--producer", "slug", required=True, help="Slug of the producer.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Folder for the zip and, beside it, its contents.",
)
@click.option(
    "--day",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Judge papers and lots as of this day (default: today in Vietnam).",
)
def export(channel: str, slug: str, out: Path, day: datetime | None) -> None:
    """Write a producer's bundle for CHANNEL: the zip that the page gives, and its contents."""
    house: House = current_app.extensions["house"]
    try:
        profile = registry.profile_called(channel)
    except UnknownChannel:
        known = ", ".join(registry.all_profiles())
        raise click.ClickException(f"no channel is called {channel}; there are {known}") from None
    with house.database.read() as db:
        producer = queries.producer_called(db, slug)
        if producer is None:
            raise click.ClickException(f"no producer is called {slug}")
        on_day = day.date() if day else clock.today_vn(clock.now())
        sheets = OWN_SHEETS.collect(db, producer.id, profile.slug, on_day)
        desk = services.load_desk(
            db,
            house.storage,
            producer=producer,
            channel=profile.slug,
            day=on_day,
            public_url=house.public_url,
        )
    made = services.make_bundle(
        profile,
        desk,
        market_words=registry.market_words(),
        read=house.storage.read,
        tell=lambda _percent: None,
        photo=partial(channel_photo, house.storage),
        own=next(iter(sheets), None),
    )
    _write(made, out)
    counts = made.report["counts"]
    click.echo(f"{out / made.file_name}: {counts['ready']} ready, {counts['blocked']} blocked")
    for product in made.report["products"]:
        for finding in product["findings"]:
            if finding["severity"] == "refuse" and product["status"] == "blocked":
                click.echo(f"  {product['name']}: [{finding['code']}] {finding['why']}")


def _write(made: services.Bundle, out: Path) -> None:
    folder = out / made.file_name.removesuffix(".zip")
    if folder.exists():
        shutil.rmtree(folder)
    for name, content in made.files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    (out / made.file_name).write_bytes(made.content)


def init_app(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(marketplaces_cli)
