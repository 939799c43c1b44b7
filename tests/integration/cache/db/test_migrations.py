"""The migrations make the tables of the models, up and down, on every database."""

import io
import itertools
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, Connection, Engine, event, insert, inspect, text, update
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from support.clock import START, eventually
from support.commands import Command, flask
from support.processes import SECONDS

from cache.db import database, migrate
from cache.db.database import check_ready
from cache.db.migrate import MIGRATIONS, MigrationLease, alone, downgrade, upgrade
from cache.db.onet_tables import SCHEMA_REVISION, Base
from cache.db.unavailable import DatabaseUnavailable

MYSQL = pytest.param("mysql", marks=pytest.mark.mysql)
TABLES = {*Base.metadata.tables}


LEASE = MigrationLease.__tablename__
"""Beside the tables that migrations make, on MySQL."""


def tables_of(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names()) - {LEASE}


def script_config(output: io.StringIO | None = None) -> Config:
    config = Config(output_buffer=output) if output else Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


@contextmanager
def cut_after(engine: Engine, allowed: int) -> Iterator[None]:
    """Let so many statements through that change tables, and fail from then on."""
    left = allowed

    def count(_connection, _cursor, statement: str, *_) -> None:
        nonlocal left
        if statement.lstrip().upper().startswith(("CREATE ", "DROP ", "ALTER ")):
            left -= 1
            if left < 0:
                raise OperationalError(statement, None, Exception("cut"))

    event.listen(engine, "before_cursor_execute", count)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", count)


def differences(engine: Engine) -> list[object]:
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "compare_server_default": True,
                "include_name": lambda name, kind, _: (name, kind) != (LEASE, "table"),
            },
        )
        return list(compare_metadata(context, Base.metadata))


def test_the_revision_this_program_needs_is_the_only_head():
    heads = ScriptDirectory.from_config(script_config()).get_heads()

    assert [SCHEMA_REVISION] == heads


def test_an_upgrade_of_what_is_up_to_date_changes_nothing(engine):
    seeded = {"code": "11-9001.00", "title": "Kite Masters"}
    occupation = Base.metadata.tables["occupation"]
    database.write(engine, lambda connection: connection.execute(insert(occupation), seeded))

    upgrade(engine)

    titles = database.read(engine, lambda c: c.execute(text("SELECT title FROM occupation")).all())
    assert [("Kite Masters",)] == titles


def test_a_migrated_database_differs_in_nothing_from_the_models(engine):
    assert [] == differences(engine)


@pytest.mark.parametrize("table", sorted(TABLES))
def test_keys_and_check_constraints_are_those_of_the_models(shared_engine, table):
    """Alembic's own comparison leaves primary keys and check constraints out."""
    model, found = Base.metadata.tables[table], inspect(shared_engine)

    assert [column.name for column in model.primary_key] == found.get_pk_constraint(table)[
        "constrained_columns"
    ]
    checks = {str(item.name) for item in model.constraints if isinstance(item, CheckConstraint)}
    assert checks == {check["name"] for check in found.get_check_constraints(table)}


