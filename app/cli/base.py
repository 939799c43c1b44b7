"""What the `flask` commands share: how they take occupations, and how they end."""

import errno
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import click
from flask import has_app_context
from flask.cli import ScriptInfo

from app.server.descriptors import TooFewDescriptors
from app.settings import SettingsError
from app.wiring.container import services
from cache.db.unavailable import DatabaseUnavailable
from onet_client.content_model import DOMAINS

UNWRITABLE: Final = {errno.EDQUOT, errno.EFBIG, errno.EIO, errno.ENOSPC}
"""What the system says where there is no room for output."""

in_domain = click.option(
    "--domain",
    default=DOMAINS[0],
    show_default=True,
    type=click.Choice(DOMAINS),
    help="What kind of elements is compared or read.",
)


AS_JSON: Final = "json"
AS_CSV: Final = "csv"
_FORMATS: Final = {
    AS_JSON: "Print the body of the API's answer, or of its problem, instead.",
    AS_CSV: "Print it as CSV instead.",
}


def in_formats(*formats: str) -> Callable[[Any], Any]:
    """Offer to print JSON, CSV or both as `form`, which is None where a table is to be printed."""

    def choose(ctx: click.Context, _option: click.Parameter, form: str | None) -> None:
        chosen = ctx.params.get("form")
        if form and chosen:
            raise click.UsageError(f"--{form} and --{chosen} do not go together")
        ctx.params["form"] = form or chosen

    def offer(function: Any) -> Any:
        for form in reversed(formats):
            option = click.option(
                f"--{form}",
                f"as_{form}",
                flag_value=form,
                expose_value=False,
                callback=choose,
                help=_FORMATS[form],
            )
            function = option(function)
        return function

    return offer


@contextmanager
def friendly_errors() -> Iterator[None]:
    """End a command that cannot do its work with one clear message.

    Raises:
        click.ClickException: where a setting, the database or the output cannot be used, or too
            few files can be open.
    """
    try:
        yield
    except SettingsError as error:
        raise click.ClickException(f"bad setting: {error}") from error
    except DatabaseUnavailable as error:
        from app.problems import database_unavailable

        problem = database_unavailable(error, services().settings.database_url)
        raise click.ClickException(problem.reason) from error
    except TooFewDescriptors as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        if error.errno in (errno.EMFILE, errno.ENFILE):
            reason = f"{error.strerror}: raise `ulimit -n`"
            raise click.ClickException(reason) from error
        if error.errno not in UNWRITABLE:
            raise
        _give_up_output()
        raise click.ClickException(f"cannot write: {error.strerror}") from error


def _open_missing_streams() -> None:
    """Have a standard stream that was closed, as a daemon's may be, be an empty one.

    The system gives its number to the next file that is opened: it had better be this one.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            empty = Path(os.devnull).open(mode, encoding="utf-8")  # noqa: SIM115 - to the end
            setattr(sys, name, empty)


def _give_up_output() -> None:
    """Drop what is left to write: Python tries again at its end, and would fail again."""
    with suppress(OSError):  # it may be no file of the system
        output = sys.stdout.fileno()
        os.dup2(os.open(os.devnull, os.O_WRONLY), output)


class _Explained(click.Command):
    """What has examples in its help, and a summary that is never cut.

    Attributes:
        examples: whole command lines.
    """

    def __init__(self, *args: Any, examples: Sequence[str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.examples = examples
        self.epilog = "\n".join(["\b", "Examples:", *(f"  {each}" for each in examples)])

    def get_short_help_str(self, limit: int = 0) -> str:  # noqa: ARG002 - as `click` calls it
        """Return the first sentence of the help, whole."""
        return super().get_short_help_str(len(self.help or ""))


class Group(_Explained, click.Group):
    """Several commands."""


class Command(_Explained):
    """A command in the application's context, whose failures are messages (`friendly_errors`)."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Understand the command line."""
        _open_missing_streams()
        with _usage_told(is_json=f"--{AS_JSON}" in args):
            return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Do its work."""
        info = ctx.find_object(ScriptInfo)
        if info is not None and not has_app_context():
            ctx.with_resource(info.load_app().app_context())
        with friendly_errors(), _usage_told(is_json=ctx.params.get("form") == AS_JSON):
            return super().invoke(ctx)


@contextmanager
def _usage_told(*, is_json: bool) -> Iterator[None]:
    """Print as a problem, too, why a command line cannot be understood, where JSON is asked for."""
    try:
        yield
    except click.UsageError as error:
        if is_json:
            from app.cli.screen import print_json
            from app.problems import Problem

            print_json(Problem(400, "bad-request", error.format_message()).body())
        raise


class OccupationCode(click.ParamType[str]):
    """A code as the API takes it."""

    name = "code"

    def convert(self, value: Any, param: Any, ctx: Any) -> str:
        """Return the whole code."""
        from marshmallow import ValidationError

        from app.occupations.fields import CodeField

        try:
            return str(CodeField().deserialize(value))
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


@contextmanager
def on_signals(end: Callable[[], None]) -> Iterator[None]:
    """Call `end` at the first SIGTERM or Ctrl-C; a second one does what it always does."""

    def handle(number: int, _frame: object) -> None:
        signal.signal(number, before[signal.Signals(number)])
        end()

    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    for number in before:
        signal.signal(number, handle)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
