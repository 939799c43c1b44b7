"""Everything a database holds, in a form that two databases can be compared by."""

from functools import cache

from sqlalchemy import (
    Dialect,
    Engine,
    MetaData,
    TextualSelect,
    exists,
    literal,
    select,
    text,
    union_all,
)

from cache.db.onet_tables import Base

PUBLISHED = (
    "occupation",
    "alternate_title",
    "related_occupation",
    "job_zone",
    "element",
    "element_description",
    "level_anchor",
    "scale",
    "rating",
    "cache_entry",
)
"""What readers see; the rest is the importer's own."""

OF_A_LOAD = ("load_id", "fetched_at", "expires_at", "generation", "changed_in")
"""What differs between two loads of the same content."""

OF_A_FILL = (
    "lease_owner",
    "lease_expires_at",
    "attempts",
    "last_error",
    "retry_at",
    "refresh_requested_at",
)
"""What an entry tells of the fills that were tried, beside what it holds."""

Row = dict[str, object]
Dump = dict[str, list[Row]]


def dump(engine: Engine, tables: tuple[str, ...] = (*PUBLISHED, "load", "landing_rating")) -> Dump:
    """Read tables, each in the order of its primary key, on one snapshot."""
    kind = type(engine.dialect)
    with engine.connect() as connection:
        return {
            name: [dict(row) for row in connection.execute(_all_of(name, kind)).mappings()]
            for name in tables
        }


@cache
def _all_of(name: str, kind: type[Dialect]) -> TextualSelect:
    """All rows of a table, as SQL: the engine of each test would write it anew."""
    table = Base.metadata.tables[name]
    query = select(table).order_by(*table.primary_key)
    return text(str(query.compile(dialect=kind()))).columns(*table.columns)


def stored(engine: Engine) -> str:
    """All that is in any table, as one text."""
    everything = MetaData()
    everything.reflect(engine)
    with engine.connect() as connection:
        return "\n".join(
            str(connection.execute(select(table)).all()) for table in everything.sorted_tables
        )


def without(dumped: Dump, *columns: str) -> Dump:
    """Leave columns out of every table, such as times and row numbers."""
    return {
        table: [{name: row[name] for name in row if name not in columns} for row in rows]
        for table, rows in dumped.items()
    }


def held(engine: Engine) -> Dump:
    """Everything but what tells of fills that were tried, and entries that hold nothing."""
    dumped = without(dump(engine), *OF_A_FILL)
    return dumped | {
        "cache_entry": [row for row in dumped["cache_entry"] if row["state"] != "absent"]
    }


def clear(engine: Engine) -> None:
    """Delete every row."""
    tables = Base.metadata.sorted_tables
    full = union_all(
        *(select(literal(table.name)).where(exists().select_from(table)) for table in tables)
    )
    with engine.execution_options(writes=True).begin() as connection:
        names = set(connection.execute(full).scalars())
        for table in reversed(tables):
            if table.name in names:
                connection.execute(table.delete())


def fill(engine: Engine, dumped: Dump) -> None:
    """Insert the rows of a dump of all tables into empty ones."""
    with engine.execution_options(writes=True).begin() as connection:
        for table in Base.metadata.sorted_tables:
            if rows := dumped[table.name]:
                connection.execute(table.insert(), rows)
