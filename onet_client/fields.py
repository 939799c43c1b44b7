"""Kinds of values that the upstream's rows are made of: each a function that reads one.

Each raises marshmallow's ValidationError where a value is not of its kind.
Figures are exact: a JSON number arrives as `int` or `Decimal` and leaves with the four
decimals that the release files have. One that would have to be rounded is refused.
"""

import datetime
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from marshmallow import ValidationError, fields, missing

from onet_client.controls import CONTROL, CONTROL_IN_PROSE

_FOUR_DECIMALS = Decimal("0.0001")
_NUMERAL = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,12})?")
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


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


class StrictField(fields.Field[Any]):
    """A field that has to be there, read by a function that checks it, too, without validators."""

    def __init__(self, read: Callable[[Any], Any], **kwargs: Any) -> None:
        super().__init__(required=True, **kwargs)
        self._read = read

    def deserialize(self, value: Any, attr: Any = None, data: Any = None, **kwargs: Any) -> Any:
        """Read a value as any field does, without what is for values that are not there."""
        if value is None or value is missing:
            return super().deserialize(value, attr, data, **kwargs)
        return self._read(value)


def decimal(value: Any) -> Decimal:
    """A number of at most four decimals; a string that spells one is taken as one."""
    if type(value) not in (Decimal, int, str):  # a bool is an int only to isinstance
        raise ValidationError("not a number")
    return _exact(value)


def count(value: Any) -> int:
    """A whole number, 0 or more; a string that spells one is taken as one."""
    figure = decimal(value)
    if figure < 0 or figure != int(figure):
        raise ValidationError("not a count")
    return int(figure)


def text_of(longest: int, *, prose: bool = False) -> Callable[[Any], str]:
    """Text of at most `longest` characters, none of them a control character."""
    forbidden = CONTROL_IN_PROSE if prose else CONTROL

    def read(value: Any) -> str:
        if not isinstance(value, str):
            raise ValidationError("not text")
        if not value.strip() or len(value) > longest:
            raise ValidationError(f"empty or longer than {longest} characters")
        if forbidden.search(value):
            raise ValidationError("holds a control character")
        return value

    return read


def matching(pattern: re.Pattern[str], meaning: str) -> Callable[[Any], str]:
    """Text that matches a pattern in full; `meaning` is what the pattern describes."""

    def read(value: Any) -> str:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise ValidationError(f"not {meaning}")
        return value

    return read


def one_of(meaning: Mapping[str, Any]) -> Callable[[Any], Any]:
    """One of a few words, each standing for a value."""

    def read(value: Any) -> Any:
        if not isinstance(value, str) or value not in meaning:
            raise ValidationError(f"not one of {', '.join(meaning)}")
        return meaning[value]

    return read


def month(value: Any) -> datetime.date:
    """A date, taken to its month."""
    if not isinstance(value, str):
        raise ValidationError("not a date")
    return _month(value)


@lru_cache(maxsize=1024)
def _month(value: str) -> datetime.date:
    if not _ISO_DATE.fullmatch(value):
        raise ValidationError("not a date as 2023-08-01")
    try:
        return datetime.date.fromisoformat(value).replace(day=1)
    except ValueError:
        raise ValidationError("not a day of the calendar") from None
