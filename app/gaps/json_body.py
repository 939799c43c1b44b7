"""The answer of /skill-gap as a JSON object: what API, page, batch and `flask gap` show."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

import orjson

from app.gaps.compare import Comparison, GapChoice, chosen, compare
from app.occupations.lookup import FoundPair
from app.occupations.provenance import attribution, noted, source
from cache.reading import Reading

CloserThan = Callable[[Reading, float], float | None]

SIDES: Final = 10_000
"""Sides kept as text, about 200 bytes each; all skills of 29.0 have fewer."""


def gap_body(found: FoundPair, choice: GapChoice, closer_than: CloserThan) -> dict[str, Any]:
    """Compare two occupations, and write the gaps that are chosen.

    Args:
        found: the two.
        choice: which gaps.
        closer_than: tells what share of all occupations is less ready for a target.
    """
    source_side, target_side = found.source, found.target
    gap = compare(source_side.profile, target_side.profile)
    missing = gap.count("missing")
    body: dict[str, Any] = {
        "from": {"code": source_side.profile.code, "title": source_side.profile.title},
        "to": {"code": target_side.profile.code, "title": target_side.profile.title},
        "domain": source_side.entry.domain,
        "summary": {
            "compared": gap.compared,
            "gaps": len(gap.gaps),
            "missing": missing,
            "higher_level": len(gap.gaps) - missing,
            "readiness": gap.readiness,
            "readiness_interval": gap.readiness_interval,
            "closer_than": closer_than(target_side, gap.readiness),
        },
        "gaps": [_item(item) for item in chosen(gap, choice)],
    }
    if choice.covered:
        body["covered"] = [_item(item) for item in gap.covered]
    body |= {
        "incomparable": [
            {"id": one.id, "name": one.name, "rated": one.rated} for one in gap.incomparable
        ],
        "sources": {
            "from": source(source_side) | {"rated": gap.source.rated},
            "to": source(target_side) | {"rated": gap.target.rated},
        },
        "attribution": attribution([source_side, target_side]),
    }
    return noted(body, found.notes)


def _item(item: Comparison) -> dict[str, Any]:
    source, target = item.source, item.target
    return {
        "id": target.id,
        "name": target.name,
        "kind": item.kind,
        "from": _side(source.level, source.importance, source.not_relevant),
        "to": _side(target.level, target.importance, target.not_relevant),
        "level_gap": item.level_gap,
        "priority": item.priority,
        "gain": item.gain,
        "significant": item.significant,
        "low_precision": item.low_precision,
    }


@lru_cache(maxsize=SIDES)
def _side(level: float, importance: float, not_relevant: bool) -> orjson.Fragment:
    """Write one side, once for all elements that are rated the same: figures have two decimals."""
    side = {"level": level, "importance": importance, "not_relevant": not_relevant}
    # A copy, since the writer of JSON leaves 4 kB of room.
    return orjson.Fragment(bytes(memoryview(orjson.dumps(side))))


def plain(body: dict[str, Any]) -> dict[str, Any]:
    """Read a body that is to be written, of which parts are JSON already."""
    read: dict[str, Any] = orjson.loads(orjson.dumps(body))
    return read
