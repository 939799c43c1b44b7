"""The entries in the database, read on one snapshot."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from sys import intern
from typing import Any

from sqlalchemy import Engine, String, bindparam, func, literal_column, select, type_coerce

from cache.db import database
from cache.db.onet_tables import CacheEntry, Element, Occupation, Rating
from cache.db.unavailable import DatabaseUnavailable
from cache.policy import Entry
from cache.profile import ElementRating, Profile

TAB = literal_column("'\t'", String)


def _text(figure: Any) -> Any:
    """Write a figure as the database does; nothing where there is none."""
    return func.coalesce(type_coerce(figure, String), literal_column("''", String))


RATING_FIELDS: Sequence[Any] = (
    Rating.element_id,
    Rating.scale_id,
    type_coerce(Rating.value, String),
    _text(Rating.standard_error),
    _text(Rating.not_relevant),
    _text(Rating.recommend_suppress),
    _text(Rating.n),
    _text(Rating.date_updated),
    Element.name,
)
"""In the order in which `_elements` takes them."""
RATINGS = (
    # One text for each entry: drivers take long over many small fields. No field has a tab or a
    # line feed, since a release is split at them and the upstream's texts are checked for them.
    select(
        func.aggregate_strings(reduce(lambda line, field: line + TAB + field, RATING_FIELDS), "\n")
    )
    .join(Element, Element.id == Rating.element_id)
    # Left to itself the server may begin with the elements, and read all ratings.
    .prefix_with("STRAIGHT_JOIN", dialect="mysql")
    .where(
        Rating.occupation_code == CacheEntry.occupation_code, Element.domain == CacheEntry.domain
    )
    .correlate(CacheEntry)
    .scalar_subquery()
)
ENTRIES = (
    select(
        # In the order of `Entry`.
        CacheEntry.domain,
        CacheEntry.occupation_code,
        CacheEntry.state,
        CacheEntry.origin,
        CacheEntry.release,
        CacheEntry.source_url,
        CacheEntry.fetched_at,
        CacheEntry.expires_at,
        CacheEntry.row_count,
        CacheEntry.content_hash,
        CacheEntry.generation,
        CacheEntry.validated_at,
        Occupation.title,
        RATINGS,
    )
    .outerjoin(Occupation, Occupation.code == CacheEntry.occupation_code)
    # Left to itself the server reads all entries of the domain.
    .with_hint(CacheEntry, "FORCE INDEX (PRIMARY)", "mysql")
    .where(
        CacheEntry.domain == bindparam("asked_domain"),
        CacheEntry.occupation_code.in_(bindparam("asked_codes", expanding=True)),
    )
)


@dataclass(frozen=True, slots=True)
class Stored:
    """What one read found: the entry, and the profile, which is empty unless it is rated."""

    entry: Entry
    profile: Profile


class Store:
    """The entries."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def read(self, domain: str, codes: Sequence[str]) -> list[Stored]:
        """Read entries and profiles in one statement, so on one snapshot, in the order asked."""
        asked = {"asked_domain": domain, "asked_codes": codes}
        rows = database.read(
            self._engine, lambda connection: connection.execute(ENTRIES, asked).all()
        )
        found = {row.occupation_code: _stored(row) for row in rows}
        return [
            found.get(code) or Stored(Entry(domain, code), Profile(code, "", {})) for code in codes
        ]


def _stored(row: Sequence[Any]) -> Stored:
    *columns, title, ratings = row
    entry = Entry(*columns)
    rows = [line.split("\t") for line in ratings.split("\n")] if ratings else []
    if len(rows) != entry.row_count:
        # As where a proxy in between does not pass on how long joined text may be.
        raise DatabaseUnavailable(
            f"{len(rows)} of {entry.row_count} ratings of {entry.key} were read"
        )
    return Stored(entry, Profile(entry.code, title or "", _elements(rows)))


def _elements(rows: Sequence[Sequence[str]]) -> dict[str, ElementRating]:
    """Put the two scales of each element together."""
    importances = {row[0]: row for row in rows if row[1] == "IM"}
    elements = {}
    for element, scale, level, error, irrelevant, suppressed, raters, day, name in rows:
        if scale != "LV":
            continue
        (
            _, _, importance, importance_error, also_irrelevant, also_suppressed,
            importance_raters, other_day, _,
        ) = importances[element]  # fmt: skip
        known = intern(element)  # the same few for all occupations, of which many are kept
        elements[known] = ElementRating(
            known,
            intern(name),
            float(level),
            float(importance),
            float(error) if error else None,
            irrelevant == "1" or also_irrelevant == "1",
            suppressed == "1" or also_suppressed == "1",
            float(importance_error) if importance_error else None,
            int(raters) if raters else None,
            int(importance_raters) if importance_raters else None,
            intern(min(day or other_day, other_day or day)[:7]) or None,
        )
    return elements
