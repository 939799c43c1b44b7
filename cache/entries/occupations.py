"""Publishes titles and descriptions, and tells for which occupations they have changed.

A title is shown by the entries of every domain, so a change of it is one of them all.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, select

from cache.db.onet_tables import CacheEntry, Occupation
from cache.db.upsert import upsert

CHANGED: Final = 2
"""What MySQL counts for a row that changed; a new one, and one that stays as it is, count 1."""


def publish_occupation(connection: Connection, row: Mapping[str, Any]) -> bool:
    """Publish one; tell whether it had another title or description before.

    On a server this takes no extra query, which matters since every fill has to know it.
    """
    if connection.dialect.name != "mysql":
        return bool(publish_occupations(connection, [row]))
    if upsert(connection, Occupation, [row], lasting=["description"]) < CHANGED:
        return False
    _lock_entries(connection, [row["code"]])
    return True


def publish_occupations(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Publish some; return the codes of those that had another title or description before.

    Their entries are locked, so that `note_change` need not wait for them.

    Args:
        connection: a connection in a write transaction.
        rows: of code, title and description; what is stored outlives a description of None.
    """
    codes = [row["code"] for row in rows]
    query = select(Occupation.code, Occupation.title, Occupation.description)
    stored = {
        code: (title, description)
        for code, title, description in connection.execute(query.where(Occupation.code.in_(codes)))
    }
    upsert(connection, Occupation, rows, lasting=["description"])
    changed = [row["code"] for row in rows if _changes(row, stored.get(row["code"]))]
    _lock_entries(connection, changed)
    return changed


def _changes(row: Mapping[str, Any], stored: tuple[str, str | None] | None) -> bool:
    if stored is None:
        return False
    title, description = stored
    return row["title"] != title or row["description"] not in (None, description)


def _lock_entries(connection: Connection, codes: Sequence[str]) -> None:
    if codes:
        held = select(CacheEntry.domain).where(CacheEntry.occupation_code.in_(codes))
        connection.execute(held.with_for_update()).all()
