"""What the cache holds as a JSON object: what GET /admin/cache and `flask cache status` tell."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from marshmallow import Schema, fields, validate

from app.occupations.provenance import timestamp

if TYPE_CHECKING:
    from cache.inventory import Summary

SCOPES: Final = ("codes", "all", "stale")
"""What a warm job fills."""


class Moment(fields.DateTime):
    """A UTC time to the second."""

    SERIALIZATION_FUNCS = {"iso": timestamp}  # noqa: RUF012 - marshmallow's, never changed

    def __init__(self) -> None:
        super().__init__(format="iso", required=True, allow_none=True)


class ReleaseSchema(Schema):
    """How many entries are of a release."""

    domain = fields.String(required=True)
    release = fields.String(required=True, allow_none=True)
    entries = fields.Integer(required=True)


class LoadSchema(Schema):
    """An import of a release."""

    release = fields.String(required=True, allow_none=True)
    source = fields.String(required=True)
    state = fields.String(required=True)
    complete = fields.Boolean(required=True)
    rows = fields.Integer(required=True)
    started_at = Moment()
    finished_at = Moment()


class UnfinishedJobSchema(Schema):
    """A job that is not finished."""

    id = fields.String(required=True)
    scope = fields.String(required=True, validate=validate.OneOf(SCOPES))
    domain = fields.String(required=True)
    state = fields.String(required=True)
    created_at = Moment()


class UpstreamSchema(Schema):
    """How O*NET Web Services are asked.

    `spent_today` counts the requests since 00:00 UTC, of `daily_budget` that may go in a day.
    """

    configured = fields.Boolean(required=True)
    breaker_open = fields.Boolean(required=True)
    breaker_cause = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "The failure that opened the breaker; null while it is closed."},
    )
    paused_until = Moment()
    spent_today = fields.Integer(required=True)
    daily_budget = fields.Integer(required=True)


class CacheSummarySchema(Schema):
    """What the cache holds.

    `unlisted` counts the entries of codes that no list has, of which `unlisted_cap` are kept.
    """

    entries = fields.Dict(
        fields.String(), fields.Dict(fields.String(), fields.Integer()), required=True
    )
    releases = fields.List(fields.Nested(ReleaseSchema), required=True)
    ratings = fields.Integer(required=True)
    unlisted = fields.Integer(required=True)
    unlisted_cap = fields.Integer(required=True)
    oldest_fetched_at = Moment()
    newest_fetched_at = Moment()
    last_load = fields.Nested(LoadSchema, required=True, allow_none=True)
    fills = fields.Integer(required=True)
    refreshes = fields.Integer(required=True)
    jobs = fields.List(fields.Nested(UnfinishedJobSchema), required=True)
    upstream = fields.Nested(UpstreamSchema, required=True)


def cache_summary(summary: "Summary", *, is_configured: bool) -> dict[str, Any]:
    """Write what is held, and whether there is an upstream to ask for more."""
    upstream = {"configured": is_configured} | summary.pace._asdict()
    written: dict[str, Any] = CacheSummarySchema().dump(asdict(summary) | {"upstream": upstream})
    return written
