"""What the `flask` commands share: how they take occupations, and how they end."""

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

import click

from app.container import services
from app.settings import SettingsError
from cache.db.database import DatabaseUnavailable
from onet_client.content_model import DOMAINS

UNWRITABLE: Final = {errno.EDQUOT, errno.EFBIG, errno.EIO, errno.ENOSPC}
"""What the system says where there is no room for output."""

in_domain = click.option(
    "--domain", default=DOMAINS[0], show_default=True, type=click.Choice(DOMAINS)
)


@contextmanager
def told() -> Iterator[None]:
    """End a command that cannot do its work with one clear message.

    Raises:
        click.ClickException: where a setting, the database or the output cannot be used.
    """
    try:
        yield
    except SettingsError as error:
        raise click.ClickException(f"bad setting: {error}") from error
    except DatabaseUnavailable as error:
        url = services().settings.database_url.render_as_string(hide_password=True)
        raise click.ClickException(f"{error} (DATABASE_URL is {url})") from error
    except OSError as error:
        if error.errno not in UNWRITABLE:
            raise
        _give_up_output()
        raise click.ClickException(f"cannot write: {error.strerror}") from error


def _give_up_output() -> None:
    """Drop what is left to write: Python tries again at its end, and would fail again."""
    with suppress(OSError):  # it may be no file of the system
        output = sys.stdout.fileno()
        os.dup2(os.open(os.devnull, os.O_WRONLY), output)


class Command(click.Command):
    """A command whose failures are `told`."""

    def invoke(self, ctx: click.Context) -> Any:
        """Do its work."""
        with told():
            return super().invoke(ctx)


class OccupationCode(click.ParamType[str]):
    """A code as the API takes it."""

    name = "code"

    def convert(self, value: Any, param: Any, ctx: Any) -> str:
        """Return the whole code."""
        from marshmallow import ValidationError

        from app.api.parameters import Code

        try:
            return str(Code().deserialize(value))
        except ValidationError as error:
            self.fail(" ".join(map(str, error.messages)), param, ctx)


class OccupationName(click.ParamType[str]):
    """A code or a title, which the API takes or refuses, but not nothing."""

    name = "occupation"

    def convert(self, value: Any, param: Any, ctx: Any) -> str:
        """Return it as it is."""
        if not value.strip():
            self.fail("Empty: give a code such as 15-1254.00, or a title.", param, ctx)
        return str(value)
