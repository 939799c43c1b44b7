"""What the look-alike is asked with."""

from collections.abc import Iterator

import pytest
import requests


@pytest.fixture
def session() -> Iterator[requests.Session]:
    """Brings credentials of either API, and asks no proxy."""
    with requests.Session() as session:
        session.trust_env = False
        session.headers["X-API-Key"] = "any"
        session.auth = ("any", "any")
        yield session
