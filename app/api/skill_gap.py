"""GET /skill-gap: what the second occupation demands that the first does not."""

from functools import lru_cache
from typing import Any, Final, get_args

import orjson
from flask import Response, g
from marshmallow import Schema, fields, validate

from app import gap
from app.api.caching import cached_response
from app.api.parameters import LARGEST_PAGE, Code, DomainQuery, Figure, Flag, QueryBlueprint, Whole
from app.api.problem_details import answers_problems
from app.api.sources import SourceSchema, attribution, source
from app.services import services
from cache.pull_through import Reading

blueprint = QueryBlueprint("skill-gap", __name__, description="Compare two occupations.")
KINDS: Final = get_args(gap.Kind)
SORTS: Final = get_args(gap.Sort)
SIDES: Final = 10_000
"""Sides kept as text, about 200 bytes each; all skills of 29.0 have fewer."""


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
@blueprint.arguments(SkillGapQuery, location="query")
@blueprint.response(200, SkillGapSchema)
@blueprint.alt_response(304, description="The copy of If-None-Match still holds.")
@answers_problems(blueprint, 404, 422, 503)
def skill_gap(query: dict[str, Any]) -> Response:
    """Compare two occupations, with the gaps weightiest first."""
    asked = g.asked = {"from": query["source"], "to": query["target"]}
    codes = list(dict.fromkeys(asked.values()))  # one entry may be both sides
    at_hand = services()
    readings = at_hand.pull_through.read(query["domain"], codes)
    body = answer(readings[0], readings[-1], query)
    return cached_response(body, readings, at_hand.now(), list(query.values()))


def answer(source_side: Reading, target_side: Reading, query: dict[str, Any]) -> dict[str, Any]:
    """Write the body for two readings, filtered, sorted and cut as the query says."""
    found = gap.compare(source_side.profile, target_side.profile)
    missing = found.count("missing")
    chosen = gap.choose(
        found.gaps,
        kind=query["kind"],
        min_importance=query["min_importance"],
        significant=query["significant"],
    )
    if query["sort"] != "priority":  # they are in that order already
        chosen = gap.arrange(chosen, query["sort"])
    body: dict[str, Any] = {
        "from": {"code": source_side.profile.code, "title": source_side.profile.title},
        "to": {"code": target_side.profile.code, "title": target_side.profile.title},
        "domain": query["domain"],
        "summary": {
            "compared": found.compared,
            "gaps": len(found.gaps),
            "missing": missing,
            "higher_level": len(found.gaps) - missing,
            "readiness": found.readiness,
        },
        "gaps": [_item(item) for item in chosen[: query["limit"]]],
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
    source, target, kind, level_gap, priority, significant, low_precision = item
    return {
        "id": target.id,
        "name": target.name,
        "kind": kind,
        "from": _side(source.level, source.importance, source.not_relevant),
        "to": _side(target.level, target.importance, target.not_relevant),
        "level_gap": level_gap,
        "priority": priority,
        "significant": significant,
        "low_precision": low_precision,
    }


@lru_cache(maxsize=SIDES)
def _side(level: float, importance: float, not_relevant: bool) -> orjson.Fragment:
    """Write one side, once for all elements that are rated the same: figures have two decimals."""
    side = {"level": level, "importance": importance, "not_relevant": not_relevant}
    return orjson.Fragment(orjson.dumps(side))
