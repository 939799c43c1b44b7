"""Databases that hold a release, loaded as the product does, without its commands."""

import fcntl
import os
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import make_url

from app.settings import Settings
from app.wiring.container import Services, utc_now
from cache.db.migrate import upgrade
from cache.release.seed import seed


def load(url: str, release: Path, now: Callable[[], datetime] = utc_now) -> str:
    """Migrate an empty database, load a release into it, and return its URL."""
    services = Services(Settings(database_url=make_url(url)), now)
    upgrade(services.engine)
    seed(services.engine, release, limits=services.limits, now=services.now)
    services.engine.dispose()
    return url


def load_once(release: Path, now: Callable[[], datetime], folders: pytest.TempPathFactory) -> str:
    """URL of a SQLite database that holds a release: a copy of what the session loads once."""
    shared = folders.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent  # of all workers
    loaded = shared / f"{release.name}.db"
    with (shared / f"{release.name}.lock").open("w") as claim:
        fcntl.flock(claim, fcntl.LOCK_EX)
        if not loaded.exists():
            being_loaded = loaded.with_suffix(".part")
            load(f"sqlite:///{being_loaded}", release, now)
            being_loaded.rename(loaded)
    return f"sqlite:///{shutil.copy(loaded, folders.mktemp('database') / 'skillgap.db')}"
