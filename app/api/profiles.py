"""POST /skill-gap and POST /transitions: what someone can do in place of one occupation."""

from typing import Any, Final

from flask import Response, request

from app.api.blueprints import FinishingBodyBlueprint
from app.api.headers import READ_UNSTORED
from app.api.operations import answers_json_or_csv
from app.api.problem_schema import answers_problems
from app.api.responses import as_json
from app.gaps.csv_body import CSV, CSV_EXAMPLE
from app.gaps.schema import gap_choice
from app.problem_responses import keep_unsaid
from app.profiles.json_body import (
    own_csv_headers,
    own_gap_body,
    own_gap_csv,
    own_transitions_body,
)
from app.profiles.schema import (
    GAP_EXAMPLE,
    TRANSITIONS_EXAMPLE,
    OwnGapQuery,
    OwnGapSchema,
    OwnTransitionsQuery,
    OwnTransitionsSchema,
    own_domains,
    own_of,
    own_transitions_choice,
)
from app.response_cache.headers import cache_status
from app.response_cache.negotiation import prefers_csv
from app.wiring.container import services
from cache.reading import Reading

blueprint = FinishingBodyBlueprint("profiles", __name__, description="Compare what someone can do.")

LONGEST_BODY: Final = 50_000
"""Bytes; ten of the longest titles and all elements take less, however they are escaped."""
TIMEOUT: Final = 30.0
"""Seconds that a ranking waits for the occupations of a profile that are not cached."""


@blueprint.before_request
def limit_body() -> None:
    """Read no more than a profile can need, and log nothing of it."""
    request.max_content_length = LONGEST_BODY
    keep_unsaid()


@blueprint.route("/skill-gap", methods=["POST"])
@blueprint.arguments(OwnGapQuery, example=GAP_EXAMPLE)
@answers_json_or_csv(
    blueprint,
    OwnGapSchema,
    READ_UNSTORED,
    rows="one row a gap, and with `include=covered` those after them",
    example=CSV_EXAMPLE,
)
@answers_problems(blueprint, 404, 413, 415, 422, 503, reads=True)
def skill_gap(query: dict[str, Any]) -> Response:
    """Compare what someone can do with an occupation, with the gaps weightiest first.

    A level is the rating given, else the highest among the occupations. Nothing of the body is
    stored or logged.
    """
    if query["format"] is None:
        query["format"] = "csv" if prefers_csv(request.headers.get("Accept", "")) else "json"
    wired = services()
    pair = wired.profiles.pair(own_of(query), query["target"], query["domain"])
    choice = gap_choice(query)
    if query["format"] == "json":
        return _answer(
            as_json(own_gap_body(pair, choice, wired.baseline.closer_than)), pair.readings
        )
    answer = _answer(own_gap_csv(pair, choice), pair.readings)
    answer.headers.update([("Content-Type", CSV), *own_csv_headers(pair)])
    return answer


@blueprint.route("/transitions", methods=["POST"])
@blueprint.arguments(OwnTransitionsQuery, example=TRANSITIONS_EXAMPLE)
@blueprint.response(200, OwnTransitionsSchema, headers=READ_UNSTORED)
@answers_problems(blueprint, 404, 413, 415, 422, 503, reads=True)
def transitions(query: dict[str, Any]) -> Response:
    """Rank the occupations to go to with what someone can do, best first.

    Of all rated occupations that are cached: others than those of the body are not fetched for it.
    Nothing of the body is stored or logged.
    """
    choice, wired = own_transitions_choice(query), services()
    subject = wired.profiles.subject(own_of(query), own_domains(query), TIMEOUT)
    wired.transitions.check_zones(list(subject.profiles), subject.titles, choice)
    body = own_transitions_body(wired.transitions, subject, choice)
    return _answer(as_json(body), subject.readings)


def _answer(text: bytes, readings: list[Reading]) -> Response:
    """Answer with what nobody may store."""
    headers = {"Cache-Control": "no-store"}
    if readings:
        headers["Cache-Status"] = cache_status(readings, services().now())
    return Response(text, mimetype="application/json", headers=headers)
