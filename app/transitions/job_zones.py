"""Job zones in words: how much preparation an occupation takes, the higher the more.

The loaded releases say which there are and what they are called: 1 to 5 up to release 30.1,
2 to 5 since 30.2.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from app.occupations.holdings import SEED
from app.transitions.choice import TransitionsChoice, in_words

JobZones = Mapping[int, str | None]
"""Job zones in order, each with O*NET's name of it, or None where none is held."""

HIGHEST: Final = 99
"""The highest number that is taken for a job zone."""


class JobZoneNotHeld(Exception):
    """What is asked of job zones cannot be known here: `parameter` asks it."""

    def __init__(self, parameter: str, message: str) -> None:
        super().__init__(message)
        self.parameter = parameter


def called(zone: int, name: str | None) -> str:
    """Write a zone's number, with O*NET's description of it where that is held.

    `Job Zone Four: Considerable Preparation Needed` of 4 is `4: Considerable Preparation Needed`.
    """
    if name is None:
        return str(zone)
    return f"{zone}: {name.partition(':')[2].strip() or name}"


def any_of(zones: Iterable[int]) -> str:
    """Write zones of which one is enough, such as `3 or 4`."""
    return in_words(map(str, sorted(zones)), "or")


def check_zones(choice: TransitionsChoice, held: JobZones, own: int | None) -> None:
    """Refuse to list transitions by job zones that are not known.

    `own` is that of the occupation whose transitions are asked for; None where none is held.

    Raises:
        JobZoneNotHeld: with the zones that no occupation is in, and which ones there are.
    """
    for parameter, asked in (("job_zone", choice.job_zones), ("zone_change", choice.zone_change)):
        if asked is not None and not held:
            raise JobZoneNotHeld(parameter, f"No job zones are held; `{SEED}` brings them.")
    lacking = [zone for zone in choice.job_zones or () if zone not in held]
    if lacking:
        found = f"held {'are' if len(held) > 1 else 'is'} {in_words(map(str, sorted(held)))}"
        said = f"No occupation held is in job zone {any_of(lacking)}; {found}."
        raise JobZoneNotHeld("job_zone", said)
    if choice.zone_change is not None and own is None:
        raise JobZoneNotHeld("zone_change", "The occupation's own job zone is not held.")
