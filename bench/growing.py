"""What grows with what, told from the figures of data of several sizes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench.figures import shown

GROWS = 1.5
"""Times its figure from which on something is said to grow; the noise of short rounds is less."""


@dataclass(frozen=True, slots=True)
class Sized:
    """The figures of one size, in the order of the table; what was not measured is left out.

    Attributes:
        skills: those that each occupation is rated for.
        workers: processes that answer.
        costs: what is better the lower it is, by name with unit, such as CPU ms of a hot pair.
        rates: requests/s by request.
    """

    occupations: int
    skills: int
    database: str
    workers: int
    costs: Mapping[str, float]
    rates: Mapping[str, float]


def what_grows(found: Sequence[Sized]) -> list[str]:
    """Return a sentence for each kind of growth on each database, and one for the workers."""
    told = []
    for database in dict.fromkeys(one.database for one in found):
        mine = [one for one in found if one.database == database]
        told += [*_with_data(database, mine), *_with_workers(database, mine)]
    return told


def _with_data(database: str, found: Sequence[Sized]) -> list[str]:
    """Compare the smallest data with the most occupations and with the most skills."""
    two = [one for one in found if one.workers == 2]
    base = min(two, key=lambda one: (one.occupations, one.skills))
    wide = max(two, key=lambda one: one.occupations)
    deep = max(two, key=lambda one: one.skills)
    if base in (wide, deep):
        return []
    kinds: dict[tuple[bool, bool], list[str]] = {}
    for name, cost in base.costs.items():
        if name in wide.costs and name in deep.costs:
            more = wide.costs[name] / cost, deep.costs[name] / cost
            kind = more[0] >= GROWS, more[1] >= GROWS
            kinds.setdefault(kind, []).append(f"{name} ({shown(more[0])}, {shown(more[1])})")
    words = {
        (True, True): "with the number of occupations and of skills",
        (True, False): "with the number of occupations, not of skills",
        (False, True): "with the number of skills, not of occupations",
        (False, False): "with neither",
    }
    lists = [f"{words[kind]}: {', '.join(kinds[kind])}" for kind in words if kind in kinds]
    many = f"{wide.occupations / base.occupations:.0f} times the occupations"
    much = f"{deep.skills / base.skills:.0f} times the skills"
    told = f"in brackets how many times as much with {many}, and with {much}"
    return [f"**{database}**; {told}. Grows {'; '.join(lists)}."]


def _with_workers(database: str, found: Sequence[Sized]) -> list[str]:
    """Compare different numbers of workers on the same data."""
    base = min(found, key=lambda one: (one.occupations, one.skills, one.workers))
    size = base.occupations, base.skills
    same = sorted(
        (one for one in found if (one.occupations, one.skills) == size), key=lambda o: o.workers
    )
    if len(same) == 1:
        return []
    times = [
        f"{name} {', '.join(shown(one.rates[name] / rate) for one in same)}"
        for name, rate in base.rates.items()
        if all(name in one.rates for one in same)
    ]
    counts = ", ".join(str(one.workers) for one in same)
    told = f"requests/s with {counts} workers, in times those of {base.workers}"
    return [f"**{database}**, {told}: {'; '.join(times)}."]
