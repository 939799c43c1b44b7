"""What the occupation list and a single occupation take and answer."""

from marshmallow import Schema, fields, validate

from app.occupations.fields import TITLE_LIKE, WITHOUT_NUL
from app.occupations.provenance import NoteSchema, SourceSchema
from app.query_fields import LARGEST_PAGE, DomainQuery, FormatField, TellingQuery, WholeNumber


class OccupationsQuery(TellingQuery, DomainQuery):
    """Which occupations to list."""

    q = fields.String(
        load_default="",
        validate=TITLE_LIKE,
        metadata={
            "description": "A title as people give it, misspelt or half typed, with or without a "
            "rank, or the beginning of a code: `15-12`, `1512`, `15.12`.",
            "example": "sofware developer",
            "pattern": WITHOUT_NUL,
        },
    )
    limit = WholeNumber(
        1,
        LARGEST_PAGE,
        load_default=20,
        metadata={"description": "How many occupations are listed at most."},
    )
    offset = WholeNumber(
        0, 1_000_000, load_default=0, metadata={"description": "How many are passed over first."}
    )
    format = FormatField()


class RatingsQuery(TellingQuery, DomainQuery):
    """Which ratings of an occupation to read."""

    format = FormatField()


class MatchedSchema(Schema):
    """What `q` found an occupation by."""

    kind = fields.String(
        required=True,
        validate=validate.OneOf(["title", "alternate", "synonym", "code"]),
        metadata={"description": "A title of O*NET's, a word of this service for it, or a code."},
    )
    text = fields.String(required=True, metadata={"example": "Software Developers"})


class ListedSchema(Schema):
    """An occupation in the list; `rated` is null where the cache does not know.

    `matched` is null where nothing was looked for.
    """

    code = fields.String(required=True)
    title = fields.String(required=True)
    rated = fields.Boolean(required=True, allow_none=True)
    matched = fields.Nested(MatchedSchema, required=True, allow_none=True)


class OccupationsSchema(Schema):
    """A page of the list: by code, or what `q` finds, best first; `total` counts all.

    A search finds 200 at most, of equal ones those with ratings first, and nothing where no title
    is near.
    """

    total = fields.Integer(required=True)
    limit = fields.Integer(required=True)
    offset = fields.Integer(required=True)
    occupations = fields.List(fields.Nested(ListedSchema), required=True)
    hint = fields.String(
        metadata={"description": "What to try instead; only where `q` finds nothing."}
    )
    notes = fields.List(fields.Nested(NoteSchema))


class ElementSchema(Schema):
    """An element as published for the occupation."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    level = fields.Float(required=True, metadata={"minimum": 0, "maximum": 7})
    importance = fields.Float(required=True, metadata={"minimum": 1, "maximum": 5})
    level_standard_error = fields.Float(required=True, allow_none=True)
    not_relevant = fields.Boolean(required=True)
    low_precision = fields.Boolean(required=True)


class CacheStateSchema(SourceSchema):
    """The entry behind the ratings."""

    expires_at = fields.String(required=True, metadata={"format": "date-time"})
    rows = fields.Integer(required=True)
    content_hash = fields.String(required=True)
    source_url = fields.String(required=True, allow_none=True)


class OccupationSchema(Schema):
    """One occupation, its ratings in a domain, and the state of the cache entry."""

    code = fields.String(required=True)
    title = fields.String(required=True)
    description = fields.String(required=True, allow_none=True)
    job_zone = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "The higher, the more preparation it takes.", "example": 4},
    )
    job_zone_name = fields.String(
        required=True,
        allow_none=True,
        metadata={"example": "Job Zone Four: Considerable Preparation Needed"},
    )
    url = fields.String(
        required=True,
        metadata={"format": "uri", "description": "Its page at O*NET OnLine."},
    )
    domain = fields.String(required=True)
    ratings = fields.List(fields.Nested(ElementSchema), required=True)
    cache = fields.Nested(CacheStateSchema, required=True)
    attribution = fields.String(required=True)
    notes = fields.List(fields.Nested(NoteSchema))
