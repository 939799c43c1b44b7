"""The answer of transitions as a JSON object: what API, page and `flask transitions` show."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import orjson

from app.occupations.provenance import attribution, noted, source
from app.transitions.choice import TransitionsChoice
from app.transitions.subject import Subject

if TYPE_CHECKING:  # it loads numpy, which most processes can do without
    from app.transitions.service import RankedTransitions, Transitions


def transitions_body(
    transitions: "Transitions", subject: Subject, choice: TransitionsChoice
) -> dict[str, Any]:
    """Rank the transitions of an occupation, and write those that are chosen.

    Raises:
        DatabaseUnavailable: where the database cannot be reached or used.
    """
    readings = subject.readings
    profile = readings[0].profile
    ranked = transitions.of(readings, choice)
    body = {
        "occupation": {"code": profile.code, "title": profile.title},
        **ranking_body(ranked, subject.held, choice),
        "sources": {reading.entry.domain: source(reading) for reading in readings},
        "attribution": attribution(readings),
    }
    return noted(body, subject.notes)


def ranking_body(
    ranked: "RankedTransitions", domains: Sequence[str], choice: TransitionsChoice
) -> dict[str, Any]:
    """Write what was ranked by some domains, whatever the steps lead from."""
    return {
        "direction": choice.direction,
        "rank": choice.rank,
        "domains": domains,
        "compared": ranked.compared,
        "occupations_listed": ranked.listed,
        "job_zones": [{"zone": zone, "name": name} for zone, name in ranked.job_zones.items()],
        "transitions": orjson.Fragment(ranked.transitions),
    }
