"""What transitions take and answer."""

from collections.abc import Mapping
from typing import Any, Final, get_args

from marshmallow import Schema, ValidationError, fields, validate
from webargs.fields import DelimitedList

from app.gaps.schema import ComparedSchema
from app.provenance import NoteSchema, SourceSchema
from app.query_fields import LARGEST_PAGE, DomainQuery, WholeNumber, absent
from app.transitions.choice import Direction, TransitionsChoice
from app.transitions.job_zones import HIGHEST

DIRECTIONS: Final = get_args(Direction)
ANY_ZONE: Final = {"minimum": 1, "maximum": HIGHEST}


class JobZoneList(DelimitedList):
    """A job zone, or several that are separated by commas; in order, each once."""

    def __init__(self) -> None:
        super().__init__(
            WholeNumber(1, HIGHEST),
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
    limit = WholeNumber(1, LARGEST_PAGE, load_default=20)


class TopGapSchema(Schema):
    """One of the weightiest gaps of a transition, as `/skill-gap` has it."""

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


def transitions_choice(query: Mapping[str, Any]) -> TransitionsChoice:
    """Return which transitions a query wants to see."""
    zones = query["job_zone"] and tuple(query["job_zone"])
    return TransitionsChoice(query["direction"], zones, query["limit"])
