"""Transactions that clash are run again; a database that is not there is told within a second."""

import operator
import os
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from threading import Barrier, BrokenBarrierError

import pytest
from sqlalchemy import create_engine, event, insert, make_url, select, text, update
from sqlalchemy.exc import IntegrityError, OperationalError
from support.cut import Cut, lost_commits
from support.mysql_server import PrivateServer, create_database
from support.waiting import at_once

from cache.db import cluster
from cache.db import database as module
from cache.db.database import LONGEST_PAUSE, TRANSACTION_ATTEMPTS, check_ready, connect, read, write
from cache.db.migrate import upgrade
from cache.db.onet_tables import Occupation
from cache.db.unavailable import DatabaseUnavailable

pytestmark = pytest.mark.waits

ONLY_MYSQL = pytest.mark.parametrize(
    "engine", [pytest.param("mysql", marks=pytest.mark.mysql)], indirect=True
)
ONLY_SQLITE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
FIRST, SECOND = "11-9001.00", "15-9002.00"
COUNT = text("SELECT COUNT(*) FROM occupation")


@contextmanager
def within(seconds: float):
    """Fail where the block takes longer."""
    since = time.monotonic()
    yield
    assert time.monotonic() - since < seconds


@pytest.fixture
def occupations(engine):
    """Two rows to fight over."""
    rows = [{"code": code, "title": ""} for code in (FIRST, SECOND)]
    write(engine, lambda connection: connection.execute(insert(Occupation), rows))


def titles(engine) -> list[str]:
    query = select(Occupation.title).order_by(Occupation.code)
    return list(read(engine, lambda connection: connection.execute(query).scalars()))


def count(connection) -> int:
    return connection.execute(COUNT).scalar()


def add_letter(connection, code: str, letter: str) -> None:
    row = update(Occupation).where(Occupation.code == code)
    connection.execute(row.values(title=Occupation.title + letter))


@ONLY_MYSQL
def test_a_deadlock_is_run_again_until_both_transactions_are_done(engine, occupations):
    barrier = Barrier(2)
    attempts: list[str] = []

    def work(letter: str, codes):
        def steps(connection) -> None:
            attempts.append(letter)
            add_letter(connection, codes[0], letter)
            with suppress(BrokenBarrierError):
                barrier.wait(2)  # both hold their first row: the next one is the other's
            add_letter(connection, codes[1], letter)

        write(engine, steps)

    with ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(work, "a", [FIRST, SECOND]), pool.submit(work, "b", [SECOND, FIRST])]
        time.sleep(0.5)
        barrier.abort()  # the second attempt has nobody to meet
        for job in jobs:
            job.result(30)

    assert len(attempts) >= 3
    assert ["ab", "ab"] == ["".join(sorted(title)) for title in titles(engine)]


@ONLY_MYSQL
def test_a_lock_waited_for_too_long_is_asked_for_again(engine, occupations):
    attempts = []
    with engine.connect() as holder:
        add_letter(holder, FIRST, "a")

        def work(connection) -> None:
            attempts.append(1)
            connection.execute(text("SET SESSION innodb_lock_wait_timeout = 1"))
            add_letter(connection, FIRST, "b")

        write(engine, work, sleep=lambda _seconds: holder.commit())

    assert 2 == len(attempts)
    assert ["ab", ""] == titles(engine)


def test_writers_that_read_first_take_turns(engine, occupations):
    """Where SQLite's reader turns writer after another's commit, its snapshot is too old."""
    barrier = Barrier(2)

    def work(letter: str) -> None:
        def steps(connection) -> None:
            count(connection)
            with suppress(BrokenBarrierError):
                barrier.wait(0.2)
            add_letter(connection, FIRST, letter)

        write(engine, steps)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, "ab"))

    assert "ab" == "".join(sorted(titles(engine)[0]))


def clash(number: int) -> OperationalError:
    return OperationalError("UPDATE", None, Exception(number, "clash"))


