"""Puts the resources, their documentation and what every request needs onto an application."""

import re
import secrets

from flask import Flask, Response, g, request
from flask_smorest import Api
from flask_swagger_ui import get_swaggerui_blueprint

from app import VERSION
from app.api import (
    admin,
    authorization,
    health,
    metrics,
    occupations,
    problem_details,
    problems,
    skill_gap,
)

OPENAPI = {
    "API_TITLE": "Skill gap",
    "OPENAPI_VERSION": "3.0.3",
    "OPENAPI_URL_PREFIX": "/",
    "OPENAPI_JSON_PATH": "openapi.json",
}
LONGEST_BODY = 1_000_000
"""Bytes; more codes than a warm job takes are less than that."""
DOCS = {"validatorUrl": None}
"""The page would have the document validated by a server of Swagger's own."""
REQUEST_ID = re.compile(r"[A-Za-z0-9._:/+=@-]{1,128}")
"""What is taken over from a caller: nothing that could break a log line or a header."""


def register(app: Flask) -> None:
    """Register routes, error handlers and request ids."""
    app.config.update(OPENAPI, API_VERSION=VERSION, MAX_CONTENT_LENGTH=LONGEST_BODY)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    api = Api(app)
    api.DEFAULT_ERROR_RESPONSE_NAME = "PROBLEM"  # the library's own is not what is sent
    api.spec.components.response(
        "PROBLEM",
        {
            "description": "Any other error",
            "content": {problem_details.MEDIA_TYPE: {"schema": problem_details.ProblemSchema}},
        },
    )
    api.spec.components.security_scheme(authorization.SCHEME, {"type": "http", "scheme": "bearer"})
    for resource in (skill_gap, occupations, health, metrics, admin):
        api.register_blueprint(resource.blueprint)
    app.register_blueprint(get_swaggerui_blueprint("/docs", "/openapi.json", config=DOCS))
    problems.register(app)
    app.before_request(_take_request_id)
    app.after_request(_return_request_id)
    authorization.register(app)
    metrics.register(app)


def _take_request_id() -> None:
    given = request.headers.get("X-Request-ID", "")
    g.request_id = given if REQUEST_ID.fullmatch(given) else secrets.token_hex(16)


def _return_request_id(response: Response) -> Response:
    response.headers["X-Request-ID"] = g.request_id
    return response
