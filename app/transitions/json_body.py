"""The answer of transitions as a JSON object: what API, page and `flask transitions` show."""

from typing import TYPE_CHECKING, Any

import orjson

from app.occupations.lookup import FoundOccupation
from app.provenance import attribution, noted, source
from app.transitions.choice import TransitionsChoice
from app.transitions.job_zones import check_held

if TYPE_CHECKING:  # it loads numpy, which most processes can do without
    from app.transitions.service import Transitions


def check_job_zones(transitions: "Transitions", choice: TransitionsChoice, domain: str) -> None:
    """Refuse job zones that no occupation is in: nothing could be listed.

    Raises:
        JobZoneNotHeld: naming those that there are.
        DatabaseUnavailable: where the database cannot be reached or used.
    """
    if choice.job_zones:
        check_held(choice.job_zones, transitions.job_zones(domain))


def transitions_body(
    transitions: "Transitions", found: FoundOccupation, choice: TransitionsChoice
) -> dict[str, Any]:
    """Rank the transitions of an occupation, and write those that are chosen.

    Raises:
        DatabaseUnavailable: where the database cannot be reached or used.
    """
    reading = found.reading
    ranked = transitions.of(reading, choice)
    body = {
        "occupation": {"code": reading.profile.code, "title": reading.profile.title},
        "direction": choice.direction,
        "domain": reading.entry.domain,
        "compared": ranked.compared,
        "occupations_listed": ranked.listed,
        "job_zones": [{"zone": zone, "name": name} for zone, name in ranked.job_zones.items()],
        "transitions": orjson.Fragment(ranked.transitions),
        "source": source(reading),
        "attribution": attribution([reading]),
    }
    return noted(body, found.notes)