GOOD = {
    "occupation": {"code": "11-9001.00", "title": "Kite Masters", "job_zone": 3},
    "alternate_title": {"occupation_code": "11-9001.00", "title": "Kite Captain"},
    "related_occupation": {
        "occupation_code": "11-9001.00",
        "related_code": "53-9005.00",
        "tier": "Primary-Short",
        "position": 1,
    },
    "job_zone": {"zone": 4, "name": "Job Zone Four: Considerable Preparation Needed"},
    "element": {"id": "2.A.1.a", "name": "Listening to Wind", "domain": "skills"},
    "scale": {"id": "LV", "name": "Level", "minimum": 0, "maximum": 7},
    "load": {
        "id": 1,
        "source": "db",
        "digest": "0",
        "complete": True,
        "started_at": START,
        "state": "running",
    },
    "rating": {
        "occupation_code": "11-9001.00",
        "element_id": "2.A.1.a",
        "scale_id": "LV",
        "value": "4.1200",
        "n": 8,
        "standard_error": "0.1250",
        "lower_ci": "3.8800",
        "upper_ci": "4.3700",
    },
    "landing_rating": {
        "load_id": 1,
        "file": "Skills.txt",
        "line": 2,
        "domain": "skills",
        "occupation_code": "11-9001.00",
        "element_id": "2.A.1.a",
        "element_name": "Listening to Wind",
        "scale_id": "LV",
        "value": "4.1200",
    },
    "load_table": {"load_id": 1, "name": "skills", "ordinal": 0},
    "cache_entry": {
        "domain": "skills",
        "occupation_code": "11-9001.00",
        "state": "rated",
        "origin": "seed",
        "load_id": 1,
    },
    "cache_change": {"id": 1, "version": 0},
    "warm_job": {
        "id": "1",
        "scope": "codes",
        "domain": "skills",
        "state": "queued",
        "created_at": START,
    },
    "warm_item": {
        "job_id": "1",
        "occupation_code": "11-9001.00",
        "state": "queued",
        "attempts": 0,
    },
    "succession": {
        "old_code": "15-1132.00",
        "position": 0,
        "new_code": "15-1252.00",
        "title": "Software Developers",
        "asked_at": START,
    },
    "element_description": {"element_id": "2.A.1", "name": "Content", "description": "Groups."},
    "level_anchor": {"element_id": "2.A.1.a", "level": 2, "text": "Hear a breeze"},
    "meaning_source": {
        "name": "level_scale_anchors",
        "origin": "seed",
        "release": "30.3",
        "read_at": START,
        "rows": 1,
    },
    "upstream_governor": {
        "id": 1,
        "next_slot": 0.0,
        "paused_until": 0.0,
        "failures": 0,
        "version": 0,
    },
}
"""A row for each table, in an order that satisfies the foreign keys."""


Rows = list[tuple[str, dict[str, object]]]


def rows_before(table: str) -> Rows:
    names = list(GOOD)
    return [(name, GOOD[name]) for name in names[: names.index(table)]]


def insert_rows(connection: Connection, rows: Rows) -> None:
    for table, row in rows:
        connection.execute(insert(Base.metadata.tables[table]), row)


@pytest.fixture
def connection(shared_engine):
    """A connection in a transaction that is taken back after the test."""
    with shared_engine.execution_options(writes=True).connect() as connection:
        yield connection
        connection.rollback()


BITES = [
    ("alternate_title", {"occupation_code": "99-9999.99"}),
    ("related_occupation", {"occupation_code": "99-9999.99"}),
    ("scale", {"minimum": 7}),
    ("scale", {"maximum": -1}),
    ("load", {"state": "lost"}),
    ("rating", {"occupation_code": "99-9999.99"}),
    ("rating", {"element_id": "9.Z"}),
    ("rating", {"scale_id": "IM"}),
    ("rating", {"value": None}),
    ("rating", {"value": "-0.0001"}),
    ("rating", {"n": -1}),
    ("rating", {"standard_error": "-0.0001"}),
    ("rating", {"lower_ci": "4.3701"}),
    ("landing_rating", {"load_id": 9}),
    ("cache_entry", {"state": "lost"}),
    ("cache_entry", {"origin": "rumour"}),
    ("cache_entry", {"load_id": 9}),
    ("load_table", {"load_id": 9}),
    ("cache_change", {"id": 2}),
    ("warm_job", {"state": "lost"}),
    ("warm_job", {"scope": "some"}),
    ("warm_job", {"load_id": 9}),
    ("warm_item", {"state": "running"}),
    ("warm_item", {"job_id": "9"}),
    ("meaning_source", {"origin": "rumour"}),
    ("upstream_governor", {"id": 2}),
]


