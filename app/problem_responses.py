"""Errors over HTTP: every exception is answered with its problem, and logged once."""

import logging
from functools import cached_property
from http import HTTPStatus
from typing import ClassVar, Final, TypeAlias, cast
from urllib.parse import quote

from flask import Request, Response, json, request
from werkzeug.exceptions import HTTPException

from app.logs import ERRORS, RequestIds, wordless
from app.problems import Problem, invalid_parameters
from app.wiring.container import services
from cache.db.unavailable import DatabaseUnavailable
from cache.fill.abandonment import is_abandoned

log = logging.getLogger(ERRORS)

ABANDONED: Final = "skillgap.abandoned"
"""The key in a request's environ of an object that tells whether its caller has hung up."""
MEDIA_TYPE: Final = "application/problem+json"
Logged: TypeAlias = Problem | HTTPException | DatabaseUnavailable
"""Errors that are logged by the reason of their problem; any other by its own message."""
LOGGED_METHOD: Final = 20
LOGGED_PATH: Final = 200
"""Characters of a method and a path in the log; a caller may send hundreds of thousands."""


class IdentifiedRequest(Request):
    """A request that has an id, which its answer and its log lines bear.

    Attributes:
        ids: makes the ids; each application has its own.
        is_unsaid: the log is to say nothing that may repeat its body.
    """

    ids: ClassVar[RequestIds]
    is_unsaid = False

    @cached_property
    def request_id(self) -> str:
        """The caller's `X-Request-ID` if it can be used, else a new one."""
        return self.ids.taken_or_made(self.headers.get("X-Request-ID"))


def request_id() -> str:
    """Return the id of the current request."""
    return cast("IdentifiedRequest", request).request_id


def keep_unsaid() -> None:
    """Have the log say nothing that may repeat the body of the current request."""
    cast("IdentifiedRequest", request).is_unsaid = True


def described(method: str, path: str) -> str:
    """Write for the log what was asked: in bounds, and so that it cannot forge a line."""
    return f"{quote(method[:LOGGED_METHOD])} {quote(path[:LOGGED_PATH])}"


def handle(error: Exception) -> Response:
    """Answer an exception with its problem, and log it with the request id."""
    problem = logged_problem(error)
    response = Response(
        json.dumps(problem.body(request_id())) + "\n", problem.status, mimetype=MEDIA_TYPE
    )
    response.headers["Cache-Control"] = "no-store"  # it names the request
    response.headers.update(problem.headers)
    return response


def logged_problem(error: Exception) -> Problem:
    """Return the problem for an exception, and log it with the request id."""
    try:
        problem = problem_of(error)
    except DatabaseUnavailable as unavailable:  # it is asked for suggestions too
        error, problem = unavailable, problem_of(unavailable)
    unexpected = problem.status == HTTPStatus.INTERNAL_SERVER_ERROR
    failed = problem.status > HTTPStatus.INTERNAL_SERVER_ERROR and not is_abandoned()
    reason = problem.reason if isinstance(error, Logged) else str(error)
    if is_unsaid := cast("IdentifiedRequest", request).is_unsaid:
        reason = reason if isinstance(error, DatabaseUnavailable) else "not said"
    log.log(
        logging.ERROR if unexpected or failed else logging.INFO,
        "%s -> %d %s: %s",
        described(request.method, request.path),
        problem.status,
        problem.name,
        reason,
        exc_info=(wordless(error) if is_unsaid else error) if unexpected else None,
    )
    return problem


def problem_of(error: Exception) -> Problem:
    """Return the problem for an exception, those of the framework included."""
    if isinstance(error, HTTPException):
        return _of_framework(error)
    return services().problems().of(error)


def _of_framework(error: HTTPException) -> Problem:
    status = error.code or 500
    if status == HTTPStatus.UNPROCESSABLE_ENTITY:
        messages = getattr(error, "data", {}).get("messages", {})
        return invalid_parameters({k: v for each in messages.values() for k, v in each.items()})
    name = error.name.lower().replace(" ", "-")
    headers = {
        key: value
        for key, value in error.get_headers()
        if key in ("Allow", "Location", "Retry-After")
    }
    return Problem(status, name, error.description or error.name, headers=headers)
