"""Each way in which a real server cannot be used: the driver says why, and the next one works."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import URL, Engine, create_engine, insert, text
from sqlalchemy.exc import OperationalError
from support.mysql_server import PrivateServer, create_database, free_port
from support.waiting import at_once

from cache.db import database
from cache.db.database import connect, read, write
from cache.db.migrate import upgrade
from cache.db.onet_tables import Occupation
from cache.db.unavailable import DatabaseUnavailable
from cache.db.url import parse
from cache.entries.store import Store

pytestmark = [pytest.mark.waits, pytest.mark.mysql]
ROWS = [{"code": f"11-{number}.00", "title": "x" * 150} for number in range(1000, 1100)]


@pytest.fixture(scope="module")
def server() -> Iterator[PrivateServer]:
    """A server whose settings these tests change, with a migrated database on it."""
    server = PrivateServer()
    server.start()
    create_database(server.url, "skillgap")
    with control(server) as run:
        # Without the rights that overrule read_only and max_connections.
        run("CREATE USER plain@127.0.0.1 IDENTIFIED BY 'canary'")
        run("GRANT SELECT, INSERT, UPDATE, DELETE ON skillgap.* TO plain@127.0.0.1")
    engine = connect(server.url.set(database="skillgap"))
    upgrade(engine)
    engine.dispose()
    yield server
    server.remove()


@contextmanager
def control(server: PrivateServer):
    """Runs statements as the account that may do everything."""
    engine = create_engine(server.url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield lambda statement: connection.execute(text(statement))
    engine.dispose()


@pytest.fixture
def url(server: PrivateServer) -> URL:
    return server.url.set(username="plain", password="canary", database="skillgap")


@contextmanager
def opened(url: URL) -> Iterator[Engine]:
    engine = connect(url, read_timeout=1)
    yield engine
    engine.dispose()


def look(engine: Engine, query: str = "SELECT 1") -> object:
    """Return the last column of the one row that a query gives."""
    return read(engine, lambda connection: connection.execute(text(query)).one()[-1])


def store(engine: Engine) -> object:
    return write(engine, lambda connection: connection.execute(insert(Occupation), ROWS))


def why(run, engine: Engine) -> str:
    with pytest.raises(DatabaseUnavailable) as raised:
        run(engine)
    assert "canary" not in f"{raised.value} {raised.value.__cause__}"
    return str(raised.value)


@pytest.mark.parametrize("run", [look, store], ids=["read", "write"])
@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"password": "canary2"}, "(1045 Access denied for user 'plain'@'127.0.0.1' (using passw"),
        ({"host": "host.invalid"}, "(2005 Unknown server host 'host.invalid' "),
        ({"port": None}, "(2002 Can't connect to server on '127.0.0.1' "),
        ({"database": "nowhere"}, "(1044 Access denied for user 'plain'@'127.0.0.1' to database"),
    ],
)
def test_a_server_that_cannot_be_reached_says_why_within_a_second(
    url: URL, change: dict, expected: str, run
) -> None:
    change = {key: free_port() if key == "port" else value for key, value in change.items()}
    with opened(url.set(**change)) as engine:
        began = time.monotonic()
        assert expected in why(run, engine)
        assert time.monotonic() - began < 1


def test_a_schema_that_is_not_there_is_named(server: PrivateServer) -> None:
    with opened(server.url.set(database="nowhere")) as engine:
        assert "(1049 Unknown database 'nowhere')" in why(look, engine)


def test_of_several_hosts_the_first_that_answers_is_used(url: URL) -> None:
    hosts = f"127.0.0.1:{free_port()},127.0.0.1:{url.port}"
    several = url.set(host="", port=None).update_query_dict({"host": hosts})

    with opened(parse(several.render_as_string(hide_password=False))) as engine:
        assert 1 == look(engine)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("ssl_mode=REQUIRED", "DATABASE_URL asks for TLS, which the server does not offer"),
        ("ssl_cipher=AES256-SHA", "DATABASE_URL asks for TLS, which the server does not offer"),
        ("ssl_mode=VERIFY_CA", "(2026 TLS/SSL error: SSL is required, but the server does not"),
        ("ssl_ca=/etc/hosts", "(2026 TLS/SSL error: "),
    ],
)
def test_tls_that_is_asked_of_a_server_without_is_missed(
    url: URL, options: str, expected: str
) -> None:
    asked = parse(f"{url.render_as_string(hide_password=False)}?{options}")

    with opened(asked) as engine:
        for _ in range(12):  # more than there are connections: none is lost
            assert expected in why(look, engine)


@pytest.mark.parametrize("options", ["", "?ssl_mode=PREFERRED", "?ssl_mode=DISABLED"])
def test_without_a_word_of_tls_a_server_without_is_used(url: URL, options: str) -> None:
    with opened(parse(f"{url.render_as_string(hide_password=False)}{options}")) as engine:
        assert 1 == look(engine)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the server's certificate (`db.pem`, `db.key`) and another authority's."""
    folder = tmp_path_factory.mktemp("certificates")
    for name in ("db", "other"):
        command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
        command += ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
        command += ["-keyout", f"{folder / name}.key", "-out", f"{folder / name}.pem"]
        subprocess.run(command, check=True, capture_output=True)
    return folder


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificates")
def test_tls_is_used_and_verified_as_it_is_asked_for(certificates: Path) -> None:
    server = PrivateServer(
        f"--ssl-cert={certificates / 'db.pem'}", f"--ssl-key={certificates / 'db.key'}"
    )
    try:
        server.start()
        plain = f"{server.url.set(database='mysql').render_as_string(hide_password=False)}?"
        for options in ("ssl_mode=REQUIRED", f"ssl_ca={certificates / 'db.pem'}"):
            with opened(parse(plain + options)) as engine:
                assert look(engine, "SHOW STATUS LIKE 'Ssl_cipher'")
        with opened(parse(f"{plain}ssl_ca={certificates / 'other.pem'}")) as engine:
            assert "(2026 TLS/SSL error: " in why(look, engine)
    finally:
        server.remove()