def test_a_good_row_is_taken_by_every_table(connection):
    insert_rows(connection, list(GOOD.items()))

    counts = {
        name: len(connection.execute(table.select()).all())
        for name, table in Base.metadata.tables.items()
    }
    assert dict.fromkeys(TABLES, 1) == counts


@pytest.mark.parametrize(("table", "change"), BITES)
def test_a_row_that_breaks_a_constraint_is_refused_by_the_database(connection, table, change):
    insert_rows(connection, rows_before(table))

    # MariaDB reports a broken CHECK as 4025, which its driver counts as operational.
    with pytest.raises((IntegrityError, OperationalError)):
        insert_rows(connection, [(table, GOOD[table] | change)])


@pytest.mark.parametrize(
    ("parent", "child"),
    [
        ("occupation", "rating"),
        ("element", "rating"),
        ("scale", "rating"),
        ("load", "cache_entry"),
        ("load", "landing_rating"),
        ("warm_job", "warm_item"),
    ],
)
def test_a_row_that_others_refer_to_cannot_be_deleted(connection, parent, child):
    insert_rows(connection, [*rows_before(child), (child, GOOD[child])])

    with pytest.raises(IntegrityError):
        connection.execute(Base.metadata.tables[parent].delete())


@pytest.mark.parametrize("table", ["alternate_title", "related_occupation"])
def test_what_is_listed_of_an_occupation_goes_with_it(connection, table):
    insert_rows(connection, [("occupation", GOOD["occupation"]), (table, GOOD[table])])

    connection.execute(Base.metadata.tables["occupation"].delete())

    assert [] == connection.execute(Base.metadata.tables[table].select()).all()


@pytest.mark.parametrize("shared_url", [MYSQL], indirect=True)
@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("occupation", {"title": "x" * 151}),
        ("alternate_title", {"title": "x" * 251}),
        ("related_occupation", {"tier": "x" * 31}),
        ("job_zone", {"name": "x" * 151}),
        ("occupation", {"description": "x" * 65_536}),
        ("scale", {"maximum": 1000}),
        ("cache_entry", {"source_url": "x" * 256}),
    ],
)
def test_a_value_that_does_not_fit_is_refused_and_not_cut(connection, table, change):
    insert_rows(connection, rows_before(table))

    with pytest.raises(DataError):
        insert_rows(connection, [(table, GOOD[table] | change)])


def test_text_and_times_come_back_as_they_went_in(connection):
    title = "Échoppe \N{KITE} 'quotes' \\ \N{LATIN SMALL LETTER E}\N{COMBINING ACUTE ACCENT}"
    insert_rows(connection, [("occupation", {"code": "1", "title": title}), ("load", GOOD["load"])])

    load = Base.metadata.tables["load"]
    assert title == connection.execute(text("SELECT title FROM occupation")).scalar_one()
    assert START == connection.execute(load.select()).one().started_at


def test_ids_that_differ_in_case_or_accent_are_two(connection):
    ids = ["2.A.1.A", "2.A.1.a", "2.\N{LATIN CAPITAL LETTER A WITH ACUTE}.1.a"]
    insert_rows(connection, [("element", GOOD["element"] | {"id": element}) for element in ids])

    element = Base.metadata.tables["element"]
    assert ids == sorted(row.id for row in connection.execute(element.select()))


@pytest.mark.parametrize("direction", ["up", "down"])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_migration_cut_short_at_any_statement_leaves_sqlite_as_it_was(empty_engine, direction):
    """A statement that fails is what a kill looks like to a transaction."""
    if direction == "down":
        upgrade(empty_engine)
    before = tables_of(empty_engine)
    for allowed in itertools.count():
        try:
            with cut_after(empty_engine, allowed):
                upgrade(empty_engine) if direction == "up" else downgrade(empty_engine, "base")
        except DatabaseUnavailable:
            assert before == tables_of(empty_engine)
        else:
            break
    assert allowed >= len(TABLES)
    assert before != tables_of(empty_engine)


