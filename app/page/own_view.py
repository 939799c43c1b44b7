"""GET and POST /own-levels: the page where what someone can do takes the place of one occupation.

The address has occupations and the domain, never a level: with scripts those stay in the fragment,
which no server sees, and come here in the body of a POST alone, of which nothing is kept.
"""

from flask import Blueprint, Response, request

from app.page import asking, own_messages
from app.page.asking import own_address
from app.page.links import OWN_PLACE
from app.page.messages import Message
from app.page.own_reading import OwnShown, own_comparison
from app.page.reading import coverage
from app.page.rendering import answered, glossary, render
from app.page.what_helps import SAYS_WHAT_IS_HELD, explained
from app.problem_responses import keep_unsaid
from app.wiring.container import services

blueprint = Blueprint("own_levels", __name__)

LONGEST_FORM = 50_000
"""Bytes; ten of the longest titles and all elements of a domain take less."""


@blueprint.before_request
def keep_to_ourselves() -> None:
    """Read no more than the form can need, and log nothing of it."""
    request.max_content_length = LONGEST_FORM
    request.max_form_memory_size = LONGEST_FORM
    if request.method == "POST":
        keep_unsaid()


@blueprint.route(f"/{OWN_PLACE}", methods=["GET", "POST"])
def show() -> Response:
    """Show the sliders with what comes of them, or what is to be named first."""
    asked = asking.read_own()
    shown = own_comparison(services(), asked) if asked.is_whole else OwnShown(asked)
    return _page(shown, None if asked.is_whole else own_messages.begins(asked))


@blueprint.errorhandler(Exception)
def fail(error: Exception) -> Response:
    """Say what is the matter; the status is that of the problem."""
    asked = asking.own_as_given()
    problem, found = explained(error, asked.domain)
    told = own_messages.of_own(found, asked)
    shown = OwnShown(own_messages.with_fault_last(asked, found.body))
    answer = _page(shown, told, problem.status, says_held=problem.name in SAYS_WHAT_IS_HELD)
    if found.retry_after:
        answer.headers["Retry-After"] = str(found.retry_after)
    return answer


def _page(
    shown: OwnShown, message: Message | None, status: int = 200, *, says_held: bool = False
) -> Response:
    held = shown.body is None and not says_held
    text = render(
        "own.html",
        **vars(shown),
        shown=shown,
        message=message,
        coverage=coverage(services(), shown.asked.domain) if held else None,
        own_address=own_address,
        glossary=glossary(shown.meanings, shown.body, shown.ranking),
    )
    answer = answered(text.encode(), status)
    if request.method == "POST":
        answer.headers["Cache-Control"] = "no-store"
        del answer.headers["ETag"]
    return answer
