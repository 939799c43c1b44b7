"""GET /openapi.json: what is served, as OpenAPI; written once an application is asked for it."""

from collections.abc import Sequence

from flask import Flask, Response, json
from flask_smorest import Api, Blueprint

from app.api.admin_schemas import ONE_SCOPE
from app.api.authorization import SCHEME
from cache.local.once import cached_property
from onet_client.version import VERSION

OPENAPI = {
    "API_TITLE": "Skill gap",
    "API_VERSION": VERSION,
    "OPENAPI_VERSION": "3.0.3",
    "API_SPEC_OPTIONS": {"servers": [{"url": "."}]},  # where the document is, behind any proxy
}


class Document:
    """Describes resources. To write it takes longer than to make an application, and few ask."""

    def __init__(self, resources: Sequence[Blueprint]) -> None:
        self._resources = resources

    def get(self) -> Response:
        """Answer with the document."""
        return Response(self._text, mimetype="application/json")

    @cached_property
    def _text(self) -> str:
        described = Flask("described", static_folder=None)
        described.config.update(OPENAPI)
        api = Api(described)
        api.DEFAULT_ERROR_RESPONSE_NAME = None  # every view says which it answers with
        api.spec.components.security_scheme(SCHEME, {"type": "http", "scheme": "bearer"})
        for resource in self._resources:
            api.register_blueprint(resource)
        api.spec.components.schemas["WarmRequest"] |= ONE_SCOPE
        return json.dumps(api.spec.to_dict(), indent=2, sort_keys=False)
