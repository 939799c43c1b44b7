"""What a page says beside a problem: titles, how much is held, occupations to go on with."""

from typing import Any, Final

from app.occupations.holdings import sentence
from app.page.messages import Explained
from app.problem_responses import logged_problem, request_id
from app.problems import Problem
from app.wiring.container import services
from cache.db.unavailable import DatabaseUnavailable

SAYS_WHAT_IS_HELD: Final = ("upstream-not-configured", "database-unavailable")
"""Problems whose message says how much is held, or that this cannot be known."""


def explained(error: Exception, domain: str) -> tuple[Problem, Explained]:
    """Log an error and find what helps; where the database fails meanwhile, that is the error."""
    problem = logged_problem(error)
    body = problem.body(request_id())
    try:
        rated = _add_what_helps(problem, body, domain)
    except DatabaseUnavailable as unavailable:
        return explained(unavailable, domain)
    retry_after = int(problem.headers.get("Retry-After", 0))
    return problem, Explained(body, retry_after, _title_of(body.get("code")), rated)


def _add_what_helps(problem: Problem, body: dict[str, Any], domain: str) -> dict[str, bool | None]:
    if problem.name == "upstream-not-configured":
        body["held"] = sentence(services().holdings.of(domain), domain)
    candidates = problem.members.get("candidates", {}).values()
    codes = {one["code"] for found in candidates for one in found}
    return services().catalogue.rated(domain, codes) if codes else {}


def _title_of(code: str | None) -> str:
    try:
        found = services().catalogue.occupation(code) if code else None
    except DatabaseUnavailable:
        return ""
    return found.title if found else ""
