"""GET /elements: what the elements of a domain are, and what their levels mean."""

from typing import Any, Final

from flask import Response
from flask.views import MethodView

from app.api.blueprints import QueryBlueprint
from app.api.headers import QUOTED, STILL_HOLDS
from app.api.problem_schema import answers_problems
from app.api.responses import as_json, cached_response
from app.elements.json_body import element_body, elements_body
from app.elements.schema import ElementsSchema, OneElementSchema
from app.query_fields import DomainQuery
from app.wiring.container import services
from onet_client.content_model import DOMAINS

blueprint = QueryBlueprint("elements", __name__, description="What elements and levels mean.")

IN_PATH: Final = {
    "in": "path",
    "name": "element",
    "required": True,
    "schema": {"type": "string", "example": "2.B.3.e"},
}


@blueprint.route("/elements")
class ElementList(MethodView):
    """The elements of a domain."""

    @blueprint.arguments(DomainQuery, location="query")
    @blueprint.response(200, ElementsSchema, headers=QUOTED)
    @blueprint.alt_response(304, description=STILL_HOLDS, headers=QUOTED)
    @answers_problems(blueprint, 422, 503)
    def get(self, query: dict[str, Any]) -> Response:
        """List the elements of a domain, with descriptions and level anchors."""
        domain = query["domain"]
        return _answer(elements_body(services().elements.held(), domain), domain)


@blueprint.route("/elements/<element>", parameters=[IN_PATH])
class OneElement(MethodView):
    """One element."""

    @blueprint.response(200, OneElementSchema, headers=QUOTED)
    @blueprint.alt_response(304, description=STILL_HOLDS, headers=QUOTED)
    @answers_problems(blueprint, 404, 503)
    def get(self, element: str) -> Response:
        """Read an element's description and level anchors."""
        return _answer(element_body(services().elements.held(), element), element)


def _answer(body: dict[str, Any], asked: str) -> Response:
    return cached_response(as_json(body), [], services().now(), [asked], of_domains=DOMAINS)
