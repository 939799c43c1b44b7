"""Stores the rows of a text release as they come, as fast as the driver allows."""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any, Final

from sqlalchemy import Connection, delete, insert, select

from cache.models import LandingRating, Load

BATCH: Final = 2_000
"""Rows a statement: under 1 MB, which the smallest usual max_allowed_packet takes."""


def land(
    connection: Connection,
    load_id: int,
    rows: Iterable[tuple[Any, ...]],
    progress: Callable[[int], None],
) -> None:
    """Store rows, in the column order of the landing table; those of earlier loads make room.

    Args:
        connection: a connection in a write transaction.
        load_id: the load that the rows belong to.
        rows: without the load, as `RatingRows` yields them.
        progress: called with the number of rows landed so far.
    """
    finished = select(Load.id).where(Load.state != "running", Load.id != load_id)
    earlier = connection.execute(finished).scalars().all()
    connection.execute(delete(LandingRating).where(LandingRating.load_id.in_(earlier)))
    store = _literals(connection) if connection.dialect.name == "mysql" else _parameters(connection)
    landed = ((load_id, *row) for row in rows)
    done = 0
    while batch := list(islice(landed, BATCH)):
        store(batch)
        progress(done := done + len(batch))


def _parameters(connection: Connection) -> Callable[[Sequence[tuple[Any, ...]]], None]:
    statement = str(insert(LandingRating).compile(dialect=connection.dialect))

    def store(batch: Sequence[tuple[Any, ...]]) -> None:
        connection.exec_driver_sql(statement, list(batch))

    return store


def _literals(connection: Connection) -> Callable[[Sequence[tuple[Any, ...]]], None]:
    """Store with the values written into the statement, each escaped by the driver.

    mysqlclient escapes one parameter at a time in Python, which takes longer than all else.
    The last columns of a rating recur: a part that was written once is written again as it is.
    """
    driver: Any = connection.connection.driver_connection
    unescaped = connection.execution_options(no_parameters=True)

    @lru_cache(maxsize=100_000)
    def written(values: tuple[Any, ...]) -> str:
        return ",".join(driver.literal(value).decode() for value in values)

    def store(batch: Sequence[tuple[Any, ...]]) -> None:
        values = ",".join(
            f"({written(row[:2])},{row[2]:d},{written(row[3:5])},{written(row[5:12])},"
            f"{written(row[12:])})"
            for row in batch
        )
        unescaped.exec_driver_sql(f"INSERT INTO landing_rating VALUES {values}")  # noqa: S608 - escaped above

    return store
