"""The number of a release of the O*NET Database, and how O*NET names files after it."""

import re
from typing import NamedTuple, Self


class ReleaseNumber(NamedTuple):
    """Such as 30.3; a later release has a greater one."""

    major: int
    minor: int

    def __str__(self) -> str:
        """Write it as O*NET does."""
        return f"{self.major}.{self.minor}"

    @property
    def file(self) -> str:
        """The name of its text release in the archive."""
        return f"db_{self.major}_{self.minor}_text.zip"

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Read a number; None where the text is none."""
        found = re.fullmatch(r"(0|[1-9][0-9]{0,2})\.(0|[1-9][0-9]{0,2})", text)
        return cls(int(found[1]), int(found[2])) if found else None

    @classmethod
    def of_file(cls, name: str) -> Self | None:
        """Read it from the name of a text release in the archive; None where it is another file."""
        found = re.fullmatch(r"db_([0-9]{1,3})_([0-9]{1,3})_text\.zip", name)
        return cls(int(found[1]), int(found[2])) if found else None
