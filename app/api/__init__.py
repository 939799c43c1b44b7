"""The HTTP API: one module a resource. Here they are put onto an application, with its hooks."""

from typing import Any, cast

from flask import Flask, Response, json
from flask.globals import request_ctx
from flask_smorest import Api
from werkzeug.exceptions import HTTPException

from app.api import (
    admin,
    authorization,
    batch,
    health,
    metrics,
    occupations,
    skill_gap,
    transitions,
)
from app.api.admin_schemas import ONE_SCOPE
from app.api.docs import PLACE, make_docs
from app.api.finishing import finish
from app.container import services_of
from app.problem_responses import ABANDONED, IdentifiedRequest, handle
from cache.fill.abandonment import watch
from cache.local.once import cached_property
from onet_client.version import VERSION

OPENAPI = {
    "API_TITLE": "Skill gap",
    "OPENAPI_VERSION": "3.0.3",
    "OPENAPI_URL_PREFIX": "/",
    "OPENAPI_JSON_PATH": "openapi.json",
}
LONGEST_BODY = 1_000_000
"""Bytes; more codes than a warm job takes are less than that."""


class _Api(Api):  # type: ignore[misc]  # the library is not typed
    """The library's, whose document is written once: that takes a while, and never changes."""

    @cached_property
    def _document(self) -> dict[str, Any]:
        found: dict[str, Any] = self.spec.to_dict()
        return found

    @cached_property
    def _text(self) -> str:
        return _written(self._document)

    def _openapi_json(self) -> Response:
        prefix = request_ctx.request.script_root  # of a trusted proxy
        servers = {"servers": [{"url": prefix}]}
        text = _written(self._document | servers) if prefix else self._text
        return Response(text, mimetype="application/json")


def _written(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2, sort_keys=False)


def register(app: Flask) -> None:
    """Register routes, error handlers and request ids."""
    ids = {"ids": services_of(app).request_ids}
    app.request_class = type("IdentifiedRequest", (IdentifiedRequest,), ids)
    app.config.update(OPENAPI, API_VERSION=VERSION, MAX_CONTENT_LENGTH=LONGEST_BODY)
    app.url_map.merge_slashes = False  # a path that is not documented leads nowhere
    app.json.sort_keys = False  # type: ignore[attr-defined]
    api = _Api(app)
    api.DEFAULT_ERROR_RESPONSE_NAME = None  # every view says which it answers with
    api.spec.components.security_scheme(authorization.SCHEME, {"type": "http", "scheme": "bearer"})
    for resource in (skill_gap, batch, occupations, transitions, health, metrics, admin):
        api.register_blueprint(resource.blueprint)
    api.spec.components.schemas["WarmRequest"] |= ONE_SCOPE
    app.register_blueprint(make_docs(), url_prefix=PLACE)
    for kind in (Exception, HTTPException):
        app.register_error_handler(kind, handle)
    _add_hooks(app)


def _add_hooks(app: Flask) -> None:
    """Give every request an id, watch its caller, check whether it is allowed, and count it."""
    count, cors = services_of(app).metrics.http_request, services_of(app).cors

    @app.before_request
    def before() -> None:
        environ = request_ctx.request.environ
        watch(environ.get(ABANDONED))
        authorization.check(environ)

    @app.after_request
    def after(response: Response) -> Response:
        request = cast("IdentifiedRequest", request_ctx.request)
        response.headers.add("X-Request-ID", request.request_id)
        authorization.forbid_storing(request.environ, response)
        finish(response, request, cors)
        rule = request.url_rule
        count("none" if rule is None else rule.rule, response.status_code)
        return response
