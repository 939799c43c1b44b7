"""Reads the entries of occupations, however the caller names them: by code, title or old code."""

import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, TypeVar

from app.occupations.provenance import Note
from app.occupations.replaced import Codes, notes_of, other_codes, was_replaced
from app.occupations.resolve import Unresolved, is_code, resolve
from cache.pull_through import PullThrough
from cache.reading import NotAtHand, ReadFailed, Reading, UnknownOccupation

if TYPE_CHECKING:
    from app.occupations.title_index import TitleIndex
    from cache.fill.crosswalk import Crosswalk, Successor


Pair = tuple[str, str]
"""Two occupations as the caller names them."""
Read = tuple[Codes, list[Reading]]
"""The codes that texts mean, and the entry of each code once."""
Key = TypeVar("Key")
Successors: TypeAlias = Mapping[str, Iterable["Successor"]]


class FoundOccupation(NamedTuple):
    """One occupation's entry, and whether it was read in place of an old code."""

    reading: Reading
    notes: list[Note]


class FoundNamed(NamedTuple):
    """The entries of occupations by the names of parameters, and what was read for old codes."""

    readings: dict[str, Reading]
    notes: list[Note]


class FoundPair(NamedTuple):
    """Two occupations that are to be compared.

    Attributes:
        readings: each entry once, the source's first.
        by_code: both were given as the codes that they have, so that the entries say it all.
    """

    source: Reading
    target: Reading
    readings: list[Reading]
    notes: list[Note]
    by_code: bool


class LookupFailed(Exception):
    """An entry that was asked for has nothing to serve.

    Attributes:
        cause: which one, and why.
        given: what the caller gave, by parameter.
        codes: what that was taken for, by parameter.
    """

    def __init__(self, cause: ReadFailed, given: Codes, codes: Codes) -> None:
        super().__init__(str(cause.cause or cause))
        self.cause = cause
        self.given = given
        self.codes = codes

    @property
    def parameter(self) -> str:
        """Where the occupation was given."""
        return next((name for name, code in self.codes.items() if code == self.cause.code), "code")

    @property
    def replaced(self) -> str | None:
        """The code that was given, where another one was read in its place."""
        given = self.given.get(self.parameter, "")
        return given if was_replaced(given, self.cause.code) else None


