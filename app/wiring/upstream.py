"""O*NET Web Services as the settings say, asked at one pace by all processes."""

from typing import TYPE_CHECKING

from sqlalchemy import Engine

from app.settings import Settings
from cache.metrics import CacheMetrics
from cache.upstream import Upstream
from onet_client.errors import NotConfigured
from onet_client.listed_codes import ListedCodes

if TYPE_CHECKING:
    from onet_client.client import OnetClient


def make_upstream(settings: Settings, writer: Engine, metrics: CacheMetrics) -> Upstream:
    """Make the upstream; it raises where there are no credentials to ask it.

    Args:
        settings: of the application.
        writer: the database, which has the pace.
        metrics: count the requests.
    """
    listed, concurrency = ListedCodes(), settings.onet_max_concurrency
    try:
        client = _client(settings, writer, metrics, listed, concurrency)
        guessing = _client(settings, writer, metrics, listed, 1, guesses=True)
    except NotConfigured as missing:
        return Upstream(missing, settings.onet_api_url, settings.onet_deadline)
    return Upstream(client, settings.onet_api_url, settings.onet_deadline, guessing)


def _client(
    settings: Settings,
    writer: Engine,
    metrics: CacheMetrics,
    listed: ListedCodes,
    max_concurrency: int,
    *,
    guesses: bool = False,
) -> "OnetClient":
    from cache.fill.shared_governor import DatabaseGovernor
    from onet_client.client import connect

    budget = settings.onet_daily_budget
    return connect(
        settings.onet_api_url,
        settings.onet_api_version,
        api_key=settings.onet_api_key,
        username=settings.onet_api_username,
        password=settings.onet_api_password,
        connect_timeout=settings.onet_connect_timeout,
        read_timeout=settings.onet_read_timeout,
        deadline=settings.onet_deadline,
        max_concurrency=max_concurrency,
        governor=DatabaseGovernor(writer, settings.onet_max_rate, budget, guesses=guesses),
        listed=listed,
        observe=metrics.upstream_request,
        ca_bundle=settings.onet_ca_bundle,
    )
