"""What a batch of skill gaps takes and answers."""

from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, pre_load, validate

from app.api.problem_schema import ProblemSchema
from app.gaps.schema import COVERED, KINDS, SORTS, SkillGapSchema
from app.occupations.fields import OccupationField
from app.query_fields import LARGEST_PAGE, FormatField, Query
from onet_client.content_model import DOMAINS

MOST_PAIRS: Final = 100
EXAMPLE: Final = {
    "pairs": [
        {"from": "11-1011.00", "to": "15-1254.00"},
        {"from": "Chief Executives", "to": "15-1254"},
    ],
    "limit": 3,
}


class StrictSchema(Schema):
    """A JSON object with the members that it has fields for, and no others."""

    @pre_load
    def refuse_others(self, data: Any, **_: Any) -> Any:
        """Refuse what is no object or has other members, without repeating their names."""
        names = [field.data_key or name for name, field in self.fields.items()]
        if not isinstance(data, dict) or data.keys() - set(names):
            raise ValidationError(f"Takes a JSON object of {', '.join(names)} and nothing else.")
        return data


class JsonNumber(fields.Float):
    """A JSON number, from 1 to 5."""

    def __init__(self) -> None:
        super().__init__(load_default=1.0, validate=validate.Range(1, 5))

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValidationError("Not a number.")
        return super()._deserialize(value, attr, data, **kwargs)


class JsonBoolean(fields.Boolean):
    """JSON's true or false."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, bool):
            raise ValidationError("Not true or false.")
        return super()._deserialize(value, attr, data, **kwargs)


class PairSchema(StrictSchema):
    """Two occupations to compare."""

    source = OccupationField(required=True, data_key="from")
    target = OccupationField(required=True, data_key="to")


class BatchSchema(StrictSchema):
    """What to compare; everything but the pairs is meant for each of them, as for GET."""

    pairs = fields.List(
        fields.Nested(PairSchema), required=True, validate=validate.Length(1, MOST_PAIRS)
    )
    domain = fields.String(load_default=DOMAINS[0], validate=validate.OneOf(DOMAINS))
    kind = fields.String(load_default=None, validate=validate.OneOf(KINDS))
    min_importance = JsonNumber()
    significant = JsonBoolean(load_default=False)
    sort = fields.String(load_default="priority", validate=validate.OneOf(SORTS))
    limit = fields.Integer(
        strict=True,
        load_default=None,
        validate=validate.Range(1, LARGEST_PAGE),
        error_messages={"invalid": "Not a whole number."},
    )
    include = fields.String(load_default=None, validate=validate.OneOf([COVERED]))
    format = FormatField()

    @pre_load
    def refuse_too_many(self, data: Any, **_: Any) -> Any:
        """Refuse more pairs than may be asked for before each of them is looked at."""
        pairs = data.get("pairs") if isinstance(data, dict) else None
        if isinstance(pairs, list) and len(pairs) > MOST_PAIRS:
            raise ValidationError({"pairs": [f"Takes at most {MOST_PAIRS}."]})
        return data


class BatchQuery(Query):
    """What the answer is written in, where the body does not say."""

    format = FormatField()


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
