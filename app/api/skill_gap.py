"""GET /skill-gap: what the second occupation demands that the first does not."""

from typing import Any

from flask import Response

from app.api.blueprints import Resources
from app.api.headers import CACHED, STILL_HOLDS
from app.api.operations import answers_json_or_csv, answers_problems
from app.api.responses import VARY, cached_response, chosen_format, json_text, vary
from app.gaps.csv_body import CSV_EXAMPLE, csv_body, gap_file_headers
from app.gaps.json_body import gap_body
from app.gaps.schema import SkillGapQuery, SkillGapSchema, gap_choice
from app.occupations.spreadsheet import CSV
from app.wiring.container import services

blueprint = Resources("skill-gap", __name__, description="Compare two occupations.")
blueprint.after_request(vary)


@blueprint.route("/skill-gap")
@blueprint.arguments(SkillGapQuery, location="query")
@answers_json_or_csv(
    blueprint,
    SkillGapSchema,
    CACHED,
    rows="one row a gap, and with `include=covered` those after them",
    example=CSV_EXAMPLE,
)
@blueprint.alt_response(304, description=STILL_HOLDS, headers=CACHED)
@answers_problems(blueprint, 404, 422, 503, reads=True)
def skill_gap(query: dict[str, Any]) -> Response:
    """Compare two occupations, with the gaps weightiest first.

    A gap is an element that the second demands at a higher level than the first; `readiness` is
    the share of the weighted demand that is met. What is not cached is fetched from O*NET.
    """
    query["format"], wired = chosen_format(query["format"]), services()
    found = wired.lookup.pair(query["source"], query["target"], query["domain"])
    asked = list(query.values()) if found.by_code else None
    choice = gap_choice(query)
    if query["format"] == "json":
        body = gap_body(found, choice, wired.baseline.closer_than)
        text = json_text(body, query["ignored"])
        of_domains = [query["domain"]]
        return cached_response(text, found.readings, asked, fixed=VARY, of_domains=of_domains)
    fixed = [*VARY, *gap_file_headers(found.source.profile.title, found.target)]
    text = csv_body(found, choice).encode()
    return cached_response(text, found.readings, asked, content_type=CSV, fixed=fixed)