@pytest.mark.parametrize("number", [1205, 1213])
def test_a_transaction_that_always_clashes_is_given_up_after_a_few_growing_waits(engine, number):
    attempts, waits = [], []

    def work(_connection) -> None:
        attempts.append(1)
        raise clash(number)

    with pytest.raises(DatabaseUnavailable):
        write(engine, work, sleep=waits.append)

    assert TRANSACTION_ATTEMPTS == len(attempts)
    assert TRANSACTION_ATTEMPTS - 1 == len(waits)
    assert all(LONGEST_PAUSE >= wait > 0 for wait in waits)
    assert sum(waits[-3:]) > 3 * sum(waits[:3])
    assert 1.5 < sum(waits) < 5


def lost() -> OperationalError:
    error = Exception(2013, "Lost connection")
    return OperationalError("SELECT 1", None, error, connection_invalidated=True)


@pytest.mark.parametrize("is_cluster", [False, True])
def test_what_is_lost_on_a_cluster_is_tried_on_other_servers_for_seconds(
    engine, monkeypatch, is_cluster
):
    if is_cluster:
        monkeypatch.setattr(cluster, "_clusters", {engine.dialect})
    monkeypatch.setattr(module, "OTHERS_PAUSE", 0.0)
    attempts = []

    def work(_connection) -> None:
        attempts.append(1)
        if len(attempts) < 5:
            raise lost()

    runs = {
        read: lambda **how: read(engine, work, **how),
        write: lambda: write(engine, work, sleep=lambda _seconds: None),
    }
    for run in runs.values():
        attempts.clear()
        with nullcontext() if is_cluster else pytest.raises(DatabaseUnavailable):
            run()
        assert (len(attempts) == 5) == is_cluster
    attempts.clear()
    with pytest.raises(DatabaseUnavailable):
        runs[read](hasty=True)


@pytest.mark.parametrize("bears_twice", [False, True])
def test_what_was_lost_while_committing_is_run_again_only_if_it_bears_that(
    engine, occupations, bears_twice
):
    def work(connection) -> None:
        add_letter(connection, FIRST, "a")

    with lost_commits(engine), nullcontext() if bears_twice else pytest.raises(DatabaseUnavailable):
        write(engine, work, bears_twice=bears_twice)

    assert ["aa" if bears_twice else "a", ""] == titles(engine)


def test_what_a_failed_attempt_wrote_is_not_kept(engine, occupations):
    attempts = []

    def work(connection) -> None:
        attempts.append(1)
        add_letter(connection, FIRST, "a")
        if len(attempts) < 3:
            raise clash(1213)

    write(engine, work, sleep=lambda _seconds: None)

    assert ["a", ""] == titles(engine)


@pytest.mark.parametrize("error", [ValueError("no"), clash(1064), Cut()])
def test_any_other_error_is_not_run_again_and_leaves_nothing(engine, occupations, error):
    attempts = []

    def work(connection) -> None:
        attempts.append(1)
        add_letter(connection, FIRST, "a")
        raise error

    expected = DatabaseUnavailable if isinstance(error, OperationalError) else type(error)
    with pytest.raises(expected):
        write(engine, work)

    assert 1 == len(attempts)
    assert ["", ""] == titles(engine)


def test_an_error_shows_no_value(engine, occupations):
    row = {"code": FIRST, "title": "canary"}

    with pytest.raises(IntegrityError) as raised:
        write(engine, lambda connection: connection.execute(insert(Occupation), row))

    assert "canary" not in str(raised.value)


def test_every_connection_goes_back_to_the_pool(engine, occupations):
    def fail(_connection) -> None:
        raise LookupError

    for run in (read, write):
        run(engine, count)
        with pytest.raises(LookupError):
            run(engine, fail)

    assert 0 == engine.pool.checkedout()


def test_a_reader_does_not_wait_for_a_writer_and_sees_only_what_is_committed(engine, occupations):
    with engine.execution_options(writes=True).begin() as writer:
        add_letter(writer, FIRST, "a")
        with within(1):
            assert ["", ""] == titles(engine)

    assert ["a", ""] == titles(engine)


