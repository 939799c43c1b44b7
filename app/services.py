"""The composition root: everything a request or a command needs, built from the settings."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Final

from flask import current_app
from sqlalchemy import Engine

from app.settings import Settings
from cache.catalogue import Catalogue
from cache.database import connect
from cache.policy import Limits
from cache.store import Store

if TYPE_CHECKING:
    from cache.fetch import Upstream
    from cache.pull_through import PullThrough
    from onet_client.errors import NotConfigured


READ_SECONDS: Final = 1
WRITE_SECONDS: Final = 30


def utc_now() -> datetime:
    """Tell the time, aware and in UTC."""
    return datetime.now(UTC)


@dataclass
class Services:
    """Built once for an application; each part when it is first needed.

    Commands that need no upstream thus never import its client.
    """

    settings: Settings
    now: Callable[[], datetime] = utc_now

    @cached_property
    def engine(self) -> Engine:
        """The database as commands use it: a long statement is waited for."""
        return connect(self.settings.database_url)

    @cached_property
    def reader(self) -> Engine:
        """The database as requests read it: a server that stopped answering is given up."""
        return self._connect(READ_SECONDS)

    @cached_property
    def writer(self) -> Engine:
        """The database as fills publish to it: another's transaction is waited for."""
        return self._connect(WRITE_SECONDS)

    def _connect(self, seconds: int) -> Engine:
        if self.settings.database_url.drivername == "sqlite":
            return self.engine
        return connect(self.settings.database_url, read_timeout=seconds)

    @property
    def limits(self) -> Limits:
        """How long entries live."""
        return Limits(
            ttl=self.settings.cache_ttl,
            stale_while_revalidate=self.settings.cache_stale_while_revalidate,
            stale_if_error=self.settings.cache_stale_if_error,
            negative_ttl=self.settings.cache_negative_ttl,
        )

    @cached_property
    def catalogue(self) -> Catalogue:
        """The occupation list."""
        return Catalogue(self.reader)

    @cached_property
    def pull_through(self) -> "PullThrough":
        """The cache itself."""
        from cache.pull_through import PullThrough

        return PullThrough(
            Store(self.writer, self.reader), self.catalogue, self._upstream(), self.limits, self.now
        )

    def _upstream(self) -> "Upstream | NotConfigured":
        from cache.fetch import Upstream
        from cache.governor import DatabaseGovernor
        from onet_client.client import connect as connect_client
        from onet_client.errors import NotConfigured

        settings = self.settings
        try:
            client = connect_client(
                settings.onet_api_url,
                settings.onet_api_version,
                api_key=settings.onet_api_key,
                username=settings.onet_api_username,
                password=settings.onet_api_password,
                connect_timeout=settings.onet_connect_timeout,
                read_timeout=settings.onet_read_timeout,
                deadline=settings.onet_deadline,
                max_concurrency=settings.onet_max_concurrency,
                governor=DatabaseGovernor(self.writer, settings.onet_max_rate),
            )
        except NotConfigured as missing:
            return missing
        return Upstream(client, settings.onet_api_url, settings.onet_deadline)


def services() -> Services:
    """Return the services of the current application."""
    found: Services = current_app.extensions["skillgap"]
    return found
