"""`flask seed`: fills the database from a text release."""

import click

from app.cli.base import Command


@click.command(
    "seed",
    cls=Command,
    examples=(
        "flask seed latest",
        "flask seed 30.3",
        "flask seed path/to/db_29_0_text.zip",
        "flask seed --if-empty",
    ),
)
@click.argument("release", metavar="[PATH|latest|NUMBER]", required=False)
@click.option("--if-empty", is_flag=True, help="Do nothing where a release was loaded before.")
def command(release: str | None, if_empty: bool) -> None:
    """Import an O*NET text release: the folder or .zip at PATH, the latest, or one by NUMBER.

    The latter two are downloaded from O*NET's archive. Without an argument SEED_RELEASE says what
    is loaded. A folder that is called `latest` is named `./latest`.
    """
    from app.cli.seeding import load

    if release is not None and not release.strip():
        raise click.UsageError("Empty: give a folder, a .zip, latest, or a number such as 30.3.")
    load(release, if_empty=if_empty)
