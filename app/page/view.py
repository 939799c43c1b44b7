"""GET /: the page. It asks what the API's own views ask, in the same process."""

from typing import Any, Final

import orjson
from flask import Blueprint, Response, render_template, request
from marshmallow import ValidationError
from werkzeug.datastructures import MultiDict

from app.api import problems, skill_gap, transitions
from app.api.problem_details import invalid_parameters
from app.api.sides import Sides, read_sides
from app.container import services
from app.occupations.holdings import BRINGS_ALL, sentence
from app.occupations.resolve import resolve
from app.page import asking, chart, messages, words
from app.page.assets import asset_url
from app.page.links import Question, address, with_side
from cache.db.database import DatabaseUnavailable
from cache.entries.canonical import DOMAINS
from onet_client.errors import NotConfigured

blueprint = Blueprint("page", __name__, template_folder="templates")

HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; "
    "img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-cache",
}
LISTED: Final = 10
"""Transitions that a page lists."""
SAYS_WHAT_IS_HELD: Final = ("upstream-not-configured", "database-unavailable")
"""Problems whose message says how much is held, or that this cannot be known."""
SIDES: Final = {"from": "source", "to": "target"}
"""The sides of a comparison in a loaded query, by their parameters."""


@blueprint.get("/")
def show() -> Response:
    """Answer the question of the query, or show what can be asked."""
    asked, swap = asking.read()
    if swap:
        swapped = asked._replace(source=asked.target, target=asked.source)
        return Response(status=303, headers={**HEADERS, "Location": address(swapped)})
    answer = _view(asked)
    services().titles.expect()  # a visitor soon begins to type a title
    answer.add_etag()
    answer.make_conditional(request)
    return answer


def _view(asked: Question) -> Response:
    query = _query(asked)
    given = {name: query[side] for name, side in SIDES.items() if side in query}
    if len(given) < len(SIDES):
        resolve(given, services().titles.index)  # says what is the matter before asking for more
        message = messages.half_asked(asked) if given else messages.welcome()
        return page(asked, message=message, coverage=_coverage(asked.domain))
    sides = read_sides(query)
    body = skill_gap.answer(sides.source, sides.target, query) | {"notes": sides.notes}
    meant = asked._replace(source=sides.source.profile.code, target=sides.target.profile.code)
    return page(
        meant, body=_read(body), ranking=_ranking(sides, meant), coverage=_coverage(asked.domain)
    )


def _query(asked: Question) -> dict[str, Any]:
    """Return the query of /skill-gap for a question, covered elements included.

    A side without an occupation is left out.
    """
    named = {"from": asked.source, "to": asked.target, "domain": asked.domain}
    given = {name: text for name, text in named.items() if text} | {"include": "covered"}
    try:
        query: dict[str, Any] = skill_gap.SkillGapQuery(partial=tuple(SIDES.values())).load(
            MultiDict(given)
        )
    except ValidationError as error:
        raise invalid_parameters(error.messages_dict) from error
    return query


def _ranking(sides: Sides, asked: Question) -> dict[str, Any] | None:
    """Return the body of the transitions; None where that fails."""
    reading = sides.source if asked.direction == "to" else sides.target
    query = {
        "direction": asked.direction,
        "domain": asked.domain,
        "job_zone": asked.job_zone and [asked.job_zone],
        "limit": LISTED,
    }
    try:
        return _read(transitions.answer(reading, query))
    except Exception as error:  # noqa: BLE001 - logged; the comparison is there without them
        problems.handle(error)
        return None


def _read(body: dict[str, Any]) -> dict[str, Any]:
    """Return a body as its readers get it: parts of it are JSON already."""
    read: dict[str, Any] = orjson.loads(orjson.dumps(body))
    return read


@blueprint.errorhandler(Exception)
def fail(error: Exception) -> Response:
    """Show the problem in words; the status is that of the problem."""
    response = problems.handle(error)
    problem = response.get_json()
    asked = asking.as_given()
    name = problem["type"].rpartition(":")[2]
    if name == "upstream-not-configured":
        try:
            rated = services().catalogue.titles(rated_in=asked.domain)
            problem["held"] = sentence(services().holdings.of(asked.domain), asked.domain)
        except DatabaseUnavailable as unavailable:
            return fail(unavailable)
        problem["alternatives"] = problems.near(problem["code"], rated)
    retry = int(response.headers.get("Retry-After", 0))
    message = messages.of(problem, asked, retry, _title(problem.get("code")))
    coverage = None if name in SAYS_WHAT_IS_HELD else _coverage(asked.domain)
    answer = page(asked, message=message, coverage=coverage)
    answer.status_code = response.status_code
    answer.headers["Cache-Control"] = "no-store"
    for header in ("Retry-After", "Cache-Status"):
        if header in response.headers:
            answer.headers[header] = response.headers[header]
    return answer


def _coverage(domain: str) -> words.Coverage | None:
    """Return how much is held of a domain; None where the database is unavailable."""
    can_fetch = not isinstance(services().upstream, NotConfigured)
    try:
        return words.coverage(services().holdings.of(domain), domain, can_fetch=can_fetch)
    except DatabaseUnavailable:
        return None


def _title(code: str | None) -> str:
    """Return the title of the occupation that a problem is about; empty where none is known."""
    try:
        found = services().catalogue.occupation(code) if code else None
    except DatabaseUnavailable:
        return ""
    return found.title if found else ""


def page(
    asked: Question,
    *,
    message: messages.Message | None = None,
    body: dict[str, Any] | None = None,
    ranking: dict[str, Any] | None = None,
    coverage: words.Coverage | None = None,
) -> Response:
    """Make the page.

    Args:
        asked: the question that its form shows and its links keep.
        message: shown in place of an answer.
        body: the answer of /skill-gap with covered elements.
        ranking: the answer of /occupations/{code}/transitions; None where there is none.
        coverage: how many occupations are rated here; None where unknown or shown elsewhere.
    """
    text = render_template(
        "page.html",
        asked=asked,
        domains=DOMAINS,
        message=message,
        body=body,
        ranking=ranking,
        coverage=coverage,
        brings_all=BRINGS_ALL,
        charts=[chart.draw(body, layout) for layout in (chart.WIDE, chart.NARROW)] if body else [],
        words=words,
        now=services().now(),
        asset_url=asset_url,
        address=address,
        with_side=with_side,
    )
    return Response(text, mimetype="text/html", headers=HEADERS)
