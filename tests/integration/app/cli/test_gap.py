"""Commands within the application that they are part of, and what the API answers beside them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import make_url

from app import create_app
from app.settings import Settings
from cache.db.migrate import upgrade
from cache.release.seed import seed

Run = Callable[..., Result]
PAIR = ("11-1011.00", "Web Developers")


@pytest.fixture(scope="module")
def app(starter_release: Path, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    path = tmp_path_factory.mktemp("commands") / "skillgap.db"
    made = create_app(Settings(database_url=make_url(f"sqlite:///{path}")))
    services = made.extensions["skillgap"]
    upgrade(services.engine)
    seed(services.engine, starter_release, limits=services.limits, now=services.now)
    return made


@pytest.fixture
def run(app: Flask) -> Run:
    runner = app.test_cli_runner()
    return lambda *arguments: runner.invoke(args=arguments)


def test_a_gap_is_that_of_the_api(app: Flask, run: Run) -> None:
    answer = app.test_client().get("/skill-gap", query_string={"from": PAIR[0], "to": PAIR[1]})

    done = run("gap", *PAIR, "--json")

    assert 0 == done.exit_code, done.output
    assert answer.get_json() == json.loads(done.output)


def test_transitions_are_those_of_the_api(app: Flask, run: Run) -> None:
    path = "/occupations/11-1011.00/transitions?direction=from&limit=3"
    answer = app.test_client().get(path)

    done = run("transitions", PAIR[0], "--from", "--limit", "3", "--json")

    assert 0 == done.exit_code, done.output
    assert answer.get_json() == json.loads(done.output)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("gap", "11-1011.00", "99-9999.00"), "O*NET has no occupation 99-9999.00 (to)."),
        (("gap", "11-1011.00", "15-12"), "to: Not an O*NET-SOC code"),
        (("gap", "Chief", "11-1011.00"), "from could be 11-1011.00 Chief Executives"),
        (("transitions", "11-1011.00", "--zone-change", "1..-1"), "--zone-change: The first has"),
        (("transitions", "11-1011.00", "--zone-change", "0"), "--zone-change: No job zones are"),
        (("transitions", "11-1011.00", "--min-readiness", "2"), "--min-readiness: Must be"),
        (("transitions", "11-1011.00", "--domains", "skill"), "--domains: Not one or several of"),
        (("transitions", "11-1011.00", "--rank", "x"), "--rank: Must be one of"),
        (("transitions", "11-1011.00", "--job-zone", "x"), "--job-zone: Not a job zone"),
        (("transitions", "11-1011.00", "--job-zone", "3"), "--job-zone: No job zones are held"),
    ],
)
def test_what_cannot_be_answered_is_said_in_the_words_of_the_command(
    run: Run, arguments: tuple[str, ...], said: str
) -> None:
    done = run(*arguments)

    assert 1 == done.exit_code
    assert said in done.output


def test_commands_that_ask_no_occupation_run_within_it_too(run: Run) -> None:
    status, upgraded = run("cache", "status"), run("db", "upgrade")

    assert "skills, fresh" in status.output
    assert (0, 0) == (status.exit_code, upgraded.exit_code)
