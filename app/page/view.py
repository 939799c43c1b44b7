"""GET /: the page. It calls what the API's views call."""

from typing import Any, Final

from flask import Blueprint, Response, current_app, render_template
from jinja2 import Template

from app.gaps.compare import GapChoice
from app.gaps.json_body import gap_body, plain
from app.gaps.schema import SkillGapQuery
from app.occupations.holdings import BRINGS_ALL, sentence
from app.occupations.resolve import resolve
from app.page import asking, chart, doubt, messages, words
from app.page.assets import asset_url
from app.page.links import Question, address, alone, turned, with_side
from app.problem_responses import logged_problem, request_id
from app.transitions.choice import TransitionsChoice
from app.transitions.json_body import transitions_body
from app.transitions.subject import read_subject
from app.wiring.container import services
from cache.db.database import DatabaseUnavailable
from cache.local.once import MadeOnce
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
PAGE: Final = "page.html"
LISTED: Final = 10
"""Transitions that a page lists."""
SAYS_WHAT_IS_HELD: Final = ("upstream-not-configured", "database-unavailable")
"""Problems whose message says how much is held, or that this cannot be known."""
SIDES: Final = {"from": "source", "to": "target"}
"""The sides of a comparison in a loaded query, by their parameters."""

_templates: MadeOnce[str, Template] = MadeOnce()
"""Jinja keeps them, but lets each of those who come first compile one."""


@blueprint.get("/")
def show() -> Response:
    """Answer the question of the query, or show what can be asked."""
    asked, swap = asking.read()
    if swap:
        swapped = asked._replace(source=asked.target, target=asked.source)
        return Response(status=303, headers={**HEADERS, "Location": address(swapped)})
    answer = _view(asked)
    services().titles.expect()  # a visitor soon begins to type a title
    return answer


def _view(asked: Question) -> Response:
    named = {"from": asked.source, "to": asked.target}
    given = {side: text for side, text in named.items() if text}
    query = SkillGapQuery(partial=True).load({**given, "domain": asked.domain})
    if len(given) < len(named):
        texts = {side: query[name] for side, name in SIDES.items() if side in given}
        # Which says what is the matter before asking for more.
        codes = resolve(texts, services().titles.index)
        message = messages.half_asked(asked) if given else messages.welcome()
        meant = alone(asked, codes)
        ranking = _ranking(meant) if codes else None
        return page(meant, message=message, ranking=ranking, coverage=_coverage(asked.domain))
    found = services().lookup.pair(query["source"], query["target"], query["domain"])
    meant = asked._replace(source=found.source.profile.code, target=found.target.profile.code)
    body = plain(gap_body(found, GapChoice(covered=True), services().baseline.closer_than))
    return page(meant, body=body, ranking=_ranking(meant), coverage=_coverage(asked.domain))


def _ranking(asked: Question) -> dict[str, Any] | None:
    """Make the body that transitions are answered with; None where that fails."""
    code = asked.source if asked.direction == "to" else asked.target
    zones = None if asked.job_zone is None else (asked.job_zone,)
    choice = TransitionsChoice(asked.direction, job_zones=zones, limit=LISTED)
    wired = services()
    try:
        subject = read_subject(wired.lookup, wired.transitions, code, None)
        return plain(transitions_body(wired.transitions, subject, choice))
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
            body["held"] = sentence(services().holdings.of(asked.domain), asked.domain)
            body["alternatives"] = services().problems().nearest_rated(body["code"], asked.domain)
        except DatabaseUnavailable as unavailable:
            return fail(unavailable)
    retry = int(problem.headers.get("Retry-After", 0))
    message = messages.of(body, asked, retry, _title(body.get("code")))
    coverage = None if problem.name in SAYS_WHAT_IS_HELD else _coverage(asked.domain)
    answer = page(asked, message=message, coverage=coverage)
    answer.status_code = problem.status
    answer.headers["Cache-Control"] = "no-store"
    for header in ("Retry-After", "Cache-Status"):
        if header in problem.headers:
            answer.headers[header] = problem.headers[header]
    return answer


def _coverage(domain: str) -> words.Coverage | None:
    """Return how much is held of a domain; None where the database is unavailable."""
    can_fetch = services().upstream.is_configured
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
        _templates.share(PAGE, lambda: current_app.jinja_env.get_template(PAGE)),
        asked=asked,
        domains=DOMAINS,
        message=message,
        body=body,
        ranking=ranking,
        coverage=coverage,
        brings_all=BRINGS_ALL,
        charts=[chart.draw(body, layout) for layout in (chart.WIDE, chart.NARROW)] if body else [],
        words=words,
        doubt=doubt,
        now=services().now(),
        asset_url=asset_url,
        address=address,
        with_side=with_side,
        turned=turned,
    )
    return Response(text, mimetype="text/html", headers=HEADERS)
