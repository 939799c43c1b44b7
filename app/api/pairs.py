"""Both sides of many pairs, read together."""

import time
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from app.container import services
from app.occupations.lookup import Sides, paired, replaced
from app.occupations.resolve import Unresolved, resolve
from cache.reading import UnknownOccupation

if TYPE_CHECKING:
    from cache.fill.crosswalk import Successor

Pair = tuple[str, str]
"""Two occupations as the caller names them."""
Codes = dict[str, str]
"""What they are, by parameter."""


class NotRead(NamedTuple):
    """Why a pair could not be read, what the caller gave, and the codes that it was taken for."""

    error: BaseException
    given: Codes
    codes: Codes


def read_pairs(pairs: Sequence[Pair], domain: str, patience: float) -> dict[Pair, Sides | NotRead]:
    """Read the entries of all pairs, each once, in `patience` seconds at most.

    A pair is read as `read_sides` reads it, and fails with what that would raise.

    Raises:
        DatabaseUnavailable: where the database cannot be reached or used to begin with.
    """
    deadline = time.monotonic() + patience
    read: dict[Pair, Sides | NotRead] = {}
    left: dict[Pair, Codes] = {}
    for pair in pairs:
        try:
            left[pair] = resolve(_given(pair), services().titles.index)
        except Unresolved as error:
            read[pair] = NotRead(error, _given(pair), {})
    while left:
        groups = [list(dict.fromkeys(codes.values())) for codes in left.values()]
        seconds = max(0.0, deadline - time.monotonic())
        results = services().pull_through.read_each(domain, groups, seconds)
        unknown = {one.code for one in results if isinstance(one, UnknownOccupation)}
        successors = _successors(unknown if time.monotonic() < deadline else ())
        again: dict[Pair, Codes] = {}
        for (pair, codes), result in zip(left.items(), results, strict=True):
            if isinstance(result, list):
                read[pair] = paired(_given(pair), codes, result)
                continue
            failed = NotRead(result, _given(pair), codes)
            others = _replaced(failed, successors)
            if isinstance(others, NotRead):
                read[pair] = others
            else:
                again[pair] = others
        left = again
    return read


def _successors(codes: Collection[str]) -> Mapping[str, list["Successor"]]:
    """Ask what stands in place of codes that are not listed, for all at once."""
    successions = services().successions
    return successions.of(codes) if codes and successions is not None else {}


def _replaced(failed: NotRead, successors: Mapping[str, list["Successor"]]) -> Codes | NotRead:
    """Tell by which codes to read a pair again, or why it cannot be read."""
    error, given, codes = failed
    if not isinstance(error, UnknownOccupation):
        return failed
    try:
        return replaced(error.code, given, codes, successors.get(error.code, ())) or failed
    except Unresolved as several:
        return NotRead(several, given, codes)


def _given(pair: Pair) -> Codes:
    return {"from": pair[0], "to": pair[1]}
