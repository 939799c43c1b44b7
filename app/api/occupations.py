"""GET /occupations: the list, and one occupation with its ratings and cache state."""

from typing import Any, Final

from flask import Response, jsonify
from flask.views import MethodView
from marshmallow import Schema, fields, validate

from app.api.headers import CACHED, PLAIN, STILL_HOLDS
from app.api.problem_schema import answers_problems
from app.container import services
from app.gaps.schema import NoteSchema
from app.occupations.lookup import LONGEST_BY_NAME, read_one
from app.occupations.resolve import HINT
from app.occupations.titles import rated_first
from app.provenance import SourceSchema, attribution, source, timestamp
from app.query_fields import (
    IN_PATH,
    LARGEST_PAGE,
    TITLE_LIKE,
    WITHOUT_NUL,
    DomainQuery,
    QueryBlueprint,
    Whole,
    path_code,
)
from app.response_cache.headers import cached_response

blueprint = QueryBlueprint("occupations", __name__, description="Find and read occupations.")
MOST_HITS: Final = 200
"""Occupations that a search finds; who needs more had better say more."""


class OccupationsQuery(DomainQuery):
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
    limit = Whole(1, LARGEST_PAGE, load_default=20)
    offset = Whole(0, 1_000_000, load_default=0)


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
    domain = fields.String(required=True)
    ratings = fields.List(fields.Nested(ElementSchema), required=True)
    cache = fields.Nested(CacheStateSchema, required=True)
    attribution = fields.String(required=True)
    notes = fields.List(fields.Nested(NoteSchema))


@blueprint.route("/occupations")
class Occupations(MethodView):
    """The occupation list."""

    @blueprint.arguments(OccupationsQuery, location="query")
    @blueprint.response(200, OccupationsSchema, headers=PLAIN)
    @answers_problems(blueprint, 422, 503)
    def get(self, query: dict[str, Any]) -> Response:
        """List the occupations that `q` may mean, best first, or all by code."""
        cut = {"limit": query["limit"], "offset": query["offset"]}
        text = query["q"].strip()
        total, found = (
            _found(query["domain"], text, **cut) if text else _all(query["domain"], **cut)
        )
        hint = {} if total or not text else {"hint": HINT}
        return jsonify({"total": total, **cut, "occupations": found, **hint})


def _all(domain: str, limit: int, offset: int) -> tuple[int, list[dict[str, Any]]]:
    total, page = services().catalogue.listing(domain, limit, offset)
    return total, [
        {"code": one.code, "title": one.title, "rated": one.rated, "matched": None} for one in page
    ]


def _found(domain: str, text: str, limit: int, offset: int) -> tuple[int, list[dict[str, Any]]]:
    hits = services().titles.index().search(text, MOST_HITS)
    rated = services().catalogue.rated(domain, [hit.code for hit in hits]) if hits else {}
    page = rated_first(hits, rated)[offset : offset + limit]
    return len(hits), [
        {
            "code": hit.code,
            "title": hit.title,
            "rated": rated[hit.code],
            "matched": {"kind": hit.kind, "text": hit.matched},
        }
        for hit in page
    ]


@blueprint.route("/occupations/<code>", parameters=[IN_PATH])
class Occupation(MethodView):
    """One occupation."""

    @blueprint.arguments(DomainQuery, location="query")
    @blueprint.response(200, OccupationSchema, headers=CACHED)
    @blueprint.alt_response(304, description=STILL_HOLDS, headers=CACHED)
    @answers_problems(blueprint, 404, 422, 503, reads=True)
    def get(self, query: dict[str, Any], code: str) -> Response:
        """Read an occupation's title, ratings and cache state."""
        reading, notes = read_one(query["domain"], path_code(code))
        entry, code = reading.entry, reading.profile.code
        described = services().catalogue.occupation(code)
        body = {
            "code": code,
            "title": reading.profile.title,
            "description": described.description if described else None,
            "domain": query["domain"],
            "ratings": [
                {
                    "id": one.id,
                    "name": one.name,
                    "level": one.level,
                    "importance": one.importance,
                    "level_standard_error": one.level_error,
                    "not_relevant": one.not_relevant,
                    "low_precision": one.low_precision,
                }
                for _, one in sorted(reading.profile.elements.items())
            ],
            "cache": source(reading)
            | {
                "expires_at": None if entry.expires_at is None else timestamp(entry.expires_at),
                "rows": entry.row_count,
                "content_hash": entry.content_hash,
                "source_url": entry.source_url,
            },
            "attribution": attribution([reading]),
        }
        if notes:
            body["notes"] = notes
            return cached_response(body, [reading], services().now(), None, LONGEST_BY_NAME)
        return cached_response(body, [reading], services().now(), [*query.values(), code])
