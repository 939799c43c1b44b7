"""Job zones in words: how much preparation an occupation takes, the higher the more.

The loaded releases say which there are and what they are called: 1 to 5 up to release 30.1,
2 to 5 since 30.2.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from app.occupations.holdings import SEED

JobZones = Mapping[int, str | None]
"""Job zones in order, each with O*NET's name of it, or None where none is held."""

HIGHEST: Final = 99
"""The highest number that is taken for a job zone."""


class JobZoneNotHeld(Exception):
    """No occupation held is in a job zone that is asked for."""


def called(zone: int, name: str | None) -> str:
    """Write a zone's number, with O*NET's description of it where that is held.

    `Job Zone Four: Considerable Preparation Needed` of 4 is `4: Considerable Preparation Needed`.
    """
    if name is None:
        return str(zone)
    return f"{zone}: {name.partition(':')[2].strip() or name}"


def any_of(zones: Iterable[int]) -> str:
    """Write zones of which one is enough, such as `3 or 4`."""
    return _listed(zones, "or")


def check_held(asked: Iterable[int], held: JobZones) -> None:
    """Refuse job zones that no occupation is in.

    Raises:
        JobZoneNotHeld: with the zones that no occupation is in, and which ones there are.
    """
    if not held:
        raise JobZoneNotHeld(f"No job zones are held; `{SEED}` brings them.")
    lacking = [zone for zone in asked if zone not in held]
    if lacking:
        found = f"held {'are' if len(held) > 1 else 'is'} {_listed(held, 'and')}"
        raise JobZoneNotHeld(f"No occupation held is in job zone {any_of(lacking)}; {found}.")


def _listed(zones: Iterable[int], word: str) -> str:
    *others, last = map(str, sorted(zones))
    return f"{', '.join(others)} {word} {last}" if others else last
