"""GET /occupations/{code}/transitions: which occupations are near, from one or to it."""

from typing import Any, Final

import orjson
from flask import Response
from marshmallow import Schema, fields, validate

from app.api.caching import cached_response
from app.api.headers import CACHED, STILL_HOLDS
from app.api.parameters import (
    IN_PATH,
    LARGEST_PAGE,
    DomainQuery,
    QueryBlueprint,
    Whole,
    absent,
    path_code,
)
from app.api.problem_details import answers_problems
from app.api.sides import read_one
from app.api.skill_gap_schemas import ComparedSchema, NoteSchema
from app.api.sources import SourceSchema, attribution, source
from app.services import services
from cache.reading import Reading

blueprint = QueryBlueprint("transitions", __name__, description="Find the next step.")

DIRECTIONS: Final = ("to", "from")
JOB_ZONES: Final = (1, 5)
LONGEST_AGE: Final = 60
"""Seconds that others may store a ranking: it is made of all entries, of which any may change."""


class TransitionsQuery(DomainQuery):
    """Which transitions to rank, and how many to list."""

    direction = fields.String(load_default="to", validate=validate.OneOf(DIRECTIONS))
    job_zone = Whole(*JOB_ZONES, load_default=absent)
    limit = Whole(1, LARGEST_PAGE, load_default=20)


class TopGapSchema(Schema):
    """One of the weightiest gaps of a transition, as `/skill-gap` tells it."""

    id = fields.String(required=True, metadata={"example": "2.B.3.e"})
    name = fields.String(required=True, metadata={"example": "Programming"})
    level_gap = fields.Float(required=True, metadata={"minimum": 0, "maximum": 7})
    priority = fields.Float(required=True, metadata={"minimum": 0, "maximum": 1})


class TransitionSchema(Schema):
    """Another occupation; the readiness is of whoever makes the step for where it leads."""

    code = fields.String(required=True)
    title = fields.String(required=True)
    readiness = fields.Float(required=True, metadata={"minimum": 0, "maximum": 1})
    job_zone = fields.Integer(required=True, allow_none=True, metadata={"minimum": 1, "maximum": 5})
    related = fields.String(required=True, allow_none=True, metadata={"example": "Primary-Short"})
    gaps = fields.List(fields.Nested(TopGapSchema), required=True, validate=validate.Length(max=3))


class TransitionsSchema(Schema):
    """A ranking, of what is cached.

    `compared` counts the rated occupations at hand, this one included, before filter and limit.
    """

    occupation = fields.Nested(ComparedSchema, required=True)
    direction = fields.String(required=True, validate=validate.OneOf(DIRECTIONS))
    domain = fields.String(required=True)
    compared = fields.Integer(required=True)
    occupations_listed = fields.Integer(required=True)
    transitions = fields.List(fields.Nested(TransitionSchema), required=True)
    source = fields.Nested(SourceSchema, required=True)
    attribution = fields.String(required=True)
    notes = fields.List(fields.Nested(NoteSchema))


@blueprint.route("/occupations/<code>/transitions", parameters=[IN_PATH])
@blueprint.arguments(TransitionsQuery, location="query")
@blueprint.response(200, TransitionsSchema, headers=CACHED)
@blueprint.alt_response(304, description=STILL_HOLDS, headers=CACHED)
@answers_problems(blueprint, 404, 422, 503, reads=True)
def transitions(query: dict[str, Any], code: str) -> Response:
    """Rank the occupations to go to, or to come from, by readiness, highest first."""
    reading, notes = read_one(query["domain"], path_code(code))
    body = answer(reading, query) | ({"notes": notes} if notes else {})
    return cached_response(body, [reading], services().now(), None, LONGEST_AGE)


def answer(reading: Reading, query: dict[str, Any]) -> dict[str, Any]:
    """Write the body for an occupation, of what the query asks for.

    Raises:
        DatabaseUnavailable: where the database cannot be reached or used.
    """
    ranked = services().next_steps.of(
        reading, query["direction"], query["job_zone"], query["limit"]
    )
    return {
        "occupation": {"code": reading.profile.code, "title": reading.profile.title},
        "direction": query["direction"],
        "domain": query["domain"],
        "compared": ranked.compared,
        "occupations_listed": ranked.listed,
        "transitions": orjson.Fragment(ranked.transitions),
        "source": source(reading),
        "attribution": attribution([reading]),
    }
