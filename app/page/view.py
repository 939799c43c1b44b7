"""GET /: the page. It calls what the API's views call."""

from typing import Any, Final

from flask import Blueprint, Response, render_template, request

from app.container import services
from app.gaps.compare import GapChoice
from app.gaps.json_body import gap_body, plain
from app.gaps.schema import SkillGapQuery
from app.occupations.holdings import BRINGS_ALL, told
from app.occupations.lookup import FoundOccupation, FoundPair
from app.occupations.resolve import resolve
from app.page import asking, chart, messages, words
from app.page.assets import asset_url
from app.page.links import Asked, address, with_side
from app.problem_responses import logged_problem, request_id
from app.transitions.choice import TransitionsChoice
from app.transitions.json_body import transitions_body
from cache.db.database import DatabaseUnavailable
from onet_client.content_model import DOMAINS

blueprint = Blueprint("page", __name__, template_folder="templates")

HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; "
    "img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-cache",
}
STEPS: Final = 10
"""Transitions that a page lists."""
SIDES: Final = {"from": "source", "to": "target"}
"""What the sides of a comparison are called in a query, by their parameters."""
SAYS_WHAT_IS_HELD: Final = ("upstream-not-configured", "database-unavailable")
"""Problems whose message says how much is held, or that nobody can tell."""


@blueprint.get("/")
def show() -> Response:
    """Show what the query asks, or what can be asked."""
    asked, swap = asking.read()
    if swap:
        swapped = asked._replace(source=asked.target, target=asked.source)
        return Response(status=303, headers={**HEADERS, "Location": address(swapped)})
    answer = _view(asked)
    services().titles.expect()  # whoever sees the page begins to type
    answer.add_etag()
    answer.make_conditional(request)
    return answer


def _view(asked: Asked) -> Response:
    named = {"from": asked.source, "to": asked.target}
    given = {side: text for side, text in named.items() if text}
    query = SkillGapQuery(partial=True).load({**given, "domain": asked.domain})
    if len(given) < len(named):
        texts = {side: query[name] for side, name in SIDES.items() if side in given}
        resolve(texts, services().titles.index)  # says what is the matter before asking for more
        message = messages.half_asked(asked) if given else messages.welcome()
        return page(asked, message=message, held=_held(asked.domain))
    found = services().lookup.pair(query["source"], query["target"], query["domain"])
    meant = asked._replace(source=found.source.profile.code, target=found.target.profile.code)
    body = plain(gap_body(found, GapChoice(covered=True)))
    return page(meant, body=body, steps=_steps(found, meant), held=_held(asked.domain))


def _steps(found: FoundPair, asked: Asked) -> dict[str, Any] | None:
    """Make the body that transitions are answered with; None where that fails."""
    reading = found.source if asked.direction == "to" else found.target
    zones = None if asked.job_zone is None else (asked.job_zone,)
    choice = TransitionsChoice(asked.direction, zones, STEPS)
    try:
        return plain(transitions_body(services().next_steps, FoundOccupation(reading, []), choice))
    except Exception as error:  # noqa: BLE001 - logged; the comparison is there without them
        logged_problem(error)
        return None


@blueprint.errorhandler(Exception)
def fail(error: Exception) -> Response:
    """Say what is the matter; the status is that of the problem."""
    problem = logged_problem(error)
    asked, body = asking.as_given(), problem.body(request_id())
    if problem.name == "upstream-not-configured":
        try:
            body["held"] = told(services().holdings.of(asked.domain), asked.domain)
            body["alternatives"] = services().problems().nearest_rated(body["code"], asked.domain)
        except DatabaseUnavailable as unavailable:
            return fail(unavailable)
    retry = int(problem.headers.get("Retry-After", 0))
    message = messages.of(body, asked, retry, _title(body.get("code")))
    held = None if problem.name in SAYS_WHAT_IS_HELD else _held(asked.domain)
    answer = page(asked, message=message, held=held)
    answer.status_code = problem.status
    answer.headers["Cache-Control"] = "no-store"
    for header in ("Retry-After", "Cache-Status"):
        if header in problem.headers:
            answer.headers[header] = problem.headers[header]
    return answer


def _held(domain: str) -> words.Held | None:
    """Say how much is held of a domain; None where the database does not tell."""
    can_fetch = services().upstream.is_configured
    try:
        return words.held(services().holdings.of(domain), domain, can_fetch=can_fetch)
    except DatabaseUnavailable:
        return None


def _title(code: str | None) -> str:
    """Find the title of what a problem is about, if there is one to be found."""
    try:
        found = services().catalogue.occupation(code) if code else None
    except DatabaseUnavailable:
        return ""
    return found.title if found else ""


def page(
    asked: Asked,
    *,
    message: messages.Message | None = None,
    body: dict[str, Any] | None = None,
    steps: dict[str, Any] | None = None,
    held: words.Held | None = None,
) -> Response:
    """Make the page.

    Args:
        asked: what its form shows and its links keep.
        message: what it says in place of an answer.
        body: the answer of /skill-gap with what is covered.
        steps: the answer of /occupations/{code}/transitions; None where it cannot be had.
        held: how much there is to ask for; None where that is not known, or told elsewhere.
    """
    text = render_template(
        "page.html",
        asked=asked,
        domains=DOMAINS,
        message=message,
        body=body,
        steps=steps,
        held=held,
        brings_all=BRINGS_ALL,
        charts=[chart.draw(body, layout) for layout in (chart.WIDE, chart.NARROW)] if body else [],
        words=words,
        now=services().now(),
        asset_url=asset_url,
        address=address,
        with_side=with_side,
    )
    return Response(text, mimetype="text/html", headers=HEADERS)
