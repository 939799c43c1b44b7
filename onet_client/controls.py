"""Characters that no text of O*NET holds: in a terminal or a log they do things."""

import re
from typing import Final

CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
"""A control character, or half of a pair that is none by itself."""
CONTROL_IN_PROSE: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
"""The same without tabs and ends of lines."""


def has_control(*texts: str) -> bool:
    """Tell whether any of the texts holds a control character; next to no time where all print."""
    together = "".join(texts)
    return not together.isprintable() and CONTROL.search(together) is not None


def escaped(text: str) -> str:
    r"""Write control characters as Python does, such as `\x1b`."""
    return CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), text)
