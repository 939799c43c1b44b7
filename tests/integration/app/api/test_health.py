"""GET /health and /health/ready."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text
from support.answers import problem

from cache.db.migrate import upgrade


@pytest.mark.parametrize("path", ["/health", "/health/ready"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_process_with_its_database_is_alive_and_ready(
    starter: FlaskClient, path: str, method: str
) -> None:
    answer = starter.open(path, method=method)

    assert 200 == answer.status_code
    assert method == "HEAD" or {"status": "ok"} == answer.get_json()


def test_an_empty_database_that_is_migrated_is_ready(open_app, engine: Engine) -> None:
    assert 200 == open_app(engine.url).get("/health/ready").status_code


@pytest.mark.parametrize("revision", ["0000", "9999", None])
def test_a_database_at_another_revision_is_not_ready(
    open_app, database_url: str, empty_engine: Engine, revision: str | None
) -> None:
    upgrade(empty_engine)
    with empty_engine.begin() as connection:
        connection.execute(text("DELETE FROM alembic_version"))
        if revision:
            insert = text("INSERT INTO alembic_version (version_num) VALUES (:revision)")
            connection.execute(insert, {"revision": revision})
    client = open_app(database_url)

    assert (503, "database-unavailable") == problem(client.get("/health/ready"))
    assert 200 == client.get("/health").status_code


def test_health_asks_nothing_of_the_database(open_app, tmp_path) -> None:
    client = open_app(f"sqlite:///{tmp_path / 'skillgap.db'}")

    assert 200 == client.get("/health").status_code
    assert [] == list(tmp_path.iterdir())
