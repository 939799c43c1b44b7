"""What the OpenAPI document says of operations: their ids, formats and problems."""

import re
from collections.abc import Callable
from typing import Any, Final

from apispec import BasePlugin
from flask_smorest import Blueprint
from marshmallow import EXCLUDE, Schema, fields, validate

from app.api.blueprints import View
from app.api.headers import OF_FILES, OF_PROBLEMS, OF_READS, UNSTORED, Headers
from app.occupations.provenance import NoteSchema
from app.problem_responses import MEDIA_TYPE
from app.problems import TYPE_PREFIX
from onet_client.content_model import DOMAINS

TEXTS: Final = fields.Dict(keys=fields.String(), values=fields.String())


class Operations(BasePlugin):
    """Gives each operation its id."""

    def operation_helper(
        self, path: str | None = None, operations: dict[str, Any] | None = None, **_: Any
    ) -> None:
        """Give the operations of a path their ids."""
        for method, operation in (operations or {}).items():
            operation["operationId"] = operation_id(method, path or "")


def operation_id(method: str, path: str) -> str:
    """Make an operation's id of what callers ask it by, so that it changes with nothing else.

    What a variable of the path picks from is named in the singular: `/occupations` makes
    getOccupations, `/occupations/{code}/transitions` getOccupationTransitions.
    """
    one = re.sub(r"([^/]+)/{\w+}", lambda found: _singular(found[1]), path)
    return method + "".join(word.capitalize() for word in re.findall(r"\w+", one))


def _singular(noun: str) -> str:
    return noun[:-3] + "y" if noun.endswith("ies") else noun.removesuffix("s")


def use_examples(_: Any, __: fields.Field[Any], ret: dict[str, Any]) -> dict[str, Any]:
    """Write a field's example as JSON Schema 2020-12 (validation, section 9.5) has it: in a list.

    `ret` is what `apispec` has written of the field so far.
    """
    return {"examples": [ret.pop("example")]} if "example" in ret else {}


def answers_json_or_csv(
    blueprint: Blueprint, schema: type[Schema], headers: Headers, *, rows: str, example: str
) -> Any:
    """Document that a view answers with JSON, or with CSV where it is asked for that.

    JSON comes first: some makers of clients know one content of an answer alone. The headers are
    those of both, but for what the file is called; `rows` says what the rows of the CSV are.
    """
    headers = headers | OF_FILES
    json = blueprint.response(200, schema, headers=headers)
    csv = blueprint.alt_response(
        200,
        schema={"type": "string"},
        content_type="text/csv",
        description=f"The answer; as CSV {rows}.",
        example=example,
        headers=headers,
    )

    return lambda view: json(csv(view))


class ProblemSchema(Schema):
    """RFC 9457 section 3.1, with the members that single types add."""

    class Meta:
        """Types may add members."""

        unknown = EXCLUDE

    type = fields.String(required=True, metadata={"example": TYPE_PREFIX + "no-ratings"})
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    request_id = fields.String(required=True)
    errors = fields.List(TEXTS)
    occupation = fields.String()
    code = fields.String()
    suggestions = fields.List(TEXTS)
    candidates = fields.Dict(
        keys=fields.String(),
        values=fields.List(TEXTS),
        metadata={"description": "Occupations that a parameter may mean: code, title, matched."},
    )
    hint = fields.String(
        metadata={"description": "What to try where a parameter may mean no occupation at all."}
    )
    alternatives = fields.List(TEXTS)
    notes = fields.List(
        fields.Nested(NoteSchema),
        metadata={"description": "The code given that O*NET replaced, and what was read for it."},
    )
    not_offered = fields.String(
        validate=validate.OneOf(DOMAINS),
        metadata={
            "description": "The domain, where O*NET Web Services as configured here do not offer "
            "it: trying again does not help, another domain may."
        },
    )


def answers_problems(
    blueprint: Blueprint, *statuses: int, reads: bool = False
) -> Callable[[View], View]:
    """Document that a view answers with a problem of these statuses.

    Where it `reads` entries, the problem may say how each was come by.
    """

    def document(view: View) -> View:
        for status in statuses:
            headers = UNSTORED | OF_PROBLEMS.get(status, {})
            if reads:
                headers |= OF_READS.get(status, {})
            view = blueprint.alt_response(
                status, schema=ProblemSchema, content_type=MEDIA_TYPE, headers=headers
            )(view)
        return view

    return document
