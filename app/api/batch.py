"""POST /skill-gap/batch: many skill gaps at once, what is missing fetched together."""

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import ceil
from threading import BoundedSemaphore
from typing import Any, Final

import orjson
from flask import Response, request

from app.api.batch_schemas import EXAMPLE, AnswersSchema, BatchSchema
from app.api.blueprints import BodyBlueprint
from app.api.headers import UNSTORED
from app.api.problem_schema import answers_problems
from app.gaps.compare import GapChoice
from app.gaps.json_body import gap_body
from app.gaps.schema import gap_choice
from app.occupations.lookup import FoundPair, Pair
from app.problem_responses import request_id
from app.problems import Problem, Problems
from app.response_cache.headers import cache_status
from app.wiring.container import services

log = logging.getLogger("app.errors")

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


blueprint = BodyBlueprint("batch", __name__, description="Compare many pairs of occupations.")
_places = BoundedSemaphore(MOST_BATCHES)


@blueprint.before_request
def limit_body() -> None:
    """Read no more than a batch can need."""
    request.max_content_length = LONGEST_BODY


@blueprint.route("/skill-gap/batch", methods=["POST"])
@blueprint.arguments(BatchSchema, example=EXAMPLE)
@blueprint.response(200, AnswersSchema, headers=UNSTORED)
@answers_problems(blueprint, 413, 415, 422, 503)
def skill_gaps(query: dict[str, Any]) -> Response:
    """Compare up to 100 pairs; what is not cached is fetched together, for up to 120 seconds.

    Each pair has an answer or a problem of its own, in the order of the pairs; one that fails
    fails alone.
    """
    pairs = [(pair["source"], pair["target"]) for pair in query["pairs"]]
    choice, problems = gap_choice(query), services().problems()
    with _place():
        found = services().lookup.pairs(list(dict.fromkeys(pairs)), query["domain"], TIMEOUT)
        answers = {pair: _answer(each, choice, problems) for pair, each in found.items()}
        _log(pairs, answers)
        written = {pair: orjson.Fragment(orjson.dumps(each)) for pair, each in answers.items()}
        body = {"answers": [written[pair] for pair in pairs]}
        text = orjson.dumps(body, option=orjson.OPT_APPEND_NEWLINE)
    return Response(text, mimetype="application/json", headers={"Cache-Control": "no-store"})


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


def _answer(
    found: FoundPair | BaseException, choice: GapChoice, problems: Problems
) -> dict[str, Any]:
    """Write what became of a pair."""
    if isinstance(found, FoundPair):
        status = cache_status(found.readings, services().now())
        body = gap_body(found, choice, services().baseline.closer_than)
        return {"status": 200, "cache_status": status, "answer": body}
    if not isinstance(found, Exception):
        raise found
    problem = problems.of(found)
    if problem.status == 500:
        log.error("a pair of a batch failed", exc_info=found)
    answer: dict[str, Any] = {"status": problem.status}
    if "Cache-Status" in problem.headers:
        answer["cache_status"] = problem.headers["Cache-Status"]
    if "Retry-After" in problem.headers:
        answer["retry_after"] = ceil(float(problem.headers["Retry-After"]))
    return answer | {"problem": problem.body(request_id())}


def _log(pairs: Sequence[Pair], answers: dict[Pair, dict[str, Any]]) -> None:
    """Note once what kept pairs from being answered."""
    kinds = Counter(
        answers[pair]["problem"]["type"].rpartition(":")[2]
        for pair in pairs
        if "problem" in answers[pair]
    )
    if kinds:
        unavailable = any(answer["status"] >= 500 for answer in answers.values())
        log.log(
            logging.ERROR if unavailable else logging.INFO,
            "POST /skill-gap/batch, %d pairs: %s",
            len(pairs),
            ", ".join(f"{count} {kind}" for kind, count in kinds.items()),
        )
