"""A credential shows nowhere: not in logs, errors, reprs, the database or an answer."""

import logging
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine
from support.canary import CANARY
from support.tables import stored

from app import create_app
from app.settings import Settings
from app.wiring.container import Services
from onet_client.errors import OnetError
from onet_client.sandbox import Fault, Sandbox, load_release

pytestmark = pytest.mark.waits

CODE = "11-9001.00"
CREDENTIALS: dict[str, dict[str, Any]] = {
    "2": {"onet_api_key": CANARY},
    "1.9": {"onet_api_username": "someone", "onet_api_password": CANARY},
}
FAULTS: dict[str, dict[str, Any]] = {
    "none": {"path": "never asked"},
    "401": {"status": 401},
    "403 HTML": {"status": 403, "body": f"<html>{CANARY}</html>"},
    "422 that repeats the key": {"status": 422, "body": {"error": CANARY}},
    "429": {"status": 429, "headers": {"Retry-After": "1"}},
    "500": {"status": 500, "body": CANARY},
    "closed": {"close": "before"},
    "cut off": {"close": "mid"},
    "redirect": {"mutate": "foreign_redirect"},
    "HTML": {"mutate": "html"},
    "not JSON": {"body": CANARY},
    "error": {"mutate": "error"},
    "slow": {"delay": 3.0},
}


@pytest.fixture(params=["2", "1.9"])
def sandbox(request: pytest.FixtureRequest, made_up_release: Path) -> Iterator[Sandbox]:
    secret = {"api_key": CANARY, "username": "someone", "password": CANARY}
    with Sandbox(load_release(made_up_release), request.param, **secret) as running:
        yield running


@pytest.fixture
def client(sandbox: Sandbox, engine: Engine, request: pytest.FixtureRequest) -> FlaskClient:
    generation = request.node.callspec.params["sandbox"]
    settings = Settings(
        database_url=engine.url,
        onet_api_url=sandbox.url,
        onet_api_version=generation,
        onet_read_timeout=0.3,
        onet_deadline=1.0,
        onet_max_rate=1000.0,
        admin_token=CANARY,
        **CREDENTIALS[generation],
    )
    assert CANARY not in repr(settings)
    return create_app(services=Services(settings)).test_client()


@pytest.mark.parametrize(
    ("engine", "name"),
    [("sqlite", name) for name in FAULTS]
    + [pytest.param("mysql", name, marks=pytest.mark.mysql) for name in ("none", "500")],
    indirect=["engine"],
)
def test_the_key_shows_nowhere_whatever_the_upstream_does(
    sandbox: Sandbox, client: FlaskClient, engine: Engine, caplog, capfd, name: str
) -> None:
    caplog.set_level(logging.DEBUG)
    sandbox.set_faults(Fault(**FAULTS[name]))
    upstream = client.application.extensions["skillgap"].upstream

    answer = client.get(f"/occupations/{CODE}")
    error: BaseException | None = None
    try:
        upstream.client.ratings(CODE, "skills")
    except OnetError as raised:
        error = raised

    shown = [
        answer.get_data(as_text=True), str(answer.headers), caplog.text, *capfd.readouterr(),
        stored(engine), "".join(traceback.format_exception(error)),
        repr(upstream), repr(upstream.client), repr(vars(upstream.client)),
    ]  # fmt: skip
    failed = error
    while error is not None:
        shown += [repr(error), str(vars(error))]
        error = error.__cause__ or error.__context__
    assert [] == [text for text in shown if CANARY in text]
    assert (200 if name == "none" else 503) == answer.status_code
    assert (name == "none") is (failed is None)
