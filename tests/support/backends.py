"""The kinds of databases that tests run on, and an empty one of each."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support.mysql_server import empty_database

BACKENDS = ["sqlite", pytest.param("mysql", marks=pytest.mark.mysql)]
"""Parameters of a fixture."""


@contextmanager
def new_database(request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    """Make an empty database of the backend that a fixture is asked for, and give its URL."""
    if request.param == "sqlite":
        yield f"sqlite:///{folder / 'skillgap.db'}"
        return
    with empty_database(request.getfixturevalue("mysql_server")) as url:
        yield url
