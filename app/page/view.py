"""GET /: the page, and what a browser is told where there is none."""

from typing import Final

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound

from app.gaps.schema import SkillGapQuery
from app.occupations.resolve import resolve
from app.page import asking, messages, reading
from app.page.links import Question, address, swapped
from app.page.reading import Shown
from app.page.rendering import HEADERS, answered, page, render
from app.page.what_helps import SAYS_WHAT_IS_HELD, explained
from app.problem_responses import handle, logged_problem
from app.response_cache.negotiation import prefers_html
from app.wiring.container import services

blueprint = Blueprint("page", __name__, template_folder="templates")

SIDES: Final = {"from": "source", "to": "target"}
"""The sides of a comparison in a loaded query, by their parameters."""


@blueprint.get("/")
def show() -> Response:
    """Answer the question of the query, or show what can be asked."""
    asked, swap = asking.read()
    if swap:
        headers = {**HEADERS, "Location": address(swapped(asked))}
        return Response(status=303, headers=headers)
    answer = page(_read(asked))
    services().titles.expect()  # a visitor soon begins to type a title
    return answer


def _read(asked: Question) -> Shown:
    named = {"from": asked.source, "to": asked.target}
    given = {side: text for side, text in named.items() if text}
    query = SkillGapQuery(partial=True).load({**given, "domain": asked.domain})
    wired = services()
    if not given:
        return reading.invitation(wired, asked)
    if len(given) < len(named):
        texts = {side: query[name] for side, name in SIDES.items() if side in given}
        # Which says what is the matter before asking for more.
        return reading.alone(wired, asked, resolve(texts, wired.titles.index))
    found = wired.lookup.pair(query["source"], query["target"], query["domain"])
    return reading.comparison(wired, asked, found)


@blueprint.errorhandler(Exception)
def fail(error: Exception) -> Response:
    """Say what is the matter; the status is that of the problem."""
    asked = asking.as_given()
    problem, found = explained(error, asked.domain)
    shown = Shown(asked, asked, messages.of(found, asked))
    if problem.name not in SAYS_WHAT_IS_HELD:
        shown.coverage = reading.coverage(services(), asked.domain)
    answer = page(shown, problem.status)
    for header in ("Retry-After", "Cache-Status"):
        if header in problem.headers:
            answer.headers[header] = problem.headers[header]
    return answer


def missing(error: NotFound) -> Response:
    """Tell a browser in HTML that there is no such page, and anybody else as the API does."""
    if request.method not in ("GET", "HEAD") or not prefers_html(request.headers.get("Accept")):
        return handle(error)
    logged_problem(error)
    up = "../" * (request.path.count("/") - 1)
    return answered(render("missing.html", up=up).encode(), 404)
