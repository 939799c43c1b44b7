"""What holds for every answer of the API, whatever was asked."""

import re
from functools import cache
from typing import Any

from flask.testing import FlaskClient
from marshmallow import RAISE, Schema
from support.structured_fields import parse_list
from werkzeug.test import TestResponse

from app.api.admin_schemas import CacheEntriesSchema
from app.api.health import HealthSchema
from app.api.operations import ProblemSchema
from app.elements.schema import ElementsSchema, OneElementSchema
from app.gaps.schema import SkillGapSchema
from app.occupations.cache_summary import CacheSummarySchema
from app.occupations.schema import OccupationSchema, OccupationsSchema
from app.profiles.schema import OwnGapSchema, OwnTransitionsSchema
from app.transitions.schema import TransitionsSchema

SCHEMAS: dict[str, type[Schema]] = {
    "/skill-gap": SkillGapSchema,
    "/elements": ElementsSchema,
    "/occupations": OccupationsSchema,
    "/admin/cache": CacheSummarySchema,
    "/admin/cache/entries": CacheEntriesSchema,
    "/health": HealthSchema,
    "/health/ready": HealthSchema,
}
POSTED: dict[str, type[Schema]] = {
    "/skill-gap": OwnGapSchema,
    "/transitions": OwnTransitionsSchema,
}
INNARDS = re.compile(
    r"Traceback|File \"|sqlalchemy|sqlite|mysql|mariadb|OperationalError|SELECT |canary|[/\\]site-",
    re.IGNORECASE,
)
"""What no caller may see; `canary` stands in every credential of the tests."""


class CheckedClient(FlaskClient):
    """A client that looks over each answer before the test does."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        answer = super().open(*args, **{"buffered": True, **kwargs})
        check(answer)
        return answer


def problem(answer: TestResponse) -> tuple[int, str]:
    """Status and end of the type."""
    return answer.status_code, answer.get_json()["type"].rpartition(":")[2]


def members(answer: TestResponse) -> list[tuple[Any, dict[str, Any]]]:
    """The members of Cache-Status."""
    return parse_list(answer.headers["Cache-Status"])


def check(answer: TestResponse) -> None:
    """Assert what holds for every answer."""
    assert re.fullmatch(r"[!-~]{1,128}", answer.headers["X-Request-ID"])
    assert answer.status_code < 500 or answer.status_code == 503, answer.text
    if answer.status_code >= 400:
        _check_problem(answer)
    elif answer.request.method == "OPTIONS":
        assert not answer.data
    elif answer.mimetype in ("text/csv", "text/html"):
        assert not INNARDS.search(answer.text)
    elif answer.request.method not in ("GET", "HEAD"):
        _check_posted(answer)
    elif answer.status_code == 200 and (schema := _schema_of(answer.request.path)):
        _check_body(answer, schema)


def _schema_of(path: str) -> type[Schema] | None:
    if path in SCHEMAS:
        return SCHEMAS[path]
    if path.endswith("/transitions"):
        return TransitionsSchema
    below = {"/elements/": OneElementSchema, "/occupations/": OccupationSchema}
    return next((schema for start, schema in below.items() if path.startswith(start)), None)


def freshness(answer: Any) -> dict[str, int]:
    """What Cache-Control lets others do: for how many seconds an answer is fresh from now on, and
    may be given after that while it is fetched anew (`behind`) and where that fails (`error`)."""
    found = re.fullmatch(
        r"public, max-age=([0-9]+), stale-while-revalidate=([0-9]+), stale-if-error=([0-9]+)",
        answer.headers["Cache-Control"],
    )
    assert found, answer.headers["Cache-Control"]
    max_age, behind, error = map(int, found.groups())
    return {"left": max_age - int(answer.headers["Age"]), "behind": behind, "error": error}


def _check_problem(answer: TestResponse) -> None:
    assert "application/problem+json" == answer.headers["Content-Type"]
    assert "no-store" == answer.headers["Cache-Control"]
    assert {"ETag", "Age"}.isdisjoint(answer.headers.keys())
    if answer.status_code == 503:
        assert 1 <= int(answer.headers["Retry-After"]) <= 31_536_000
    if answer.request.method == "HEAD":
        assert b"" == answer.data
        return
    body = answer.get_json()
    _check_schema(ProblemSchema, body)
    assert re.fullmatch(r"urn:problem-type:skillgap:[a-z]+(-[a-z]+)*", body["type"])
    assert answer.status_code == body["status"]
    assert answer.headers["X-Request-ID"] == body["request_id"]
    shown = {name: value for name, value in body.items() if name != "request_id"}
    assert not INNARDS.search(str(shown)), body


def _check_posted(answer: TestResponse) -> None:
    assert answer.mimetype == "application/json"
    if answer.request.path in POSTED:
        assert not INNARDS.search(answer.text)
        _check_schema(POSTED[answer.request.path], answer.get_json())


def _check_body(answer: TestResponse, schema: type[Schema]) -> None:
    assert "application/json" == answer.headers["Content-Type"]
    if "Cache-Status" in answer.headers:
        assert all(cache == "skillgap" for cache, _ in members(answer))
        assert re.fullmatch(r"[0-9]+", answer.headers["Age"])
        assert freshness(answer)["left"] >= 0
        assert re.fullmatch(r'"[!#-~]+"', answer.headers["ETag"])
    if answer.request.method == "HEAD":
        assert b"" == answer.data
        return
    assert not INNARDS.search(answer.text)
    _check_schema(schema, answer.get_json())


def _check_schema(schema: type[Schema], body: Any) -> None:
    """Assert that the documented schema takes the body whole and would write it the same."""
    one = _made(schema)
    assert body == one.dump(one.load(body, unknown=RAISE))


_made = cache(lambda schema: schema())  # to make one takes longer than to use it
