"""What is read in place of a code that O*NET replaced, and what is said of that."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from app.occupations.provenance import Note
from app.occupations.resolve import Candidate, Unresolved, is_code
from cache.reading import Reading, UnknownOccupation

if TYPE_CHECKING:
    from cache.fill.crosswalk import Successor

Codes = dict[str, str]
"""Texts or codes, by parameter."""
SPLIT_CODE: Final = "O*NET replaced this code by more than one."


def other_codes(
    error: BaseException,
    given: Codes,
    codes: Codes,
    successors: Mapping[str, Iterable["Successor"]],
) -> Codes | None:
    """Replace a code that O*NET does not list by its successor, if the caller gave that code.

    A code is replaced once only, so that this ends even where codes replace each other.

    Raises:
        Unresolved: where several replaced it, for each parameter with which it was given.
    """
    if not isinstance(error, UnknownOccupation):
        return None
    parameters = [name for name, text in given.items() if error.code == text == codes[name]]
    found = [Candidate(one.code, one.title, error.code) for one in successors.get(error.code, ())]
    if not parameters or not found:
        return None
    if len(found) > 1:
        split = dict.fromkeys(parameters, SPLIT_CODE)
        raise Unresolved(split, dict.fromkeys(parameters, found))
    return {**codes, **dict.fromkeys(parameters, found[0].code)}


def was_replaced(text: str, code: str) -> bool:
    """Say whether the caller gave a code, and another one was read for it."""
    return is_code(text) and text != code


def notes_of(given: Codes, readings: Mapping[str, Reading]) -> list[Note]:
    """Say of each code that was given and not read what was read for it, by parameter."""
    return [
        note(name, given[name], reading.profile.code, reading.profile.title)
        for name, reading in readings.items()
        if was_replaced(given[name], reading.profile.code)
    ]


def note(parameter: str, old: str, new: str, title: str) -> Note:
    """Say that O*NET replaced a code; the title of the new one is left out where it is empty."""
    text = f"O*NET replaced {old} by {f'{new} {title}'.rstrip()}."
    return Note(parameter, old, new, text)
