"""Of a posted profile nothing is left: not in logs, metrics, the database, or the process."""

import json
import logging
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import requests
from flask.testing import FlaskClient
from sqlalchemy import create_engine, make_url
from support.databases import load
from support.held import held
from support.processes import serving
from support.tables import stored

from app import create_app
from app.api import profiles
from app.server.posted_gaps import PostedGaps
from app.settings import Settings
from app.wiring.container import Services
from onet_client.sandbox import Sandbox, load_release

CODES = ("11-9001.00", "15-9002.00")
ELEMENT = "2.A.1.a"
WORDS = "canary-to-reflec[t]|4[.]23764[8]|42[.]3764[8]|98-765[4]"
"""A pattern of what the profiles below hold, which no text of the product or the tests does."""


def spoken() -> str:
    return "-".join(["canary", "to", "reflect"])


def number() -> float:
    """A level that nobody else rates."""
    return float(".".join(["4", "237648"]))


def numbers() -> list[int]:
    """The hashes of it, and of ten times as much."""
    return [hash(number()), hash(number() * 10)]


@pytest.fixture
def client(made_up_release: Path, tmp_path: Path) -> Any:
    url = load(f"sqlite:///{tmp_path / 'skillgap.db'}", made_up_release)
    settings = Settings(database_url=make_url(url), log_level="DEBUG")
    services = Services(settings)
    yield create_app(services=services).test_client()
    services.engine.dispose()


def ask_in_front(services: Services, text: bytes) -> int | None:
    """Ask what a server asks before Flask; None where that leaves it to Flask."""
    header = {"content-type": "application/json"}.get
    found = PostedGaps(services).find("/skill-gap", "", header, text)
    return None if found is None else found.status


def bodies() -> list[tuple[str, dict[str, Any], int]]:
    """Profiles that are answered and that are refused, each in other ways."""
    level, word = number(), spoken()
    own = {ELEMENT: level}
    good = {"occupations": [CODES[0]], "ratings": own}
    return [
        ("/skill-gap", {"from": {"occupations": [CODES[0], "98-7654"]}, "to": CODES[1]}, 404),
        ("/skill-gap", {"from": good, "to": CODES[1], "include": "covered"}, 200),
        ("/skill-gap", {"from": {"ratings": own}, "to": CODES[1], "format": "csv"}, 200),
        ("/transitions", {"from": good}, 200),
        ("/transitions", {"from": {"ratings": own}, "limit": 1}, 200),
        ("/skill-gap", {"from": {"occupations": [word]}, "to": CODES[1]}, 422),
        ("/skill-gap", {"from": good, "to": word}, 422),
        ("/transitions", {"from": {"occupations": [word], "ratings": own}}, 422),
        ("/transitions", {"from": {"ratings": {word: level}}}, 422),
        ("/transitions", {"from": {"ratings": {ELEMENT: level * 10}}}, 422),
        ("/transitions", {"from": good, word: level}, 422),
    ]


def is_canary(text: str) -> bool:
    return re.search(WORDS, text) is not None


def test_nothing_of_a_profile_is_left_behind(
    client: FlaskClient, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    services, in_front = client.application.extensions["skillgap"], []

    for path, body, status in bodies():
        answer = client.post(path, data=json.dumps(body), content_type="application/json")
        assert status == answer.status_code, answer.text
        assert "no-store" == answer.headers["Cache-Control"]
        if status == 422:
            assert not is_canary(answer.text)
        in_front.append(ask_in_front(services, json.dumps(body).encode()))
    del answer, body

    assert [200] == [*{*in_front} - {None}]
    assert len([one for one in caplog.messages if "POST /" in one]) == 7
    assert not is_canary(caplog.text)
    assert not any(map(is_canary, capfd.readouterr()))
    assert not is_canary(client.get("/metrics").text)
    assert not is_canary(stored(services.engine))
    caplog.clear()
    assert [] == held(WORDS, numbers())


def test_the_search_finds_what_is_held() -> None:
    remembered = lru_cache(lambda level: level)
    remembered(number())
    by_text = {"kept": [f"{spoken()}!"]}

    found = held(WORDS, numbers())

    assert {"functools._lru_cache_wrapper", "builtins.list"} <= set(found)
    assert by_text


def test_what_fails_unexpectedly_is_logged_without_its_words(
    client: FlaskClient, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)

    def fail(query: Any) -> Any:
        try:
            float(f"{query}")
        except ValueError as error:
            raise KeyError(number()) from error

    monkeypatch.setattr(profiles, "own_of", fail)
    body = {"from": {"ratings": {ELEMENT: number()}}, "to": CODES[1]}

    answer = client.post("/skill-gap", json=body)

    assert 500 == answer.status_code
    assert not is_canary(answer.text + caplog.text)
    assert "KeyError" in caplog.text
    assert "ValueError" in caplog.text
    assert "in fail" in caplog.text


def test_a_server_says_nothing_of_it_at_any_level(made_up_release: Path, tmp_path: Path) -> None:
    """With an upstream, which is asked for what is not cached and for what there is not."""
    with Sandbox(load_release(made_up_release), api_key="key") as upstream:
        url = load(f"sqlite:///{tmp_path / 'skillgap.db'}", made_up_release)
        settings = {"ONET_API_URL": upstream.url, "ONET_API_KEY": "key", "LOG_LEVEL": "DEBUG"}
        with serving(tmp_path, DATABASE_URL=url, **settings) as server:
            for said in (
                {"occupations": [spoken()]},
                {"occupations": ["98-7654"]},
                {"occupations": [CODES[1]], "ratings": {ELEMENT: number()}},
                {"ratings": {ELEMENT: number()}},
            ):
                for path in ("/skill-gap", "/transitions"):
                    requests.post(
                        server.url + path, json={"from": said, "to": CODES[0]}, timeout=30
                    )
            metrics = requests.get(f"{server.url}/metrics", timeout=30).text
        assert "POST /" in server.log.read_text()
        assert not is_canary(server.log.read_text())
        assert not is_canary(metrics)
    engine = create_engine(url)
    assert not is_canary(stored(engine))
    engine.dispose()