@contextmanager
def set_to(server: PrivateServer, name: str, value: object) -> Iterator[None]:
    """Let a variable of the server have a value for as long as the block runs."""
    with control(server) as run:
        before = run(f"SELECT @@GLOBAL.{name}").scalar()
        run(f"SET GLOBAL {name} = {value}")
        try:
            yield
        finally:
            run(f"SET GLOBAL {name} = {before}")


def test_a_server_that_only_reads_says_so_and_is_read_on(server: PrivateServer, url: URL) -> None:
    with opened(url) as engine, set_to(server, "read_only", 1):
        assert "(1290 The MariaDB server is running with the --read-only" in why(store, engine)
        assert 1 == look(engine)


def test_a_packet_that_the_server_takes_no_more_is_told(server: PrivateServer, url: URL) -> None:
    with set_to(server, "max_allowed_packet", 1024), opened(url) as engine:
        said = why(store, engine)
        assert "(1153 Got a packet bigger than" in said or "(2006 " in said
        assert 1 == look(engine)


@pytest.fixture
def first_of_a_crowd(server: PrivateServer, url: URL) -> Iterator[Engine]:
    """An engine that has a connection, to a server whose others are all taken then."""
    with set_to(server, "max_connections", 10), ExitStack() as stack:
        engine = stack.enter_context(opened(url))
        assert 1 == look(engine)
        crowd = create_engine(url, pool_size=20)
        with suppress(OperationalError):
            while True:
                stack.enter_context(crowd.connect())
        yield engine


def test_a_server_with_too_many_connections_says_so(url: URL, first_of_a_crowd: Engine) -> None:
    with opened(url) as newcomer:
        assert "(1040 Too many connections)" in why(look, newcomer)
    assert 1 == look(first_of_a_crowd)


def test_a_crowd_shares_the_connections_that_a_server_lets_it_have(
    first_of_a_crowd: Engine,
) -> None:
    reads = [lambda: look(first_of_a_crowd, "SELECT 1 + SLEEP(0.1)")] * 8

    assert [1] * 8 == [done.result for done in at_once(reads)]
    assert first_of_a_crowd.pool.checkedin() < len(reads)


def test_a_lock_that_another_has_is_told_after_the_last_try(
    server: PrivateServer, url: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "TRANSACTION_ATTEMPTS", 2)
    with opened(url) as engine, control(server) as run:
        run("INSERT INTO skillgap.occupation (code, title) VALUES ('11-1000.00', '')")
        with create_engine(url).connect() as holder:
            holder.execute(text("UPDATE occupation SET title = 'held'"))

            def late(connection) -> None:
                connection.execute(text("SET SESSION innodb_lock_wait_timeout = 1"))
                connection.execute(text("UPDATE occupation SET title = 'late'"))

            thread = Thread(target=lambda: why(lambda one: write(one, late), engine))
            thread.start()
            assert 1 == look(engine)
            thread.join()
        run("DELETE FROM skillgap.occupation")


@pytest.mark.parametrize(
    ("change", "back", "expected"),
    [
        ("RENAME TABLE cache_entry TO gone", "RENAME TABLE gone TO cache_entry", "(1146 Table "),
        (
            "ALTER TABLE cache_entry RENAME COLUMN origin TO gone",
            "ALTER TABLE cache_entry RENAME COLUMN gone TO origin",
            "(1054 Unknown column ",
        ),
    ],
)
def test_a_table_or_column_that_is_not_there_says_what_to_run(
    server: PrivateServer, url: URL, change: str, back: str, expected: str
) -> None:
    with opened(url) as engine, control(server) as run:
        run("USE skillgap")
        run(change)
        try:
            said = why(lambda one: Store(one).read("skills", ["11-1000.00"]), engine)
        finally:
            run(back)
    assert said.startswith(f"the database is not migrated: run `flask db upgrade` {expected}")
