"""Transitions, ranked and written as JSON: each question once, while nothing changes."""

from collections import ChainMap
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Final, NamedTuple

import orjson

from app.transitions.choice import OWN, PREFERRED, TransitionsChoice
from app.transitions.elements import weightiest
from app.transitions.fit import Fit, JobZonesByCode, fits, ranked
from app.transitions.job_zones import JobZones, check_zones
from app.transitions.margins import margins, tied_with
from app.transitions.matrices import ReadinessMatrices, Snapshot, earliest
from app.transitions.readiness import Matrix
from cache.catalogue import Catalogue
from cache.local.once import MadeOnce
from cache.policy import Entry
from cache.profile import Profile
from cache.reading import Reading

CAPACITY: Final = 8_000_000
"""Bytes of rankings that are kept; one of 20 occupations has about 18,000."""
OVERHEAD: Final = 1_000
"""Bytes that a ranking takes beyond its text."""

TIERS: Final = ("Primary-Short", "Primary-Long", "Supplemental")
"""How closely O*NET calls occupations related, the closest first."""

Domains = tuple[str, ...]


class RankedTransitions(NamedTuple):
    """The transitions of an occupation, or of a profile made of some.

    Attributes:
        compared: rated occupations at hand, those that they lead from included.
        listed: occupations in O*NET's list.
        job_zones: those of all occupations listed.
        transitions: a JSON array.
    """

    compared: int
    listed: int
    job_zones: JobZones
    transitions: bytes


@dataclass(slots=True, eq=False)
class _Kept:
    """What was read and written for one snapshot of each of some domains."""

    snapshots: dict[str, Snapshot]
    job_zones: JobZonesByCode
    zone_names: JobZones
    rankings: dict[tuple[str, TransitionsChoice], tuple[list[Entry], RankedTransitions]] = field(
        default_factory=dict
    )
    size: int = 0


