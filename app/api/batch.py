"""POST /skill-gap/batch: many skill gaps at once, what is missing fetched together."""

import logging
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from math import ceil
from threading import BoundedSemaphore
from typing import Any, Final

import orjson
from flask import Response, request
from marshmallow import Schema, ValidationError, fields, pre_load, validate

from app.api.blueprints import Resources
from app.api.headers import POSTED
from app.api.operations import ProblemSchema, answers_json_or_csv, answers_problems
from app.api.responses import chosen_format, json_text
from app.gaps.compare import GapChoice
from app.gaps.csv_body import BATCH_COLUMNS, BATCH_EXAMPLE, pair_rows, problem_row
from app.gaps.json_body import gap_body
from app.gaps.schema import GapMembers, SkillGapSchema, gap_choice
from app.logs import ERRORS
from app.occupations.fields import OccupationField
from app.occupations.lookup import FoundPair, Pair
from app.occupations.provenance import IgnoredSchema
from app.occupations.spreadsheet import CSV, Row, file_headers, written
from app.problem_responses import request_id
from app.problems import Problem, Problems
from app.query_fields import FormatField, PostedQuery, StrictSchema
from app.response_cache.headers import UNKEPT, cache_status
from app.wiring.container import services

log = logging.getLogger(ERRORS)

LONGEST_BODY: Final = 100_000
"""Bytes; a hundred pairs of codes take 5,000, of the longest titles 50,000."""
TIMEOUT: Final = 120.0
"""Seconds that a batch waits for what it needs: 200 occupations that are not cached take some 400
requests, which are 96 seconds at the default pace. What is not there by then can be asked for
again, and what is there stays."""
MOST_BATCHES: Final = 8
"""Batches at work in a process; its other threads are there for everybody else."""
RETRY_SECONDS: Final = 5
"""When to ask again where as many are at work as may."""
MOST_PAIRS: Final = 100
EXAMPLE: Final = {
    "pairs": [
        {"from": "11-1011.00", "to": "15-1254.00"},
        {"from": "Chief Executives", "to": "15-1254"},
    ],
    "limit": 3,
}


blueprint = Resources("batch", __name__, description="Compare many pairs of occupations.")
_places = BoundedSemaphore(MOST_BATCHES)
Outcomes = Mapping[Pair, FoundPair | Problem]


class PairSchema(StrictSchema):
    """Two occupations to compare."""

    source = OccupationField(required=True, data_key="from")
    target = OccupationField(required=True, data_key="to")


class BatchSchema(GapMembers):
    """What to compare; everything but the pairs is meant for each of them, as for GET."""

    pairs = fields.List(
        fields.Nested(PairSchema), required=True, validate=validate.Length(1, MOST_PAIRS)
    )
    format = FormatField()

    @pre_load
    def refuse_too_many(self, data: Any, **_: Any) -> Any:
        """Refuse more pairs than may be asked for before each of them is looked at."""
        pairs = data.get("pairs") if isinstance(data, dict) else None
        if isinstance(pairs, list) and len(pairs) > MOST_PAIRS:
            raise ValidationError({"pairs": [f"Takes at most {MOST_PAIRS}."]})
        return data


class AnswerSchema(Schema):
    """What became of a pair: with status 200 its answer, else its problem, as of GET /skill-gap."""

    status = fields.Integer(required=True, metadata={"example": 200})
    cache_status = fields.String(metadata={"example": 'skillgap; hit; key="skills/11-1011.00"'})
    retry_after = fields.Integer(metadata={"description": "Seconds after which to ask again."})
    answer = fields.Nested(SkillGapSchema)
    problem = fields.Nested(ProblemSchema)


class AnswersSchema(Schema):
    """One answer for each pair, in their order."""

    answers = fields.List(fields.Nested(AnswerSchema), required=True)
    notes = fields.List(fields.Nested(IgnoredSchema))


@blueprint.before_request
def limit_body() -> None:
    """Read no more than a batch can need."""
    request.max_content_length = LONGEST_BODY


