"""Transitions, ranked and written as JSON: each question once, while nothing changes."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Final, NamedTuple

import orjson

from app.transitions.choice import TransitionsChoice
from app.transitions.job_zones import JobZones
from app.transitions.matrices import ReadinessMatrices, Snapshot
from app.transitions.readiness import Matrix, ranking, top_gaps
from cache.catalogue import Catalogue
from cache.local.once import MadeOnce
from cache.policy import Entry
from cache.reading import Reading

CAPACITY: Final = 4_000_000
"""Bytes of rankings that are kept of a domain; one of 20 occupations has about 9,000."""
OVERHEAD: Final = 1_000
"""Bytes that a ranking takes beyond its text."""


class RankedTransitions(NamedTuple):
    """The transitions of an occupation.

    Attributes:
        compared: rated occupations at hand, this one included.
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
    """What was read and written for one snapshot of a domain."""

    snapshot: Snapshot
    job_zones: Mapping[str, int | None]
    zone_names: JobZones
    rankings: dict[tuple[str, TransitionsChoice], tuple[Entry, RankedTransitions]] = field(
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
        self._kept: dict[str, _Kept] = {}

    def of(self, reading: Reading, choice: TransitionsChoice) -> RankedTransitions:
        """Rank the transitions of an occupation whose entry was just read."""
        entry = reading.entry
        kept = self._current(entry.domain)
        choice = choice._replace(limit=min(choice.limit, len(kept.job_zones)))
        key = entry.code, choice
        found = kept.rankings.get(key)
        if found is not None and found[0] == entry:
            return found[1]
        asked = kept, entry, choice
        return self._ranked.share(asked, lambda: self._rank(kept, reading, choice))

    def _rank(self, kept: _Kept, reading: Reading, choice: TransitionsChoice) -> RankedTransitions:
        entry, key = reading.entry, (reading.entry.code, choice)
        matrix, entries = kept.snapshot.matrix, kept.snapshot.entries
        if entry.code not in matrix.columns or entries[entry.code] != entry:
            matrix = matrix.changed([reading.profile])  # filled since the others were read
        # A copy, since the writer of JSON leaves far more room than a short text takes.
        written = bytes(memoryview(orjson.dumps(self._rows(matrix, kept.job_zones, *key))))
        ranked = RankedTransitions(
            len(matrix.titles), len(kept.job_zones), kept.zone_names, written
        )
        size = OVERHEAD + len(written)
        with self._lock:
            if kept.size + size > CAPACITY:
                kept.rankings, kept.size = {}, 0
            kept.rankings[key] = entry, ranked
            kept.size += size
        return ranked

    def job_zones(self, domain: str) -> JobZones:
        """Return the job zones there are to choose from; the same in every domain."""
        return self._current(domain).zone_names

    def _current(self, domain: str) -> _Kept:
        snapshot = self._matrices.snapshot(domain)
        kept = self._kept.get(domain)
        if kept is None or kept.snapshot is not snapshot:
            kept = self._kept[domain] = self._zones.share(
                snapshot, lambda: self._with_zones(snapshot)
            )
        return kept

    def _with_zones(self, snapshot: Snapshot) -> _Kept:
        job_zones, names = self._catalogue.job_zones(), self._catalogue.job_zone_names()
        zones = sorted({*filter(None, job_zones.values())})
        zone_names = {zone: names.get(zone) for zone in zones}
        return _Kept(snapshot, job_zones, zone_names)

    def _rows(
        self,
        matrix: Matrix,
        job_zones: Mapping[str, int | None],
        code: str,
        choice: TransitionsChoice,
    ) -> list[dict[str, object]]:
        related = self._catalogue.related(code)
        chosen = [
            transition
            for transition in ranking(matrix, code, choice.direction, list(related))
            if choice.job_zones is None or job_zones.get(transition.code) in choice.job_zones
        ]
        rows: list[dict[str, object]] = []
        for other, readiness in chosen[: choice.limit]:
            pair = (code, other) if choice.direction == "to" else (other, code)
            rows.append(
                {
                    "code": other,
                    "title": matrix.titles[other],
                    "readiness": readiness,
                    "job_zone": job_zones.get(other),
                    "related": related.get(other),
                    "gaps": [gap._asdict() for gap in top_gaps(matrix, *pair)],
                }
            )
        return rows
