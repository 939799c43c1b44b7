"""What /skill-gap takes and answers."""

from collections.abc import Mapping
from typing import Any, Final, get_args

from marshmallow import Schema, fields, validate

from app.gaps.compare import GapChoice, Kind, Sort
from app.occupations.fields import OccupationField
from app.occupations.provenance import NoteSchema, SourceSchema
from app.query_fields import (
    LARGEST_PAGE,
    DecimalNumber,
    DomainQuery,
    Flag,
    FormatField,
    JsonBoolean,
    JsonNumber,
    JsonWhole,
    StrictSchema,
    TellingQuery,
    WholeNumber,
    WordChoice,
    absent,
)
from onet_client.content_model import DOMAINS

MONTH: Final = "^[0-9]{4}-[0-9]{2}$"
KINDS: Final = get_args(Kind)
SORTS: Final = get_args(Sort)
SHARE: Final = {"minimum": 0, "maximum": 1}
COVERED: Final = "covered"
"""What `include` takes."""
OF_KIND: Final = "Only gaps in elements that are Not Relevant in `from`, or only the others."
OF_IMPORTANCE: Final = "Only gaps in elements at least so important in `to`, on O*NET's scale."
OF_CERTAINTY: Final = "Only gaps that are wider than chance at 95 %."
OF_ORDER: Final = "What the gaps are in order of, the greatest first; names from A to Z."
OF_LIMIT: Final = "How many gaps are listed at most; all without it."
OF_COVERED: Final = "Adds the required elements without a gap."


class SkillGapQuery(TellingQuery, DomainQuery):
    """What to compare, and which of the gaps to list."""

    source = OccupationField(required=True, data_key="from")
    target = OccupationField(required=True, data_key="to")
    kind = WordChoice(KINDS, OF_KIND)
    min_importance = DecimalNumber(1, 5, load_default=1.0, metadata={"description": OF_IMPORTANCE})
    significant = Flag(load_default=False, metadata={"description": OF_CERTAINTY})
    sort = WordChoice(SORTS, OF_ORDER, load_default="priority")
    limit = WholeNumber(1, LARGEST_PAGE, load_default=absent, metadata={"description": OF_LIMIT})
    include = WordChoice([COVERED], OF_COVERED)
    format = FormatField()


class GapMembers(StrictSchema):
    """The same choices as members of a body; which format is not among them."""

    domain = fields.String(load_default=DOMAINS[0], validate=validate.OneOf(DOMAINS))
    kind = fields.String(load_default=None, validate=validate.OneOf(KINDS))
    min_importance = JsonNumber(1, 5, load_default=1.0)
    significant = JsonBoolean(load_default=False)
    sort = fields.String(load_default="priority", validate=validate.OneOf(SORTS))
    limit = JsonWhole(1, LARGEST_PAGE, load_default=None)
    include = fields.String(load_default=None, validate=validate.OneOf([COVERED]))


def gap_choice(query: Mapping[str, Any]) -> GapChoice:
    """Return which gaps a query wants to see."""
    return GapChoice(
        query["kind"],
        query["min_importance"],
        query["significant"],
        query["sort"],
        query["limit"],
        query["include"] == COVERED,
    )


class SideSchema(Schema):
    """One side of a comparison, as published."""

    level = fields.Float(required=True, metadata={"minimum": 0, "maximum": 7})
    importance = fields.Float(required=True, metadata={"minimum": 1, "maximum": 5})
    not_relevant = fields.Boolean(required=True)


class ItemSchema(Schema):
    """One element that is required by the target."""

    id = fields.String(required=True, metadata={"example": "2.B.3.e"})
    name = fields.String(required=True, metadata={"example": "Programming"})
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    source = fields.Nested(SideSchema, required=True, data_key="from")
    target = fields.Nested(SideSchema, required=True, data_key="to")
    level_gap = fields.Float(required=True)
    priority = fields.Float(required=True)
    gain = fields.Float(required=True, metadata={"minimum": 0, "maximum": 1})
    significant = fields.Boolean(required=True, allow_none=True)
    low_precision = fields.Boolean(required=True)


class ComparedSchema(Schema):
    """An occupation by code and title."""

    code = fields.String(required=True)
    title = fields.String(required=True)


class IncomparableSchema(Schema):
    """An element rated on one side only."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    rated = fields.String(required=True, validate=validate.OneOf(["from", "to"]))


class SummarySchema(Schema):
    """Taken before filters and limit."""

    compared = fields.Integer(required=True)
    gaps = fields.Integer(required=True)
    missing = fields.Integer(required=True)
    higher_level = fields.Integer(required=True)
    readiness = fields.Float(required=True, metadata=SHARE)
    readiness_interval = fields.List(
        fields.Float(metadata=SHARE),
        required=True,
        allow_none=True,
        validate=validate.Length(equal=2),
        metadata={"description": "At 95 %; null where O*NET gives no error of a required element."},
    )

    closer_than = fields.Float(
        required=True,
        allow_none=True,
        metadata=SHARE
        | {
            "description": "The share of the rated occupations held that are less ready for `to`; "
            "null where fewer than 50 are held."
        },
    )


class RatedSourceSchema(SourceSchema):
    """Where a side comes from, and the month of the oldest rating compared on it."""

    rated = fields.String(
        required=True, allow_none=True, metadata={"example": "2023-08", "pattern": MONTH}
    )


class SourcesSchema(Schema):
    """Where each side comes from."""

    source = fields.Nested(RatedSourceSchema, required=True, data_key="from")
    target = fields.Nested(RatedSourceSchema, required=True, data_key="to")


class SkillGapSchema(Schema):
    """The answer."""

    source = fields.Nested(ComparedSchema, required=True, data_key="from")
    target = fields.Nested(ComparedSchema, required=True, data_key="to")
    domain = fields.String(required=True)
    summary = fields.Nested(SummarySchema, required=True)
    gaps = fields.List(fields.Nested(ItemSchema), required=True)
    covered = fields.List(fields.Nested(ItemSchema))
    incomparable = fields.List(fields.Nested(IncomparableSchema), required=True)
    sources = fields.Nested(SourcesSchema, required=True)
    attribution = fields.String(required=True)
    notes = fields.List(fields.Nested(NoteSchema))
