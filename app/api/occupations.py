"""GET /occupations: the list, and one occupation with its ratings and cache state."""

from typing import Any

from flask import Response, jsonify
from flask.views import MethodView

from app.api.blueprints import IN_PATH, QueryBlueprint
from app.api.headers import CACHED, REVALIDATED, STILL_HOLDS
from app.api.problem_schema import answers_problems
from app.api.responses import as_json, cached_response
from app.occupations.fields import path_code
from app.occupations.json_body import occupation_body, occupations_body
from app.occupations.lookup import LONGEST_BY_NAME
from app.occupations.schema import OccupationSchema, OccupationsQuery, OccupationsSchema
from app.query_fields import DomainQuery
from app.wiring.container import services

blueprint = QueryBlueprint("occupations", __name__, description="Find and read occupations.")


@blueprint.route("/occupations")
class Occupations(MethodView):
    """The occupation list."""

    @blueprint.arguments(OccupationsQuery, location="query")
    @blueprint.response(200, OccupationsSchema, headers=REVALIDATED)
    @blueprint.alt_response(304, description=STILL_HOLDS, headers=REVALIDATED)
    @answers_problems(blueprint, 422, 503)
    def get(self, query: dict[str, Any]) -> Response:
        """List the occupations that `q` may mean, best first, or all by code.

        `q` may be misspelt or half typed. A search finds 200 at most.
        """
        wired = services()
        return jsonify(occupations_body(wired.catalogue, wired.titles.index, **query))


@blueprint.route("/occupations/<code>", parameters=[IN_PATH])
class OneOccupation(MethodView):
    """One occupation."""

    @blueprint.arguments(DomainQuery, location="query")
    @blueprint.response(200, OccupationSchema, headers=CACHED)
    @blueprint.alt_response(304, description=STILL_HOLDS, headers=CACHED)
    @answers_problems(blueprint, 404, 422, 503, reads=True)
    def get(self, query: dict[str, Any], code: str) -> Response:
        """Read an occupation's title, ratings and cache state.

        What is not cached is fetched from O*NET.
        """
        found = services().lookup.one(path_code(code), query["domain"])
        text, now = as_json(occupation_body(services().descriptions, found)), services().now()
        if found.notes:
            return cached_response(text, [found.reading], now, None, LONGEST_BY_NAME)
        asked = [*query.values(), found.reading.profile.code]
        return cached_response(text, [found.reading], now, asked)
