"""`flask sample`: invented people."""

import secrets

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import exists, select

from academy.db import db
from academy.people.models import Cohort, Person
from academy.people.passwords import hash_password
from academy.practice.pictures import discard
from academy.sample.actions import clear
from academy.sample.cohort import PLANS, SampleCohort, draw
from academy.sample.people import People, remember

sample_commands = AppGroup("sample", help="Invented people.")


@sample_commands.command("people")
@click.option("--once", is_flag=True, help="Say the sign-ins again if there are people already.")
def people(once: bool) -> None:
    """Make the demo people with the sample cohort and print how they sign in; only in an academy without people."""
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
    pictures = draw(current_app.extensions["files"])
    with db.writing() as session:
        told = People(session, hashed).tell()
        SampleCohort(session, pictures).tell()
    discard(db.session(), [kept.file for kept in pictures])
    click.echo(remember(folder, told, password))


@sample_commands.command("cohort")
def cohort() -> None:
    """Make the sample cohort: 24 invented trainees, who can't sign in, and their last five weeks."""
    pictures = draw(current_app.extensions["files"])
    with db.writing() as session:
        if session.scalar(select(exists().where(Cohort.sample))):
            raise click.ClickException("there is a sample cohort already")
        made = SampleCohort(session, pictures).tell()
    discard(db.session(), [kept.file for kept in pictures])
    click.echo(f"{made.name}: {len(PLANS)} people")


@sample_commands.command("clear")
def clear_command() -> None:
    """Delete the sample cohort with all its people."""
    with db.writing() as session:
        cleared = clear(session, None)
    discard(db.session(), cleared.files)
    click.echo(f"{cleared.people} people cleared")