def test_a_pool_in_use_is_told_within_a_second(engine, occupations):
    with ExitStack() as stack:
        for _ in range(engine.pool.size() + engine.pool._max_overflow):
            stack.enter_context(engine.connect())

        with within(1.5), pytest.raises(DatabaseUnavailable):
            titles(engine)

    assert ["", ""] == titles(engine)


def test_a_crowd_has_its_turn_as_long_as_the_database_answers(engine, occupations):
    """Five times as many as there are connections, each for 0.3 s: the last wait longer than 1."""

    def work(connection) -> int:
        found = count(connection)
        time.sleep(0.3)
        return found

    crowd = 5 * (engine.pool.size() + engine.pool._max_overflow)

    assert [2] * crowd == [done.result for done in at_once([lambda: read(engine, work)] * crowd)]


@ONLY_SQLITE
def test_sqlite_keeps_foreign_keys_and_a_write_ahead_log_on_every_connection(engine):
    with ExitStack() as stack:
        for _ in range(3):
            connection = stack.enter_context(engine.connect())
            assert 1 == connection.execute(text("PRAGMA foreign_keys")).scalar()
            assert "wal" == connection.execute(text("PRAGMA journal_mode")).scalar()


def test_a_damaged_database_is_told_as_unavailable(tmp_path):
    path = tmp_path / "x.db"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE occupation (code)")
        database.executemany("INSERT INTO occupation VALUES (?)", [("x" * 500,)] * 100)
    database.close()
    data = bytearray(path.read_bytes())
    data[4096:] = os.urandom(len(data) - 4096)
    path.write_bytes(data)
    engine = connect(make_url(f"sqlite:///{path}"))

    with pytest.raises(DatabaseUnavailable):
        read(engine, lambda connection: connection.execute(text("SELECT * FROM occupation")).all())
    engine.dispose()


def test_the_folder_of_a_new_database_is_made(tmp_path):
    engine = connect(make_url(f"sqlite:///{tmp_path / 'a' / 'b' / 'x.db'}"))

    upgrade(engine)

    check_ready(engine)
    engine.dispose()


class Killer:
    """Ends the server's side of connections, as an administrator or a proxy does."""

    def __init__(self, url) -> None:
        self.engine = create_engine(url, isolation_level="AUTOCOMMIT", pool_pre_ping=True)

    def __call__(self, number: int) -> None:
        with self.engine.connect() as connection, suppress(OperationalError):  # it has gone
            connection.execute(text(f"KILL CONNECTION {number}"))

    def one_of(self, database: str) -> int:
        """End any connection to a database but its own; return how many, 0 or 1."""
        others = text(
            "SELECT id FROM information_schema.processlist "
            "WHERE db = :database AND id != CONNECTION_ID() ORDER BY RAND() LIMIT 1"
        )
        with self.engine.connect() as connection:
            number = connection.execute(others, {"database": database}).scalar()
        if number is not None:
            self(number)
        return number is not None


@pytest.fixture
def kill(engine):
    killer = Killer(engine.url)
    yield killer
    killer.engine.dispose()


def number_of(connection) -> int:
    return connection.execute(text("SELECT CONNECTION_ID()")).scalar()


@ONLY_MYSQL
def test_a_connection_killed_in_a_transaction_leaves_nothing_and_the_next_one_works(
    engine, occupations, kill
):
    def work(connection) -> None:
        add_letter(connection, FIRST, "a")
        kill(number_of(connection))
        add_letter(connection, SECOND, "a")

    with pytest.raises(DatabaseUnavailable):
        write(engine, work)

    assert ["", ""] == titles(engine)
    write(engine, lambda connection: add_letter(connection, FIRST, "b"))
    assert ["b", ""] == titles(engine)


