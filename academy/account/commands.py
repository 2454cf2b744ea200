"""`flask people`: the demo people."""

import secrets

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import select

from academy.account.demo import Story, remember
from academy.db import db
from academy.people.models import Person
from academy.people.passwords import hash_password

people_commands = AppGroup("people", help="Accounts.")


@people_commands.command("demo")
@click.option("--once", is_flag=True, help="Say the sign-ins again if there are people already.")
def demo(once: bool) -> None:
    """Make the demo people and print how they sign in; only in an academy without people."""
    folder = current_app.extensions["settings"].instance
    if db.session.scalar(select(Person.id).limit(1)) is not None:
        kept = folder / "demo-sign-ins.txt"
        if not once:
            raise click.ClickException("there are people already")
        if kept.exists():
            click.echo(kept.read_text("utf-8"))
        return
    password = f"luya-{secrets.randbelow(10**6):06}"
    hashed = hash_password(password)
    with db.writing() as session:
        told = Story(session, hashed).tell()
    click.echo(remember(folder, told, password))
