"""The admin API: what the cache holds, filling it ahead of requests, and forgetting."""

from collections.abc import Sequence
from typing import Any, Final

from flask import Response, jsonify, request
from werkzeug.exceptions import NotFound

from app.api.admin_schemas import (
    CacheEntriesSchema,
    EntriesQuery,
    JobSchema,
    JobStatusSchema,
    PurgedSchema,
    PurgeQuery,
    WarmAll,
    WarmCodes,
    WarmRequest,
    WarmStale,
)
from app.api.authorization import SCHEME
from app.api.blueprints import IN_PATH, Resources, in_path
from app.api.headers import JOB, UNSTORED
from app.api.operations import answers_problems
from app.occupations.cache_summary import SCOPES, CacheSummarySchema, cache_summary
from app.occupations.fields import PATH_CODE, named_in_path
from app.wiring.container import services
from cache.entries.purge import purge
from onet_client.errors import NotConfigured

blueprint = Resources("admin", __name__, description="Run the cache. Needs the admin token.")
JOB_ID: Final = in_path(
    "id",
    {
        "description": "That of the answer which made it.",
        "example": "3f2b8c1e9d4a4c6f8a7b5e2d1c0f9a8b",
    },
)
ONE_SCOPE: Final = {
    "content": {
        "application/json": {
            "schema": {"oneOf": [WarmCodes, WarmAll, WarmStale]},
            "examples": {
                "codes": {"value": {"codes": ["15-1254.00", "15-1252"]}},
                "all": {"value": {"all": True, "domain": "knowledge"}},
                "stale": {"value": {"stale": True}},
            },
        }
    }
}
"""Each scope has a schema of its own: makers of clients pass over conditions that members have
together."""
secured = blueprint.doc(security=[{SCHEME: []}])


@blueprint.route("/admin/cache")
@secured
@blueprint.response(200, CacheSummarySchema, headers=UNSTORED)
@answers_problems(blueprint, 401, 404, 503)
def cache() -> Response:
    """Show what the cache holds and what is under way.

    Entries by domain and state, releases, the last load, unfinished jobs, and how O*NET is
    asked.
    """
    held = services().inventory.summary()
    return jsonify(cache_summary(held, is_configured=services().upstream.is_configured))


@blueprint.route("/admin/cache/entries")
@secured
@blueprint.arguments(EntriesQuery, location="query")
@blueprint.response(200, CacheEntriesSchema, headers=UNSTORED)
@answers_problems(blueprint, 401, 404, 422, 503)
def entries(query: dict[str, Any]) -> Any:
    """List entries with what a read does with them now, by domain and code.

    Without `domain` and `state` all of them, page by page.
    """
    total, page = services().inventory.entries(**query)
    cut = {"limit": query["limit"], "offset": query["offset"]}
    return CacheEntriesSchema().dump({"total": total, **cut, "entries": page})


@blueprint.route("/admin/cache/entries", methods=["DELETE"])
@secured
@blueprint.arguments(PurgeQuery, location="query")
@blueprint.response(200, PurgedSchema, headers=UNSTORED)
@answers_problems(blueprint, 401, 404, 422, 503)
def forget_all(query: dict[str, Any]) -> dict[str, Any]:
    """Forget every entry; what is being fetched meanwhile is not stored either.

    With `domain` those of one domain. They are fetched again when they are next asked for.
    """
    return _purge(None, query["domain"])


@blueprint.route("/admin/cache/entries/<code>", parameters=[IN_PATH], methods=["DELETE"])
@secured
@blueprint.arguments(PurgeQuery, location="query")
@blueprint.response(200, PurgedSchema, headers=UNSTORED)
@answers_problems(blueprint, 401, 404, 422, 503)
def forget_one(query: dict[str, Any], code: str) -> dict[str, Any]:
    """Forget an occupation's entries; what is being fetched meanwhile is not stored either.

    With `domain` the one of that domain. They are fetched again when they are next asked for.
    """
    return _purge([named_in_path(PATH_CODE, code)], query["domain"])


@blueprint.route("/admin/cache/warm", methods=["POST"])
@secured
@blueprint.doc(requestBody=ONE_SCOPE)
@blueprint.arguments(WarmRequest(partial=SCOPES))
@blueprint.response(202, JobSchema, headers=JOB)
@answers_problems(blueprint, 401, 404, 413, 415, 422, 503)
def warm(wanted: dict[str, Any]) -> Any:
    """Have entries filled by the workers; the same request meanwhile gets the same job.

    Takes codes, or `all` that O*NET lists, or what is `stale`, of one domain. `Location` says
    where the job tells how far it is.
    """
    try:
        services().upstream.check()
    except NotConfigured as missing:
        what = "Nothing can be filled, since"
        problems = services().problems()
        raise problems.upstream_not_configured(what, missing, wanted["domain"]) from missing
    job = services().warm_jobs.request(wanted["domain"], wanted["scope"], wanted["codes"])
    location = f"{request.script_root}/admin/cache/jobs/{job.id}"
    return JobSchema().dump(job), 202, {"Location": location}


@blueprint.route("/admin/cache/jobs/<id>", parameters=[JOB_ID])
@secured
@blueprint.response(200, JobStatusSchema, headers=UNSTORED)
@answers_problems(blueprint, 401, 404, 503)
def job_status(id: str) -> Any:  # noqa: A002 - the name that the path has in the documents
    """Show how far a job is, with the first of its errors.

    A job that is finished is kept for a week.
    """
    job = services().warm_jobs.find(id)
    if job is None:
        raise NotFound("There is no such job; finished ones are kept for a week.")
    return JobStatusSchema().dump(job)


def _purge(codes: Sequence[str] | None, domain: str | None) -> dict[str, Any]:
    """Purge, and let this process know at once; others see it within a second."""
    purged = purge(services().writer, codes, domain)
    services().changes.look()
    return {"purged": purged}
