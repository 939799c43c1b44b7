"""The service: its faces (HTTP API, page, commands), what they share, and how it is wired."""

import sys
from collections.abc import Callable
from typing import Any, Final

import click
from flask import Flask

from app.settings import Settings, SettingsError
from app.wiring.container import Services, services_of
from onet_client.content_model import DOMAINS

INDEX_SECONDS: Final = 0.6
"""How long a worker process waits at its start for the index of titles, so that the first search
need not; where it takes longer, it is finished while requests are served already."""


class _Application(Flask):
    """Flask without its check, at every function that it calls, whether that is asynchronous."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Take the function as it is: none of ours is asynchronous."""
        return func


def create_app(
    settings: Settings | None = None,
    services: Services | None = None,
    *,
    response_cache: bool = True,
) -> Flask:
    """Wire an application; nothing is opened or connected yet.

    Args:
        settings: read from the environment where not given.
        services: built from the settings where not given; tests hand in their own clock.
        response_cache: serve finished answers again without Flask; off to measure its worth.

    Raises:
        SettingsError: where a setting holds a value that it does not take.
    """
    from app import api, cli, page

    given = services or Services(settings or Settings.from_environment())
    app = _Application("skillgap", static_folder=None)
    app.extensions["skillgap"] = given
    api.register(app)
    page.register(app)
    _trust_proxies(app, given.settings.trusted_proxies)
    if response_cache:
        from app.response_cache.middleware import ResponseCache

        front = ResponseCache(
            app.wsgi_app,
            given.changes,
            given.counters,
            given.request_ids,
            given.now,
            given.sharing,
            given.cors,
        )
        app.wsgi_app = front  # type: ignore[method-assign]
    cli.register(app)
    return app


def _trust_proxies(app: Flask, count: int) -> None:
    """Take what so many proxies in front say of a request's scheme, host, prefix and client.

    Below the response cache, which knows nothing of them: what is kept has no links.
    """
    if count:
        from werkzeug.middleware.proxy_fix import ProxyFix

        trusted = ProxyFix(app.wsgi_app, count, count, count, x_prefix=count)
        app.wsgi_app = trusted  # type: ignore[method-assign]


def create_cli_app() -> Flask:
    """Make the application for the `flask` command, without HTTP where none is asked for.

    A command of ours is looked up in the context of `flask` itself; what Flask brings, such as
    `run` and `routes`, loads the application from a context below that.
    """
    from app import cli
    from app.server.descriptors import FOR_COMMANDS, raise_limit

    with cli.friendly_errors():
        raise_limit(FOR_COMMANDS, FOR_COMMANDS)
        settings = Settings.from_environment()
    context = click.get_current_context(silent=True)
    if context is None or context.parent is not None:
        return create_app(settings)
    app = Flask("skillgap", static_folder=None)
    app.extensions["skillgap"] = Services(settings)
    cli.register(app)
    return app


def create_wsgi_app() -> Flask:
    """Make the application for a WSGI server, with the logs set up; end where a setting is bad."""
    from app import logs

    try:
        settings = Settings.from_environment()
    except SettingsError as error:
        sys.exit(f"bad setting: {error}")
    logs.configure(settings)
    return create_app(settings)


def create_served_app() -> Flask:
    """Make the application of a worker process of the production server."""
    from app.server.http_process import prepared_process

    with prepared_process():
        app = create_wsgi_app()
        services = services_of(app)
        services.titles.expect(INDEX_SECONDS)
        services.matrices.expect(DOMAINS[0])
    return app
