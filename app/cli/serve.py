"""`flask serve`: the production server."""

import click

from app.cli.base import Command
from app.wiring.container import services


@click.command("serve", cls=Command, examples=("flask serve", "HOST=0.0.0.0 PORT=9000 flask serve"))
def command() -> None:
    """Serve the API on HOST and PORT with WEB_CONCURRENCY processes."""
    from app.server.serve import serve

    serve(services().settings)
