"""The parameters of queries: strict, in ASCII, each given once."""

import re
from typing import Any, Final

from marshmallow import EXCLUDE, Schema, ValidationError, fields, pre_load, validate
from webargs.fields import DelimitedList

from app.occupations.typed_code import OTHERWISE, as_published
from app.transitions.job_zones import HIGHEST
from cache.entries.canonical import DOMAINS

CODE: Final = re.compile(r"([0-9]{2}-[0-9]{4})(\.[0-9]{2})?")
LIKE_CODE: Final = re.compile(r"[0-9. -]*|[0-9]{2}-[0-9]{4}.*", re.DOTALL)
"""No title is all figures, or begins with a code."""
WITHOUT_NUL: Final = r"^[^\u0000]*$"
NAMED: Final = (
    rf"^( *({CODE.pattern}|{OTHERWISE}) *|(?! *([0-9. -]*$|[0-9]{{2}}-[0-9]{{4}}))[^\u0000]*)$"
)
"""What a title may be, for the document."""
LONGEST_TITLE: Final = 200
"""Characters of what names an occupation."""
TITLE_LIKE: Final = [
    validate.Length(max=LONGEST_TITLE),
    validate.ContainsNoneOf("\0", error="Holds a NUL character."),
]
"""What a text must be to be looked for among titles."""
LARGEST_PAGE: Final = 2000


class CodeField(fields.String):
    """An O*NET-SOC code such as 15-1254.00; 15-1254 means 15-1254.00."""

    def __init__(self, **options: Any) -> None:
        pattern = f"^ *{CODE.pattern} *$"
        super().__init__(
            metadata={"pattern": pattern, "example": "15-1254.00"} | options.pop("metadata", {}),
            **options,
        )

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        match = CODE.fullmatch(super()._deserialize(value, attr, data, **kwargs).strip(" "))
        if match is None:
            raise ValidationError("Not an O*NET-SOC code such as 15-1254.00 or 15-1254.")
        return match[1] + (match[2] or ".00")


PATH_CODE: Final = CodeField()


def absent() -> None:
    """Stand for a parameter that is not given, without having the document offer null for it."""


class OccupationField(fields.String):
    """An occupation by a title or its code, however written; what reads like a code is one."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            validate=TITLE_LIKE,
            metadata={
                "description": "A code (15-1254.00, 15-1254, 151254, 15.1254), or what one "
                "occupation alone is called: its title, an alternate title, or a synonym.",
                "example": "Web Developers",
                "pattern": NAMED,
            },
            **options,
        )

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        text = TITLE_LIKE[0](super()._deserialize(value, attr, data, **kwargs)).strip(" ")
        if LIKE_CODE.fullmatch(text):
            text = PATH_CODE.deserialize(as_published(text) or text)
        return str(text)


class WholeNumber(fields.Integer):
    """A whole number in ASCII digits and no other notation."""

    def __init__(self, low: int, high: int, **options: Any) -> None:
        super().__init__(validate=validate.Range(low, high), **options)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if re.fullmatch(r"[0-9]{1,9}", str(value)) is None:
            raise ValidationError("Not a whole number.")
        return super()._deserialize(value, attr, data, **kwargs)


class DecimalNumber(fields.Float):
    """A decimal number in ASCII digits and no other notation."""

    def __init__(self, low: float, high: float, **options: Any) -> None:
        super().__init__(validate=validate.Range(low, high), **options)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,17})?", str(value)) is None:
            raise ValidationError("Not a decimal number.")
        return super()._deserialize(value, attr, data, **kwargs)


class Flag(fields.Boolean):
    """`true` or `false` and no other word."""

    truthy = {"true"}  # noqa: RUF012 - marshmallow's declaration, never changed
    falsy = {"false"}  # noqa: RUF012


class JobZoneList(DelimitedList):
    """A job zone, or several that are separated by commas; in order, each once."""

    def __init__(self) -> None:
        super().__init__(
            WholeNumber(1, HIGHEST),
            load_default=absent,
            validate=validate.Length(min=1),
            metadata={
                "description": "Only others of these job zones, such as `3,4`, of those held: "
                "`job_zones` of an answer tells which."
            },
        )

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> list[Any]:
        try:
            found = super()._deserialize(value, attr, data, **kwargs)  # type: ignore[no-untyped-call]
        except ValidationError as error:
            raise ValidationError("Not a job zone, or several such as 3,4.") from error
        return sorted({*found})


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


class DomainQuery(Query):
    """What every read of an entry can choose."""

    domain = fields.String(load_default=DOMAINS[0], validate=validate.OneOf(DOMAINS))


class OccupationQuery(Query):
    """One occupation, by code or title."""

    code = OccupationField(required=True)


def path_code(raw: str) -> str:
    """Return the code that a path names.

    Raises:
        ValidationError: where it is none.
    """
    try:
        return PATH_CODE.deserialize(raw)
    except ValidationError as error:
        raise ValidationError({"code": error.messages}) from error
