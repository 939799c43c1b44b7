"""Insert or update in the dialect of the connection."""

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, func, literal_column
from sqlalchemy.dialects.mysql import insert as mysql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from cache.db.columns import Base


def upsert(
    connection: Connection,
    model: type[Base],
    rows: Sequence[Mapping[str, Any]],
    *,
    lasting: Collection[str] = (),
    kept: Collection[str] = (),
    counted: Collection[str] = (),
) -> int:
    """Insert rows, or update all but the key of those that are there.

    Args:
        connection: a connection in a write transaction.
        model: the table.
        rows: with the same columns each; none is nothing to do.
        lasting: columns whose stored value outlives a new NULL.
        kept: columns whose stored value stays.
        counted: columns to raise by one where the row is there.

    Returns:
        How many rows the database counts, which MySQL does in its own way.
    """
    if not rows:
        return 0
    statement = _statement(
        model,
        connection.dialect.name == "mysql",
        tuple(rows[0]),
        tuple(lasting),
        tuple(kept),
        tuple(counted),
    )
    return connection.execute(statement, list(rows)).rowcount


@lru_cache(maxsize=100)
def _statement(
    model: type[Base],
    mysql: bool,
    columns: Collection[str],
    lasting: Collection[str],
    kept: Collection[str],
    counted: Collection[str],
) -> Any:
    table: Any = model.__table__
    statement: Any = mysql_insert(table) if mysql else sqlite_insert(table)
    new = statement.inserted if mysql else statement.excluded
    changes = {name: new[name] for name in columns if not table.c[name].primary_key}
    changes |= {name: func.coalesce(new[name], table.c[name]) for name in lasting}
    changes |= {name: table.c[name] for name in kept}
    changes |= {name: table.c[name] + literal_column("1") for name in counted}
    if mysql:
        return statement.on_duplicate_key_update(changes)
    return statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=changes)
