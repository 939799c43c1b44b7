"""What transitions take and answer."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, get_args

from marshmallow import Schema, ValidationError, fields, validate
from webargs.fields import DelimitedList

from app.gaps.schema import SHARE, ComparedSchema
from app.occupations.provenance import NoteSchema, SourceSchema
from app.query_fields import (
    LARGEST_PAGE,
    DecimalNumber,
    FormatField,
    TellingQuery,
    WholeNumber,
    absent,
)
from app.transitions.choice import DIRECTIONS, Rank, TransitionsChoice, ZoneChange
from app.transitions.job_zones import HIGHEST
from onet_client.content_model import DOMAINS

RANKS: Final = get_args(Rank)
ANY_ZONE: Final = {"minimum": 1, "maximum": HIGHEST}


class OneOrSeveral(DelimitedList):
    """A value, or several that are separated by commas; in order, each once."""

    def __init__(
        self, each: fields.Field[Any], wrong: str, description: str, order: Callable[[Any], int]
    ) -> None:
        super().__init__(
            each,
            load_default=absent,
            validate=validate.Length(min=1),
            metadata={"description": description},
        )
        self._wrong = wrong
        self._order = order

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> list[Any]:
        try:
            found = super()._deserialize(value, attr, data, **kwargs)  # type: ignore[no-untyped-call]
        except ValidationError as error:
            raise ValidationError(self._wrong) from error
        return sorted({*found}, key=self._order)


class ZoneChangeField(fields.String):
    """A lowest and a highest difference of job zones such as -1..1, or one such as 0."""

    PATTERN: Final = r"(-?[0-9]{1,2})(\.\.(-?[0-9]{1,2}))?"

    def __init__(self) -> None:
        super().__init__(
            load_default=absent,
            metadata={
                "pattern": f"^{self.PATTERN}$",
                "description": "How much higher the job zone may be that a step leads to, such "
                "as `-1..1`, or `0`.",
            },
        )

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        match = re.fullmatch(self.PATTERN, super()._deserialize(value, attr, data, **kwargs))
        if match is None:
            raise ValidationError("Not a difference of job zones such as -1..1 or 0.")
        change = ZoneChange(int(match[1]), int(match[3] or match[1]))
        if change.least > change.most:
            raise ValidationError("The first has to be the lower one, as in -1..1.")
        return change


class TransitionsQuery(TellingQuery):
    """Which transitions to rank, and how many to list."""

    direction = fields.String(
        load_default="to",
        validate=validate.OneOf(DIRECTIONS),
        metadata={"description": "Where steps lead: `to` others, or `from` others to this one."},
    )
    rank = fields.String(
        load_default="fit",
        validate=validate.OneOf(RANKS),
        metadata={"description": "The figure that decides the order, the greatest first."},
    )
    domains = OneOrSeveral(
        fields.String(validate=validate.OneOf(DOMAINS)),
        f"Not one or several of {', '.join(DOMAINS)}.",
        "What the figures are the mean over; without it skills and knowledge, as far as they are "
        "held.",
        DOMAINS.index,
    )
    domain = fields.String(
        load_default=absent,
        validate=validate.OneOf(DOMAINS),
        metadata={"description": "Short for `domains` of one.", "deprecated": True},
    )
    min_readiness = DecimalNumber(
        0, 1, load_default=0.0, metadata={"description": "Only steps of at least this readiness."}
    )
    job_zone = OneOrSeveral(
        WholeNumber(1, HIGHEST),
        "Not a job zone, or several such as 3,4.",
        "Only others of these job zones, such as `3,4`, of those held: `job_zones` of an answer "
        "tells which.",
        int,
    )
    zone_change = ZoneChangeField()
    limit = WholeNumber(
        1,
        LARGEST_PAGE,
        load_default=20,
        metadata={"description": "How many steps are listed at most."},
    )
    format = FormatField()


class TopGapSchema(Schema):
    """One of the weightiest gaps of a transition, as `/skill-gap` has it."""

    domain = fields.String(required=True, validate=validate.OneOf(DOMAINS))
    id = fields.String(required=True, metadata={"example": "2.B.3.e"})
    name = fields.String(required=True, metadata={"example": "Programming"})
    level_gap = fields.Float(required=True, metadata={"minimum": 0, "maximum": 7})
    priority = fields.Float(required=True, metadata={"minimum": 0, "maximum": 1})


class CarriesOverSchema(Schema):
    """One of the weightiest elements that a transition has no gap in; both figures are demanded."""

    domain = fields.String(required=True, validate=validate.OneOf(DOMAINS))
    id = fields.String(required=True, metadata={"example": "2.A.1.a"})
    name = fields.String(required=True, metadata={"example": "Reading Comprehension"})
    level = fields.Float(required=True, metadata={"minimum": 0, "maximum": 7})
    importance = fields.Float(required=True, metadata={"minimum": 1, "maximum": 5})


class JobZoneSchema(Schema):
    """A job zone, and O*NET's name of it, null where none is held."""

    zone = fields.Integer(required=True, metadata=ANY_ZONE)
    name = fields.String(
        required=True,
        allow_none=True,
        metadata={"example": "Job Zone Four: Considerable Preparation Needed"},
    )


