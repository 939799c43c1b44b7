"""The answer of /skill-gap as a JSON object: what API, page, batch and `flask gap` show."""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, Final

import orjson

from app.gaps.compare import Comparison, Gap, GapChoice, chosen, compare
from app.occupations.lookup import FoundPair
from app.occupations.provenance import attribution, noted, source
from cache.profile import ElementRating
from cache.reading import Reading

CloserThan = Callable[[Reading, float], float | None]
"""Tells what share of all occupations is less ready for a target than a readiness."""
WriteSide = Callable[[ElementRating], Any]
"""Writes the source's side of an element."""

SIDES: Final = 10_000
"""Sides kept as text, about 200 bytes each; all skills of 29.0 have fewer."""


def gap_body(found: FoundPair, choice: GapChoice, closer_than: CloserThan) -> dict[str, Any]:
    """Compare two occupations, and write the gaps that are chosen."""
    source_side, target_side = found.source, found.target
    gap = compare(source_side.profile, target_side.profile)
    body = {
        "from": {"code": source_side.profile.code, "title": source_side.profile.title},
        **compared_body(gap, target_side, choice, closer_than, published),
        "sources": {
            "from": source(source_side) | {"rated": gap.source.rated},
            "to": source(target_side) | {"rated": gap.target.rated},
        },
        "attribution": attribution([source_side, target_side]),
    }
    return noted(body, found.notes)


def compared_body(
    gap: Gap, target: Reading, choice: GapChoice, closer_than: CloserThan, write_source: WriteSide
) -> dict[str, Any]:
    """Write what a comparison with a target found, whatever the source is."""
    missing = gap.count("missing")
    body: dict[str, Any] = {
        "to": {"code": target.profile.code, "title": target.profile.title},
        "domain": target.entry.domain,
        "summary": {
            "compared": gap.compared,
            "gaps": len(gap.gaps),
            "missing": missing,
            "higher_level": len(gap.gaps) - missing,
            "readiness": gap.readiness,
            "readiness_interval": gap.readiness_interval,
            "closer_than": closer_than(target, gap.readiness),
        },
        "gaps": _items(chosen(gap, choice), write_source),
    }
    if choice.covered:
        body["covered"] = _items(gap.covered, write_source)
    body["incomparable"] = [
        {"id": one.id, "name": one.name, "rated": one.rated} for one in gap.incomparable
    ]
    return body


def _items(comparisons: Iterable[Comparison], write_source: WriteSide) -> list[dict[str, Any]]:
    return [
        {
            "id": target.id,
            "name": target.name,
            "kind": kind,
            "from": write_source(source),
            "to": published(target),
            "level_gap": level_gap,
            "priority": priority,
            "gain": gain,
            "significant": significant,
            "low_precision": low_precision,
        }
        for (
            source, target, kind, level_gap, priority, gain, significant, low_precision
        ) in comparisons
    ]  # fmt: skip


def published(rating: ElementRating) -> orjson.Fragment:
    """Write one side as O*NET rates it."""
    return _kept_side(rating.level, rating.importance, rating.not_relevant)


@lru_cache(maxsize=SIDES)
def _kept_side(level: float, importance: float, not_relevant: bool) -> orjson.Fragment:
    """Write one side, once for all elements that are rated the same: figures have two decimals."""
    # A copy, since the writer of JSON leaves 4 kB of room.
    text = orjson.dumps(side(level, importance, not_relevant))
    return orjson.Fragment(bytes(memoryview(text)))


def side(level: float, importance: float | None, not_relevant: bool) -> dict[str, Any]:
    """Say how an element is rated on one side."""
    return {"level": level, "importance": importance, "not_relevant": not_relevant}


def plain(body: dict[str, Any]) -> dict[str, Any]:
    """Read a body that is to be written, of which parts are JSON already."""
    read: dict[str, Any] = orjson.loads(orjson.dumps(body))
    return read
