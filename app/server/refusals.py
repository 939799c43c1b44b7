"""Answers to requests that do not reach the application, as it would write them."""

import logging
from collections.abc import Callable
from typing import Any, Final

from app.logs import ERRORS, RequestIds
from app.problem_responses import MEDIA_TYPE, described
from app.problems import Problem
from app.response_cache.answer import as_json
from app.response_cache.cors import Cors

log = logging.getLogger(ERRORS)

ENDPOINT: Final = "none"
"""Under which they are counted: that of no route."""


class Refusals:
    """Answers with problems, each logged and counted once.

    They cost next to nothing, since clients that mean no good ask for them by the thousand.
    """

    def __init__(self, ids: RequestIds, count: Callable[[str, int], None], cors: Cors) -> None:
        self._ids = ids
        self._cors = cors
        self._count = count

    def answer(self, watcher: Any, error: Exception) -> None:
        """Answer a request of RSGI with the problem, or with 500 where it is none, and hang up."""
        scope = watcher.scope
        problem = error
        if not isinstance(problem, Problem):
            problem = Problem(500, "internal-server-error", "The request failed.")
        request_id = self._ids.taken_or_made(scope.headers.get("x-request-id"))
        text = as_json(problem.body(request_id))
        headers = {
            "Content-Type": MEDIA_TYPE,
            "Cache-Control": "no-store",
            "X-Request-ID": request_id,
            "Connection": "close",
            **problem.headers,
        }
        others = self._cors.of_path(scope.path, scope.headers.get("origin"))
        watcher.proto.response_bytes(problem.status, [*headers.items(), *others], text)
        watcher.done()
        self._count(ENDPOINT, problem.status)
        log.log(
            logging.INFO if problem is error else logging.ERROR,
            "%s -> %d %s: %s",
            described(scope.method, scope.path),
            problem.status,
            problem.name,
            error,
            extra={"request_id": request_id},
            exc_info=None if problem is error else error,
        )
