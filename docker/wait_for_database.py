"""Waits until the database of DATABASE_URL answers; a refusal of the login ends it at once."""

import sys

from sqlalchemy import URL, create_engine
from sqlalchemy.exc import OperationalError
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception,
    stop_after_delay,
    wait_exponential,
)

from app.settings import Settings, SettingsError

PATIENCE_SECONDS = 120.0
CONNECT_TIMEOUT_SECONDS = 3
# Client and server errors of a server that is starting, stopping, full or not there (yet).
UNREACHABLE = {1040, 1053, 2002, 2003, 2005, 2006, 2012, 2013}


def is_unreachable(error: BaseException) -> bool:
    """Whether waiting may help."""
    cause = error.orig if isinstance(error, OperationalError) else None
    return cause is not None and cause.args[0] in UNREACHABLE


def wait_for(url: URL, patience: float = PATIENCE_SECONDS) -> None:
    """Connect, again and again for `patience` seconds, until it works.

    Raises:
        sqlalchemy.exc.OperationalError: The last failure, or the first that no waiting mends.
    """
    if url.get_backend_name() == "sqlite":
        return
    engine = create_engine(url, connect_args={"connect_timeout": CONNECT_TIMEOUT_SECONDS})
    attempts = Retrying(
        retry=retry_if_exception(is_unreachable),
        wait=wait_exponential(multiplier=0.25, max=5),
        stop=stop_after_delay(patience),
        before_sleep=_say_once,
        reraise=True,
    )
    try:
        attempts(lambda: engine.connect().close())
    finally:
        engine.dispose()


def _say_once(state: RetryCallState) -> None:
    if state.attempt_number == 1:
        sys.stderr.write("The database does not answer yet: waiting for it\n")


if __name__ == "__main__":
    try:
        wait_for(Settings.from_environment().database_url)
    except SettingsError as error:
        sys.exit(str(error))
    except OperationalError as error:
        sys.exit(f"The database cannot be used: {error.orig}")
