"""Errors as RFC 9457 problem details: which exception becomes which problem."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from math import ceil
from typing import Any, Final

from marshmallow import ValidationError
from marshmallow.exceptions import SCHEMA
from sqlalchemy.engine import URL

from app.elements.json_body import ElementNotFound
from app.occupations.alternatives import Alternatives
from app.occupations.holdings import BRINGS_ALL, SEED, Holdings, hint, sentence
from app.occupations.lookup import LookupFailed
from app.occupations.replaced import note
from app.occupations.resolve import CODE_HINT, Unresolved
from app.response_cache.headers import cache_status
from app.transitions.job_zones import JobZoneNotHeld
from cache.db.unavailable import DatabaseUnavailable
from cache.reading import FillFailed, NoRatings, UnknownOccupation
from onet_client.content_model import domain_words
from onet_client.errors import BudgetSpent, NotConfigured, NotOffered

TYPE_PREFIX: Final = "urn:problem-type:skillgap:"
LISTED_ERRORS: Final = 20
"""Of one request: a list can be wrong in each of its items."""
DATABASE_RETRY_SECONDS: Final = 5
UPSTREAM_RETRY_SECONDS: Final = 30
LONGEST_ID: Final = 60
"""Characters of what should be an element's id that are repeated."""


class Problem(Exception):
    """An answer that is an error.

    Attributes:
        name: the end of its type.
        members: what the type adds to the body.
        reason: what the log and commands say instead of the detail; no secret.
    """

    def __init__(
        self,
        status: int,
        name: str,
        detail: str,
        *,
        headers: dict[str, str] | None = None,
        reason: str | None = None,
        **members: Any,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.name = name
        self.detail = detail
        self.headers = headers or {}
        self.reason = reason or detail
        self.members = members

    def body(self, request_id: str | None = None) -> dict[str, Any]:
        """Write the body (RFC 9457 section 3.1), for the request of that id if it was one."""
        identified = {} if request_id is None else {"request_id": request_id}
        return {
            "type": TYPE_PREFIX + self.name,
            "title": self.name.replace("-", " ").capitalize(),
            "status": self.status,
            "detail": self.detail,
            **identified,
            **self.members,
        }


def invalid_parameters(messages: Mapping[str, Any]) -> Problem:
    """Make the problem of parameters that cannot be used.

    The messages say what is wrong with each, as marshmallow does: a list, or by item of a list.
    """
    errors = list(islice(_errors(messages), LISTED_ERRORS))
    detail = " ".join(f"{each['parameter']}: {each['detail']}" for each in errors)
    return Problem(422, "invalid-parameter", detail, errors=errors)


def _errors(messages: Mapping[Any, Any], place: str = "") -> Iterator[dict[str, str]]:
    for name, said in messages.items():
        if name == SCHEMA:
            at = place or "body"
        elif isinstance(name, int):
            at = f"{place}[{name}]"
        else:
            at = f"{place}.{name}" if place else str(name)
        if isinstance(said, Mapping):
            yield from _errors(said, at)
        else:
            yield {"parameter": at, "detail": " ".join(map(str, said))}


def database_unavailable(error: DatabaseUnavailable, database: URL) -> Problem:
    """Make the problem of a database that cannot be used: callers are not told why."""
    return Problem(
        503,
        "database-unavailable",
        "The database cannot be reached or is not migrated. Try again shortly.",
        headers={"Retry-After": str(DATABASE_RETRY_SECONDS)},
        reason=f"{error} (DATABASE_URL is {database.render_as_string(hide_password=True)})",
    )


@dataclass(frozen=True, slots=True)
class Problems:
    """Makes problems of exceptions.

    Attributes:
        titles: reads the titles of all occupations.
        alternatives: finds what is near an occupation or a code.
        missing_credentials: settings without which there is no upstream.
        database: what DATABASE_URL says.
    """

    titles: Callable[[], Mapping[str, str]]
    alternatives: Alternatives
    holdings: Holdings
    now: Callable[[], datetime]
    missing_credentials: tuple[str, ...]
    database: URL

    def of(self, error: BaseException) -> Problem:
        """Choose the problem for an exception; what is not expected says nothing of itself.

        Raises:
            DatabaseUnavailable: where the database is asked for suggestions and cannot be used.
        """
        match error:
            case Problem():
                return error
            case LookupFailed():
                return self._of_lookup(error)
            case Unresolved():
                return self._of_unresolved(error)
            case ValidationError():
                return invalid_parameters(error.messages_dict)
            case ElementNotFound():
                return _no_element(error)
            case JobZoneNotHeld():
                return invalid_parameters({error.parameter: [str(error)]})
            case DatabaseUnavailable():
                return database_unavailable(error, self.database)
        detail = "Something failed here; the log has it by request id."
        return Problem(500, "internal-error", detail)

    def upstream_not_configured(
        self, what: str, cause: NotConfigured, domain: str, **members: Any
    ) -> Problem:
        """Make the problem of having nobody to ask for ratings of a domain, and say what is held.

        `what` begins the sentence that says so.

        Raises:
            DatabaseUnavailable: where the database cannot be reached or used.
        """
        retry = {"Retry-After": str(UPSTREAM_RETRY_SECONDS)}
        missing = " and ".join(self.missing_credentials)
        reason = f"set {missing}" if missing else cause
        held = sentence(self.holdings.of(domain), domain)
        detail = f"{what} there is no upstream to ask: {reason}. {held} `{SEED}` {BRINGS_ALL}."
        return Problem(503, "upstream-not-configured", detail, headers=retry, **members)

    def _of_lookup(self, failed: LookupFailed) -> Problem:
        """Say which occupation has nothing to serve, and what can be done instead."""
        error, side = failed.cause, failed.parameter
        code = error.code
        members: dict[str, Any] = {"occupation": side, "code": code}
        if failed.replaced is not None:
            title = self.titles().get(code, "")
            members["notes"] = [note(side, failed.replaced, code, title)._asdict()]
        headers = {"Cache-Status": cache_status(error.readings, self.now())}
        if isinstance(error, UnknownOccupation):
            near = self.alternatives.codes(code)
            members["suggestions"] = [offer._asdict() for offer in near]
            if not near:
                members["hint"] = CODE_HINT
            detail = f"O*NET has no occupation {code} (`{side}`)."
            return Problem(404, "occupation-not-found", detail, headers=headers, **members)
        domain = error.reading.entry.domain
        if isinstance(error, NoRatings):
            members["alternatives"] = self._rated_near(failed, domain)
            title = error.reading.profile.title
            detail = (
                f"O*NET publishes no {domain_words(domain)} ratings for {code} {title} (`{side}`)."
            )
            return Problem(404, "no-ratings", detail, headers=headers, **members)
        return self._unavailable(failed, headers, members)

    def _of_unresolved(self, error: Unresolved) -> Problem:
        """Make the problem of texts that do not name one occupation each."""
        problem = invalid_parameters({name: [said] for name, said in error.messages.items()})
        problem.members["candidates"] = {
            name: [candidate._asdict() for candidate in found]
            for name, found in error.candidates.items()
        }
        if not all(error.candidates.values()):
            problem.members["hint"] = hint(self.titles())
        return problem

    def _rated_near(self, failed: LookupFailed, domain: str) -> list[dict[str, str]]:
        """List rated occupations to go on with in place of the one that failed."""
        near = self.alternatives.rated(failed.cause.code, domain, failed.codes.values())
        return [offer._asdict() for offer in near]

    def _unavailable(
        self, failed: LookupFailed, headers: dict[str, str], members: dict[str, Any]
    ) -> Problem:
        error, side = failed.cause, failed.parameter
        domain = error.reading.entry.domain
        if isinstance(error, FillFailed) and isinstance(error.cause, NotConfigured):
            members["alternatives"] = self._rated_near(failed, domain)
            named = f"{error.code} {self.titles().get(error.code, '')}".rstrip()
            what = f"The ratings of {named} (`{side}`) are not cached and"
            problem = self.upstream_not_configured(what, error.cause, domain, **members)
            problem.headers |= headers
            return problem
        wait = (error.cause.retry_after if error.cause else None) or UPSTREAM_RETRY_SECONDS
        retry = headers | {"Retry-After": str(max(1, ceil(wait)))}
        reason = "gave no usable answer. Try again later."
        if isinstance(error.cause, BudgetSpent):
            reason = "are not asked any more today: as many requests were sent as may be in a day."
        if isinstance(error.cause, NotOffered):
            members["not_offered"] = domain
            reason = f"offer no {domain_words(domain)}."
        what = f"The ratings of {error.code} (`{side}`) are not cached"
        detail = f"{what} and O*NET Web Services {reason}"
        return Problem(503, "upstream-unavailable", detail, headers=retry, **members)


def _no_element(error: ElementNotFound) -> Problem:
    near = [{"id": one.id, "name": one.name} for one in error.candidates]
    detail = f"O*NET has no element {str(error)[:LONGEST_ID]} that is known here."
    return Problem(404, "element-not-found", detail, suggestions=near)
