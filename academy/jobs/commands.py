"""`flask jobs`: the worker."""

import signal
from datetime import date
from threading import Event
from types import FrameType

import click
from flask import current_app
from flask.cli import AppGroup

from academy import clock
from academy.db import db
from academy.jobs.actions import ask, ask_daily
from academy.jobs.work import work

jobs_commands = AppGroup("jobs", help="Work that outlives a request.")

BEGINS = 3
"""The hour of the brand's day at which the work of a night begins, while nobody is about."""


@jobs_commands.command("work")
@click.option("--once", is_flag=True, help="Do what waits, then end.")
def work_command(once: bool) -> None:
    """Do what waits; without --once go on until stopped, and ask for the nightly runs when their time has come."""
    stopped = Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopped.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    tasks = current_app.extensions["jobs"]
    asked: date | None = None
    while not stopped.is_set():
        now = clock.local(clock.now())
        if asked != now.date() and now.hour >= BEGINS:
            with db.writing() as session:
                ask_daily(session, (name for name, task in tasks.items() if task.daily))
            asked = now.date()
        while not stopped.is_set() and work(tasks):
            pass
        if once:
            return
        stopped.wait(2)


@jobs_commands.command("ask")
@click.argument("name")
def ask_command(name: str) -> None:
    """Ask for a job by its name, e.g. the nightly run."""
    if name not in current_app.extensions["jobs"]:
        raise click.ClickException(f"no job {name}; there are {', '.join(sorted(current_app.extensions['jobs']))}")
    with db.writing() as session:
        ask(session, name)
