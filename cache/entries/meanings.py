"""What elements and their levels mean, as O*NET publishes it: stored whole, and read whole.

Descriptions and level anchors are quoted as they are. What stands between two anchors is for the
reader to judge: nothing is made up for it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, delete, insert, select

from cache.db.columns import Base
from cache.db.lease import UNLEASED
from cache.db.onet_tables import Element, ElementDescription, LevelAnchor, MeaningSource
from cache.db.upsert import upsert
from cache.policy import Origin
from onet_client.content_model import ANCHOR_TABLE, ELEMENT_TABLE, domain_of

Rows = Sequence[tuple[Any, ...]]
"""Of one of the tables, each in the order of its columns."""
MODELS: Final[Mapping[str, type[Base]]] = {
    ELEMENT_TABLE: ElementDescription,
    ANCHOR_TABLE: LevelAnchor,
}
"""The table of each of O*NET's."""


class Anchor(NamedTuple):
    """O*NET's example of what a level (0-7) takes."""

    level: int
    text: str


class Meaning(NamedTuple):
    """An element in words.

    Attributes:
        description: one or some sentences; None where none is held.
        anchors: the lowest level first; None where none are held.
    """

    id: str
    name: str
    domain: str
    description: str | None
    anchors: tuple[Anchor, ...] | None


@dataclass(frozen=True, slots=True)
class ReadFrom:
    """Where one of O*NET's tables was read.

    Attributes:
        release: such as `30.3`; None where that is not known.
        at: when it was read, or last found to be current.
        rows: what is held of it; 0 where the release has none.
    """

    origin: Origin
    release: str | None
    at: datetime
    rows: int = 0


class Meanings(NamedTuple):
    """All elements that are known, by id in order, and where each of the two tables was read."""

    elements: Mapping[str, Meaning]
    sources: Mapping[str, ReadFrom]


def publish_meanings(
    connection: Connection, table: str, rows: Rows | None, source: ReadFrom
) -> None:
    """Put rows in place of all that is held of one of O*NET's tables; None leaves what is held.

    Where they were read is noted; who asks for others meanwhile has lost the lease.
    """
    if rows is not None:
        _replace_rows(connection, MODELS[table], rows)
        source = replace(source, rows=len(rows))
    row = {
        "name": table,
        "origin": source.origin,
        "release": source.release,
        "read_at": source.at,
        "rows": source.rows,
        **UNLEASED,
    }
    upsert(connection, MeaningSource, [row])


def _replace_rows(connection: Connection, model: type[Base], rows: Rows) -> None:
    connection.execute(delete(model))
    if rows:
        columns = model.__table__.columns.keys()
        connection.execute(insert(model), [dict(zip(columns, row, strict=True)) for row in rows])


def read_sources(connection: Connection) -> dict[str, ReadFrom]:
    """Read where each of the tables was read that was read at all."""
    query = select(MeaningSource.__table__).where(MeaningSource.origin.is_not(None))
    return {
        row.name: ReadFrom(row.origin, row.release, row.read_at, row.rows)
        for row in connection.execute(query)
    }


def read_meanings(connection: Connection) -> Meanings:
    """Read the elements that are rated here or have level anchors."""
    anchors: dict[str, list[Anchor]] = {}
    in_order = select(LevelAnchor.__table__).order_by(LevelAnchor.element_id, LevelAnchor.level)
    for element, level, text in connection.execute(in_order):
        anchors.setdefault(element, []).append(Anchor(level, text))
    known: dict[str, tuple[str, str | None]] = {}
    descriptions: dict[str, str | None] = {}
    for element, name, text in connection.execute(select(ElementDescription.__table__)):
        descriptions[element] = text
        if element in anchors:  # though it may not be rated here
            known[element] = name, domain_of(element)
    for element, name, domain in connection.execute(select(Element.__table__)):
        known[element] = name, domain
    elements = {
        element: Meaning(
            element,
            name,
            domain,
            descriptions.get(element),
            tuple(anchors.get(element, ())) or None,
        )
        for element, (name, domain) in sorted(known.items())
        if domain is not None
    }
    return Meanings(elements, read_sources(connection))