class TransitionSchema(Schema):
    """Another occupation as a step.

    `readiness` is of whoever makes the step for where it leads, `utilization` how much of what
    that one has is used there, and `fit` the mean of both; each is the mean over the domains that
    both occupations are rated in.
    """

    code = fields.String(required=True)
    title = fields.String(required=True)
    fit = fields.Float(required=True, metadata=SHARE)
    readiness = fields.Float(required=True, metadata=SHARE)
    utilization = fields.Float(required=True, metadata=SHARE)
    tied_with = fields.Integer(
        required=True,
        allow_none=True,
        metadata={
            "minimum": 0,
            "description": "How many rows further down, listed or not, have a fit that is within "
            "this one's margin at 95 %; null where O*NET gives no standard errors for that.",
        },
    )
    job_zone = fields.Integer(required=True, allow_none=True, metadata=ANY_ZONE)
    related = fields.String(required=True, allow_none=True, metadata={"example": "Primary-Short"})
    gaps = fields.List(fields.Nested(TopGapSchema), required=True, validate=validate.Length(max=3))
    carries_over = fields.List(
        fields.Nested(CarriesOverSchema), required=True, validate=validate.Length(max=3)
    )


class RankingSchema(Schema):
    """A ranking, of what is cached, whatever the steps lead from.

    `compared` counts the rated occupations at hand, those that they lead from included, before
    filters and limit. `domains` are those that it was ranked by, of those asked for; `sources` has
    one for each. `job_zones` are those that any occupation listed is in.
    """

    direction = fields.String(required=True, validate=validate.OneOf(DIRECTIONS))
    rank = fields.String(required=True, validate=validate.OneOf(RANKS))
    domains = fields.List(fields.String(validate=validate.OneOf(DOMAINS)), required=True)
    compared = fields.Integer(required=True)
    occupations_listed = fields.Integer(required=True)
    job_zones = fields.List(fields.Nested(JobZoneSchema), required=True)
    transitions = fields.List(fields.Nested(TransitionSchema), required=True)
    attribution = fields.String(required=True)
    notes = fields.List(fields.Nested(NoteSchema))


class TransitionsSchema(RankingSchema):
    """A ranking for an occupation."""

    occupation = fields.Nested(ComparedSchema, required=True)
    sources = fields.Dict(
        fields.String(validate=validate.OneOf(DOMAINS)),
        fields.Nested(SourceSchema),
        required=True,
    )


def transitions_choice(query: Mapping[str, Any]) -> TransitionsChoice:
    """Return which transitions a query wants to see."""
    return TransitionsChoice(
        query["direction"],
        query["rank"],
        query["job_zone"] and tuple(query["job_zone"]),
        query["zone_change"],
        query["min_readiness"],
        query["limit"],
    )


def chosen_domains(query: Mapping[str, Any]) -> list[str] | None:
    """Return the domains that a query names; None where it names none."""
    return query["domains"] or (query["domain"] and [query["domain"]])
