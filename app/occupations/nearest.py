"""Occupations near one that is not rated, or near a code that does not exist.

A code reads 15-1252.00: major group 15, minor group 15-1(2), broad occupation 15-125, detailed
occupation 15-1252, then O*NET's own two digits (2018 SOC manual, O*NET-SOC 2019 taxonomy). Groups
have nothing to do with how near their numbers are: 55, the military, is near no other.
"""

from collections.abc import Iterable, Mapping
from typing import Final

MOST: Final = 5
ENOUGH: Final = 3
"""From so many on, none is added that only the major group speaks for."""
GROUPS: Final[Mapping[int, float]] = {7: 0.6, 6: 0.4, 5: 0.2, 4: 0.12, 2: 0.06}
"""How much a group that is shared adds to the likeness of texts, by the characters of a code that
make it: detailed, broad, minor (two steps) and major group."""
MAJOR: Final = 2
ALIKE: Final = 0.16
"""The least likeness of texts that speaks for an occupation of another major group."""
OF_BEST: Final = 0.6
"""The part of the best likeness that it has to have as well."""
SOMEWHAT: Final = 0.1
"""The least for one that shares the major group alone, where there are enough without it."""


def rated_near(
    code: str,
    rated: Iterable[str],
    related: Iterable[str] = (),
    likeness: Mapping[str, float] | None = None,
) -> list[str]:
    """Return up to five rated occupations to go on with in place of one; none where none is near.

    First those that O*NET calls related to it, the closest first; where those are few, by the
    likeness of titles and descriptions and by the groups that they share.

    Args:
        code: of the occupation.
        rated: codes to choose from.
        related: the closest first.
        likeness: 0 to 1, by code; what is not there counts 0.
    """
    likes = likeness or {}
    left = {other for other in rated if other != code}
    found = [other for other in related if other in left][:MOST]
    if len(found) >= ENOUGH:
        return found
    groups = {other: shared_group(code, other) for other in left.difference(found)}
    best = max((likes.get(other, 0.0) for other in groups), default=0.0)
    least = max(ALIKE, best * OF_BEST)
    scores = {
        other: likes.get(other, 0.0) + GROUPS.get(group, 0.0)
        for other, group in groups.items()
        if group or likes.get(other, 0.0) >= least
    }
    for other in sorted(scores, key=lambda each: (-scores[each], each)):
        weak = groups[other] == MAJOR and likes.get(other, 0.0) < SOMEWHAT
        if len(found) < (ENOUGH if weak else MOST):
            found.append(other)
    return found


def shared_group(code: str, other: str) -> int:
    """Return how many characters make the smallest group that two codes share; 0 for none."""
    return next((size for size in GROUPS if code[:size] == other[:size]), 0)


def codes_near(code: str, listed: Iterable[str]) -> list[str]:
    """Return up to five listed codes that one which is not listed may be a slip for.

    One of another two digits of O*NET's own, one with two neighbouring digits exchanged, one of the
    same broad occupation, and one with another digit in one place; in this order, then by code.
    """
    ranked = sorted(
        (rank, other) for other in listed if (rank := _slip(code, other)) and other != code
    )
    return [other for _, other in ranked[:MOST]]


def _slip(code: str, other: str) -> int | None:
    """Rank how another code may have become this one, from 1; None where it hardly did."""
    if other[:7] == code[:7]:
        return 1
    given, meant = _digits(code), _digits(other)
    places = [at for at in range(len(given)) if given[at] != meant[at]]
    if len(places) == 2 and places[1] == places[0] + 1:
        first, second = places
        if (given[first], given[second]) == (meant[second], meant[first]):
            return 2
    if other[:6] == code[:6]:
        return 3
    return 4 if len(places) == 1 else None


def _digits(code: str) -> str:
    return code[:2] + code[3:7] + code[8:10]
