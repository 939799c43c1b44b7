"""An application over the starter release, and its commands within this process."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from support.clock import FakeClock
from support.databases import load_once

Run = Callable[..., Result]


@pytest.fixture(scope="session")
def app(
    share_app: Callable[..., FlaskClient],
    starter_release: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Flask:
    url = load_once(starter_release, FakeClock(), tmp_path_factory)
    return share_app(url, admin_token="canary").application


@pytest.fixture
def run(app: Flask) -> Run:
    runner = app.test_cli_runner()
    return lambda *arguments, **options: runner.invoke(args=arguments, **options)
