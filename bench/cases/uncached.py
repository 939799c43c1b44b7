"""A pair that no process has a copy of: its read, beside one bare query, in this process."""

import sqlite3
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import make_url

from bench.figures import Check, Report
from bench.pairs import rated_codes
from bench.stage import Stage
from cache.db.database import connect
from cache.entries.store import Store

TIMES = 3
COLUMNS = (
    "occupation_code, element_id, scale_id, value, standard_error, not_relevant, recommend_suppress"
)


def uncached(stage: Stage) -> Report:
    """Measure the store's read and the bare query in turns."""
    columns = ("database", "read ms, p50", "bare query ms, p50", "ratio")
    report = Report("uncached", "Uncached pair", columns)
    codes = rated_codes(stage.release)
    pairs = list(zip(codes[:-1:2], codes[1::2], strict=False))[:150]
    for kind in stage.databases:
        read, bare = read_times(stage.loaded(kind), pairs * (1 if stage.quick else 5))
        stage.say(f"uncached: {kind}: {read:.2f} ms, bare {bare:.2f} ms")
        report.rows.append([kind, read, bare, read / bare])
        report.rounds.append({"database": kind, "read_ms": read, "bare_ms": bare})
        if kind == "MariaDB":
            what = "uncached pair: p50 of one bare indexed query"
            report.checks.append(Check(what, kind, read / bare, "at most", TIMES))
    report.notes.append(
        "The read: entries, titles and ratings of both occupations as profiles, in one "
        "statement. The bare query: the rating rows of both, by the driver alone."
    )
    return report


def read_times(url: str, pairs: Sequence[tuple[str, str]]) -> tuple[float, float]:
    """Return the p50 in ms of the store's read and of the bare query."""
    engine = connect(make_url(url))
    try:
        store = Store(engine)
        query = bare_query(url)
        reads, queries = [], []
        for pair in (*pairs[:5], *pairs):  # the first ones open the connections
            began = time.perf_counter()
            store.read("skills", pair)
            between = time.perf_counter()
            query(pair)
            queries.append(time.perf_counter() - between)
            reads.append(between - began)
    finally:
        engine.dispose()
    return statistics.median(reads[5:]) * 1e3, statistics.median(queries[5:]) * 1e3


def bare_query(url: str) -> Callable[[tuple[str, str]], Sequence[Any]]:
    """Make the query of the driver's own."""
    at = make_url(url)
    connection: Any
    if at.drivername == "sqlite":
        connection, mark = sqlite3.connect(str(at.database)), "?"
    else:
        import MySQLdb

        connection = MySQLdb.connect(
            host=at.host, port=at.port, user=at.username, password=at.password,
            database=at.database, charset="utf8mb4",
        )  # fmt: skip
        mark = "%s"
    statement = f"SELECT {COLUMNS} FROM rating WHERE occupation_code IN ({mark}, {mark})"
    cursor = connection.cursor()

    def query(pair: tuple[str, str]) -> Sequence[Any]:
        cursor.execute(statement, pair)
        return list(cursor.fetchall())

    return query
