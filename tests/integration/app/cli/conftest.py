"""An application over the starter release, and its commands within this process."""

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


@pytest.fixture(scope="session")
def app(starter_release: Path, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    path = tmp_path_factory.mktemp("commands") / "skillgap.db"
    url = make_url(f"sqlite:///{path}")
    made = create_app(Settings(database_url=url, admin_token="canary"))
    services = made.extensions["skillgap"]
    upgrade(services.engine)
    seed(services.engine, starter_release, limits=services.limits, now=services.now)
    return made


@pytest.fixture
def run(app: Flask) -> Run:
    runner = app.test_cli_runner()
    return lambda *arguments, **options: runner.invoke(args=arguments, **options)
