"""Where an answer's figures come from, in its body."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple

from marshmallow import Schema, fields, validate

from cache.reading import Reading

OLD: Final = 10
"""Years after which it is said how old a rating is."""


class SourceSchema(Schema):
    """The provenance and state of an entry."""

    origin = fields.String(required=True, validate=validate.OneOf(["seed", "api"]))
    release = fields.String(required=True, allow_none=True, metadata={"example": "29.0"})
    fetched_at = fields.String(required=True, metadata={"format": "date-time"})
    state = fields.String(required=True, validate=validate.OneOf(["fresh", "stale"]))


class Note(NamedTuple):
    """What was read in place of a code that O*NET does not list any more.

    Attributes:
        parameter: where the code was given.
        code: the one that was given.
        replaced_by: the one that was read.
        text: a sentence that says so.
    """

    parameter: str
    code: str
    replaced_by: str
    text: str


class IgnoredParameter(NamedTuple):
    """What was given as a parameter and is none, and a sentence that says so."""

    parameter: str
    text: str


class IgnoredSchema(Schema):
    """What was given as a parameter and is none."""

    parameter = fields.String(required=True, metadata={"example": "min_importanc"})
    text = fields.String(required=True)


class NoteSchema(Schema):
    """What was read in place of a code that O*NET does not list any more, or an ignored parameter.

    Only the former has a code and what it was replaced by.
    """

    parameter = fields.String(required=True, metadata={"example": "from"})
    code = fields.String(metadata={"example": "15-1132.00"})
    replaced_by = fields.String(metadata={"example": "15-1252.00"})
    text = fields.String(required=True)


def noted(body: dict[str, Any], notes: Sequence[Note | IgnoredParameter]) -> dict[str, Any]:
    """Add notes to those that a body has, where there are any."""
    if not notes:
        return body
    return body | {"notes": [*body.get("notes", ()), *(note._asdict() for note in notes)]}


def ignored(names: Iterable[str]) -> list[IgnoredParameter]:
    """Tell of parameters that are none."""
    return [IgnoredParameter(name, f"{name} is no parameter") for name in names]


def aged(title: str, rated: str | None, now: datetime) -> str:
    """Say of which year the oldest rating of an occupation is; empty where that is not long ago.

    `rated` is the month of that rating, such as `2010-06`; None where none is known.
    """
    if rated is None or rated >= f"{now.year - OLD}-{now.month:02}":
        return ""
    return f"The oldest rating of {title} is of {rated[:4]}."


def source(reading: Reading) -> dict[str, Any]:
    """Write the provenance of one entry."""
    entry = reading.entry
    return {
        "origin": entry.origin,
        "release": entry.release,
        "fetched_at": None if entry.fetched_at is None else timestamp(entry.fetched_at),
        "state": "stale" if reading.outcome == "stale" else "fresh",
    }


@lru_cache(maxsize=1000)
def timestamp(moment: datetime) -> str:
    """Write a UTC time as RFC 3339 to the second."""
    return f"{moment.isoformat()[:19]}Z"


CALCULATED: Final = (
    "Levels and importances are unaltered; gaps, priorities and readiness are calculated "
    "from them here, which USDOL/ETA has not approved, endorsed, or tested."
)
"""What was done with ratings, as CC BY 4.0 asks to be told."""


def attribution(readings: Sequence[Reading]) -> str:
    """Write what CC BY 4.0 and the O*NET Web Services terms ask to be shown."""
    origins = [(reading.entry.release, reading.entry.origin) for reading in readings]
    return attribution_of(CALCULATED, *origins)


@lru_cache(maxsize=100)
def attribution_of(done: str, *origins: tuple[str | None, str | None]) -> str:
    """Write it for a release and an origin each: the same few for all requests.

    `done` says what was done with what is shown.
    """
    web = (
        " and O*NET Web Services (https://services.onetcenter.org/)"
        if any(origin == "api" for _, origin in origins)
        else ""
    )
    database = _database(release for release, _ in origins)
    return (
        f"This includes information from the {database}{web} by the U.S. Department of Labor, "
        "Employment and Training Administration (USDOL/ETA), used under the CC BY 4.0 license "
        f"(https://creativecommons.org/licenses/by/4.0/). O*NET is a trademark of USDOL/ETA. {done}"
    )


def short_attribution(releases: Iterable[str | None]) -> str:
    """Write in one line what CC BY 4.0 asks for, section 3(a), where there is no room for more."""
    return (
        f"Source: {_database(releases)}, USDOL/ETA, CC BY 4.0 "
        "(https://creativecommons.org/licenses/by/4.0/); gaps and readiness are calculated here."
    )


def _database(releases: Iterable[str | None]) -> str:
    named = " and ".join(sorted({*filter(None, releases)}))
    return f"O*NET {named} Database" if named else "O*NET Database"
