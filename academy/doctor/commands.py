"""`flask doctor`."""

import click
from flask.cli import with_appcontext

from academy.db import db
from academy.doctor.actions import mend
from academy.doctor.queries import differences


@click.command("doctor")
@click.option("--mend", "mending", is_flag=True, help="Write what differs as the facts make it.")
@with_appcontext
def doctor_command(mending: bool) -> None:
    """Rebuild every projection from facts and name each difference; fails if there is one."""
    if mending:
        with db.writing() as session:
            for mended in mend(session):
                click.echo(f"mended: {mended}")
    found = 0
    for difference in differences(db.session()):
        found += 1
        click.echo(str(difference))
    if found:
        raise click.ClickException(f"{found} differences")
    click.echo("everything is as the facts say")
