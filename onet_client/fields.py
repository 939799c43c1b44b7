"""Kinds of values that the upstream's rows are made of.

Figures are exact: a JSON number arrives as `int` or `Decimal` and leaves with the four
decimals that the release files have. One that would have to be rounded is refused.
"""

import datetime
import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeVar

from marshmallow import ValidationError, fields, missing

from onet_client.controls import CONTROL, CONTROL_IN_PROSE

T = TypeVar("T")

_FOUR_DECIMALS = Decimal("0.0001")
_NUMERAL = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,12})?")
_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-[0-9]{2}")


@lru_cache(maxsize=4096, typed=True)
def _exact(value: int | Decimal | str) -> Decimal:
    if isinstance(value, str) and not _NUMERAL.fullmatch(value):
        raise ValidationError("not a number")
    number = Decimal(value)
    if not -1_000_000 < number < 1_000_000:
        raise ValidationError("not a number in any range known here")
    four = number.quantize(_FOUR_DECIMALS)
    if four != number:
        raise ValidationError("more than four decimals")
    return four if four else Decimal("0.0000")  # minus zero is zero


class StrictField(fields.Field[T]):
    """A field whose value is checked where it is read: there are no validators to run."""

    def deserialize(self, value: Any, attr: Any = None, data: Any = None, **kwargs: Any) -> Any:
        """Read a value as any field does, without what is for values that are not there."""
        if value is None or value is missing:
            return super().deserialize(value, attr, data, **kwargs)
        return self._deserialize(value, attr, data, **kwargs)


class StrictDecimal(StrictField[Decimal]):
    """A number of at most four decimals; a string that spells one is taken as one."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Decimal:
        if type(value) not in (Decimal, int, str):  # a bool is an int only to isinstance
            raise ValidationError("not a number")
        return _exact(value)


class StrictCount(StrictField[int]):
    """A whole number, 0 or more; a string that spells one is taken as one."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> int:
        if type(value) not in (Decimal, int, str):
            raise ValidationError("not a number")
        figure = _exact(value)
        if figure < 0 or figure != int(figure):
            raise ValidationError("not a count")
        return int(figure)


class StrictText(StrictField[str]):
    """Text of at most `longest` characters, none of them a control character."""

    def __init__(self, longest: int, *, prose: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._longest = longest
        self._forbidden = CONTROL_IN_PROSE if prose else CONTROL

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        if not isinstance(value, str):
            raise ValidationError("not text")
        if not value.strip() or len(value) > self._longest:
            raise ValidationError(f"empty or longer than {self._longest} characters")
        if self._forbidden.search(value):
            raise ValidationError("holds a control character")
        return value


class StrictPattern(StrictField[str]):
    """Text that matches a pattern in full; `meaning` is what the pattern describes."""

    def __init__(self, pattern: re.Pattern[str], meaning: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._pattern = pattern
        self._meaning = meaning

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        if not isinstance(value, str) or not self._pattern.fullmatch(value):
            raise ValidationError(f"not {self._meaning}")
        return value


class StrictChoice(StrictField[Any]):
    """One of a few words, each standing for a value."""

    def __init__(self, meaning: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._meaning = meaning

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        if not isinstance(value, str) or value not in self._meaning:
            raise ValidationError(f"not one of {', '.join(self._meaning)}")
        return self._meaning[value]


@lru_cache(maxsize=1024)
def _month(value: str) -> datetime.date:
    match = _ISO_DATE.fullmatch(value)
    if match is None:
        raise ValidationError("not a date as 2023-08-01")
    try:
        return datetime.date.fromisoformat(value).replace(day=1)
    except ValueError:
        raise ValidationError("not a day of the calendar") from None


class StrictMonth(StrictField[datetime.date]):
    """A date, taken to its month."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> datetime.date:
        if not isinstance(value, str):
            raise ValidationError("not a date")
        return _month(value)
