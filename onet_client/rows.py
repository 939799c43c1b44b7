"""Rows as the upstream sends them, and the schemas that validate them field by field."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, validates_schema

from onet_client.content_model import ELEMENT_ID, OCCUPATION_CODE, SCALES
from onet_client.fields import StrictField, count, decimal, matching, month, one_of, text_of


@dataclass(frozen=True, slots=True)
class RatingRow:
    """One rating of one element in one occupation on one scale.

    Attributes:
        occupation_code: O*NET-SOC code, such as 15-1254.00.
        element_id: Content model id, such as 2.A.1.a.
        element_name: Its name.
        scale_id: LV (level, 0-7) or IM (importance, 1-5).
        value: On the scale, with four decimals, as all figures here.
        n: Sample size, 0 or more.
        standard_error: 0 or more.
        lower_ci: Lower bound of the 95 % confidence interval, on the scale.
        upper_ci: Upper bound, on the scale and not below the lower.
        recommend_suppress: Low precision.
        not_relevant: Rated not relevant for the occupation.
        date_updated: First day of the month; O*NET dates to the month.
        domain_source: Who rated, such as Analyst.
    """

    occupation_code: str
    element_id: str
    element_name: str
    scale_id: str
    value: Decimal
    n: int | None
    standard_error: Decimal | None
    lower_ci: Decimal | None
    upper_ci: Decimal | None
    recommend_suppress: bool | None
    not_relevant: bool | None
    date_updated: datetime.date | None
    domain_source: str | None


@dataclass(frozen=True, slots=True)
class OccupationRow:
    """An occupation; the list of all has no descriptions."""

    code: str
    title: str
    description: str | None


@dataclass(frozen=True, slots=True)
class DescriptionRow:
    """What an element, or a group of some, is."""

    element_id: str
    name: str
    description: str | None


@dataclass(frozen=True, slots=True)
class AnchorRow:
    """An example of what a value of a scale takes."""

    element_id: str
    scale_id: str
    level: int
    text: str


_CODE = matching(OCCUPATION_CODE, "an O*NET-SOC code")
_FLAG = one_of({"Y": True, "N": False})


class RowSchema(Schema):
    """An item of a reply; columns that are not declared are left out."""

    class Meta:
        """How marshmallow takes columns that are not declared."""

        unknown = EXCLUDE


class RatingSchema(RowSchema):
    """A rating row. Every column must be there; those that may be unknown may be null."""

    occupation_code = StrictField(_CODE, data_key="onetsoc_code")
    element_id = StrictField(matching(ELEMENT_ID, "an element id"))
    element_name = StrictField(text_of(150))
    scale_id = StrictField(one_of({scale: scale for scale in SCALES}))
    value = StrictField(decimal, data_key="data_value")
    n = StrictField(count, allow_none=True)
    standard_error = StrictField(decimal, allow_none=True)
    lower_ci = StrictField(decimal, allow_none=True, data_key="lower_ci_bound")
    upper_ci = StrictField(decimal, allow_none=True, data_key="upper_ci_bound")
    recommend_suppress = StrictField(_FLAG, allow_none=True)
    not_relevant = StrictField(_FLAG, allow_none=True)
    date_updated = StrictField(month, allow_none=True)
    domain_source = StrictField(text_of(30), allow_none=True)

    @validates_schema(skip_on_field_errors=True)
    def _on_the_scale(self, data: Mapping[str, Any], **_: Any) -> None:
        scale = SCALES[data["scale_id"]]
        for name in ("value", "lower_ci", "upper_ci"):
            figure = data[name]
            if figure is not None and not scale.minimum <= figure <= scale.maximum:
                outside = f"outside {scale.minimum}-{scale.maximum}"
                raise ValidationError(outside, self.fields[name].data_key or name)
        if data["standard_error"] is not None and data["standard_error"] < 0:
            raise ValidationError("negative", "standard_error")
        if None not in (data["lower_ci"], data["upper_ci"]) and data["lower_ci"] > data["upper_ci"]:
            raise ValidationError("above upper_ci_bound", "lower_ci_bound")


class ListedOccupationSchema(RowSchema):
    """An entry of the list of all occupations."""

    code = StrictField(_CODE)
    title = StrictField(text_of(150))


class OccupationReportSchema(ListedOccupationSchema):
    """One occupation's own page."""

    description = StrictField(text_of(5000, prose=True), allow_none=True)


class DescriptionRowSchema(RowSchema):
    """A row of the content model; some of its ids are of no element that is rated."""

    element_id = StrictField(text_of(20))
    name = StrictField(text_of(150), data_key="element_name")
    description = StrictField(text_of(5000, prose=True), allow_none=True)


class AnchorRowSchema(RowSchema):
    """A row of the anchors, which are whole numbers."""

    element_id = StrictField(text_of(20))
    scale_id = StrictField(text_of(5))
    level = StrictField(count, data_key="anchor_value")
    text = StrictField(text_of(1000), data_key="anchor_description")


class TableSchema(RowSchema):
    """An entry of the list of tables."""

    table_id = StrictField(text_of(100))


class EnvelopeSchema(RowSchema):
    """What a page says of itself."""

    start = StrictField(count)
    end = StrictField(count)
    total = StrictField(count)
