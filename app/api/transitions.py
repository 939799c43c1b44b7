"""GET /occupations/{code}/transitions: which occupations are near, from one or to it."""

from typing import Any, Final

from flask import Response

from app.api.blueprints import IN_PATH, QueryBlueprint
from app.api.headers import CACHED, STILL_HOLDS
from app.api.problem_schema import answers_problems
from app.api.responses import as_json, cached_response
from app.container import services
from app.occupations.fields import path_code
from app.transitions.json_body import check_job_zones, transitions_body
from app.transitions.schema import TransitionsQuery, TransitionsSchema, transitions_choice

blueprint = QueryBlueprint("transitions", __name__, description="Find the next step.")

LONGEST_AGE: Final = 60
"""Seconds that others may store a ranking: it is made of all entries, of which any may change."""


@blueprint.route("/occupations/<code>/transitions", parameters=[IN_PATH])
@blueprint.arguments(TransitionsQuery, location="query")
@blueprint.response(200, TransitionsSchema, headers=CACHED)
@blueprint.alt_response(304, description=STILL_HOLDS, headers=CACHED)
@answers_problems(blueprint, 404, 422, 503, reads=True)
def transitions(query: dict[str, Any], code: str) -> Response:
    """Rank the occupations to go to, or to come from, by readiness, highest first."""
    choice, wired = transitions_choice(query), services()
    check_job_zones(wired.transitions, choice, query["domain"])
    found = wired.lookup.one(path_code(code), query["domain"])
    text = as_json(transitions_body(wired.transitions, found, choice))
    return cached_response(text, [found.reading], wired.now(), None, LONGEST_AGE)
