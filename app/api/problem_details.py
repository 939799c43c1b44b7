"""What an error looks like: RFC 9457 problem details."""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any, Final

from flask import Response, g, json
from flask_smorest import Blueprint
from marshmallow import EXCLUDE, Schema, fields, validate
from marshmallow.exceptions import SCHEMA

from app.api.headers import OF_PROBLEMS, OF_READS, UNSTORED
from app.gaps.schema import NoteSchema
from onet_client.content_model import DOMAINS

TYPE_PREFIX: Final = "urn:problem-type:skillgap:"
MEDIA_TYPE: Final = "application/problem+json"
LISTED_ERRORS: Final = 20
"""Of one request: a list can be wrong in each of its items."""


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
    errors = fields.List(fields.Dict(keys=fields.String(), values=fields.String()))
    occupation = fields.String()
    code = fields.String()
    suggestions = fields.List(fields.Dict(keys=fields.String(), values=fields.String()))
    candidates = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.Dict(keys=fields.String(), values=fields.String())),
        metadata={"description": "Occupations that a parameter may mean: code, title, matched."},
    )
    hint = fields.String(
        metadata={"description": "What to try where a parameter may mean no occupation at all."}
    )
    alternatives = fields.List(fields.Dict(keys=fields.String(), values=fields.String()))
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


class Problem(Exception):
    """An answer that is an error.

    Attributes:
        name: the end of its type.
        members: what the type adds to the body.
    """

    def __init__(
        self,
        status: int,
        name: str,
        detail: str,
        *,
        headers: dict[str, str] | None = None,
        **members: Any,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.name = name
        self.detail = detail
        self.headers = headers or {}
        self.members = members

    @property
    def body(self) -> dict[str, Any]:
        """What is said of it, in the current request."""
        return {
            "type": TYPE_PREFIX + self.name,
            "title": self.name.replace("-", " ").capitalize(),
            "status": self.status,
            "detail": self.detail,
            "request_id": g.request_id,
            **self.members,
        }

    def response(self) -> Response:
        """Make the response, which nobody may store."""
        response = Response(json.dumps(self.body) + "\n", self.status, mimetype=MEDIA_TYPE)
        response.headers["Cache-Control"] = "no-store"
        response.headers.update(self.headers)
        return response


def answers_problems(
    blueprint: Blueprint, *statuses: int, reads: bool = False
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Document that a view answers with a problem of these statuses.

    Where it `reads` entries, the problem may say how each was come by.
    """

    def document(view: Callable[..., Any]) -> Callable[..., Any]:
        for status in statuses:
            headers = UNSTORED | OF_PROBLEMS.get(status, {})
            if reads:
                headers |= OF_READS.get(status, {})
            view = blueprint.alt_response(
                status, schema=ProblemSchema, content_type=MEDIA_TYPE, headers=headers
            )(view)
        return view

    return document


def invalid_parameters(messages: Mapping[str, Any]) -> Problem:
    """Make the problem of parameters that cannot be used.

    Args:
        messages: what is wrong with each, as marshmallow says it: a list, or by item of a list.
    """
    errors = list(islice(_errors(messages), LISTED_ERRORS))
    detail = " ".join(f"{each['parameter']}: {each['detail']}" for each in errors)
    return Problem(422, "invalid-parameter", detail, errors=errors)


def _errors(messages: Mapping[Any, Any], place: str = "") -> Iterator[dict[str, str]]:
    for name, said in messages.items():
        if name == SCHEMA:
            at = place or "body"
        elif isinstance(name, int):
            at = f"{place}[{name}]"
        else:
            at = f"{place}.{name}" if place else str(name)
        if isinstance(said, Mapping):
            yield from _errors(said, at)
        else:
            yield {"parameter": at, "detail": " ".join(map(str, said))}
