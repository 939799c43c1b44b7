"""The `flask` commands: thin; the work is elsewhere."""

from pathlib import Path
from typing import Any

import click
from flask import Flask

from app.cli.base import Command, OccupationCode, OccupationName, in_domain, told
from app.container import Services, services
from app.settings import Settings


def create_cli_app() -> Flask:
    """Make the application for the `flask` command, without HTTP where none is asked for.

    A command of this module is looked up in the context of `flask` itself; what Flask brings,
    such as `run` and `routes`, loads the application from a context below that.
    """
    with told():
        settings = Settings.from_environment()
    context = click.get_current_context(silent=True)
    if context is None or context.parent is not None:
        from app import create_app

        return create_app(settings)
    app = Flask("skillgap", static_folder=None)
    app.extensions["skillgap"] = Services(settings)
    register(app)
    return app


def register(app: Flask) -> None:
    """Add the commands to an application."""
    commands = (database, seed, serve, sandbox, gap, transitions, warm, worker, cache_commands)
    for command in commands:
        app.cli.add_command(command)


@click.group("db")
def database() -> None:
    """Migrate the database."""


@database.command(cls=Command)
def upgrade() -> None:
    """Bring the tables to the newest revision."""
    from cache.db.migrate import upgrade

    upgrade(services().engine)


@database.command(cls=Command)
@click.argument("revision", default="-1")
def downgrade(revision: str) -> None:
    """Take the tables back to REVISION (`base` drops them all; default: one step)."""
    from alembic.util import CommandError

    from cache.db.migrate import downgrade

    try:
        downgrade(services().engine, revision)
    except CommandError as error:
        raise click.ClickException(f"no way back to {revision}: {error}") from error


@click.command(cls=Command)
@click.argument("release", metavar="[PATH|latest|NUMBER]", required=False)
@click.option("--if-empty", is_flag=True, help="Do nothing where a release was loaded before.")
def seed(release: str | None, if_empty: bool) -> None:
    """Import an O*NET text release: the folder or .zip at PATH, the latest, or one by NUMBER.

    The latter two are downloaded from O*NET's archive. What is loaded where nothing is named says
    SEED_RELEASE. A folder that is called `latest` is named `./latest`.
    """
    from app.cli.seed import load

    load(release, if_empty=if_empty)


@click.command(cls=Command)
def serve() -> None:
    """Serve the API on HOST and PORT with WEB_CONCURRENCY processes."""
    from app.server.serve import serve

    serve(services().settings)


@click.command(cls=Command)
@click.option("--release", required=True, type=click.Path(path_type=Path), help="Folder or .zip.")
@click.option("--port", default=9900, show_default=True, type=click.IntRange(0, 65535))
@click.option("--api", default="2", show_default=True, type=click.Choice(["2", "1.9"]))
@click.option("--layout", type=click.Choice(["single", "split"]), help="How skills are served.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--faults", type=click.Path(path_type=Path), help="Scripted faults, a JSON file.")
@click.option(
    "--taxonomy", type=click.Path(path_type=Path), help="2010 codes and what they became."
)
@click.option(
    "--require-credentials",
    is_flag=True,
    help="Take no credentials but those of the ONET_ settings.",
)
@click.option("--check", "only_check", is_flag=True, help="Say what it would serve, and end.")
def sandbox(release: Path, require_credentials: bool, only_check: bool, **options: Any) -> None:
    """Serve a text release as a local look-alike of O*NET Web Services, to try pull-through."""
    from onet_client.sandbox import FaultError, ReleaseError, check, serve

    settings = services().settings
    if require_credentials:
        options |= {
            "api_key": settings.onet_api_key or None,
            "username": settings.onet_api_username or None,
            "password": settings.onet_api_password or None,
        }
    try:
        if only_check:
            check(release, layout=options["layout"])
        else:
            serve(release, **options)
    except BrokenPipeError:  # nobody reads on, which `click` knows
        raise
    except (FaultError, ReleaseError, OSError) as error:
        raise click.ClickException(str(error)) from error


@click.command(cls=Command)
@click.argument("source", metavar="FROM", type=OccupationName())
@click.argument("target", metavar="TO", type=OccupationName())
@in_domain
@click.option("--json", "as_json", is_flag=True, help="Print the body of /skill-gap instead.")
def gap(source: str, target: str, domain: str, as_json: bool) -> None:
    """Print what occupation TO demands that FROM does not."""
    from app.cli.gap import print_gap

    print_gap(source, target, domain, as_json=as_json)


@click.command(cls=Command)
@click.argument("occupation", metavar="OCCUPATION", type=OccupationName())
@click.option("--from", "backwards", is_flag=True, help="Rank who can come to it instead.")
@in_domain
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 2000))
@click.option("--job-zone", metavar="N[,N...]", help="List those of these job zones, such as 3,4.")
@click.option("--json", "as_json", is_flag=True, help="Print the body of the API's answer instead.")
def transitions(occupation: str, **options: Any) -> None:
    """Rank the occupations that are in reach of OCCUPATION, a code or a title."""
    from app.cli.transitions import print_transitions

    print_transitions(occupation, **options)


@click.command(cls=Command)
@click.argument("codes", metavar="[CODE...]", nargs=-1, type=OccupationCode())
@click.option("--all", "everything", is_flag=True, help="Fill every occupation O*NET lists.")
@click.option("--stale", is_flag=True, help="Refresh what is past its expiry.")
@in_domain
def warm(codes: tuple[str, ...], everything: bool, stale: bool, domain: str) -> None:
    """Fill the cache now: the CODEs, --all or what is --stale; can be stopped and run again."""
    from app.cli.warm import warm

    scopes = {"codes": bool(codes), "all": everything, "stale": stale}
    asked = [scope for scope, given in scopes.items() if given]
    if len(asked) != 1:
        raise click.UsageError("give either codes, --all or --stale")
    warm(domain, asked[0], codes)  # type: ignore[arg-type]  # the keys above are the scopes


@click.command(cls=Command)
def worker() -> None:
    """Refresh entries and work on warm jobs until stopped."""
    from app.cli.warm import work

    work()


@click.group("cache")
def cache_commands() -> None:
    """See what the cache holds, and make it forget."""


@cache_commands.command(cls=Command)
def status() -> None:
    """Print what the cache holds and what is under way."""
    from app.cli.progress import print_status

    print_status()


@cache_commands.command("purge", cls=Command)
@click.argument("codes", metavar="[CODE...]", nargs=-1, type=OccupationCode())
@click.option("--all", "everything", is_flag=True, help="Forget every entry.")
def forget(codes: tuple[str, ...], everything: bool) -> None:
    """Forget the entries of the CODEs, or --all; they are fetched again when they are read."""
    from cache.entries.purge import purge

    if bool(codes) == everything:
        raise click.UsageError("give either codes or --all")
    purged = purge(services().engine, None if everything else codes)
    click.echo(f"{purged:,} {'entry' if purged == 1 else 'entries'} forgotten.")