@blueprint.route("/skill-gap/batch", methods=["POST"])
@blueprint.arguments(PostedQuery, location="query")
@blueprint.arguments(BatchSchema, example=EXAMPLE)
@answers_json_or_csv(
    blueprint,
    AnswersSchema,
    POSTED,
    rows="the rows of `GET /skill-gap` for each pair, one at least",
    example=BATCH_EXAMPLE,
)
@answers_problems(blueprint, 413, 415, 422, 503)
def skill_gaps(asked: dict[str, Any], query: dict[str, Any]) -> Response:
    """Compare up to 100 pairs; what is not cached is fetched together, for up to 120 seconds.

    Each pair has an answer or a problem of its own, in the order of the pairs; one that fails
    fails alone.
    """
    pairs = [(pair["source"], pair["target"]) for pair in query["pairs"]]
    choice, problems = gap_choice(query), services().problems()
    with _place():
        found = services().lookup.pairs(list(dict.fromkeys(pairs)), query["domain"], TIMEOUT)
        outcomes = {pair: _outcome(each, problems) for pair, each in found.items()}
        _log(pairs, outcomes)
        if chosen_format(query["format"] or asked["format"]) == "json":
            text = _as_json(pairs, outcomes, choice, asked["ignored"])
            return Response(text, mimetype="application/json", headers=UNKEPT)
        rows = _rows(pairs, outcomes, choice)
        headers = UNKEPT | dict(file_headers(f"{query['domain']}-gaps"))
        return Response(written([BATCH_COLUMNS, *rows]), content_type=CSV, headers=headers)


@contextmanager
def _place() -> Iterator[None]:
    """Take one of the places for batches, if there is one."""
    if not _places.acquire(blocking=False):
        detail = f"{MOST_BATCHES} batches are at work here already. Try again shortly."
        retry = {"Retry-After": str(RETRY_SECONDS)}
        raise Problem(503, "too-many-batches", detail, headers=retry)
    try:
        yield
    finally:
        _places.release()


def _outcome(found: FoundPair | BaseException, problems: Problems) -> FoundPair | Problem:
    """Return a pair that was found, or why it was not."""
    if isinstance(found, FoundPair):
        return found
    if not isinstance(found, Exception):
        raise found
    problem = problems.of(found)
    if problem.status == 500:
        log.error("a pair of a batch failed", exc_info=found)
    return problem


def _as_json(
    pairs: Sequence[Pair], outcomes: Outcomes, choice: GapChoice, others: Sequence[str]
) -> bytes:
    """Write what became of each pair, once where it was asked for several times."""
    each = {pair: orjson.dumps(_answer(one, choice)) for pair, one in outcomes.items()}
    return json_text({"answers": [orjson.Fragment(each[pair]) for pair in pairs]}, others)


def _answer(outcome: FoundPair | Problem, choice: GapChoice) -> dict[str, Any]:
    if isinstance(outcome, FoundPair):
        status = cache_status(outcome.readings, services().now())
        body = gap_body(outcome, choice, services().baseline.closer_than)
        return {"status": 200, "cache_status": status, "answer": body}
    answer: dict[str, Any] = {"status": outcome.status}
    if "Cache-Status" in outcome.headers:
        answer["cache_status"] = outcome.headers["Cache-Status"]
    if "Retry-After" in outcome.headers:
        answer["retry_after"] = ceil(float(outcome.headers["Retry-After"]))
    return answer | {"problem": outcome.body(request_id())}


def _rows(pairs: Sequence[Pair], outcomes: Outcomes, choice: GapChoice) -> Iterator[Row]:
    for number, pair in enumerate(pairs, 1):
        outcome = outcomes[pair]
        if isinstance(outcome, Problem):
            yield problem_row(number, pair, outcome.status, outcome.detail)
        else:
            yield from pair_rows(number, pair, outcome, choice)


def _log(pairs: Sequence[Pair], outcomes: Outcomes) -> None:
    """Note once what kept pairs from being answered."""
    failed = [one for pair in pairs if isinstance(one := outcomes[pair], Problem)]
    if failed:
        kinds = Counter(problem.name for problem in failed)
        log.log(
            logging.ERROR if any(one.status >= 500 for one in failed) else logging.INFO,
            "POST /skill-gap/batch, %d pairs: %s",
            len(pairs),
            ", ".join(f"{count} {kind}" for kind, count in kinds.items()),
        )
