"""GET /openapi.json: what is served, as OpenAPI; written once an application is asked for it."""

from collections.abc import Sequence
from typing import Any

from flask import Flask, Response, json, request
from flask_smorest import Api, Blueprint

from app.api.admin_schemas import ONE_SCOPE
from app.api.authorization import SCHEME
from cache.local.once import cached_property
from onet_client.version import VERSION

OPENAPI = {"API_TITLE": "Skill gap", "API_VERSION": VERSION, "OPENAPI_VERSION": "3.0.3"}


class Document:
    """Describes resources. To write it takes longer than to make an application, and few ask."""

    def __init__(self, resources: Sequence[Blueprint]) -> None:
        self._resources = resources

    def get(self) -> Response:
        """Answer with the document; where a trusted proxy says a prefix, it names the server."""
        prefix = request.script_root
        servers = {"servers": [{"url": prefix}]}
        text = _written(self._document | servers) if prefix else self._text
        return Response(text, mimetype="application/json")

    @cached_property
    def _text(self) -> str:
        return _written(self._document)

    @cached_property
    def _document(self) -> dict[str, Any]:
        described = Flask("described", static_folder=None)
        described.config.update(OPENAPI)
        api = Api(described)
        api.DEFAULT_ERROR_RESPONSE_NAME = None  # every view says which it answers with
        api.spec.components.security_scheme(SCHEME, {"type": "http", "scheme": "bearer"})
        for resource in self._resources:
            api.register_blueprint(resource)
        api.spec.components.schemas["WarmRequest"] |= ONE_SCOPE
        found: dict[str, Any] = api.spec.to_dict()
        return found


def _written(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2, sort_keys=False)
