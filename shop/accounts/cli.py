"""Commands about people: the first admin comes from here."""

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from shop.accounts import passwords, queries, rules, services
from shop.accounts.forms import parse_login
from shop.core import clock
from shop.core.errors import DomainError
from shop.web.request import House

accounts_cli = AppGroup("accounts", help="People.")


@accounts_cli.command("create-admin")
@click.argument("login")
@click.option("--name", prompt="Họ và tên")
@click.password_option()
def create_admin(login: str, name: str, password: str) -> None:
    """Make an admin who signs in with LOGIN (phone or e-mail), or make an existing person one."""
    house: House = current_app.extensions["house"]
    parsed = parse_login(login)
    if parsed is None:
        raise click.ClickException("LOGIN is neither a phone number nor an e-mail address")
    try:
        rules.check_password(password, common=passwords.common_passwords(), login=str(parsed))
    except DomainError as error:
        raise click.ClickException(str(error)) from error
    password_hash, now = passwords.hash_password(password), clock.now()
    with house.database.transaction() as db:
        person = queries.person_of_login(db, parsed) or services.create_person(
            db,
            name=name,
            email=parsed.email,
            phone=parsed.phone,
            password_hash=password_hash,
            now=now,
        )
        services.make_admin(db, person, now=now)
    click.echo(f"{login} is an admin")


def init_app(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(accounts_cli)
