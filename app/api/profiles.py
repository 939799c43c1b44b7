"""POST /skill-gap and POST /transitions: what someone can do in place of one occupation."""

from typing import Any, Final

from flask import Response
from flask.globals import request_ctx

from app.api.blueprints import Resources
from app.api.headers import READ_POSTED
from app.api.operations import answers_json_or_csv, answers_problems
from app.api.responses import Fixed, chosen_format, json_text
from app.gaps.csv_body import CSV_EXAMPLE
from app.gaps.json_body import plain
from app.gaps.schema import gap_choice
from app.occupations.spreadsheet import CSV
from app.problem_responses import keep_unsaid
from app.profiles.csv_body import (
    own_gap_csv,
    own_gap_headers,
    own_transitions_csv,
    own_transitions_headers,
)
from app.profiles.json_body import own_gap_body, own_transitions_body
from app.profiles.schema import (
    GAP_EXAMPLE,
    LONGEST_BODY,
    TRANSITIONS_EXAMPLE,
    OwnGapQuery,
    OwnGapSchema,
    OwnTransitionsQuery,
    OwnTransitionsSchema,
    own_domains,
    own_of,
    own_transitions_choice,
)
from app.query_fields import PostedQuery
from app.response_cache.headers import unkept_headers
from app.transitions.csv_body import CSV_EXAMPLE as TRANSITIONS_CSV_EXAMPLE
from app.wiring.container import services
from app.wiring.finished import Finished
from cache.reading import Reading

blueprint = Resources("profiles", __name__, description="Compare what someone can do.")

TIMEOUT: Final = 30.0
"""Seconds that a ranking waits for the occupations of a profile that are not cached."""


@blueprint.before_request
def limit_body() -> None:
    """Read no more than a profile can need, and log nothing of it."""
    request_ctx.request.max_content_length = LONGEST_BODY
    keep_unsaid()


@blueprint.route("/skill-gap", methods=["POST"])
@blueprint.arguments(PostedQuery, location="query")
@blueprint.arguments(OwnGapQuery, example=GAP_EXAMPLE)
@answers_json_or_csv(
    blueprint,
    OwnGapSchema,
    READ_POSTED,
    rows="one row a gap, and with `include=covered` those after them",
    example=CSV_EXAMPLE,
)
@answers_problems(blueprint, 404, 413, 415, 422, 503, reads=True)
def skill_gap(asked: dict[str, Any], query: dict[str, Any]) -> Response:
    """Compare what someone can do with an occupation, with the gaps weightiest first.

    A level is the rating given, else the highest among the occupations. Nothing of the body is
    stored or logged.
    """
    wired = services()
    pair = wired.profiles.pair(own_of(query), query["target"], query["domain"])
    choice = gap_choice(query)
    if chosen_format(query["format"] or asked["format"]) == "json":
        body = own_gap_body(pair, choice, wired.baseline.closer_than)
        text = json_text(body, asked["ignored"])
        return _answer(text, pair.readings)
    return _answer(own_gap_csv(pair, choice).encode(), pair.readings, own_gap_headers(pair))


@blueprint.route("/transitions", methods=["POST"])
@blueprint.arguments(PostedQuery, location="query")
@blueprint.arguments(OwnTransitionsQuery, example=TRANSITIONS_EXAMPLE)
@answers_json_or_csv(
    blueprint,
    OwnTransitionsSchema,
    READ_POSTED,
    rows="one row a transition",
    example=TRANSITIONS_CSV_EXAMPLE,
)
@answers_problems(blueprint, 404, 413, 415, 422, 503, reads=True)
def transitions(asked: dict[str, Any], query: dict[str, Any]) -> Response:
    """Rank the occupations to go to with what someone can do, best first.

    Of all rated occupations that are cached: others than those of the body are not fetched for it.
    Nothing of the body is stored or logged.
    """
    choice, wired = own_transitions_choice(query), services()
    subject = wired.profiles.subject(own_of(query), own_domains(query), TIMEOUT)
    wired.transitions.check_zones(list(subject.profiles), subject.titles, choice)
    body = own_transitions_body(wired.transitions, subject, choice)
    if chosen_format(query["format"] or asked["format"]) == "json":
        text = json_text(body, asked["ignored"])
        return _answer(text, subject.readings)
    text = own_transitions_csv(plain(body)).encode()
    return _answer(text, subject.readings, own_transitions_headers())


def _answer(text: bytes, readings: list[Reading], of_csv: Fixed = ()) -> Response:
    """Answer with what nobody may store: JSON, or CSV where it has headers of its own."""
    answer = Finished([text], headers=unkept_headers(text, readings, services().now()))
    if of_csv:
        answer.headers.update([("Content-Type", CSV), *of_csv])
    return answer
