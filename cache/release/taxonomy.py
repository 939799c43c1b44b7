"""Whether a release's occupations are those of the taxonomy that a database holds.

O*NET-SOC codes were assigned anew in 2010 and 2019; the lists share five of six codes, so that
occupations of both, side by side, would be compared and ranked as if they were of one kind.
"""

from collections.abc import Collection
from typing import Final

from sqlalchemy import Connection, delete, select

from cache.db.held import holds_entries, was_published
from cache.db.onet_tables import Occupation
from cache.release.lists import forget_lists
from onet_client.release_files import OCCUPATION_FILE, FileProblem, refuse

LEAST_SHARED: Final = 0.95
"""The part of the shorter list that two lists of one taxonomy share; 2010 and 2019 share 0.83."""


def is_same_taxonomy(listed: set[str], held: set[str]) -> bool:
    """Tell whether two lists of codes may be of one taxonomy; a selection from one is."""
    return len(listed & held) >= LEAST_SHARED * min(len(listed), len(held))


def settle_taxonomy(connection: Connection, listed: Collection[str]) -> None:
    """Refuse a release of another taxonomy than those before, or forget what they listed.

    That is forgotten where no entry holds anything, as after a purge of all.

    Raises:
        ReleaseError: where the database holds entries of another taxonomy.
    """
    if not was_published(connection):
        return
    held = set(connection.execute(select(Occupation.code)).scalars())
    if is_same_taxonomy(set(listed), held):
        return
    if not holds_entries(connection):
        connection.execute(delete(Occupation).where(Occupation.code.not_in(listed)))
        forget_lists(connection)
        return
    reason = (
        "its occupations are of another taxonomy than those of the database "
        f"({len(held.intersection(listed)):,} of {len(listed):,} codes are in both): "
        "run `flask cache purge --all` first, or load it into another database"
    )
    refuse(FileProblem(OCCUPATION_FILE, 0, reason))