@dataclass(frozen=True, slots=True)
class Lookup:
    """Finds what the texts of callers mean, and reads it through the cache.

    Raises, in all methods:
        DatabaseUnavailable: where the database cannot be reached or used.

    Raises, in `one`, `pair` and `named`:
        Unresolved: where texts do not name one occupation each.
        LookupFailed: for the first entry that has nothing to serve.

    Attributes:
        index: gives the titles; it is called where a text is no code.
        crosswalk: knows what replaced a code.
    """

    pull_through: PullThrough
    index: Callable[[], "TitleIndex"]
    crosswalk: "Crosswalk"

    def one(self, code: str, domain: str) -> FoundOccupation:
        """Read the entry of what a text means."""
        given = {"code": code}
        _, (reading,) = self._read(domain, given)
        return FoundOccupation(reading, notes_of(given, {"code": reading}))

    def pair(self, source: str, target: str, domain: str) -> FoundPair:
        """Read the entries of two occupations."""
        given = _given((source, target))
        return _found_pair(given, *self._read(domain, given))

    def named(self, given: Codes, domain: str) -> FoundNamed:
        """Read the entries of occupations by the names of parameters.

        Nothing is noted of a code that no list has, and that was not replaced.
        """
        codes, readings = self._read(domain, given, only_listed=True)
        by_code = {reading.entry.code: reading for reading in readings}
        found = {name: by_code[code] for name, code in codes.items()}
        return FoundNamed(found, notes_of(given, found))

    def at_hand(self, given: Codes, domain: str) -> FoundNamed:
        """Read the entries of codes by the names of parameters, without waiting.

        Raises:
            NotAtHand: where a text is no code, or an entry has to be looked up or fetched.
        """
        if not all(map(is_code, given.values())):
            raise NotAtHand
        codes = list(dict.fromkeys(given.values()))
        readings = dict(zip(codes, self.pull_through.at_hand(domain, codes), strict=True))
        return FoundNamed({name: readings[code] for name, code in given.items()}, [])

    def each(
        self, given: Codes, domain: str, timeout: float
    ) -> dict[str, FoundOccupation | BaseException]:
        """Read the entries of occupations by the names of parameters, in `timeout` seconds at most.

        Each is read as by `named`, and has the exception that this would raise.
        """
        asked = {name: {name: text} for name, text in given.items()}
        return {
            name: one
            if isinstance(one, BaseException)
            else FoundOccupation(one[1][0], notes_of(asked[name], {name: one[1][0]}))
            for name, one in self._each(asked, domain, timeout, only_listed=True).items()
        }

    def pairs(
        self, pairs: Sequence[Pair], domain: str, timeout: float
    ) -> dict[Pair, FoundPair | BaseException]:
        """Read the entries of all pairs, each once, in `timeout` seconds at most.

        A pair is read as by `pair`, and has the exception that this would raise.
        """
        asked = {pair: _given(pair) for pair in pairs}
        return {
            pair: one if isinstance(one, BaseException) else _found_pair(asked[pair], *one)
            for pair, one in self._each(asked, domain, timeout).items()
        }

    def _each(
        self, asked: Mapping[Key, Codes], domain: str, timeout: float, *, only_listed: bool = False
    ) -> dict[Key, Read | BaseException]:
        """Read for many answers what the texts of each mean, each entry once."""
        deadline = time.monotonic() + timeout
        found: dict[Key, Read | BaseException] = {}
        left: dict[Key, Codes] = {}
        for key, given in asked.items():
            try:
                left[key] = resolve(given, self.index)
            except Unresolved as error:
                found[key] = error
        while left:
            groups = [list(dict.fromkeys(codes.values())) for codes in left.values()]
            seconds = max(0.0, deadline - time.monotonic())
            results = self.pull_through.read_each(domain, groups, seconds, only_listed=only_listed)
            unknown = {one.code for one in results if isinstance(one, UnknownOccupation)}
            due = unknown if time.monotonic() < deadline else ()
            successors = self._successors(due, only_listed)
            again: dict[Key, Codes] = {}
            for (key, codes), result in zip(left.items(), results, strict=True):
                outcome = _outcome(result, asked[key], codes, successors)
                if isinstance(outcome, dict):
                    again[key] = outcome
                else:
                    found[key] = outcome
            left = again
        return found

    def _read(self, domain: str, given: Codes, *, only_listed: bool = False) -> Read:
        """Read each entry that texts mean once, and tell which code each of them means."""
        codes = resolve(given, self.index)
        while True:
            try:
                asked = list(dict.fromkeys(codes.values()))
                return codes, self.pull_through.read(domain, asked, only_listed=only_listed)
            except ReadFailed as error:
                unknown = [error.code] if isinstance(error, UnknownOccupation) else []
                successors = self._successors(unknown, only_listed)
                others = other_codes(error, given, codes, successors)
                if others is None:
                    raise LookupFailed(error, given, codes) from error
                codes = others

    def _successors(self, codes: Collection[str], only_listed: bool) -> Successors:
        """Ask what replaced codes that are not listed, for all at once."""
        return self.crosswalk.of(codes, remembers_none=not only_listed) if codes else {}


def _given(pair: Pair) -> Codes:
    return {"from": pair[0], "to": pair[1]}


def _found_pair(given: Codes, codes: Codes, readings: list[Reading]) -> FoundPair:
    """Name the sides of what was read for the codes that texts mean."""
    source, target = readings[0], readings[-1]
    notes = notes_of(given, {"from": source, "to": target})
    return FoundPair(source, target, readings, notes, codes == given)


def _outcome(
    result: list[Reading] | BaseException,
    given: Codes,
    codes: Codes,
    successors: Successors,
) -> Read | BaseException | Codes:
    """Return what was read, why nothing was, or by which codes to read again."""
    if isinstance(result, list):
        return codes, result
    try:
        others = other_codes(result, given, codes, successors)
    except Unresolved as several:
        return several
    if others is not None:
        return others
    return LookupFailed(result, given, codes) if isinstance(result, ReadFailed) else result
