"""O*NET-SOC codes as people type them: 15-1254.00, but also 151254, 15.1254 and 15 1254."""

import re
from typing import Final

_AS_PUBLISHED: Final = re.compile(r"[0-9]{2}(-[0-9]{0,4}(\.[0-9]{0,2})?)?")
_OTHERWISE: Final = re.compile(r"([0-9]{2})([. ]?)([0-9]{1,4})(?:\2([0-9]{1,2}))?")
OTHERWISE: Final = "|".join(
    f"[0-9]{{2}}{sign}[0-9]{{4}}({sign}[0-9]{{2}})?" for sign in ("", r"\.", " ")
)
"""Whole codes as O*NET does not write them: digits alone, or one sign between all parts."""


def as_published(text: str) -> str | None:
    """Return a code, or the beginning of one, as O*NET writes it; None for any other text.

    Spaces around it make no difference.
    """
    text = text.strip(" ")
    if _AS_PUBLISHED.fullmatch(text):
        return text
    parts = _OTHERWISE.fullmatch(text)
    if parts is None:
        return None
    major, _, minor, detail = parts.groups()
    return f"{major}-{minor}" + (f".{detail}" if detail else "")
