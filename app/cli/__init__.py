"""The `flask` commands, one a file: thin; the work is elsewhere."""

from flask import Flask

from app.cli import cache, db, gap, profile, sandbox, search, seed, serve, transitions, warm, worker
from app.cli.base import friendly_errors as friendly_errors


def register(app: Flask) -> None:
    """Add the commands to an application."""
    for file in (db, seed, serve, sandbox, search, gap, transitions, profile, warm, worker, cache):
        app.cli.add_command(file.command)
