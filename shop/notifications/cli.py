"""Commands about messages."""

import click
from flask import Flask
from flask.cli import AppGroup

from shop.notifications import push

notifications_cli = AppGroup("notifications", help="Messages to people.")


@notifications_cli.command("vapid-key")
def vapid_key() -> None:
    """Make the site's key of web push and print the setting. Keep it: with another key every
    browser has to be allowed anew."""
    click.echo(f"VAPID_PRIVATE_KEY={push.make_key()}")


def init_app(app: Flask) -> None:
    """Add the group."""
    app.cli.add_command(notifications_cli)
