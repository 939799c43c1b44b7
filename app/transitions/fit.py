"""How well occupations fit each other, by readiness in both directions, and in which order.

Readiness alone charges nothing for what is left behind, so that whatever demands least would come
first. The mean of both directions does; docs/validity.md shows how much better it ranks.
"""

from collections.abc import Iterable, Mapping
from operator import attrgetter
from typing import NamedTuple

import numpy as np

from app.transitions.choice import DIRECTIONS, Direction, TransitionsChoice
from app.transitions.readiness import Matrix, readiness_of_all, rounded

JobZonesByCode = Mapping[str, int | None]


class Fit(NamedTuple):
    """Another occupation as a step: each figure is 0 to 1, four decimals.

    Attributes:
        readiness: how much of what is demanded there is met by whoever makes the step.
        utilization: how much of what that one has is demanded there, weighted by importance
            where it comes from: the readiness of the way back.
        fit: the mean of both.
    """

    code: str
    fit: float
    readiness: float
    utilization: float


def fits(matrices: Iterable[Matrix], code: str, direction: Direction) -> list[Fit]:
    """Compare an occupation with all others, each by the domains that both are rated in.

    Each figure is the mean over those domains of what a comparison in one domain shows. The steps
    lead in the direction as seen from the occupation.
    """
    held = [matrix for matrix in matrices if code in matrix.columns]
    others = dict.fromkeys(other for matrix in held for other in matrix.titles)
    places = {other: place for place, other in enumerate(others)}
    domains, fit, there, back = np.zeros((4, len(places)))
    for matrix in held:
        at = [places[other] for other in matrix.titles]
        ready, used = (readiness_of_all(matrix, code, way) for way in DIRECTIONS)
        domains[at] += 1
        fit[at] += (ready + used) / 2
        there[at] += ready
        back[at] += used
    if direction == "from":
        there, back = back, there
    figures = [rounded(total / domains).tolist() for total in (fit, there, back)]
    return [Fit(*one) for one in zip(places, *figures, strict=True) if one[0] != code]


def ranked(
    found: Iterable[Fit], code: str, choice: TransitionsChoice, job_zones: JobZonesByCode
) -> list[Fit]:
    """Keep the steps that are asked for, whatever their number, and put them in order.

    The order is that of the figure as shown, highest first; ties by code.
    """
    figure = attrgetter(choice.rank)
    kept = [one for one in found if _is_chosen(one, code, choice, job_zones)]
    return sorted(kept, key=lambda one: (-figure(one), one.code))


def _is_chosen(one: Fit, code: str, choice: TransitionsChoice, job_zones: JobZonesByCode) -> bool:
    if one.readiness < choice.min_readiness:
        return False
    zone = job_zones.get(one.code)
    if choice.job_zones is not None and zone not in choice.job_zones:
        return False
    if choice.zone_change is None:
        return True
    start, end = job_zones.get(code), zone
    if choice.direction == "from":
        start, end = end, start
    if start is None or end is None:
        return False
    return choice.zone_change.least <= end - start <= choice.zone_change.most
