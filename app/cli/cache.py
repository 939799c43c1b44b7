"""`flask cache`: what the cache holds, and making it forget."""

import click

from app.cli.base import AS_JSON, Command, Group, OccupationCode, in_formats
from app.wiring.container import services


@click.group("cache", cls=Group, examples=("flask cache status", "flask cache purge 15-1254"))
def command() -> None:
    """See what the cache holds, and make it forget."""


@command.command(
    cls=Command,
    examples=("flask cache status", "flask cache status --json | jq .entries.skills"),
)
@in_formats(AS_JSON)
def status(form: str | None) -> None:
    """Print what the cache holds and what is under way."""
    from app.cli.status import print_status

    print_status(form)


@command.command(
    cls=Command, examples=("flask cache purge 15-1254 11-1011", "flask cache purge --all")
)
@click.argument("codes", metavar="[CODE...]", nargs=-1, type=OccupationCode())
@click.option("--all", "everything", is_flag=True, help="Forget every entry.")
def purge(codes: tuple[str, ...], everything: bool) -> None:
    """Forget the entries of the CODEs, or --all; they are fetched again when they are read."""
    from cache.entries.purge import purge

    if bool(codes) == everything:
        raise click.UsageError("give either codes or --all")
    purged = purge(services().engine, None if everything else codes)
    click.echo(f"{purged:,} {'entry' if purged == 1 else 'entries'} forgotten.")
    if purged and (missing := services().settings.missing_credentials):
        names = " and ".join(missing)
        click.echo(
            f"Without {names} they are not fetched again; `flask seed` loads a release.", err=True
        )
