"""Where entries are fetched from, as the settings have it."""

from sqlalchemy import Engine

from app.settings import Settings
from cache.fill.shared_governor import DatabaseGovernor
from cache.metrics import CacheMetrics
from cache.upstream import NoUpstream, Upstream
from onet_client.client import connect
from onet_client.errors import NotConfigured


def open_upstream(settings: Settings, writer: Engine, telemetry: CacheMetrics) -> Upstream:
    """Make O*NET Web Services available, where there are credentials to ask them."""
    try:
        client = connect(
            settings.onet_api_url,
            settings.onet_api_version,
            api_key=settings.onet_api_key,
            username=settings.onet_api_username,
            password=settings.onet_api_password,
            connect_timeout=settings.onet_connect_timeout,
            read_timeout=settings.onet_read_timeout,
            deadline=settings.onet_deadline,
            max_concurrency=settings.onet_max_concurrency,
            governor=DatabaseGovernor(writer, settings.onet_max_rate),
            observe=telemetry.upstream_request,
        )
    except NotConfigured as missing:
        return NoUpstream(missing, settings.onet_api_url, settings.onet_deadline)
    return Upstream(client, settings.onet_api_url, settings.onet_deadline)
