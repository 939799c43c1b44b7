"""GET /occupations/{code}/transitions: which occupations are near, from one or to it."""

from typing import Any, Final

from flask import Response

from app.api.blueprints import NAMED_IN_PATH, Resources
from app.api.headers import CACHED, STILL_HOLDS
from app.api.operations import answers_json_or_csv, answers_problems
from app.api.responses import VARY, Fixed, cached_response, chosen_format, json_text, vary
from app.gaps.json_body import plain
from app.occupations.fields import PATH_OCCUPATION, named_in_path
from app.occupations.spreadsheet import CSV
from app.transitions.choice import PREFERRED
from app.transitions.csv_body import CSV_EXAMPLE, csv_body, csv_headers
from app.transitions.json_body import transitions_body
from app.transitions.schema import (
    TransitionsQuery,
    TransitionsSchema,
    chosen_domains,
    transitions_choice,
)
from app.transitions.subject import read_subject
from app.wiring.container import services

blueprint = Resources("transitions", __name__, description="Find the next step.")
blueprint.after_request(vary)

LONGEST_AGE: Final = 60
"""Seconds that others may store a ranking: it is made of all entries, of which any may change."""


@blueprint.route("/occupations/<path:code>/transitions", parameters=[NAMED_IN_PATH])
@blueprint.arguments(TransitionsQuery, location="query")
@answers_json_or_csv(
    blueprint, TransitionsSchema, CACHED, rows="one row a transition", example=CSV_EXAMPLE
)
@blueprint.alt_response(304, description=STILL_HOLDS, headers=CACHED)
@answers_problems(blueprint, 404, 422, 503, reads=True)
def transitions(query: dict[str, Any], code: str) -> Response:
    """Rank the occupations to go to, or to come from, by how well they fit, best first.

    Of all rated occupations that are cached: the others are not fetched for it.
    """
    query["format"] = chosen_format(query["format"])
    choice, wired = transitions_choice(query), services()
    text, domains = named_in_path(PATH_OCCUPATION, code), chosen_domains(query)
    subject = read_subject(wired.lookup, wired.transitions, text, domains)
    wired.transitions.check_zones(subject.held, [subject.code], choice)
    body = transitions_body(wired.transitions, subject, choice)
    written, kind, fixed = _written(body, query)
    # Which domains are compared by default depends on which are held.
    of_domains = subject.domains if domains else PREFERRED
    is_final = text == subject.code and len(subject.readings) == len(subject.domains)
    return cached_response(
        written,
        subject.readings,
        [*query.values(), text] if is_final else None,
        LONGEST_AGE,
        content_type=kind,
        fixed=fixed,
        of_domains=of_domains,
        until=wired.transitions.fresh_until(subject.domains),
    )


def _written(body: dict[str, Any], query: dict[str, Any]) -> tuple[bytes, str, Fixed]:
    """Write the answer as asked: the text, its type, and headers that it has in any case."""
    if query["format"] == "json":
        return json_text(body, query["ignored"]), "application/json", VARY
    read = plain(body)
    return csv_body(read).encode(), CSV, [*VARY, *csv_headers(read)]
