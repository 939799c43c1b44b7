"""What stands in the way of a database's use, by its revision and its tables, and what helps."""

import re
from collections.abc import Collection
from typing import Final

from cache.db.onet_tables import SCHEMA_REVISION, Base
from cache.db.unavailable import UNMIGRATED

LETS_GO_ON: Final = re.compile(r"[0-9]{4}_lets_([0-9]{4})")
"""A revision that programs from another one on can work at, such as `0010_lets_0009`.

Its migration only adds: tables, indexes, columns that may be NULL or have a default.
"""


def is_newer(revision: str | None) -> bool:
    """Return whether a database is at a revision that this program cannot work at any more."""
    if revision is None or revision <= SCHEMA_REVISION:
        return False
    lets = LETS_GO_ON.fullmatch(revision)
    return lets is None or SCHEMA_REVISION[:4] < lets[1]


def trouble(revision: str | None, tables: Collection[str]) -> str | None:
    """Say why a database that answers cannot be used, and what helps; None where it can.

    Args:
        revision: that it stands at; None where it has none.
        tables: those that it has, others' among them.
    """
    lacking = sorted(Base.metadata.tables.keys() - set(tables))
    at = f"the database is at revision {revision}, this program needs {SCHEMA_REVISION}"
    if revision is None:
        begun = len(lacking) < len(Base.metadata.tables)
        cut_short = "a migration was cut short: `flask db upgrade` goes on with it"
        return cut_short if begun else UNMIGRATED
    if is_newer(revision):
        return (
            f"{at}: a newer program has migrated it; run that one, or `flask db downgrade "
            f"{SCHEMA_REVISION}` with it"
        )
    if revision < SCHEMA_REVISION:
        return f"{at}: run `flask db upgrade`"
    if lacking:
        return (
            f"the database lacks {', '.join(lacking)}: restore a backup, or empty the database, "
            "run `flask db upgrade` and seed it: all it holds can be had again"
        )
    return None
