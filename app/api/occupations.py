"""GET /occupations: the list, and one occupation with its ratings and cache state."""

from typing import Any

from flask import Response, g, jsonify
from flask.views import MethodView
from marshmallow import Schema, fields, validate

from app.api.caching import cached_response
from app.api.parameters import LARGEST_PAGE, DomainQuery, QueryBlueprint, Whole, path_code
from app.api.problem_details import answers_problems
from app.api.sources import SourceSchema, attribution, source, timestamp
from app.services import services

blueprint = QueryBlueprint("occupations", __name__, description="Find and read occupations.")


class OccupationsQuery(DomainQuery):
    """Which occupations to list."""

    # SQLite would end the pattern at a NUL and find everything.
    q = fields.String(
        load_default="",
        validate=[
            validate.Length(max=200),
            validate.ContainsNoneOf("\0", error="Holds a NUL character."),
        ],
    )
    limit = Whole(1, LARGEST_PAGE, load_default=20)
    offset = Whole(0, 1_000_000, load_default=0)


class ListedSchema(Schema):
    """An occupation in the list; `rated` is null where the cache does not know."""

    code = fields.String(required=True)
    title = fields.String(required=True)
    rated = fields.Boolean(required=True, allow_none=True)


class OccupationsSchema(Schema):
    """A page of the list, by code; `total` counts all that match."""

    total = fields.Integer(required=True)
    limit = fields.Integer(required=True)
    offset = fields.Integer(required=True)
    occupations = fields.List(fields.Nested(ListedSchema), required=True)


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


@blueprint.route("/occupations")
class Occupations(MethodView):
    """The occupation list."""

    @blueprint.arguments(OccupationsQuery, location="query")
    @blueprint.response(200, OccupationsSchema)
    @answers_problems(blueprint, 422, 503)
    def get(self, query: dict[str, Any]) -> Response:
        """List occupations whose title or code contains `q`."""
        total, page = services().catalogue.search(
            query["domain"], query["q"].strip(), query["limit"], query["offset"]
        )
        found = [{"code": one.code, "title": one.title, "rated": one.rated} for one in page]
        cut = {"limit": query["limit"], "offset": query["offset"]}
        return jsonify({"total": total, **cut, "occupations": found})


@blueprint.route("/occupations/<code>")
class Occupation(MethodView):
    """One occupation."""

    @blueprint.arguments(DomainQuery, location="query")
    @blueprint.response(200, OccupationSchema)
    @blueprint.alt_response(304, description="The copy of If-None-Match still holds.")
    @answers_problems(blueprint, 404, 422, 503)
    def get(self, query: dict[str, Any], code: str) -> Response:
        """Read an occupation's title, ratings and cache state."""
        code = path_code(code)
        g.asked = {"code": code}
        readings = services().pull_through.read(query["domain"], [code])
        described = services().catalogue.occupation(code)
        (reading,) = readings
        entry = reading.entry
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
            "attribution": attribution(readings),
        }
        return cached_response(body, readings, services().now(), [*query.values(), code])
