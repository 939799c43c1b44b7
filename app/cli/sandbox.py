"""`flask sandbox`: a look-alike of O*NET Web Services."""

import errno
from pathlib import Path
from typing import Any

import click

from app.cli.base import Command
from app.wiring.container import services


@click.command(
    "sandbox",
    cls=Command,
    examples=(
        "flask sandbox --release path/to/db_29_0_text",
        "flask sandbox --release path/to/db_29_0_text --api 1.9 --port 9901",
        "flask sandbox --release path/to/db_29_0_text --check",
    ),
)
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
def command(release: Path, require_credentials: bool, only_check: bool, **options: Any) -> None:
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
        said = str(error)
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            said = f"port {options['port']} of {options['host']} is taken: choose a --port"
        raise click.ClickException(said) from error
