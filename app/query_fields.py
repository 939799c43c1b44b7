"""The parameters of queries, in ASCII, each given once, and the members of bodies: strict."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, pre_load, validate

from onet_client.content_model import DOMAINS

LARGEST_PAGE: Final = 2000
TOLD: Final = re.compile(r"[A-Za-z0-9_.-]{1,40}")
"""Names of parameters that an answer may repeat."""
MOST_TOLD: Final = 5
"""How many of them."""


class _NotStrict(ValueError):
    """JSON that is refused all the same: a member of an object is given more than once."""


def strict_json(body: bytes) -> Any:
    """Read JSON (RFC 8259): no member twice, and finite numbers.

    Raises:
        ValueError: where it is none; its words say why, and repeat nothing of it.
    """
    try:
        return _JSON.decode(body.decode())
    except _NotStrict:
        raise
    except (ValueError, RecursionError):  # numbers and depths beyond Python's own limits too
        raise ValueError("Not JSON.") from None


def _each_once(members: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object, unless there is no telling which of two values was meant."""
    found = dict(members)
    if len(found) < len(members):
        raise _NotStrict("A member is given more than once.")
    return found


def _refused(name: str) -> None:
    """Refuse NaN and Infinity, which Python takes and JSON has not (RFC 8259 section 6)."""
    raise ValueError(f"{name} is no number of JSON")


_JSON: Final = json.JSONDecoder(object_pairs_hook=_each_once, parse_constant=_refused)


def absent() -> None:
    """Stand for a parameter that is not given, without having the document offer null for it."""


class _NumberInDigits(fields.Field[Any]):
    """A number from a lowest to a highest, in ASCII digits and no other notation."""

    digits: ClassVar[str]
    refusal: ClassVar[str]

    def __init__(self, low: float, high: float, **options: Any) -> None:
        super().__init__(validate=validate.Range(low, high), **options)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if re.fullmatch(self.digits, str(value)) is None:
            raise ValidationError(self.refusal)
        return super()._deserialize(value, attr, data, **kwargs)


class WholeNumber(_NumberInDigits, fields.Integer):
    """A whole number."""

    digits = r"[0-9]{1,9}"
    refusal = "Not a whole number."


class DecimalNumber(_NumberInDigits, fields.Float):
    """A decimal number."""

    digits = r"[0-9]{1,9}(\.[0-9]{1,17})?"
    refusal = "Not a decimal number."


class Flag(fields.Boolean):
    """`true` or `false` and no other word."""

    truthy = {"true"}  # noqa: RUF012 - marshmallow's declaration, never changed
    falsy = {"false"}  # noqa: RUF012


class WordChoice(fields.String):
    """One of several words."""

    def __init__(
        self, words: Sequence[str], description: str, *, load_default: Any = absent
    ) -> None:
        metadata = {"description": description}
        super().__init__(
            load_default=load_default, validate=validate.OneOf(words), metadata=metadata
        )


class FormatField(WordChoice):
    """What the answer is written in."""

    def __init__(self) -> None:
        description = "Wins over Accept, which may prefer text/csv; else it is JSON."
        super().__init__(["json", "csv"], description)


class Query(Schema):
    """A query: unknown parameters are ignored, a known one may come once."""

    class Meta:
        """Unknown parameters are ignored, so that callers can tag their requests."""

        unknown = EXCLUDE

    @pre_load
    def refuse_repeated(self, data: Any, **_: Any) -> Any:
        """Refuse a parameter given twice: there is no telling which one was meant."""
        if hasattr(data, "getlist"):  # a query string, which alone can repeat a name
            given = {field.data_key or name for name, field in self.fields.items()}
            repeated = [name for name in sorted(given) if len(data.getlist(name)) > 1]
            if repeated:
                raise ValidationError({name: ["Given more than once."] for name in repeated})
        return data


class TellingQuery(Query):
    """A query whose answer tells which parameters are none: their names are in `ignored`."""

    @post_load(pass_original=True)
    def name_others(
        self, found: dict[str, Any], original: Mapping[str, Any], **_: Any
    ) -> dict[str, Any]:
        """Name what there is no field for, as far as it may be repeated."""
        known = {field.data_key or name for name, field in self.fields.items()}
        others = [name for name in dict.fromkeys(original) if name not in known]
        return found | {"ignored": tuple(filter(TOLD.fullmatch, others))[:MOST_TOLD]}


class PostedQuery(TellingQuery):
    """The query beside a body: what the answer is written in, where the body does not say."""

    format = FormatField()


class DomainQuery(Query):
    """What every read of an entry can choose."""

    domain = WordChoice(
        DOMAINS, "What kind of elements is compared or read.", load_default=DOMAINS[0]
    )


class StrictSchema(Schema):
    """A JSON object with the members that it has fields for, and no others."""

    @pre_load
    def refuse_others(self, data: Any, **_: Any) -> Any:
        """Refuse what is no object or has other members, without repeating their names."""
        names = [field.data_key or name for name, field in self.fields.items()]
        if not isinstance(data, dict) or data.keys() - set(names):
            raise ValidationError(f"Takes a JSON object of {', '.join(names)} and nothing else.")
        return data


class QuickSchema(StrictSchema):
    """A strict object without hooks of its own, loaded by its fields where nothing is wrong.

    marshmallow walks all fields, and notes what is wrong, which takes three times as long; so it
    does that only where something is.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._takes = {one.data_key or name: (name, one) for name, one in self.load_fields.items()}
        defaults = {
            name: one.load_default for name, one in self.load_fields.items() if not one.required
        }
        self._made = {
            name: make for name, make in defaults.items() if callable(make) and make is not absent
        }
        self._constant = {
            name: None if one is absent else one
            for name, one in defaults.items()
            if name not in self._made
        }

    def load(self, data: Any, **options: Any) -> Any:
        """Load an object; see marshmallow."""
        found = self._quick(data)
        return super().load(data, **options) if found is None else found

    def _quick(self, data: Any) -> dict[str, Any] | None:
        """Load an object; None where anything is wrong with it."""
        if type(data) is not dict or not data.keys() <= self._takes.keys():
            return None
        found = dict(self._constant)
        for name, make in self._made.items():
            found[name] = make()
        try:
            for given, value in data.items():
                name, field = self._takes[given]
                found[name] = field.deserialize(value, given, data)
        except ValidationError:
            return None
        return found if len(found) == len(self._takes) else None


class JsonNumber(fields.Float):
    """A JSON number from a lowest to a highest."""

    def __init__(self, low: float, high: float, **options: Any) -> None:
        super().__init__(validate=validate.Range(low, high), **options)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValidationError("Not a number.")
        return super()._deserialize(value, attr, data, **kwargs)


class JsonWhole(fields.Integer):
    """A whole JSON number from a lowest to a highest."""

    def __init__(self, low: int, high: int, **options: Any) -> None:
        super().__init__(
            strict=True,
            validate=validate.Range(low, high),
            error_messages={"invalid": "Not a whole number."},
            **options,
        )


class JsonBoolean(fields.Boolean):
    """JSON's true or false."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, bool):
            raise ValidationError("Not true or false.")
        return super()._deserialize(value, attr, data, **kwargs)
