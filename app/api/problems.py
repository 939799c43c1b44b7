"""Errors as RFC 9457 problem details, made in one handler and logged once."""

import logging
from collections.abc import Callable, Mapping
from functools import cache
from http import HTTPStatus
from math import ceil
from typing import Any, Final
from urllib.parse import quote

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException

from app.api.problem_details import Problem, invalid_parameters
from app.api.sides import note, was_replaced
from app.cache_headers import cache_status
from app.container import services
from app.occupations.holdings import BRINGS_ALL, SEED, sentence
from app.occupations.nearest import nearest
from app.occupations.resolve import HINT, Unresolved
from cache.db.database import DatabaseUnavailable
from cache.reading import FillFailed, NoRatings, ReadFailed, UnknownOccupation
from onet_client.errors import NotConfigured, NotOffered

log = logging.getLogger("app.errors")

DATABASE_RETRY_SECONDS: Final = 5
UPSTREAM_RETRY_SECONDS: Final = 30
Titles = Callable[[str | None], Mapping[str, str]]
LOGGED_PATH: Final = 200
"""Characters of a path in the log; a caller may send tens of thousands."""


def register(app: Flask) -> None:
    """Answer every exception with a problem."""
    app.register_error_handler(Exception, handle)
    app.register_error_handler(HTTPException, handle)


def handle(error: Exception) -> Response:
    """Turn an exception into its problem, and log it with the request id."""
    try:
        problem = to_problem(error)
    except DatabaseUnavailable as unavailable:  # it is asked for suggestions too
        error, problem = unavailable, to_problem(unavailable)
    unexpected = problem.status == HTTPStatus.INTERNAL_SERVER_ERROR
    log.log(
        logging.ERROR if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR else logging.INFO,
        "%s %s -> %d %s: %s",
        request.method,
        quote(request.path[:LOGGED_PATH]),  # a decoded line feed would forge a line of the log
        problem.status,
        problem.name,
        _reason(error, problem),
        exc_info=error if unexpected else None,
    )
    return problem.response()


def to_problem(error: Exception) -> Problem:
    """Choose the problem for an exception; what is not expected says nothing of itself."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, ReadFailed):
        asked, given = g.get("asked", {}), g.get("given", {})
        return read_problem(error, asked, given, cache(services().catalogue.titles))
    if isinstance(error, Unresolved):
        return unresolved(error)
    if isinstance(error, DatabaseUnavailable):
        retry = {"Retry-After": str(DATABASE_RETRY_SECONDS)}
        detail = "The database cannot be reached or is not migrated. Try again shortly."
        return Problem(503, "database-unavailable", detail, headers=retry)
    if isinstance(error, HTTPException):
        return _http_problem(error)
    return Problem(500, "internal-error", "Something failed here; the log has it by request id.")


def _reason(error: Exception, problem: Problem) -> str:
    cause = error.cause if isinstance(error, ReadFailed) and error.cause else error
    return problem.detail if isinstance(error, Problem | HTTPException) else f"{cause}"


def _http_problem(error: HTTPException) -> Problem:
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


def unresolved(error: Unresolved) -> Problem:
    """Make the problem of texts that do not name one occupation each."""
    problem = invalid_parameters({name: [said] for name, said in error.messages.items()})
    problem.members["candidates"] = {
        name: [candidate._asdict() for candidate in found]
        for name, found in error.candidates.items()
    }
    if not all(error.candidates.values()):
        problem.members["hint"] = HINT
    return problem


def read_problem(
    error: ReadFailed, asked: Mapping[str, str], given: Mapping[str, str], titles: Titles
) -> Problem:
    """Say which occupation has nothing to serve, and what can be done instead.

    Args:
        error: which one it is.
        asked: the codes that were asked for, by the names of the parameters.
        given: what the caller gave for them, by the same names.
        titles: reads the titles of all occupations, or of those with ratings in a domain.
    """
    side = next((name for name, code in asked.items() if code == error.code), "code")
    members: dict[str, Any] = {"occupation": side, "code": error.code}
    if was_replaced(old := given.get(side, ""), error.code):
        title = titles(None).get(error.code, "")
        members["notes"] = [note(side, old, error.code, title)]
    headers = {"Cache-Status": cache_status(error.readings, services().now())}
    if isinstance(error, UnknownOccupation):
        suggestions = near(error.code, titles(None))
        detail = f"O*NET has no occupation {error.code} (`{side}`)."
        return Problem(
            404, "occupation-not-found", detail, headers=headers, **members, suggestions=suggestions
        )
    domain = error.reading.entry.domain
    if isinstance(error, NoRatings):
        rated = titles(domain)
        others = {code: rated[code] for code in rated if code not in asked.values()}
        alternatives = near(error.code, others)
        title = error.reading.profile.title
        detail = f"O*NET publishes no {domain} ratings for {error.code} {title} (`{side}`)."
        return Problem(
            404,
            "no-ratings",
            detail,
            headers=headers,
            **members,
            alternatives=alternatives,
        )
    return _unavailable(error, side, headers, members)


def _unavailable(
    error: ReadFailed, side: str, headers: dict[str, str], members: dict[str, Any]
) -> Problem:
    what = f"The ratings of {error.code} (`{side}`) are not cached"
    if isinstance(error, FillFailed) and isinstance(error.cause, NotConfigured):
        domain = error.reading.entry.domain
        problem = upstream_not_configured(f"{what} and", error.cause, domain, **members)
        problem.headers |= headers
        return problem
    wait = (error.cause.retry_after if error.cause else None) or UPSTREAM_RETRY_SECONDS
    retry = headers | {"Retry-After": str(max(1, ceil(wait)))}
    reason = "gave no usable answer. Try again later."
    if isinstance(error.cause, NotOffered):
        members["not_offered"] = error.reading.entry.domain
        reason = f"offer no {error.reading.entry.domain}."
    detail = f"{what} and O*NET Web Services {reason}"
    return Problem(503, "upstream-unavailable", detail, headers=retry, **members)


def upstream_not_configured(
    what: str, cause: NotConfigured, domain: str, **members: Any
) -> Problem:
    """Make the problem of having nobody to ask for ratings of a domain, and say what is held.

    `what` begins the sentence that says so.

    Raises:
        DatabaseUnavailable: where the database cannot be reached or used.
    """
    retry = {"Retry-After": str(UPSTREAM_RETRY_SECONDS)}
    missing = " and ".join(services().settings.missing_credentials)
    reason = f"set {missing}" if missing else cause
    held = sentence(services().holdings.of(domain), domain)
    detail = f"{what} there is no upstream to ask: {reason}. {held} `{SEED}` {BRINGS_ALL}."
    return Problem(503, "upstream-not-configured", detail, headers=retry, **members)


def near(code: str, titles: Mapping[str, str]) -> list[dict[str, str]]:
    """List the occupations nearest to a code, of those whose titles are given."""
    return [{"code": one, "title": titles[one]} for one in nearest(code, titles)]
