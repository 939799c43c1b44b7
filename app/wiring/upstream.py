"""O*NET Web Services as the settings say, asked at one pace by all processes."""

from functools import partial

from sqlalchemy import Engine

from app.settings import Settings
from cache.fill.shared_governor import DatabaseGovernor
from cache.metrics import CacheMetrics
from cache.upstream import NoUpstream, Upstream
from onet_client.client import connect
from onet_client.errors import NotConfigured
from onet_client.listed_codes import ListedCodes


def make_upstream(settings: Settings, writer: Engine, metrics: CacheMetrics) -> Upstream:
    """Make the upstream; it raises where there are no credentials to ask it.

    The database has the pace, and the metrics count the requests.
    """
    pace = writer, settings.onet_max_rate, settings.onet_daily_budget
    client = partial(
        connect,
        settings.onet_api_url,
        settings.onet_api_version,
        api_key=settings.onet_api_key,
        username=settings.onet_api_username,
        password=settings.onet_api_password,
        connect_timeout=settings.onet_connect_timeout,
        read_timeout=settings.onet_read_timeout,
        deadline=settings.onet_deadline,
        max_concurrency=settings.onet_max_concurrency,
        governor=DatabaseGovernor(*pace),
        listed=ListedCodes(),
        observe=metrics.upstream_request,
        ca_bundle=settings.onet_ca_bundle,
    )
    source = settings.onet_api_url, settings.onet_deadline
    try:
        guessing = client(max_concurrency=1, governor=DatabaseGovernor(*pace, guesses=True))
        return Upstream(client(), *source, guessing)
    except NotConfigured as missing:
        return NoUpstream(missing, *source)
