"""Transitions as they are told: ranked, chosen and written, once while nothing changes."""

from dataclasses import dataclass, field
from threading import Lock
from typing import Final, NamedTuple

import orjson

from app.transitions.job_zones import JobZones
from app.transitions.matrices import ReadinessMatrices, Snapshot
from app.transitions.readiness import Direction, Matrix, ranking, top_gaps
from cache.catalogue import Catalogue
from cache.policy import Entry
from cache.reading import Reading

CAPACITY: Final = 4_000_000
"""Bytes of rankings that are kept of a domain; one of 20 occupations has about 9,000."""
OVERHEAD: Final = 1_000
"""Bytes that a ranking takes beside its text."""


Question = tuple[str, Direction, tuple[int, ...] | None, int]
"""Which transitions are asked for: code, direction, job zones and limit."""


class RankedTransitions(NamedTuple):
    """An answer.

    Attributes:
        compared: rated occupations at hand, the one that is asked about included.
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
    job_zones: dict[str, int | None]
    zone_names: JobZones
    answers: dict[Question, tuple[Entry, RankedTransitions]] = field(default_factory=dict)
    size: int = 0


class Transitions:
    """Answers questions for transitions, of what is cached."""

    def __init__(self, matrices: ReadinessMatrices, catalogue: Catalogue) -> None:
        self._matrices = matrices
        self._catalogue = catalogue
        self._lock = Lock()
        self._kept: dict[str, _Kept] = {}

    def of(
        self,
        reading: Reading,
        direction: Direction,
        job_zones: tuple[int, ...] | None,
        limit: int,
    ) -> RankedTransitions:
        """Rank the transitions of an occupation.

        Args:
            reading: of the occupation, just made.
            direction: `to` others from it, or `from` others to it.
            job_zones: of the others, in order; None for all.
            limit: how many to tell of.

        Raises:
            DatabaseUnavailable: where the database cannot be reached or used.
        """
        entry = reading.entry
        kept = self._known(entry.domain)
        question = entry.code, direction, job_zones, min(limit, len(kept.job_zones))
        found = kept.answers.get(question)
        if found is not None and found[0] == entry:
            return found[1]
        matrix = kept.snapshot.matrix
        if entry.code not in matrix.columns or kept.snapshot.entries[entry.code] != entry:
            matrix = matrix.changed([reading.profile])  # filled since the others were read
        # A copy, since the writer of JSON leaves far more room than a short text takes.
        written = bytes(memoryview(orjson.dumps(self._rows(matrix, kept.job_zones, question))))
        answer = RankedTransitions(
            len(matrix.titles), len(kept.job_zones), kept.zone_names, written
        )
        self._keep(kept, question, entry, answer)
        return answer

    def job_zones(self, domain: str) -> JobZones:
        """Tell which job zones there are to choose from; the same in every domain.

        Raises:
            DatabaseUnavailable: where the database cannot be reached or used.
        """
        return self._known(domain).zone_names

    def _known(self, domain: str) -> _Kept:
        snapshot = self._matrices.snapshot(domain)
        kept = self._kept.get(domain)
        if kept is None or kept.snapshot is not snapshot:
            kept = self._kept[domain] = _Kept(snapshot, *self._read_job_zones())
        return kept

    def _read_job_zones(self) -> tuple[dict[str, int | None], JobZones]:
        """Read the job zones by occupation code, and which there are."""
        found, names = self._catalogue.job_zones(), self._catalogue.job_zone_names()
        return found, {zone: names.get(zone) for zone in sorted({*filter(None, found.values())})}

    def _rows(
        self, matrix: Matrix, job_zones: dict[str, int | None], question: Question
    ) -> list[dict[str, object]]:
        code, direction, zones, limit = question
        related = self._catalogue.related(code)
        chosen = [
            (other, readiness)
            for other, readiness in ranking(matrix, code, direction, list(related))
            if zones is None or job_zones.get(other) in zones
        ]
        rows: list[dict[str, object]] = []
        for other, readiness in chosen[:limit]:
            pair = (code, other) if direction == "to" else (other, code)
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

    def _keep(
        self, kept: _Kept, question: Question, entry: Entry, answer: RankedTransitions
    ) -> None:
        size = OVERHEAD + len(answer.transitions)
        with self._lock:
            if kept.size + size > CAPACITY:
                kept.answers, kept.size = {}, 0
            kept.answers[question] = entry, answer
            kept.size += size
