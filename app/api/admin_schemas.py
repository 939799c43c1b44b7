"""What the admin API takes and answers."""

from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, post_load, pre_load, validate

from app.occupations.cache_summary import SCOPES, Moment
from app.occupations.fields import CodeField
from app.query_fields import LARGEST_PAGE, Query, WholeNumber, WordChoice
from cache.policy import Freshness
from onet_client.content_model import DOMAINS

STATES: Final = [state.value for state in Freshness]


class _True(fields.Boolean):
    """`true` and nothing else.

    The document does not say so by `enum` or `const`: openapi-generator makes the text "true" of
    what those have.
    """

    def __init__(self) -> None:
        super().__init__(required=True, metadata={"not": {"const": False}})

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> bool:
        if value is not True:
            raise ValidationError("Takes true.")
        return super()._deserialize(value, attr, data, **kwargs)


class _Warm(Schema):
    domain = fields.String(load_default=DOMAINS[0], validate=validate.OneOf(DOMAINS))


class WarmCodes(_Warm):
    """Fill what is held of these codes, or not yet."""

    codes = fields.List(CodeField, required=True, validate=validate.Length(1, LARGEST_PAGE))


class WarmAll(_Warm):
    """Fill all that O*NET lists."""

    all = _True()


class WarmStale(_Warm):
    """Fill what is stale."""

    stale = _True()


class WarmRequest(WarmCodes, WarmAll, WarmStale):
    """One of the three; to be made `partial`, for two of the required members are missing."""

    @pre_load
    def check_members(self, data: Any, **_: Any) -> Any:
        """Refuse what is no object, has other members, or does not have one of the three."""
        if not isinstance(data, dict):
            raise ValidationError({"body": ["Takes a JSON object."]})
        if data.keys() - self.fields.keys():
            names = ", ".join([*SCOPES, "domain"])
            raise ValidationError({"body": [f"Takes {names} and nothing else."]})
        given = [scope for scope in SCOPES if scope in data]
        if len(given) != 1:
            one = f"Takes one of {', '.join(SCOPES)}."
            raise ValidationError({scope: [one] for scope in given or SCOPES})
        return data

    @post_load
    def name_scope(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Say which of the three it is, with each code once."""
        scope = next(scope for scope in SCOPES if scope in data)
        codes = list(dict.fromkeys(data.get("codes", ())))
        return {"domain": data["domain"], "scope": scope, "codes": codes}


class JobSchema(Schema):
    """A job that fills entries."""

    id = fields.String(required=True)
    state = fields.String(
        required=True, validate=validate.OneOf(["queued", "running", "done", "failed"])
    )
    total = fields.Integer(required=True)


class JobErrorSchema(Schema):
    """Why an occupation could not be filled; without a code, why the job could not go on."""

    code = fields.String(allow_none=True)
    error = fields.String(required=True)


class JobStatusSchema(JobSchema):
    """How far a job is; `errors` lists the first 20 of the `failed` items."""

    done = fields.Integer(required=True)
    empty = fields.Integer(required=True)
    failed = fields.Integer(required=True)
    errors = fields.List(fields.Nested(JobErrorSchema), required=True)
    created_at = Moment()
    finished_at = Moment()


class PurgeQuery(Query):
    """Which domain to forget; all where it is not given."""

    domain = WordChoice(DOMAINS, "Only entries of this domain; of all without it.")


class PurgedSchema(Schema):
    """How many entries held something that is forgotten now."""

    purged = fields.Integer(required=True)


class EntriesQuery(PurgeQuery):
    """Which entries to list."""

    state = WordChoice(STATES, "Only entries in this state: what a read does with them.")
    limit = WholeNumber(
        1,
        LARGEST_PAGE,
        load_default=100,
        metadata={"description": "How many entries are listed at most."},
    )
    offset = WholeNumber(
        0, 1_000_000, load_default=0, metadata={"description": "How many are passed over first."}
    )


class CacheEntrySchema(Schema):
    """An entry; `state` is what a read does with it now."""

    domain = fields.String(required=True)
    code = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    origin = fields.String(required=True, allow_none=True)
    release = fields.String(required=True, allow_none=True)
    source_url = fields.String(required=True, allow_none=True)
    fetched_at = Moment()
    validated_at = Moment()
    expires_at = Moment()
    rows = fields.Integer(required=True, attribute="row_count")
    content_hash = fields.String(required=True, allow_none=True)
    last_error = fields.String(required=True, allow_none=True)
    attempts = fields.Integer(required=True)
    filling = fields.Boolean(required=True)


class CacheEntriesSchema(Schema):
    """A page of entries; `total` counts all that match."""

    total = fields.Integer(required=True)
    limit = fields.Integer(required=True)
    offset = fields.Integer(required=True)
    entries = fields.List(fields.Nested(CacheEntrySchema), required=True)
