"""What a batch of skill gaps takes and answers."""

from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, pre_load, validate

from app.api.problem_schema import ProblemSchema
from app.gaps.schema import GapMembers, SkillGapSchema
from app.occupations.fields import OccupationField
from app.occupations.provenance import IgnoredSchema
from app.query_fields import FormatField, StrictSchema

MOST_PAIRS: Final = 100
EXAMPLE: Final = {
    "pairs": [
        {"from": "11-1011.00", "to": "15-1254.00"},
        {"from": "Chief Executives", "to": "15-1254"},
    ],
    "limit": 3,
}


class PairSchema(StrictSchema):
    """Two occupations to compare."""

    source = OccupationField(required=True, data_key="from")
    target = OccupationField(required=True, data_key="to")


class BatchSchema(GapMembers):
    """What to compare; everything but the pairs is meant for each of them, as for GET."""

    pairs = fields.List(
        fields.Nested(PairSchema), required=True, validate=validate.Length(1, MOST_PAIRS)
    )
    format = FormatField()

    @pre_load
    def refuse_too_many(self, data: Any, **_: Any) -> Any:
        """Refuse more pairs than may be asked for before each of them is looked at."""
        pairs = data.get("pairs") if isinstance(data, dict) else None
        if isinstance(pairs, list) and len(pairs) > MOST_PAIRS:
            raise ValidationError({"pairs": [f"Takes at most {MOST_PAIRS}."]})
        return data


class AnswerSchema(Schema):
    """What became of a pair: with status 200 its answer, else its problem, as of GET /skill-gap."""

    status = fields.Integer(required=True, metadata={"example": 200})
    cache_status = fields.String(metadata={"example": 'skillgap; hit; key="skills/11-1011.00"'})
    retry_after = fields.Integer(metadata={"description": "Seconds after which to ask again."})
    answer = fields.Nested(SkillGapSchema)
    problem = fields.Nested(ProblemSchema)


class AnswersSchema(Schema):
    """One answer for each pair, in their order."""

    answers = fields.List(fields.Nested(AnswerSchema), required=True)
    notes = fields.List(fields.Nested(IgnoredSchema))
