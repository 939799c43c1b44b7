"""GET /occupations: the list, and one occupation with its ratings and cache state."""

from typing import Any

from flask import Response

from app.api.blueprints import IN_PATH, Resources
from app.api.headers import CACHED, LISTED, STILL_HOLDS
from app.api.operations import answers_json_or_csv, answers_problems
from app.api.responses import VARY, cached_response, chosen_format, json_text, vary
from app.occupations.csv_body import CSV_EXAMPLE, LIST_EXAMPLE, list_csv, occupation_csv
from app.occupations.fields import PATH_CODE, named_in_path
from app.occupations.json_body import occupation_body, occupations_body
from app.occupations.schema import (
    OccupationSchema,
    OccupationsQuery,
    OccupationsSchema,
    RatingsQuery,
)
from app.occupations.spreadsheet import CSV, file_headers
from app.wiring.container import services

blueprint = Resources("occupations", __name__, description="Find and read occupations.")
blueprint.after_request(vary)


@blueprint.route("/occupations")
@blueprint.arguments(OccupationsQuery, location="query")
@answers_json_or_csv(
    blueprint, OccupationsSchema, LISTED, rows="one row an occupation", example=LIST_EXAMPLE
)
@blueprint.alt_response(304, description=STILL_HOLDS, headers=LISTED)
@answers_problems(blueprint, 422, 503)
def occupations(query: dict[str, Any]) -> Response:
    """List the occupations that `q` may mean, best first, or all by code.

    `q` may be misspelt or half typed. A search finds 200 at most.
    """
    wired, form = services(), chosen_format(query.pop("format"))
    others = query.pop("ignored")
    body = occupations_body(wired.catalogue, wired.titles.index, **query)
    if form == "json":
        written = json_text(body, others)
        return Response(written, mimetype="application/json", headers=VARY)
    codes = [one["code"] for one in body["occupations"]]
    releases = wired.catalogue.releases(query["domain"], codes)
    text = list_csv(body, query["domain"], releases)
    headers = [*VARY, *file_headers("occupations", query["q"])]
    return Response(text, content_type=CSV, headers=headers)


@blueprint.route("/occupations/<code>", parameters=[IN_PATH])
@blueprint.arguments(RatingsQuery, location="query")
@answers_json_or_csv(
    blueprint, OccupationSchema, CACHED, rows="one row an element", example=CSV_EXAMPLE
)
@blueprint.alt_response(304, description=STILL_HOLDS, headers=CACHED)
@answers_problems(blueprint, 404, 422, 503, reads=True)
def one_occupation(query: dict[str, Any], code: str) -> Response:
    """Read an occupation's title, ratings and cache state.

    What is not cached is fetched from O*NET.
    """
    query["format"] = chosen_format(query["format"])
    found = services().lookup.one(named_in_path(PATH_CODE, code), query["domain"])
    body = occupation_body(services().descriptions, found)
    asked = None if found.notes else [*query.values(), found.reading.profile.code]
    if query["format"] == "json":
        text = json_text(body, query["ignored"])
        return cached_response(text, [found.reading], asked, fixed=VARY)
    text = occupation_csv(body).encode()
    fixed = [*VARY, *file_headers(body["title"], body["domain"])]
    return cached_response(text, [found.reading], asked, content_type=CSV, fixed=fixed)
