"""Nearness in the Standard Occupational Classification, which O*NET-SOC codes extend.

A code reads 15-1252.00: major group 15, minor group 15-1(2), broad occupation 15-125, detailed
occupation 15-1252, then O*NET's own two digits (2018 SOC manual, O*NET-SOC 2019 taxonomy).
"""

from collections.abc import Iterable
from typing import Final

PREFIXES: Final = (7, 6, 5, 4, 2)
"""Characters shared by detailed, broad, minor (two steps) and major group."""
ENOUGH: Final = 3


def nearest(code: str, candidates: Iterable[str], limit: int = 5) -> list[str]:
    """Return up to `limit` other codes: smallest shared group first, then smallest distance.

    Three or more that share a group are enough: none of a larger group follows them.
    """
    ranked = sorted(
        (_shared_group(code, other), abs(_number(other) - _number(code)), other)
        for other in candidates
        if other != code
    )
    largest = ranked[ENOUGH - 1][0] if len(ranked) >= ENOUGH else len(PREFIXES)
    return [other for group, _, other in ranked[:limit] if group <= largest]


def _shared_group(code: str, other: str) -> int:
    shared = (group for group, size in enumerate(PREFIXES) if other[:size] == code[:size])
    return next(shared, len(PREFIXES))


def _number(code: str) -> int:
    return int(code[:2] + code[3:7] + code[8:10])
