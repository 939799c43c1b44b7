"""`flask db`: migrations."""

import click

from app.cli.base import Command, Group
from app.wiring.container import services


@click.group("db", cls=Group, examples=("flask db upgrade", "flask db downgrade base"))
def command() -> None:
    """Migrate the database."""


@command.command(cls=Command, examples=("flask db upgrade",))
def upgrade() -> None:
    """Bring the tables to the newest revision."""
    from cache.db.migrate import upgrade

    upgrade(services().engine)


@command.command(cls=Command, examples=("flask db downgrade", "flask db downgrade 0008"))
@click.argument("revision", default="-1")
def downgrade(revision: str) -> None:
    """Take the tables back to REVISION (`base` drops them all; default: one step)."""
    from alembic.util import CommandError

    from cache.db.migrate import downgrade

    try:
        downgrade(services().engine, revision)
    except CommandError as error:
        raise click.ClickException(f"no way back to {revision}: {error}") from error
