"""What the OpenAPI document says of every operation by itself, so that no view need say it."""

import re
from typing import Any

from apispec import BasePlugin
from flask_smorest import Blueprint
from marshmallow import Schema, fields

from app.api.blueprints import View
from app.api.headers import OF_FILES, Headers


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

    Args:
        ret: what `apispec` has written of the field so far.
    """
    return {"examples": [ret.pop("example")]} if "example" in ret else {}


def answers_json_or_csv(
    blueprint: Blueprint, schema: type[Schema], headers: Headers, *, rows: str, example: str
) -> Any:
    """Document that a view answers with JSON, or with CSV where it is asked for that.

    JSON comes first: some makers of clients know one content of an answer alone.

    Args:
        blueprint: of the view.
        schema: of the JSON.
        headers: of both, but for what the file is called.
        rows: what the rows of the CSV are.
        example: of the CSV.
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

    def document(view: View) -> View:
        documented: View = json(csv(view))
        return documented

    return document
