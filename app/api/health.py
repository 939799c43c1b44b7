"""GET /health and /health/ready: for load balancers and orchestrators."""

from typing import Any, Final

from marshmallow import Schema, fields

from app.api.blueprints import Resources
from app.api.headers import UNSTORED
from app.api.operations import answers_problems
from app.wiring.container import services
from cache.db.database import check_ready

blueprint = Resources("health", __name__, description="Is it alive, can it serve.")

OK: Final = {"status": "ok"}, {"Cache-Control": "no-store"}
"""Body and headers of an answer that holds for this moment."""


class HealthSchema(Schema):
    """The word `ok`."""

    status = fields.String(required=True, metadata={"example": "ok"})


@blueprint.route("/health")
@blueprint.response(200, HealthSchema, headers=UNSTORED)
def health() -> Any:
    """Answer as long as the process is alive; asks nothing of the database.

    For what starts a process again that has died.
    """
    return OK


@blueprint.route("/health/ready")
@blueprint.response(200, HealthSchema, headers=UNSTORED)
@answers_problems(blueprint, 503)
def ready() -> Any:
    """Answer where the database is reachable and migrated.

    For what sends requests to servers that can answer them.
    """
    check_ready(services().reader)
    return OK
