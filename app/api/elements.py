"""GET /elements: what the elements of a domain are, and what their levels mean."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from flask import Response

from app.api.blueprints import Resources, in_path
from app.api.headers import QUOTED, STILL_HOLDS
from app.api.operations import answers_problems
from app.api.responses import cached_response, json_text
from app.elements.json_body import element_body, elements_body
from app.elements.schema import ElementsQuery, ElementsSchema, OneElementSchema
from app.query_fields import TellingQuery
from app.response_cache.answer import ALWAYS
from app.wiring.container import services
from cache.entries.meanings import Meanings
from onet_client.content_model import DOMAINS

blueprint = Resources("elements", __name__, description="What elements and levels mean.")

NO_PARAMETERS: Final = TellingQuery()
LONGEST_UNANSWERED: Final = 30
"""Seconds for which others may store an answer that lacks what O*NET may give soon."""
IN_PATH: Final = in_path(
    "element", {"description": "An element id of O*NET's.", "example": "2.B.3.e"}
)


@blueprint.route("/elements")
@blueprint.arguments(ElementsQuery, location="query")
@blueprint.response(200, ElementsSchema, headers=QUOTED)
@blueprint.alt_response(304, description=STILL_HOLDS, headers=QUOTED)
@answers_problems(blueprint, 422, 503)
def elements(query: dict[str, Any]) -> Response:
    """List the elements of a domain, with descriptions and level anchors.

    Those rated here or with anchors, by id. What O*NET has not published is null.
    """
    return _answer(elements_body, query["domain"], query["ignored"])


@blueprint.route("/elements/<element>", parameters=[IN_PATH])
@blueprint.response(200, OneElementSchema, headers=QUOTED)
@blueprint.alt_response(304, description=STILL_HOLDS, headers=QUOTED)
@answers_problems(blueprint, 404, 503)
def one_element(element: str) -> Response:
    """Read an element's description and level anchors.

    What O*NET has not published is null.
    """
    query = blueprint.ARGUMENTS_PARSER.parse(NO_PARAMETERS, location="query")
    return _answer(element_body, element, query["ignored"])


def _answer(
    write: Callable[[Meanings, str], dict[str, Any]], asked: str, others: Sequence[str]
) -> Response:
    wired = services()
    meanings = wired.elements.asked()
    body = json_text(write(meanings, asked), others)
    due_at = wired.elements.due_at(meanings)
    if due_at is not None and due_at <= wired.now():  # O*NET gave no answer now, and may soon
        return cached_response(body, [], None, LONGEST_UNANSWERED)
    return cached_response(body, [], [asked, others], of_domains=DOMAINS, until=due_at or ALWAYS)
