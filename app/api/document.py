"""GET /openapi.json: what is served, as OpenAPI; written once an application is asked for it."""

from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha1
from typing import Any, Final

from flask import Flask, Response, json, request
from flask_smorest import Api, Blueprint

from app.api.authorization import SCHEME
from app.api.operations import Operations, use_examples
from cache.local.once import cached_property
from onet_client.version import VERSION

OPENAPI: Final = {
    "API_TITLE": "Skill gap",
    "API_VERSION": VERSION,
    "OPENAPI_VERSION": "3.1.0",
    "API_SPEC_OPTIONS": {
        "info": {
            "description": "Which skills an occupation demands that another does not, and which "
            "occupations are in reach, by the ratings of O*NET.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "security": [],
    },
}
UNUSED: Final = ("Error", "PaginationMetadata")
"""Schemas that flask-smorest has for what is not used here."""
PREFIXES: Final = 16
"""Prefixes for which the document is kept, as trusted proxies say them."""


class Document:
    """Describes resources. To write it takes longer than to make an application, and few ask."""

    def __init__(self, resources: Sequence[Blueprint]) -> None:
        self._resources = resources
        self._under = lru_cache(maxsize=PREFIXES)(self._write)

    def get(self) -> Response:
        """Answer with the document; where a trusted proxy says a prefix, the server has it."""
        text, etag = self._under(request.script_root)
        response = Response(text, mimetype="application/json", direct_passthrough=True)
        response.set_etag(etag)
        return response

    def _write(self, prefix: str) -> tuple[bytes, str]:
        document = self._document | {"servers": [{"url": prefix or "/"}]}
        text = json.dumps(document, indent=2, sort_keys=False).encode()
        return text, sha1(text, usedforsecurity=False).hexdigest()

    @cached_property
    def _document(self) -> dict[str, Any]:
        described = Flask("described", static_folder=None)
        described.config.update(OPENAPI)
        api = Api(described, spec_kwargs={"extra_plugins": [Operations()]})
        api.DEFAULT_ERROR_RESPONSE_NAME = None  # every view says which it answers with
        api.ma_plugin.converter.add_attribute_function(use_examples)
        api.spec.components.security_scheme(SCHEME, {"type": "http", "scheme": "bearer"})
        for resource in self._resources:
            api.register_blueprint(resource)
        for name in UNUSED:
            del api.spec.components.schemas[name]
        found: dict[str, Any] = api.spec.to_dict()
        return found
