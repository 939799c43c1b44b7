"""Databases that hold a release, loaded as the product does, without its commands."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy import make_url

from app.container import Services, utc_now
from app.settings import Settings
from cache.db.migrate import upgrade
from cache.release.seed import seed


def load(url: str, release: Path, now: Callable[[], datetime] = utc_now) -> str:
    """Migrate an empty database, load a release into it, and return its URL."""
    services = Services(Settings(database_url=make_url(url)), now)
    upgrade(services.engine)
    seed(services.engine, release, limits=services.limits, now=services.now)
    services.engine.dispose()
    return url
