"""What the flights of a read do: a fill for each entry, in the lane that its code is due."""

from collections.abc import Collection, Sequence
from functools import partial

from cache.catalogue import Catalogue
from cache.entries.invalidation import Key
from cache.entries.store import Stored
from cache.fill.filler import Filler
from cache.fill.single_flight import Lane, Task
from cache.policy import Entry


def fill_tasks(
    filler: Filler, catalogue: Catalogue, entries: Sequence[Entry], lane: Lane
) -> dict[Key, Task[Stored]]:
    """Make the task of filling each entry; those whose codes no list has are guesses.

    Raises:
        NotConfigured: without credentials; nothing can be filled.
        DatabaseUnavailable: where the database cannot be reached or used.
    """
    served = filler.served_release()
    guesses = unlisted(filler, catalogue, entries)
    tasks = {}
    for entry in entries:
        is_guess = entry.code in guesses
        from_release = filler.served_for_guesses if is_guess else served
        work = partial(filler.fill, entry.domain, entry.code, from_release)
        tasks[entry.domain, entry.code] = Task(work, Lane.GUESS if is_guess else lane)
    return tasks


def unlisted(filler: Filler, catalogue: Catalogue, entries: Sequence[Entry]) -> Collection[str]:
    """Find the codes that neither the upstream's list nor that of a release has.

    None are found where there is neither list to say so.

    Raises:
        NotConfigured: without credentials.
        DatabaseUnavailable: where the database cannot be reached or used.
    """
    codes, upstream = {entry.code for entry in entries}, filler.listed_upstream
    left = codes.difference(upstream or ())
    listed = catalogue.listed(left) if left else left
    if listed is None:
        return () if upstream is None else left
    return left - listed