def test_of_many_who_migrate_at_once_all_find_the_tables_made(database_url, empty_engine, tmp_path):
    commands = [
        Command("db", "upgrade", folder=tmp_path, DATABASE_URL=database_url) for _ in range(5)
    ]
    said = [command.communicate(SECONDS) for command in commands]

    assert [("", "")] * 5 == said
    assert [0] * 5 == [command.returncode for command in commands]
    assert {*TABLES, "alembic_version"} == tables_of(empty_engine)
    check_ready(empty_engine)


STATEMENTS = 45
"""All that change tables on the way up, and some more."""


@pytest.mark.parametrize("database_url", [MYSQL], indirect=True)
@pytest.mark.parametrize(
    "allowed",
    [
        number if number in (1, 5, 9, 20, 27) else pytest.param(number, marks=pytest.mark.soak)
        for number in range(STATEMENTS)
    ],
)
def test_a_migration_cut_short_at_any_statement_on_mysql_is_gone_on_with(empty_engine, allowed):
    with suppress(DatabaseUnavailable), cut_after(empty_engine, allowed):
        upgrade(empty_engine)

    upgrade(empty_engine)

    check_ready(empty_engine)
    assert [] == differences(empty_engine)


@pytest.mark.parametrize("database_url", [MYSQL], indirect=True)
@pytest.mark.parametrize("allowed", [2, pytest.param(9, marks=pytest.mark.soak)])
def test_a_way_back_cut_short_on_mysql_is_gone_on_with(empty_engine, allowed):
    upgrade(empty_engine)
    with cut_after(empty_engine, allowed), pytest.raises(DatabaseUnavailable):
        downgrade(empty_engine, "base")

    downgrade(empty_engine, "base")
    assert {"alembic_version"} == tables_of(empty_engine)
    upgrade(empty_engine)
    assert [] == differences(empty_engine)


@pytest.mark.parametrize("database_url", [MYSQL], indirect=True)
def test_a_first_migration_that_was_killed_is_told_with_what_mends_it(
    database_url, empty_engine, tmp_path
):
    """Killed as an operator or the system does it: nothing is cleaned up, but its time is over."""
    killed = Command("db", "upgrade", folder=tmp_path, DATABASE_URL=database_url)
    eventually(True, lambda: "occupation" in tables_of(empty_engine), seconds=30)
    killed.kill()
    killed.communicate(SECONDS)
    with empty_engine.execution_options(writes=True).begin() as connection:
        connection.execute(text("DELETE FROM alembic_version"))
    said = "a migration was cut short: `flask db upgrade` goes on with it"
    with pytest.raises(DatabaseUnavailable, match=said):
        check_ready(empty_engine)
    with pytest.raises(DatabaseUnavailable, match=said):
        downgrade(empty_engine, "base")
    over = {"lease_expires_at": datetime.now(UTC)}
    left = update(MigrationLease).where(MigrationLease.lease_owner.is_not(None)).values(over)
    assert 1 == database.write(empty_engine, lambda c: c.execute(left)).rowcount

    done = flask("db", "upgrade", DATABASE_URL=database_url)

    assert (0, "", "") == (done.returncode, done.stdout, done.stderr)
    check_ready(empty_engine)


def stand_at(engine: Engine, revision: str) -> None:
    with engine.execution_options(writes=True).begin() as connection:
        connection.execute(text(f"UPDATE alembic_version SET version_num = '{revision}'"))


def test_what_a_newer_program_migrated_is_let_be_and_told_without_a_traceback(
    database_url, empty_engine
):
    upgrade(empty_engine)
    stand_at(empty_engine, "9999")

    done = flask("db", "upgrade", DATABASE_URL=database_url)

    assert (1, "") == (done.returncode, done.stdout)
    assert done.stderr.startswith(
        f"Error: the database is at revision 9999, this program needs {SCHEMA_REVISION}: "
        "a newer program has migrated it; run that one, or "
    )
    assert 1 == done.stderr.count("\n")


