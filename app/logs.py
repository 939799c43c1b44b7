"""Logging: one line an event on standard error, plain or JSON, each with its request id."""

import logging
import logging.config
import re
import secrets
from contextlib import suppress
from itertools import count
from typing import Final

from flask import has_request_context, request

from app.settings import Settings
from onet_client.controls import escaped

REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._:/+=@-]{1,128}")
"""The request ids that are taken over: nothing that could break a log line or a header."""
ERRORS: Final = "app.errors"
"""The logger of errors that are answered."""
PLACEHOLDER: Final = re.compile(r"%[-#0 +]*\d*(\.\d+)?[a-zA-Z]")
LONGEST_MESSAGE: Final = 2_000
"""Characters of a message in the log."""
LISTED_LINES: Final = 400
"""Lines of a traceback in the log: its last."""


def shortened(text: str) -> str:
    """Write a text as one line of bounded length, and how much was left out."""
    begins = escaped(text[:LONGEST_MESSAGE])[:LONGEST_MESSAGE]
    left = len(text) - LONGEST_MESSAGE
    return begins if left <= 0 else f"{begins}... ({left:,} more)"


class RequestIds:
    """Makes request ids: random to begin with, then counted, which costs no call of the system."""

    def __init__(self) -> None:
        self._prefix = secrets.token_hex(12)
        self._count = count()

    def taken_or_made(self, given: str | None) -> str:
        """Take over the caller's id if it can be used."""
        if given is not None and REQUEST_ID.fullmatch(given):
            return given
        return f"{self._prefix}{next(self._count):08x}"


class RequestIdFilter(logging.Filter):
    """Puts the request id on every record; `-` outside a request."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let everything through."""
        if not hasattr(record, "request_id"):
            record.request_id = request.request_id if has_request_context() else "-"  # type: ignore[attr-defined]
        return True


class UnsaidFilter(logging.Filter):
    """Blanks the arguments of messages logged in a request whose body must not be logged.

    The logger of errors is exempt: it decides by itself what it may say.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Let everything through."""
        is_unsaid = has_request_context() and getattr(request, "is_unsaid", False)
        if is_unsaid and record.name != ERRORS and record.args:
            said = PLACEHOLDER.sub("(not said)", str(record.msg))
            record.msg, record.args = said.replace("%%", "%"), None
        return True


class ShorteningFilter(logging.Filter):
    """Bounds what records say, for callers, releases and the upstream have a word in many.

    Whatever that is, a message is one line of `LONGEST_MESSAGE` characters at most, none of which
    does things in a terminal; so is each line of a traceback.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Let everything through."""
        with suppress(TypeError, ValueError):  # arguments that do not fit, which the handler tells
            record.msg, record.args = shortened(record.getMessage()), None
        if record.exc_info:
            traceback = logging.Formatter().formatException(record.exc_info)
            lines = traceback.split("\n")[-LISTED_LINES:]
            record.exc_text, record.exc_info = "\n".join(map(shortened, lines)), None
        return True


class Wordless(Exception):
    """Stands for an exception whose words are not to be logged."""


def wordless(error: BaseException) -> Wordless:
    """Return an exception with the same traceback and causes, whose only words are class names."""
    found = Wordless(type(error).__name__).with_traceback(error.__traceback__)
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        found.__cause__ = wordless(cause)
    return found


def configure(settings: Settings) -> None:
    """Set up the root logger from `LOG_LEVEL` and `LOG_FORMAT`."""
    names = "%(asctime)s %(levelname)s %(name)s %(request_id)s %(message)s"
    formatters = {
        "console": {"format": names},
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "format": names,
            "rename_fields": {"asctime": "time", "levelname": "level", "name": "logger"},
        },
    }
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "filters": {
                "request_id": {"()": RequestIdFilter},
                "unsaid": {"()": UnsaidFilter},
                "bounds": {"()": ShorteningFilter},
            },
            "formatters": {settings.log_format: formatters[settings.log_format]},
            "handlers": {
                "stderr": {
                    "class": "logging.StreamHandler",
                    "formatter": settings.log_format,
                    "filters": ["request_id", "unsaid", "bounds"],
                }
            },
            # The client tells what it asks for; this library tells each URL, whoever asked.
            "loggers": {"urllib3": {"level": "INFO"}},
            "root": {"level": settings.log_level, "handlers": ["stderr"]},
        }
    )