@ONLY_MYSQL
@pytest.mark.parametrize("killed", [1, 2])
def test_a_reading_whose_connection_is_killed_is_read_again(engine, occupations, kill, killed):
    attempts = []

    def work(connection) -> int:
        attempts.append(1)
        if len(attempts) <= killed:
            kill(number_of(connection))
        return count(connection)

    assert 2 == read(engine, work)
    assert killed + 1 == len(attempts)


@ONLY_MYSQL
def test_a_reading_that_is_there_is_used_though_its_connection_was_killed(
    engine, occupations, kill
):
    attempts = []

    def work(connection) -> int:
        attempts.append(1)
        found = count(connection)
        kill(number_of(connection))
        return found

    assert 2 == read(engine, work)
    assert 1 == len(attempts)
    assert 0 == engine.pool.checkedout()
    assert 2 == read(engine, count)


@ONLY_MYSQL
def test_what_is_committed_is_told_so_though_its_connection_is_killed(engine, occupations, kill):
    @event.listens_for(engine, "reset")
    def reset(connection, _record, _state) -> None:
        kill(connection.thread_id())

    assert "done" == write(engine, lambda connection: add_letter(connection, FIRST, "a") or "done")

    event.remove(engine, "reset", reset)
    assert ["a", ""] == titles(engine)


@ONLY_MYSQL
def test_connections_killed_under_load_cost_no_reading(engine, occupations, kill):
    """One after the other is killed while all are read on, none twice in one reading."""
    until = time.monotonic() + 1.5
    done = [0] * 6

    def read_on(reader: int) -> int:
        while time.monotonic() < until:
            assert 2 == read(engine, count)
            done[reader] += 1
        return done[reader]

    with ThreadPoolExecutor(len(done)) as pool:
        readers = [pool.submit(read_on, reader) for reader in range(len(done))]
        kills, before = 0, list(done)
        while time.monotonic() < until:
            time.sleep(0.002)
            if all(map(operator.lt, before, done)):
                before = list(done)
                kills += kill.one_of(str(engine.url.database))
        assert all(reader.result() for reader in readers)
    assert kills > 20


@ONLY_MYSQL
def test_a_lenient_server_still_refuses_what_does_not_fit(engine):
    modes = read(engine, lambda connection: connection.execute(text("SELECT @@sql_mode")).scalar())

    assert {"STRICT_ALL_TABLES", "NO_ENGINE_SUBSTITUTION"} <= set(modes.split(","))


@pytest.fixture(scope="module")
def private_server():
    """A server that tests stop and start, with one migrated database on it."""
    server = PrivateServer()
    server.start()
    create_database(server.url, "skillgap")
    yield server
    server.remove()


@pytest.fixture
def private_engine(private_server):
    engine = connect(private_server.url.set(database="skillgap"), read_timeout=1)
    upgrade(engine)
    yield engine
    engine.dispose()


@pytest.mark.mysql
@pytest.mark.parametrize("run", [read, write], ids=["read", "write"])
def test_a_server_that_stopped_is_told_within_a_second_and_used_again_when_it_is_back(
    private_server, private_engine, run
):
    assert 0 == run(private_engine, count)

    private_server.stop()
    for _ in range(3):
        with within(1), pytest.raises(DatabaseUnavailable):
            run(private_engine, count)

    private_server.start()
    assert 0 == run(private_engine, count)


@pytest.mark.mysql
def test_a_server_that_was_restarted_is_read_on_without_an_error(private_server, private_engine):
    assert 0 == read(private_engine, count)

    private_server.stop()
    private_server.start()

    assert 0 == read(private_engine, count)


@pytest.mark.mysql
@pytest.mark.parametrize("used", [True, False], ids=["connected before", "not connected"])
def test_a_server_that_does_not_answer_is_given_up(private_server, private_engine, used):
    if used:
        assert 0 == read(private_engine, count)
    else:
        private_engine.dispose()

    private_server.freeze()
    try:
        with within(3), pytest.raises(DatabaseUnavailable):
            read(private_engine, count)
    finally:
        private_server.thaw()

    assert 0 == read(private_engine, count)