@pytest.mark.parametrize(
    ("revision", "goes_on"),
    [
        (f"9999_lets_{SCHEMA_REVISION[:4]}", True),
        ("9999_lets_0001", True),
        ("9999_lets_9998", False),
        ("9999", False),
    ],
)
def test_a_newer_schema_is_worked_at_where_its_migration_lets_this_program_go_on(
    database_url, empty_engine, revision, goes_on
):
    upgrade(empty_engine)
    stand_at(empty_engine, revision)

    if goes_on:
        check_ready(empty_engine)
        upgrade(empty_engine)
    else:
        for run in (check_ready, upgrade):
            with pytest.raises(DatabaseUnavailable, match="a newer program has migrated it"):
                run(empty_engine)
    assert [(revision,)] == database.read(
        empty_engine, lambda c: c.execute(text("SELECT version_num FROM alembic_version")).all()
    )


@pytest.mark.parametrize("database_url", [MYSQL], indirect=True)
def test_what_a_killed_one_was_migrating_is_another_s_once_its_lease_is_over(
    empty_engine, monkeypatch
):
    with alone(empty_engine):
        pass
    taken = {"lease_owner": "killed", "lease_expires_at": datetime.now(UTC) + timedelta(seconds=1)}
    database.write(empty_engine, lambda c: c.execute(update(MigrationLease).values(taken)))
    waits = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        time.sleep(seconds)

    with alone(empty_engine, sleep):
        monkeypatch.setattr(migrate, "WAIT_FOR_OTHERS", 0.0)
        with (
            pytest.raises(DatabaseUnavailable, match="another one is migrating"),
            alone(empty_engine),
        ):
            pass

    assert 5 < len(waits) < 15


def test_a_table_that_is_lacking_is_named_by_readiness_and_by_upgrade(empty_engine):
    upgrade(empty_engine)
    with empty_engine.execution_options(writes=True).begin() as connection:
        connection.execute(text("DROP TABLE succession"))

    for run in (check_ready, upgrade):
        with pytest.raises(DatabaseUnavailable, match="lacks succession: restore a backup, or em"):
            run(empty_engine)


def offline_sql(monkeypatch, url: str) -> str:
    monkeypatch.setenv("DATABASE_URL", url)
    output = io.StringIO()
    command.upgrade(script_config(output), "head", sql=True)
    return output.getvalue()


@pytest.mark.parametrize("url", ["mysql+mysqldb://app:canary@127.0.0.1/skillgap", "sqlite:///x.db"])
def test_the_statements_can_be_printed_without_a_database(monkeypatch, url):
    sql = offline_sql(monkeypatch, url)

    assert [] == [name for name in TABLES if f"CREATE TABLE {name} (" not in sql.replace("`", "")]
    assert f"version_num='{SCHEMA_REVISION}'" in sql
    assert "canary" not in sql


def test_the_statements_for_mysql_8_are_innodb_utf8mb4_binary_with_microseconds(monkeypatch):
    sql = offline_sql(monkeypatch, "mysql+mysqldb://app@127.0.0.1/skillgap")

    parts = sql.split("CREATE TABLE ")[1:]
    created = [part for part in parts if not part.startswith("alembic_version")]
    assert TABLES == {part.split()[0].strip("`") for part in created}
    for part in created:
        options = part[part.index("\n)") :].partition(";")[0]
        assert "ENGINE=InnoDB" in options
        assert "CHARSET=utf8mb4" in options
        assert "COLLATE utf8mb4_bin" in options
    assert " DATETIME," not in sql
    assert sql.count("DATETIME(6)") >= 8


def test_an_unmigrated_database_is_not_ready_and_says_what_to_do(empty_engine):
    with pytest.raises(DatabaseUnavailable, match="not migrated: run `flask db upgrade`"):
        check_ready(empty_engine)
