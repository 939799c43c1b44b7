"""What a page says beside a problem: titles, how much is held, occupations to go on with."""

from typing import Any, Final

from app.occupations.holdings import sentence
from app.problems import Problem
from app.wiring.container import services
from cache.db.database import DatabaseUnavailable

SAYS_WHAT_IS_HELD: Final = ("upstream-not-configured", "database-unavailable")
"""Problems whose message says how much is held, or that this cannot be known."""


def add_what_helps(problem: Problem, body: dict[str, Any], domain: str) -> dict[str, bool | None]:
    """Add to a problem what the page says beside it; return which candidates are rated.

    Raises:
        DatabaseUnavailable: where the database cannot be reached or used.
    """
    if problem.name == "upstream-not-configured":
        body["held"] = sentence(services().holdings.of(domain), domain)
    candidates = problem.members.get("candidates", {}).values()
    codes = {one["code"] for found in candidates for one in found}
    return services().catalogue.rated(domain, codes) if codes else {}


def title_of(code: str | None) -> str:
    """Return the title of the occupation that a problem is about; empty where none is known."""
    try:
        found = services().catalogue.occupation(code) if code else None
    except DatabaseUnavailable:
        return ""
    return found.title if found else ""
