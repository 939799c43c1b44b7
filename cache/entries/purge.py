"""Forgets entries; what was being fetched for them meanwhile is refused."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, Engine, delete, select

from cache.db import database
from cache.db.held import HOLDS
from cache.db.onet_tables import CacheEntry, Rating
from cache.entries.invalidation import note_change
from cache.entries.published_rows import ratings_of, withdraw


def purge(engine: Engine, codes: Sequence[str] | None, domain: str | None = None) -> int:
    """Make entries absent and delete their ratings, in one transaction.

    Args:
        engine: that writes.
        codes: of the occupations; None for all.
        domain: None for all.

    Returns:
        How many entries held something.

    Raises:
        DatabaseUnavailable: where the database cannot be reached or used; nothing is purged.
    """
    entries: list[ColumnElement[bool]] = []
    if codes is not None:
        entries.append(CacheEntry.occupation_code.in_(codes))
    if domain is not None:
        entries.append(CacheEntry.domain == domain)

    count = 0

    def work(connection: Connection) -> int:
        nonlocal count
        held = select(CacheEntry.occupation_code).where(*entries, HOLDS)
        count = max(count, len(connection.execute(held).all()))  # none the second time
        withdraw(connection, *entries)
        connection.execute(delete(Rating).where(*ratings_of(codes, domain)))
        note_change(connection, *entries)
        return count

    return database.write(engine, work, bears_twice=True)
