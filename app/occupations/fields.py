"""How callers name an occupation: a code in a path, a code or a title elsewhere."""

import re
from typing import Any, Final

from marshmallow import ValidationError, fields, validate

from app.occupations.typed_code import OTHERWISE, as_published

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


class CodeField(fields.String):
    """An O*NET-SOC code such as 15-1254.00; 15-1254 means 15-1254.00."""

    def __init__(self) -> None:
        super().__init__(
            metadata={
                "description": "An O*NET-SOC code; without its last two digits it means .00.",
                "pattern": f"^ *{CODE.pattern} *$",
                "example": "15-1254.00",
            }
        )

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        match = CODE.fullmatch(super()._deserialize(value, attr, data, **kwargs).strip(" "))
        if match is None:
            raise ValidationError("Not an O*NET-SOC code such as 15-1254.00 or 15-1254.")
        return match[1] + (match[2] or ".00")


PATH_CODE: Final = CodeField()


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

    def deserialize(self, value: Any, *given: Any, **kwargs: Any) -> Any:
        """Read a text; a code, as most are given as, without what is asked of titles."""
        if type(value) is str and (code := CODE.fullmatch(value)):
            return code[1] + (code[2] or ".00")
        return super().deserialize(value, *given, **kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        text = TITLE_LIKE[0](super()._deserialize(value, attr, data, **kwargs)).strip(" ")
        if LIKE_CODE.fullmatch(text):
            text = PATH_CODE.deserialize(as_published(text) or text)
        return str(text)


PATH_OCCUPATION: Final = OccupationField()


def named_in_path(field: CodeField | OccupationField, raw: str) -> str:
    """Return the code, or the title where the field takes one, that a path names.

    Raises:
        ValidationError: where it can be neither.
    """
    try:
        return str(field.deserialize(raw))
    except ValidationError as error:
        raise ValidationError({"code": error.messages}) from error
