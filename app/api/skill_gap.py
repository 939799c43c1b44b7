"""GET /skill-gap: what the second occupation demands that the first does not."""

from typing import Any, Final, get_args

from flask import Response, g
from flask.views import MethodView
from marshmallow import Schema, fields, validate

from app import gap
from app.api.caching import cached_response
from app.api.parameters import LARGEST_PAGE, Code, DomainQuery, Figure, Flag, QueryBlueprint, Whole
from app.api.problem_details import answers_problems
from app.api.sources import SourceSchema, attribution, source
from app.services import services
from cache.profile import ElementRating
from cache.pull_through import Reading

blueprint = QueryBlueprint("skill-gap", __name__, description="Compare two occupations.")
KINDS: Final = get_args(gap.Kind)
SORTS: Final = get_args(gap.Sort)


class SkillGapQuery(DomainQuery):
    """What to compare, and which of the gaps to list."""

    source = Code(required=True, data_key="from")
    target = Code(required=True, data_key="to")
    kind = fields.String(load_default=None, validate=validate.OneOf(KINDS))
    min_importance = Figure(1, 5, load_default=1.0)
    significant = Flag(load_default=False)
    sort = fields.String(load_default="priority", validate=validate.OneOf(SORTS))
    limit = Whole(1, LARGEST_PAGE, load_default=None)
    include = fields.String(load_default=None, validate=validate.OneOf(["covered"]))


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
    readiness = fields.Float(required=True, metadata={"minimum": 0, "maximum": 1})


class SourcesSchema(Schema):
    """Where each side comes from."""

    source = fields.Nested(SourceSchema, required=True, data_key="from")
    target = fields.Nested(SourceSchema, required=True, data_key="to")


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


@blueprint.route("/skill-gap")
class SkillGap(MethodView):
    """The comparison of two occupations."""

    @blueprint.arguments(SkillGapQuery, location="query")
    @blueprint.response(200, SkillGapSchema)
    @blueprint.alt_response(304, description="The copy of If-None-Match still holds.")
    @answers_problems(blueprint, 404, 422, 503)
    def get(self, query: dict[str, Any]) -> Response:
        """Compare two occupations, with the gaps weightiest first."""
        g.asked = {"from": query["source"], "to": query["target"]}
        codes = list(dict.fromkeys(g.asked.values()))  # one entry may be both sides
        readings = services().pull_through.read(query["domain"], codes)
        body = answer(readings[0], readings[-1], query)
        return cached_response(body, readings, services().now(), repr(list(query.values())))


def answer(source_side: Reading, target_side: Reading, query: dict[str, Any]) -> dict[str, Any]:
    """Write the body for two readings, filtered, sorted and cut as the query says."""
    found = gap.compare(source_side.profile, target_side.profile)
    chosen = gap.choose(
        found.gaps,
        kind=query["kind"],
        min_importance=query["min_importance"],
        significant=query["significant"],
    )
    body: dict[str, Any] = {
        "from": {"code": source_side.profile.code, "title": source_side.profile.title},
        "to": {"code": target_side.profile.code, "title": target_side.profile.title},
        "domain": query["domain"],
        "summary": {
            "compared": found.compared,
            "gaps": len(found.gaps),
            "missing": found.count("missing"),
            "higher_level": found.count("higher_level"),
            "readiness": found.readiness,
        },
        "gaps": [_item(item) for item in gap.arrange(chosen, query["sort"])[: query["limit"]]],
    }
    if query["include"] == "covered":
        body["covered"] = [_item(item) for item in found.covered]
    return body | {
        "incomparable": [
            {"id": one.id, "name": one.name, "rated": one.rated} for one in found.incomparable
        ],
        "sources": {"from": source(source_side), "to": source(target_side)},
        "attribution": attribution([source_side, target_side]),
    }


def _item(item: gap.Comparison) -> dict[str, Any]:
    return {
        "id": item.target.id,
        "name": item.target.name,
        "kind": item.kind,
        "from": _side(item.source),
        "to": _side(item.target),
        "level_gap": item.level_gap,
        "priority": item.priority,
        "significant": item.significant,
        "low_precision": item.low_precision,
    }


def _side(rating: ElementRating) -> dict[str, Any]:
    return {
        "level": rating.level,
        "importance": rating.importance,
        "not_relevant": rating.not_relevant,
    }
