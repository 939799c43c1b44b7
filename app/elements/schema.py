"""What elements are asked by and answered with."""

from marshmallow import Schema, fields, validate

from app.query_fields import DomainQuery, TellingQuery
from onet_client.content_model import DOMAINS, SCALES

LEVEL_RANGE = {"minimum": SCALES["LV"].minimum, "maximum": SCALES["LV"].maximum}


class AnchorSchema(Schema):
    """O*NET's example of what a level of an element takes, as it is published."""

    level = fields.Integer(required=True, metadata=LEVEL_RANGE)
    text = fields.String(
        required=True, metadata={"example": "Write a program to sort objects in a database"}
    )


class ScaleSchema(Schema):
    """The scale of levels."""

    id = fields.String(required=True, metadata={"example": "LV"})
    name = fields.String(required=True, metadata={"example": "Level"})
    minimum = fields.Integer(required=True)
    maximum = fields.Integer(required=True)


class ElementMeaningSchema(Schema):
    """A skill, a kind of knowledge or an ability, in O*NET's words.

    `anchors` are what the release has, the lowest level first, and null where it has none; nothing
    is made up for the levels between.
    """

    id = fields.String(required=True, metadata={"example": "2.B.3.e"})
    name = fields.String(required=True, metadata={"example": "Programming"})
    domain = fields.String(required=True, validate=validate.OneOf(DOMAINS))
    description = fields.String(required=True, allow_none=True)
    scale = fields.Nested(ScaleSchema, required=True)
    anchors = fields.List(fields.Nested(AnchorSchema), required=True, allow_none=True)


class MeaningSourceSchema(Schema):
    """Where what is quoted was read."""

    origin = fields.String(required=True, validate=validate.OneOf(["seed", "api"]))
    release = fields.String(required=True, allow_none=True, metadata={"example": "30.3"})
    fetched_at = fields.String(required=True, metadata={"format": "date-time"})


class MeaningSourcesSchema(Schema):
    """Those of descriptions and anchors, null where none are held."""

    descriptions = fields.Nested(MeaningSourceSchema, required=True, allow_none=True)
    anchors = fields.Nested(MeaningSourceSchema, required=True, allow_none=True)


class MeaningNoteSchema(Schema):
    """Why descriptions or anchors are null, and what brings them; or an ignored parameter."""

    parameter = fields.String(metadata={"example": "domains"})
    text = fields.String(required=True)


class QuotedSchema(Schema):
    """What every answer about elements says of its sources."""

    sources = fields.Nested(MeaningSourcesSchema, required=True)
    attribution = fields.String(required=True)
    notes = fields.List(fields.Nested(MeaningNoteSchema))


class ElementsQuery(TellingQuery, DomainQuery):
    """Which elements to list."""


class OneElementSchema(ElementMeaningSchema, QuotedSchema):
    """One element."""


class ElementsSchema(QuotedSchema):
    """The elements of a domain, by id: those rated here or with anchors."""

    domain = fields.String(required=True, validate=validate.OneOf(DOMAINS))
    total = fields.Integer(required=True)
    elements = fields.List(fields.Nested(ElementMeaningSchema), required=True)
