"""The occupations that are asked about, however the caller names them."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from flask import g

from app.container import services
from app.occupations.resolve import is_code, resolve, successor
from cache.reading import Reading, UnknownOccupation

if TYPE_CHECKING:
    from cache.fill.crosswalk import Successor


LONGEST_BY_NAME: Final = 60
"""Seconds for which others may store what was asked for by title, or by a code that was replaced:
what those mean can change while the entries stay."""


class Sides(NamedTuple):
    """What is compared.

    Attributes:
        readings: each entry once, the source's first.
        notes: which code that O*NET does not list any more was replaced by which.
        by_code: both were given as the codes that they have, so that the entries say it all.
    """

    source: Reading
    target: Reading
    readings: list[Reading]
    notes: list[dict[str, str]]
    by_code: bool


def read_sides(query: Mapping[str, Any]) -> Sides:
    """Read the entries of `source` and `target` in the `domain` of a query.

    Raises:
        Unresolved: where one of them does not name one occupation.
        ReadFailed: for the first entry that has nothing to serve.
        DatabaseUnavailable: where the database cannot be reached or used.
    """
    given = {"from": query["source"], "to": query["target"]}
    codes, readings = _read(query["domain"], given)
    return paired(given, codes, readings)


def read_one(domain: str, code: str) -> tuple[Reading, list[dict[str, str]]]:
    """Read the entry of a code, or of what replaced it, which is noted.

    Raises:
        Unresolved: where several occupations replaced it.
        ReadFailed: where there is nothing to serve.
        DatabaseUnavailable: where the database cannot be reached or used.
    """
    _, (reading,) = _read(domain, {"code": code})
    profile = reading.profile
    replaced_by = was_replaced(code, profile.code)
    return reading, [note("code", code, profile.code, profile.title)] if replaced_by else []


def _read(domain: str, given: Mapping[str, str]) -> tuple[dict[str, str], list[Reading]]:
    """Read each entry that texts mean once, and tell which code each of them means."""
    at_hand = services()
    codes = resolve(given, at_hand.titles.index)
    g.given = given
    while True:
        g.asked = codes
        wanted = list(dict.fromkeys(codes.values()))
        try:
            return codes, at_hand.pull_through.read(domain, wanted)
        except UnknownOccupation as unknown:
            others = None
            if at_hand.successions is not None:
                found = at_hand.successions.of([unknown.code])[unknown.code]
                others = replaced(unknown.code, given, codes, found)
            if others is None:
                raise
            codes = others


def paired(given: Mapping[str, str], codes: Mapping[str, str], readings: list[Reading]) -> Sides:
    """Tell the sides apart in what was read for the codes that texts mean."""
    source, target = readings[0], readings[-1]
    notes = [
        note(name, given[name], profile.code, profile.title)
        for name, profile in (("from", source.profile), ("to", target.profile))
        if was_replaced(given[name], profile.code)
    ]
    return Sides(source, target, readings, notes, codes == given)


def replaced(
    code: str, given: Mapping[str, str], codes: Mapping[str, str], found: Iterable["Successor"]
) -> dict[str, str] | None:
    """Put what was found in place of a code that O*NET does not list, if the caller gave that.

    What was replaced once is not again, so that this ends even where codes replace each other.

    Raises:
        Unresolved: where several were found.
    """
    parameters = [name for name, text in given.items() if code == text == codes[name]]
    new = successor(code, found, parameters) if parameters else None
    return None if new is None else {**codes, **dict.fromkeys(parameters, new)}


def was_replaced(text: str, code: str) -> bool:
    """Tell whether the caller gave a code, and another one was read for it."""
    return is_code(text) and text != code


def note(parameter: str, old: str, new: str, title: str) -> dict[str, str]:
    """Say that O*NET replaced a code; the title of the new one is left out where it is empty."""
    text = f"O*NET replaced {old} by {f'{new} {title}'.rstrip()}."
    return {"parameter": parameter, "code": old, "replaced_by": new, "text": text}
