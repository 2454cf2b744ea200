"""`flask credentials`."""

import click
from flask import current_app
from flask.cli import AppGroup

from academy.credentials.keys import renew

credentials_commands = AppGroup("credentials", help="The keys that sign credentials.")


@credentials_commands.command("renew")
def renew_command() -> None:
    """Sign with a new key from now on; what was signed before can still be checked."""
    click.echo(renew(current_app.extensions["settings"].key_folder))
