"""`flask packs`: check, import and export content."""

from collections.abc import Iterable
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup
from flask_babel import force_locale

from academy.catalog.pack import Problem
from academy.catalog.queries import published
from academy.db import db
from academy.packs.actions import Conflict, Unwritable, export, publish_pack, read

packs_commands = AppGroup("packs", help="Content as folders.")


def _named(problems: Iterable[Problem], *, err: bool = False) -> None:
    with force_locale("en"):
        for problem in problems:
            click.echo(str(problem), err=err)


@packs_commands.command("check")
@click.argument("folder", type=click.Path(path_type=Path))
def check(folder: Path) -> None:
    """Name file, line and field of whatever is wrong."""
    pack = read(folder)
    _named(pack.problems)
    if pack.problems:
        raise click.ClickException(f"{len(pack.problems)} problems")
    click.echo(f"{folder}: {len(pack.documents)} documents, {len(pack.pictures)} pictures, no problems")


@packs_commands.command("import")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--if-empty", is_flag=True, help="Do nothing if anything was published before.")
def import_(folder: Path, if_empty: bool) -> None:
    """Publish a folder's content; nothing is written if anything in it is wrong."""
    if if_empty and published(db.session()).release:
        return
    pack = read(folder)
    _named(pack.problems, err=True)
    if pack.problems:
        raise click.ClickException(f"{len(pack.problems)} problems; nothing was imported")
    try:
        with db.writing() as session:
            release = publish_pack(session, current_app.extensions["files"], pack, f"import of {folder.name}")
    except Conflict as conflict:
        raise click.ClickException(
            "changed both here and in the pack since the last import: "
            f"{', '.join(conflict.names)}; nothing was imported"
        ) from conflict
    click.echo(f"release {release.id} published" if release else "nothing has changed")


@packs_commands.command("export")
@click.argument("folder", type=click.Path(path_type=Path))
def export_(folder: Path) -> None:
    """Write what is published as a folder that can be read, diffed and imported; it must be new or empty."""
    try:
        with force_locale("en"):
            pack = export(published(db.session()), current_app.extensions["files"], folder)
    except (Unwritable, OSError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{folder}: {len(pack.documents)} documents, {len(pack.pictures)} pictures")
