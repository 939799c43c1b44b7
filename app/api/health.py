"""GET /health and /health/ready: for load balancers and orchestrators."""

from flask import Response, jsonify
from marshmallow import Schema, fields

from app.api.blueprints import Resources
from app.api.headers import UNSTORED
from app.api.operations import answers_problems
from app.wiring.container import services
from cache.db.database import check_ready

blueprint = Resources("health", __name__, description="Is it alive, can it serve.")


def _ok() -> Response:
    response = jsonify({"status": "ok"})
    response.headers["Cache-Control"] = "no-store"  # it holds for this moment
    return response


class HealthSchema(Schema):
    """The word `ok`."""

    status = fields.String(required=True, metadata={"example": "ok"})


@blueprint.route("/health")
@blueprint.response(200, HealthSchema, headers=UNSTORED)
def health() -> Response:
    """Answer as long as the process is alive; asks nothing of the database.

    For what starts a process again that has died.
    """
    return _ok()


@blueprint.route("/health/ready")
@blueprint.response(200, HealthSchema, headers=UNSTORED)
@answers_problems(blueprint, 503)
def ready() -> Response:
    """Answer where the database is reachable and migrated.

    For what sends requests to servers that can answer them.
    """
    check_ready(services().reader)
    return _ok()
