"""The number of a release of the O*NET Database, and how O*NET names files after it."""

import re
from typing import Final, NamedTuple, Self

ARCHIVE_URL: Final = "https://www.onetcenter.org/"


class ReleaseNumber(NamedTuple):
    """Such as 30.3; a later release has a greater one."""

    major: int
    minor: int

    def __str__(self) -> str:
        """Write it as O*NET does."""
        return f"{self.major}.{self.minor}"

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


def release_url(number: ReleaseNumber | str, archive: str = ARCHIVE_URL) -> str:
    """Where an archive has the text release of a number such as 30.3."""
    return f"{archive}dl_files/database/{release_file(number)}"


def release_file(number: ReleaseNumber | str) -> str:
    """The name of a text release in the archive, such as `db_30_3_text.zip`."""
    return f"db_{str(number).replace('.', '_')}_text.zip"
