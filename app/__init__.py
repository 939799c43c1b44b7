"""HTTP and CLI: the only package that knows Flask."""

from collections.abc import Callable
from typing import Any

from flask import Flask

from app.container import Services
from app.settings import Settings


class _Application(Flask):
    """Flask without its look, at every function that it calls, whether it is asynchronous."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Take the function as it is: none of ours is asynchronous."""
        return func


def create_app(
    settings: Settings | None = None, services: Services | None = None, *, fast_way: bool = True
) -> Flask:
    """Wire an application; nothing is opened or connected yet.

    Args:
        settings: read from the environment where not given.
        services: built from the settings where not given; tests hand in their own clock.
        fast_way: serve finished answers again without Flask; off to measure what that is worth.

    Raises:
        SettingsError: where a setting holds a value that it does not take.
    """
    from app import cli
    from app.api.routes import register

    given = services or Services(settings or Settings.from_environment())
    app = _Application("skillgap", static_folder=None)
    app.extensions["skillgap"] = given
    register(app)
    if fast_way:
        from app.response_cache.middleware import FastWay

        way = FastWay(app.wsgi_app, given.changes, given.tally, given.now)
        app.wsgi_app = way  # type: ignore[method-assign]
    cli.register(app)
    return app
