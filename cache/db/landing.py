"""Stores the rows of a text release as they come, as fast as the driver allows."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache
from itertools import islice
from typing import Any, Final

from sqlalchemy import Connection, delete, insert, select

from cache.db.onet_tables import LandingRating, Load

BATCH: Final = 2_000
"""Rows a statement: under 1 MB, which the smallest usual max_allowed_packet takes."""
COLUMNS: Final = LandingRating.__table__.columns.keys()
"""By name: there are more of them once a newer program has migrated the database."""


def _span(first: str, last: str) -> slice:
    """Where a row has the columns from one to another."""
    return slice(COLUMNS.index(first), COLUMNS.index(last) + 1)


FILE, SUBJECT, ABOUT, SPREAD = (
    _span("load_id", "file"),
    _span("occupation_code", "element_name"),
    _span("element_id", "domain_source"),
    _span("value", "upper_ci"),
)
"""The parts of a row whose values recur together, around the number of its line."""
LINE: Final = COLUMNS.index("line")


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
    landed = ((load_id, *row) for row in rows)
    if connection.dialect.name == "mysql":
        _store_behind(connection, landed, progress)
        return
    # Straight to the driver, in the order of the columns: a large release is many rows.
    statement = str(insert(LandingRating).compile(dialect=connection.dialect))
    done = 0
    while batch := list(islice(landed, BATCH)):
        connection.exec_driver_sql(statement, batch)
        progress(done := done + len(batch))


def _store_behind(
    connection: Connection, landed: Iterator[tuple[Any, ...]], progress: Callable[[int], None]
) -> None:
    """Store each batch in another thread, while the next one is read and checked in this one.

    The connection is never used by two at once: this thread leaves it alone until the end.
    """
    store = _literals(connection)
    done = 0
    with ThreadPoolExecutor(1) as behind:
        under_way: Future[Any] | None = None
        while batch := list(islice(landed, BATCH)):
            if under_way is not None:
                under_way.result()
            under_way = behind.submit(store, batch)
            progress(done := done + len(batch))
        if under_way is not None:
            under_way.result()


def _literals(connection: Connection) -> Callable[[Sequence[tuple[Any, ...]]], None]:
    """Store with the values written into the statement, each escaped by the driver.

    mysqlclient escapes one parameter at a time in Python, which takes longer than all else.
    The parts of a rating recur: one that was written once is written again as it is.
    """
    driver: Any = connection.connection.driver_connection
    unescaped = connection.execution_options(no_parameters=True)
    names = ", ".join(COLUMNS)

    @lru_cache(maxsize=100_000)
    def written(values: tuple[Any, ...]) -> str:
        return ",".join(driver.literal(value).decode() for value in values)

    def store(batch: Sequence[tuple[Any, ...]]) -> None:
        values = ",".join(
            f"({written(row[FILE])},{row[LINE]:d},{written(row[SUBJECT])},{written(row[ABOUT])},"
            f"{written(row[SPREAD])})"
            for row in batch
        )
        unescaped.exec_driver_sql(f"INSERT INTO landing_rating ({names}) VALUES {values}")  # noqa: S608 - escaped above

    return store
