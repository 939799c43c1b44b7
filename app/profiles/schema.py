"""What profiles take and answer."""

from collections.abc import Mapping
from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, validate

from app.gaps.compare import HIGHEST_LEVEL
from app.gaps.schema import (
    ComparedSchema,
    GapMembers,
    ItemSchema,
    RatedSourceSchema,
    SideSchema,
    SkillGapSchema,
)
from app.occupations.fields import OccupationField
from app.occupations.provenance import SourceSchema
from app.profiles.service import Own
from app.query_fields import LARGEST_PAGE, FormatField, JsonNumber, JsonWhole, QuickSchema
from app.transitions.choice import TransitionsChoice
from app.transitions.job_zones import HIGHEST
from app.transitions.schema import RANKS, RankingSchema, ZoneChangeField, transitions_choice
from onet_client.content_model import DOMAINS, ELEMENT_ID

MOST_OCCUPATIONS: Final = 10
MOST_RATINGS: Final = 500
"""More than all domains have elements."""
NUMBERS: Final = frozenset({int, float})
LONGEST_BODY: Final = 50_000
"""Bytes; ten of the longest titles and all elements take less, however they are escaped."""
OWN_EXAMPLE: Final = {"occupations": ["15-1254", "Chief Executives"], "ratings": {"2.B.3.e": 4.5}}
GAP_EXAMPLE: Final = {"from": OWN_EXAMPLE, "to": "15-1254", "limit": 3}
TRANSITIONS_EXAMPLE: Final = {"from": OWN_EXAMPLE, "domains": ["skills"], "limit": 3}


class RatingsField(fields.Dict):
    """Levels by element id; what is wrong is said of each id, but not what else was given."""

    LEVEL: Final = JsonNumber(0, HIGHEST_LEVEL)

    def __init__(self) -> None:
        super().__init__(
            keys=fields.String(validate=validate.Regexp(ELEMENT_ID)),
            values=self.LEVEL,
            load_default=dict,
            metadata={
                "description": "Own levels by element id, 0 to 7; 0 is Not Relevant. They count "
                "in place of those of the occupations.",
                "maxProperties": MOST_RATINGS,
            },
        )

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise ValidationError("Not an object of levels by element id.")
        if len(value) > MOST_RATINGS:
            raise ValidationError(f"Takes at most {MOST_RATINGS}.")
        if not all(map(ELEMENT_ID.fullmatch, value)):
            raise ValidationError("Not an element id such as 2.B.3.e.")
        found = {
            id_: float(level)
            for id_, level in value.items()
            if type(level) in NUMBERS and 0 <= level <= HIGHEST_LEVEL
        }
        return found if len(found) == len(value) else self._one_by_one(value)

    def _one_by_one(self, value: dict[str, Any]) -> dict[str, Any]:
        found, wrong = {}, {}
        for id_, level in value.items():
            try:
                found[id_] = self.LEVEL.deserialize(level)
            except ValidationError as error:
                wrong[id_] = error.messages
        if wrong:
            raise ValidationError(wrong)
        return found


class OwnSchema(QuickSchema):
    """What someone can do: occupations they have had, own ratings, or both."""

    occupations = fields.List(
        OccupationField(), load_default=list, validate=validate.Length(max=MOST_OCCUPATIONS)
    )
    ratings = RatingsField()


def _says_something(said: Mapping[str, Any]) -> None:
    if not said["occupations"] and not said["ratings"]:
        raise ValidationError("Takes at least one occupation or rating.")


class OwnGapQuery(QuickSchema, GapMembers):
    """What to compare a profile with, and which of the gaps to list."""

    source = fields.Nested(OwnSchema, required=True, data_key="from", validate=_says_something)
    target = OccupationField(required=True, data_key="to")
    format = FormatField()


class OwnTransitionsQuery(QuickSchema):
    """Which transitions of a profile to rank, and how many to list."""

    source = fields.Nested(OwnSchema, required=True, data_key="from", validate=_says_something)
    rank = fields.String(load_default="fit", validate=validate.OneOf(RANKS))
    domains = fields.List(
        fields.String(validate=validate.OneOf(DOMAINS)),
        load_default=None,
        validate=validate.Length(1, len(DOMAINS)),
    )
    min_readiness = JsonNumber(0, 1, load_default=0.0)
    job_zone = fields.List(
        JsonWhole(1, HIGHEST), load_default=None, validate=validate.Length(1, HIGHEST)
    )
    zone_change = ZoneChangeField()
    limit = JsonWhole(1, LARGEST_PAGE, load_default=20)
    format = FormatField()


class OwnNamedSchema(Schema):
    """A profile: its occupations, each once, and how many ratings were given."""

    occupations = fields.List(fields.Nested(ComparedSchema), required=True)
    ratings = fields.Integer(required=True)


class OwnSideSchema(SideSchema):
    """A profile's side of an element; no importance where no occupation tells it."""

    importance = fields.Float(required=True, allow_none=True, metadata={"minimum": 1, "maximum": 5})


class OwnItemSchema(ItemSchema):
    """One element that is required by the target."""

    source = fields.Nested(OwnSideSchema, required=True, data_key="from")


class OwnRatedSourceSchema(RatedSourceSchema):
    """Where the figures of one of the occupations come from, and the month of its oldest rating."""

    code = fields.String(required=True)


class OwnSourcesSchema(Schema):
    """Where each side comes from, that of the profile by occupation."""

    source = fields.List(fields.Nested(OwnRatedSourceSchema), required=True, data_key="from")
    target = fields.Nested(RatedSourceSchema, required=True, data_key="to")


class OwnGapSchema(SkillGapSchema):
    """What an occupation demands that a profile does not have."""

    source = fields.Nested(OwnNamedSchema, required=True, data_key="from")
    gaps = fields.List(fields.Nested(OwnItemSchema), required=True)
    covered = fields.List(fields.Nested(OwnItemSchema))
    sources = fields.Nested(OwnSourcesSchema, required=True)


class OwnSourceSchema(SourceSchema):
    """Where the figures of one of the occupations come from."""

    code = fields.String(required=True)


class OwnTransitionsSchema(RankingSchema):
    """A ranking for a profile, of what is cached."""

    source = fields.Nested(OwnNamedSchema, required=True, data_key="from")
    sources = fields.Dict(
        fields.String(validate=validate.OneOf(DOMAINS)),
        fields.List(fields.Nested(OwnSourceSchema)),
        required=True,
    )


def own_of(query: Mapping[str, Any]) -> Own:
    """Return what someone says of themself."""
    said = query["source"]
    return Own(tuple(said["occupations"]), said["ratings"])


def own_transitions_choice(query: Mapping[str, Any]) -> TransitionsChoice:
    """Return which transitions a body wants to see."""
    zones = query["job_zone"] and sorted({*query["job_zone"]})
    return transitions_choice({**query, "direction": "to", "job_zone": zones})


def own_domains(query: Mapping[str, Any]) -> list[str] | None:
    """Return the domains that a body names, each once; None where it names none."""
    return query["domains"] and sorted({*query["domains"]}, key=DOMAINS.index)