class Transitions:
    """Ranks the transitions of an occupation, from what is cached.

    Each method raises DatabaseUnavailable where the database cannot be reached or used.
    """

    def __init__(self, matrices: ReadinessMatrices, catalogue: Catalogue) -> None:
        self._matrices = matrices
        self._catalogue = catalogue
        self._lock = Lock()
        self._ranked: MadeOnce[Hashable, RankedTransitions] = MadeOnce()
        self._zones: MadeOnce[Hashable, _Kept] = MadeOnce()
        self._kept: dict[Domains, _Kept] = {}

    def asked(self, domains: Sequence[str] | None) -> Domains:
        """Return the domains to rank by: those named, or the preferred ones with ratings here."""
        if domains:
            return tuple(domains)
        held = [one for one in PREFERRED if self._matrices.snapshot(one).matrix.titles]
        return tuple(held or PREFERRED[:1])

    def of(self, readings: Sequence[Reading], choice: TransitionsChoice) -> RankedTransitions:
        """Rank the transitions of an occupation by the domains whose entries were just read."""
        entries = [reading.entry for reading in readings]
        code = entries[0].code
        kept = self._current(tuple(entry.domain for entry in entries))
        choice = choice._replace(limit=min(choice.limit, len(kept.job_zones)))
        key = code, choice
        found = kept.rankings.get(key)
        if found is not None and found[0] == entries:
            return found[1]
        asked = kept, tuple(entries), choice
        return self._ranked.share(asked, lambda: self._rank(kept, readings, choice))

    def _rank(
        self, kept: _Kept, readings: Sequence[Reading], choice: TransitionsChoice
    ) -> RankedTransitions:
        entries = [reading.entry for reading in readings]
        code = entries[0].code
        matrices = {
            domain: kept.snapshots[domain].with_entry(reading)
            for domain, reading in zip(kept.snapshots, readings, strict=True)
        }
        result = self._ranking(kept, matrices, code, [code], choice)
        size = OVERHEAD + len(result.transitions)
        with self._lock:
            if sum(one.size for one in self._kept.values()) + size > CAPACITY:
                for one in self._kept.values():
                    one.rankings, one.size = {}, 0
            kept.rankings[code, choice] = entries, result
            kept.size += size
        return result

    def of_profile(
        self, profiles: Mapping[str, Profile], own: Collection[str], choice: TransitionsChoice
    ) -> RankedTransitions:
        """Rank the transitions of a profile, given by domain under the code `OWN`; none is kept.

        No step leads to the occupations that it is made of, whose codes are `own`.
        """
        kept = self._current(tuple(profiles))
        matrices = {
            domain: kept.snapshots[domain].matrix.changed([profile])
            for domain, profile in profiles.items()
        }
        return self._ranking(kept, matrices, OWN, own, choice)

    def _ranking(
        self,
        kept: _Kept,
        matrices: Mapping[str, Matrix],
        code: str,
        made_of: Collection[str],
        choice: TransitionsChoice,
    ) -> RankedTransitions:
        """Rank the steps from what has a code, to none of the occupations that it is made of."""
        zones = {**kept.job_zones, code: _highest(kept.job_zones, made_of)}
        found = fits(matrices.values(), code, choice.direction)
        steps = [one for one in found if one.code not in made_of]
        chosen = ranked(steps, code, choice, zones)
        rows = _rows(matrices, zones, self._related(made_of), code, choice, chosen)
        # A copy, since the writer of JSON leaves far more room than a short text takes.
        written = bytes(memoryview(orjson.dumps(rows)))
        compared = len({*made_of, *(one.code for one in steps)})
        return RankedTransitions(compared, len(kept.job_zones), kept.zone_names, written)

    def fresh_until(self, domains: Sequence[str]) -> datetime | None:
        """Return when the first of all entries becomes stale; None where that is not known."""
        return earliest(self._matrices.snapshot(domain).fresh_until for domain in domains)

    def check_zones(
        self, domains: Sequence[str], codes: Collection[str], choice: TransitionsChoice
    ) -> None:
        """Refuse job zones that are not known: nothing could be listed.

        The codes are those of the occupations that steps lead from, or to.

        Raises:
            JobZoneNotHeld: naming those that there are.
        """
        kept = self._current(tuple(domains))
        check_zones(choice, kept.zone_names, _highest(kept.job_zones, codes))

    def _related(self, codes: Collection[str]) -> dict[str, str]:
        """Read the closest tier of each occupation that O*NET calls related to any of some."""
        found: dict[str, str] = {}
        for code in codes:
            for other, tier in self._catalogue.related(code).items():
                found[other] = min(found.get(other, tier), tier, key=_distance)
        return found

    def _current(self, domains: Domains) -> _Kept:
        snapshots = {domain: self._matrices.snapshot(domain) for domain in domains}
        kept = self._kept.get(domains)
        if kept is None or kept.snapshots != snapshots:
            kept = self._kept[domains] = self._zones.share(
                tuple(snapshots.values()), lambda: self._with_zones(snapshots)
            )
        return kept

    def _with_zones(self, snapshots: dict[str, Snapshot]) -> _Kept:
        job_zones, names = self._catalogue.job_zones(), self._catalogue.job_zone_names()
        zones = sorted({*filter(None, job_zones.values())})
        return _Kept(snapshots, job_zones, {zone: names.get(zone) for zone in zones})


def _rows(
    matrices: Mapping[str, Matrix],
    job_zones: JobZonesByCode,
    related: Mapping[str, str],
    code: str,
    choice: TransitionsChoice,
    chosen: Sequence[Fit],
) -> list[dict[str, object]]:
    shown = chosen[: choice.limit]
    others = [one.code for one in shown]
    elements = weightiest(matrices, code, others, choice.direction)
    ties = tied_with(chosen, margins(matrices.values(), code, others))
    titles = ChainMap(*(matrix.titles for matrix in matrices.values()))
    return [
        {
            "code": one.code,
            "title": titles[one.code],
            "fit": one.fit,
            "readiness": one.readiness,
            "utilization": one.utilization,
            "tied_with": tied,
            "job_zone": job_zones.get(one.code),
            "related": related.get(one.code),
            "gaps": [gap._asdict() for gap in gaps],
            "carries_over": [item._asdict() for item in carried],
        }
        for one, tied, (gaps, carried) in zip(shown, ties, elements, strict=True)
    ]


def _highest(job_zones: JobZonesByCode, codes: Collection[str]) -> int | None:
    """Return the highest job zone that any of some occupations is in; None where none is held."""
    return max(filter(None, map(job_zones.get, codes)), default=None)


def _distance(tier: str) -> tuple[int, str]:
    """Put tiers in order, those that O*NET has come up with since then last."""
    return (TIERS.index(tier) if tier in TIERS else len(TIERS), tier)
