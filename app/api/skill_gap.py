"""GET /skill-gap: what the second occupation demands that the first does not."""

from functools import lru_cache
from math import inf
from typing import Any, Final

import orjson
from flask import Response, request
from marshmallow import fields, validate

from app.api.headers import STILL_HOLDS, VARIED
from app.api.problem_schema import answers_problems
from app.container import services
from app.gaps import compare as gap
from app.gaps.csv_body import CSV, CSV_EXAMPLE, csv_headers, csv_text, prefers_csv
from app.gaps.schema import KINDS, SORTS, SkillGapSchema
from app.occupations.lookup import LONGEST_BY_NAME, Sides, read_sides
from app.provenance import attribution, source
from app.query_fields import (
    LARGEST_PAGE,
    DomainQuery,
    Figure,
    Flag,
    Named,
    QueryBlueprint,
    Whole,
    absent,
)
from app.response_cache.headers import Fixed, cached_response, cached_text
from cache.reading import Reading

blueprint = QueryBlueprint("skill-gap", __name__, description="Compare two occupations.")
SIDES: Final = 10_000
"""Sides kept as text, about 200 bytes each; all skills of 29.0 have fewer."""
VARY: Final[Fixed] = [("Vary", "Accept")]


class SkillGapQuery(DomainQuery):
    """What to compare, and which of the gaps to list."""

    source = Named(required=True, data_key="from")
    target = Named(required=True, data_key="to")
    kind = fields.String(load_default=absent, validate=validate.OneOf(KINDS))
    min_importance = Figure(1, 5, load_default=1.0)
    significant = Flag(load_default=False)
    sort = fields.String(load_default="priority", validate=validate.OneOf(SORTS))
    limit = Whole(1, LARGEST_PAGE, load_default=absent)
    include = fields.String(load_default=absent, validate=validate.OneOf(["covered"]))
    format = fields.String(
        load_default=absent,
        validate=validate.OneOf(["json", "csv"]),
        metadata={"description": "Wins over Accept, which may prefer text/csv; else it is JSON."},
    )


@blueprint.route("/skill-gap")
@blueprint.arguments(SkillGapQuery, location="query")
@blueprint.response(200, SkillGapSchema, headers=VARIED)
@blueprint.alt_response(
    200,
    schema={"type": "string"},
    content_type="text/csv",
    description="The answer; as CSV one row a gap, and with `include=covered` those after them.",
    example=CSV_EXAMPLE,
    headers=VARIED,
)
@blueprint.alt_response(304, description=STILL_HOLDS, headers=VARIED)
@answers_problems(blueprint, 404, 422, 503, reads=True)
def skill_gap(query: dict[str, Any]) -> Response:
    """Compare two occupations, with the gaps weightiest first."""
    if query["format"] is None:
        query["format"] = "csv" if prefers_csv(request.headers.get("Accept", "")) else "json"
    sides = read_sides(query)
    asked = list(query.values()) if sides.by_code else None
    write = _csv_response if query["format"] == "csv" else _json_response
    return write(sides, query, asked, inf if sides.by_code else LONGEST_BY_NAME)


def _json_response(
    sides: Sides, query: dict[str, Any], asked: list[object] | None, longest: float
) -> Response:
    body = noted_answer(sides, query)
    return cached_response(body, sides.readings, services().now(), asked, longest, VARY)


def noted_answer(sides: Sides, query: dict[str, Any]) -> dict[str, Any]:
    """Write the body for two sides, with what there is to note about how they were found."""
    body = answer(sides.source, sides.target, query)
    if sides.notes:
        body["notes"] = sides.notes
    return body


def _csv_response(
    sides: Sides, query: dict[str, Any], asked: list[object] | None, longest: float
) -> Response:
    found = gap.compare(sides.source.profile, sides.target.profile)
    covered = found.covered if query["include"] == "covered" else ()
    text = csv_text(sides.source, sides.target, _chosen(found, query), covered)
    fixed = [*VARY, *csv_headers(sides.source, sides.target)]
    return cached_text(text, CSV, sides.readings, services().now(), asked, longest, fixed)


@blueprint.after_request
def vary(response: Response) -> Response:
    """Have caches keep errors apart by Accept too."""
    if response.status_code >= 400:
        response.headers.update(dict(VARY))
    return response


def answer(source_side: Reading, target_side: Reading, query: dict[str, Any]) -> dict[str, Any]:
    """Write the body for two readings, filtered, sorted and cut as the query says."""
    found = gap.compare(source_side.profile, target_side.profile)
    missing = found.count("missing")
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
        "gaps": [_item(item) for item in _chosen(found, query)],
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


def _chosen(found: gap.Gap, query: dict[str, Any]) -> list[gap.Comparison]:
    """Filter, sort and cut the gaps as the query says."""
    chosen = gap.choose(
        found.gaps,
        kind=query["kind"],
        min_importance=query["min_importance"],
        significant=query["significant"],
    )
    if query["sort"] != "priority":  # they are in that order already
        chosen = gap.arrange(chosen, query["sort"])
    return chosen[: query["limit"]]


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
    # A copy, since the writer of JSON leaves 4 kB of room.
    return orjson.Fragment(bytes(memoryview(orjson.dumps(side))))
