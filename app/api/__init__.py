"""The HTTP API: one module a resource. Here they are put onto an application, with its hooks."""

from typing import cast

from flask import Flask, Response
from flask.globals import request_ctx
from werkzeug.exceptions import HTTPException

from app.api import (
    admin,
    authorization,
    batch,
    elements,
    health,
    metrics,
    occupations,
    profiles,
    skill_gap,
    transitions,
)
from app.api.docs import PLACE, make_docs
from app.api.document import Document
from app.api.finishing import finish
from app.problem_responses import ABANDONED, IdentifiedRequest, handle
from app.wiring.container import services_of
from cache.fill.abandonment import watch

RESOURCES = [
    resource.blueprint
    for resource in (
        skill_gap,
        profiles,
        batch,
        occupations,
        transitions,
        elements,
        health,
        metrics,
        admin,
    )
]
LONGEST_BODY = 1_000_000
"""Bytes; more codes than a warm job takes are less than that."""


def register(app: Flask) -> None:
    """Register routes, error handlers and request ids."""
    ids = {"ids": services_of(app).request_ids}
    app.request_class = type("IdentifiedRequest", (IdentifiedRequest,), ids)
    app.config["MAX_CONTENT_LENGTH"] = LONGEST_BODY
    app.url_map.merge_slashes = False  # a path that is not documented leads nowhere
    app.json.sort_keys = False  # type: ignore[attr-defined]
    for resource in RESOURCES:
        app.register_blueprint(resource)
    app.add_url_rule("/openapi.json", "openapi", Document(RESOURCES).get)
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
