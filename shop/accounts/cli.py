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


@accounts_cli.command("erase")
@click.argument("who")
@click.confirmation_option(prompt="Nothing of this can be brought back. Go on?")
def erase(who: str) -> None:
    """Erase everything that says who WHO (a phone or an e-mail, of an account or a guest) is.

    Sums, dates and steps stay, and what the law wants kept; refused while orders, returns or
    refunds are open, and for people who work for a unit.
    """
    house: House = current_app.extensions["house"]
    login = parse_login(who)
    if login is None:
        raise click.ClickException("WHO is neither a phone number nor an e-mail address")
    try:
        with house.database.transaction() as db:
            person = queries.person_of_login(db, login)
            whom = services.whom_of(person, str(login))
            files = services.erase(db, whom=whom, actor_id=None, now=clock.now())
    except DomainError as error:
        raise click.ClickException(str(error)) from error
    for name in files:
        house.storage.drop(name)
    click.echo(f"erased; {len(files)} files dropped")


def init_app(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(accounts_cli)
