"""What it means, in SQL, that a release was published and that an entry holds something."""

from typing import Final

from sqlalchemy import ColumnElement, Connection, and_, select

from cache.db.onet_tables import CacheEntry, Load, Occupation

IS_PUBLISHED: Final = Load.state == "published"
HOLDS: Final = CacheEntry.state != "absent"
"""The entry holds ratings, or the word that there are none."""
IS_LISTED: Final = CacheEntry.state.in_(("rated", "empty"))
"""The entry is of an occupation that O*NET lists."""
IS_UNLISTED: Final = and_(
    CacheEntry.state.in_(("absent", "unknown")),
    CacheEntry.occupation_code.not_in(select(Occupation.code)),
)
"""The entry is of a code that no list has, and says nothing but that."""


def entry_of(domain: str) -> ColumnElement[bool]:
    """Join an occupation with its entry in a domain."""
    return and_(CacheEntry.occupation_code == Occupation.code, CacheEntry.domain == domain)


def was_published(connection: Connection) -> bool:
    """Return whether any release was published."""
    return connection.execute(select(Load.id).where(IS_PUBLISHED).limit(1)).first() is not None


def holds_entries(connection: Connection) -> bool:
    """Return whether any entry holds something."""
    held = select(CacheEntry.domain).where(HOLDS).limit(1)
    return connection.execute(held).first() is not None
