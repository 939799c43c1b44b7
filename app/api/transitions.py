"""GET /occupations/{code}/transitions: which occupations are near, from one or to it."""

from typing import Any, Final

import orjson
from flask import Response
from marshmallow import Schema, ValidationError, fields, validate
from webargs.fields import DelimitedList

from app.api.headers import CACHED, STILL_HOLDS
from app.api.problem_schema import answers_problems, invalid_parameters
from app.container import services
from app.gaps.schema import ComparedSchema, NoteSchema
from app.occupations.lookup import read_one
from app.provenance import SourceSchema, attribution, source
from app.query_fields import (
    IN_PATH,
    LARGEST_PAGE,
    DomainQuery,
    QueryBlueprint,
    Whole,
    absent,
    path_code,
)
from app.response_cache.headers import cached_response
from app.transitions.job_zones import HIGHEST, not_held
from cache.reading import Reading

blueprint = QueryBlueprint("transitions", __name__, description="Find the next step.")

DIRECTIONS: Final = ("to", "from")
ANY_ZONE: Final = {"minimum": 1, "maximum": HIGHEST}
LONGEST_AGE: Final = 60
"""Seconds that others may store a ranking: it is made of all entries, of which any may change."""


class JobZoneList(DelimitedList):
    """A job zone, or several that are separated by commas; in order, each once."""

    def __init__(self) -> None:
        super().__init__(
            Whole(1, HIGHEST),
            load_default=absent,
            validate=validate.Length(min=1),
            metadata={
                "description": "Only others of these job zones, such as `3,4`, of those held: "
                "`job_zones` of an answer tells which."
            },
        )

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> list[Any]:
        try:
            found = super()._deserialize(value, attr, data, **kwargs)  # type: ignore[no-untyped-call]
        except ValidationError as error:
            raise ValidationError("Not a job zone, or several such as 3,4.") from error
        return sorted({*found})


class TransitionsQuery(DomainQuery):
    """Which transitions to rank, and how many to list."""

    direction = fields.String(load_default="to", validate=validate.OneOf(DIRECTIONS))
    job_zone = JobZoneList()
    limit = Whole(1, LARGEST_PAGE, load_default=20)


class TopGapSchema(Schema):
    """One of the weightiest gaps of a transition, as `/skill-gap` tells it."""

    id = fields.String(required=True, metadata={"example": "2.B.3.e"})
    name = fields.String(required=True, metadata={"example": "Programming"})
    level_gap = fields.Float(required=True, metadata={"minimum": 0, "maximum": 7})
    priority = fields.Float(required=True, metadata={"minimum": 0, "maximum": 1})


class JobZoneSchema(Schema):
    """A job zone, and O*NET's name of it, null where none is held."""

    zone = fields.Integer(required=True, metadata=ANY_ZONE)
    name = fields.String(
        required=True,
        allow_none=True,
        metadata={"example": "Job Zone Four: Considerable Preparation Needed"},
    )


class TransitionSchema(Schema):
    """Another occupation; the readiness is of whoever makes the step for where it leads."""

    code = fields.String(required=True)
    title = fields.String(required=True)
    readiness = fields.Float(required=True, metadata={"minimum": 0, "maximum": 1})
    job_zone = fields.Integer(required=True, allow_none=True, metadata=ANY_ZONE)
    related = fields.String(required=True, allow_none=True, metadata={"example": "Primary-Short"})
    gaps = fields.List(fields.Nested(TopGapSchema), required=True, validate=validate.Length(max=3))


class TransitionsSchema(Schema):
    """A ranking, of what is cached.

    `compared` counts the rated occupations at hand, this one included, before filter and limit.
    `job_zones` are those that any occupation listed is in.
    """

    occupation = fields.Nested(ComparedSchema, required=True)
    direction = fields.String(required=True, validate=validate.OneOf(DIRECTIONS))
    domain = fields.String(required=True)
    compared = fields.Integer(required=True)
    occupations_listed = fields.Integer(required=True)
    job_zones = fields.List(fields.Nested(JobZoneSchema), required=True)
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
    _check_held(query)
    reading, notes = read_one(query["domain"], path_code(code))
    body = answer(reading, query) | ({"notes": notes} if notes else {})
    return cached_response(body, [reading], services().now(), None, LONGEST_AGE)


def _check_held(query: dict[str, Any]) -> None:
    """Refuse job zones that no occupation is in: nothing could be listed.

    Raises:
        Problem: naming those that there are.
    """
    if query["job_zone"]:
        held = services().next_steps.job_zones(query["domain"])
        if said := not_held(query["job_zone"], held):
            raise invalid_parameters({"job_zone": [said]})


def answer(reading: Reading, query: dict[str, Any]) -> dict[str, Any]:
    """Write the body for an occupation, of what the query asks for.

    Raises:
        DatabaseUnavailable: where the database cannot be reached or used.
    """
    zones = query["job_zone"] and tuple(query["job_zone"])
    ranked = services().next_steps.of(reading, query["direction"], zones, query["limit"])
    return {
        "occupation": {"code": reading.profile.code, "title": reading.profile.title},
        "direction": query["direction"],
        "domain": query["domain"],
        "compared": ranked.compared,
        "occupations_listed": ranked.listed,
        "job_zones": [{"zone": zone, "name": name} for zone, name in ranked.job_zones.items()],
        "transitions": orjson.Fragment(ranked.transitions),
        "source": source(reading),
        "attribution": attribution([reading]),
    }
