"""How to recognise text that a spreadsheet has saved, which is not what O*NET publishes."""

import re
from typing import Final

RESAVED: Final = (
    "it was saved by a spreadsheet, with texts in quotes or figures and dates in another form; "
    "load the release as O*NET publishes it"
)

_QUOTED: Final = re.compile(r'"(?:[^"]|"")*"', re.DOTALL)
_REFORMED: Final = re.compile(r"[A-Z][a-z]{2}-[0-9]{2}|[0-9]{1,3},[0-9]{1,4}")


def is_quoted(text: str) -> bool:
    """Whether a text is in the quotes that a spreadsheet puts round one with a comma or a quote.

    O*NET's files quote nothing.
    """
    return (
        text[:1] == '"'
        and _QUOTED.fullmatch(text) is not None
        and re.search('[,"]', text[1:-1]) is not None
    )


def is_reformed(field: str) -> bool:
    """Whether a field is a date such as `Aug-23` or a figure such as `4,12`, unlike O*NET's."""
    return _REFORMED.fullmatch(field) is not None
