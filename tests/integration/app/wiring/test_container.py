"""Right after a start: what is built on first use is built once, and those who wait get it."""

import time
from collections import Counter
from typing import Any

import pytest
from apispec import APISpec
from jinja2 import Environment
from sqlalchemy import make_url
from support.databases import load
from support.waiting import at_once

from app import create_app
from app.settings import Settings
from app.wiring.container import Services
from cache.catalogue import Catalogue

CROWD = 48
CODE, OTHER = "11-1011.00", "15-1254.00"
BUILT = {
    "job zones": (f"/occupations/{CODE}/transitions", Catalogue, "job_zones"),
    "a ranking": (f"/occupations/{CODE}/transitions", Catalogue, "related"),
    "matrices": (f"/occupations/{CODE}/transitions", Catalogue, "titles"),
    "the index of titles": ("/occupations?q=nurse", Catalogue, "alternate_titles"),
    "how much is held": ("/", Catalogue, "holding"),
    "the document": ("/openapi.json", APISpec, "to_dict"),
    "the page's template": ("/", Environment, "_compile"),
}


@pytest.mark.parametrize("what", BUILT)
@pytest.mark.parametrize("backend", ["sqlite"], indirect=True, scope="session")
def test_what_a_crowd_needs_first_is_built_once(
    open_app, starter_database: str, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    target, part, method = BUILT[what]
    app = open_app(starter_database).application
    built: Counter[Any] = Counter()
    real = getattr(part, method)

    def build(self: Any, *given: Any, **named: Any) -> Any:
        built[str((given, named))[:1000]] += 1
        time.sleep(0.1)
        return real(self, *given, **named)

    monkeypatch.setattr(part, method, build)
    answers = at_once([lambda: app.test_client().get(target).status_code] * CROWD)

    assert [200] * CROWD == [answer.result for answer in answers]
    assert {1} == {*built.values()}


@pytest.mark.soak
@pytest.mark.parametrize("url", ["full_database", pytest.param("mysql", marks=pytest.mark.mysql)])
def test_a_cold_burst_of_large_answers_is_answered(
    request: pytest.FixtureRequest, full_release, url: str
) -> None:
    """Of 300 that ask a process that has just started, none is told that there is no database."""
    if url == "mysql":
        database = load(request.getfixturevalue("mysql_database"), full_release)
    else:
        database = request.getfixturevalue(url)
    for target in (
        f"/occupations/{CODE}/transitions?limit=2000",
        f"/skill-gap?from=chief+executives&to={OTHER}",
        f"/?from={CODE}&to={OTHER}",
    ):
        app = create_app(services=Services(Settings(database_url=make_url(database))))
        answers = at_once([lambda: app.test_client().get(target).status_code] * 300)  # noqa: B023
        assert {200} == {answer.result for answer in answers}, target
        app.extensions["skillgap"].changes.stop()
