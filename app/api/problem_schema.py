"""How the OpenAPI document describes errors: RFC 9457 problem details."""

from collections.abc import Callable
from typing import Any

from flask_smorest import Blueprint
from marshmallow import EXCLUDE, Schema, fields, validate

from app.api.headers import OF_PROBLEMS, OF_READS, UNSTORED
from app.occupations.provenance import NoteSchema
from app.problem_responses import MEDIA_TYPE
from app.problems import TYPE_PREFIX
from onet_client.content_model import DOMAINS


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
