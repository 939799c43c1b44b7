"""What the ratings of a text release refer to: its occupations and its scales."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from cache.release.text import MISSING, check_unquoted, quoted
from onet_client.content_model import OCCUPATION_CODE, SCALE_TABLE, SCALES, file_name
from onet_client.release_files import OCCUPATION_FILE, FileProblem, refuse

SCALE_FILE: Final = file_name(SCALE_TABLE)
LONGEST_TITLE: Final = 150
LONGEST_DESCRIPTION: Final = 5_000
RATED_SCALES: Final = {scale: 1 << bit for bit, scale in enumerate(SCALES)}
"""The scales of ratings, each with a bit of its own; a release has others, which are not read."""


@dataclass(frozen=True, slots=True)
class ListedOccupation:
    """A line of `Occupation Data.txt`."""

    code: str
    title: str
    description: str | None


@dataclass(frozen=True, slots=True)
class ListedScale:
    """A line of `Scales Reference.txt`."""

    id: str
    name: str
    minimum: float
    maximum: float


def read_occupations(rows: Iterable[tuple[int, tuple[str, ...]]]) -> dict[str, ListedOccupation]:
    """Read occupations by code from lines of code, title and description.

    Raises:
        ReleaseError: naming the line that is refused.
    """
    found: dict[str, ListedOccupation] = {}
    for line, (code, title, description) in rows:
        check_unquoted(OCCUPATION_FILE, line, title)
        check_unquoted(OCCUPATION_FILE, line, description)
        if OCCUPATION_CODE.fullmatch(code) is None:
            reason = f"{quoted(code)} is not an O*NET-SOC code"
        elif code in found:
            reason = f"occupation {code} is there twice"
        elif not title.strip() or len(title) > LONGEST_TITLE:
            reason = f"the title is missing or longer than {LONGEST_TITLE} characters"
        elif len(description) > LONGEST_DESCRIPTION:
            reason = f"the description is longer than {LONGEST_DESCRIPTION} characters"
        else:
            text = None if description in MISSING else description
            found[code] = ListedOccupation(code, title, text)
            continue
        refuse(FileProblem(OCCUPATION_FILE, line, reason))
    if not found:
        refuse(FileProblem(OCCUPATION_FILE, 0, "holds no occupation"))
    return found


def read_scales(rows: Iterable[tuple[int, tuple[str, ...]]]) -> dict[str, ListedScale]:
    """Read the scales of ratings by id from lines of id, minimum, maximum and name.

    Raises:
        ReleaseError: naming the line that is refused, or the scale that is missing.
    """
    found: dict[str, ListedScale] = {}
    for line, (scale, low, high, name) in rows:
        if scale not in RATED_SCALES:
            continue
        bounds = re.fullmatch(r"[0-9]{1,3}(\.0*)? [0-9]{1,3}(\.0*)?", f"{low} {high}")
        if scale in found:
            reason = f"scale {scale} is there twice"
        elif bounds is None or float(low) >= float(high):
            reason = f"{quoted(low)} to {quoted(high)} is no range of whole numbers ({scale})"
        else:
            found[scale] = ListedScale(scale, name[:60], float(low), float(high))
            continue
        refuse(FileProblem(SCALE_FILE, line, reason))
    if missing := [scale for scale in RATED_SCALES if scale not in found]:
        refuse(FileProblem(SCALE_FILE, 0, f"does not hold the scale {' or '.join(missing)}"))
    return found
