"""GET /occupations/{code}/transitions: which occupations are near, from one or to it."""

from typing import Any, Final

from flask import Response

from app.api.blueprints import NAMED_IN_PATH, QueryBlueprint
from app.api.headers import CACHED, STILL_HOLDS
from app.api.problem_schema import answers_problems
from app.api.responses import as_json, cached_response
from app.occupations.fields import path_occupation
from app.transitions.choice import PREFERRED
from app.transitions.json_body import transitions_body
from app.transitions.schema import (
    TransitionsQuery,
    TransitionsSchema,
    chosen_domains,
    transitions_choice,
)
from app.transitions.subject import read_subject
from app.wiring.container import services

blueprint = QueryBlueprint("transitions", __name__, description="Find the next step.")

LONGEST_AGE: Final = 60
"""Seconds that others may store a ranking: it is made of all entries, of which any may change."""


@blueprint.route("/occupations/<path:code>/transitions", parameters=[NAMED_IN_PATH])
@blueprint.arguments(TransitionsQuery, location="query")
@blueprint.response(200, TransitionsSchema, headers=CACHED)
@blueprint.alt_response(304, description=STILL_HOLDS, headers=CACHED)
@answers_problems(blueprint, 404, 422, 503, reads=True)
def transitions(query: dict[str, Any], code: str) -> Response:
    """Rank the occupations to go to, or to come from, by how well they fit, best first.

    Of all rated occupations that are cached: the others are not fetched for it.
    """
    choice, wired = transitions_choice(query), services()
    text, domains = path_occupation(code), chosen_domains(query)
    subject = read_subject(wired.lookup, wired.transitions, text, domains)
    wired.transitions.check_zones(subject.held, [subject.code], choice)
    body = as_json(transitions_body(wired.transitions, subject, choice))
    # Which domains are compared by default depends on which are held.
    of_domains = subject.domains if domains else PREFERRED
    is_final = text == subject.code and len(subject.readings) == len(subject.domains)
    return cached_response(
        body,
        subject.readings,
        wired.now(),
        [*query.values(), text] if is_final else None,
        LONGEST_AGE,
        of_domains=of_domains,
        until=wired.transitions.fresh_until(subject.domains),
    )
