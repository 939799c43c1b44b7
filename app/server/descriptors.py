"""How many files and connections a process may have open (`ulimit -n`)."""

import resource
from typing import Final

FOR_COMMANDS: Final = 12
"""With fewer, libraries cannot be imported while the database is open."""
FOR_SERVER: Final = 128
"""With fewer, connections of callers would leave none for the database, metrics and O*NET."""


class TooFewDescriptors(Exception):
    """The system allows too few files to be open."""


def raise_limit(needed: int, wanted: int) -> int:
    """Let this process and those it starts have as many files open as wanted, or as allowed.

    Return how many that are.

    Raises:
        TooFewDescriptors: where they are fewer than needed; says what to do.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    given = wanted if hard == resource.RLIM_INFINITY else min(hard, wanted)
    if soft != resource.RLIM_INFINITY and soft < given:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (given, hard))
        except (OSError, ValueError):  # the system has a limit of its own
            given = soft
    if given < needed:
        raise TooFewDescriptors(
            f"{given} files may be open at once, {needed} are needed: raise `ulimit -n`"
        )
    return given
