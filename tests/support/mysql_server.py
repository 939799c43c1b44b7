"""A MySQL or MariaDB server of the test session's own, and empty databases on it."""

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlalchemy import URL, NullPool, create_engine, make_url, text
from sqlalchemy.exc import OperationalError

START_SECONDS = 60.0
STOP_SECONDS = 30.0
# Daemons live in sbin, which an ordinary user's PATH leaves out.
_SEARCH_PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/local/sbin", "/usr/sbin"])


def find_program() -> str | None:
    """The installed server's path, MariaDB before MySQL; None where there is none."""
    return shutil.which("mariadbd", path=_SEARCH_PATH) or shutil.which("mysqld", path=_SEARCH_PATH)


def is_driver_installed() -> bool:
    """Whether mysqlclient is there: it is built only where a compiler and its headers are."""
    try:
        import MySQLdb  # noqa: F401
    except ImportError:
        return False
    return True


def free_port() -> int:
    """A loopback TCP port that nothing listens on at this moment."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


HASTY = ("--innodb-doublewrite=OFF", "--innodb-flush-log-at-trx-commit=0")


class Daemon:
    """A database server that can be lost in every way."""

    _process: "subprocess.Popen[bytes] | None" = None

    def stop(self) -> None:
        """End the server and wait for it; its data stays, and `start` serves it again."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def kill(self) -> None:
        """End the server as a crash does; its data stays, and `start` serves it again."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def freeze(self) -> None:
        """Let the server stand still until `thaw`: it takes connections and answers nothing."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        for stat in Path(f"/proc/{self._process.pid}/task").glob("*/stat"):
            while stat.read_text().rpartition(")")[2].split()[0] != "T":
                time.sleep(0.01)

    def thaw(self) -> None:
        """Let the server go on."""
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)


class PrivateServer(Daemon):
    """The installed server with data, account and port of its own; it ends with this process.

    Buffers are small. Unless it is durable, what was committed waits a second to be written, so
    that a commit costs no flush: a crash loses it, so only a durable server can be killed.
    The one account is `tester@127.0.0.1`, with a password made for this server.
    """

    def __init__(self, *options: str, durable: bool = False) -> None:
        self._durable = durable
        self._more = options
        self._program = find_program() or "mariadbd"
        self._folder = Path(tempfile.mkdtemp(prefix="skillgap-mysql-"))
        password = secrets.token_urlsafe(16)
        self.port = free_port()
        self.url = URL.create("mysql+mysqldb", "tester", password, "127.0.0.1", self.port)
        (self._folder / "init.sql").write_text(
            f"CREATE USER IF NOT EXISTS 'tester'@'127.0.0.1' IDENTIFIED BY '{password}';\n"
            "GRANT ALL ON *.* TO 'tester'@'127.0.0.1' WITH GRANT OPTION;\n"
        )

    def start(self) -> None:
        """Start and wait until the account can log in; the server ends with the calling thread.

        Raises:
            RuntimeError: The server could not make its data or start; with the end of its log.
        """
        if not (self._folder / "data").exists():
            self._install()
        # The kernel ends the server with the thread that started it, even one that is killed. A
        # session of its own keeps Ctrl-C from it: the tests end it, once they are done with it.
        leash = ["setpriv", "--pdeathsig", "TERM"] if shutil.which("setpriv") else []
        with (self._folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                [*leash, self._program, *self._options()],
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._accepts_logins():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(self._failure("did not start"))
            time.sleep(0.05)

    def kill(self) -> None:
        assert self._durable, "what was committed in the last second would be lost"
        super().kill()

    def remove(self) -> None:
        """End the server and remove its data."""
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _install(self) -> None:
        if "mariadb" in Path(self._program).resolve().name:
            installer = shutil.which("mariadb-install-db") or "mariadb-install-db"
            command = [installer, "--no-defaults", "--skip-test-db"]
            command.append("--auth-root-authentication-method=normal")
        else:
            command = [self._program, "--no-defaults", "--initialize-insecure"]
        command += [f"--datadir={self._folder / 'data'}", *self._as_root()]
        # Two that begin at once clash over the names of temporary tables in a shared folder.
        command.append(f"--tmpdir={self._folder}")
        done = subprocess.run(command, capture_output=True, check=False)
        if done.returncode:
            (self._folder / "server.log").write_bytes(done.stdout + done.stderr)
            raise RuntimeError(self._failure("could not make its data folder"))

    def _options(self) -> Sequence[str]:
        return [
            "--no-defaults",
            f"--datadir={self._folder / 'data'}",
            f"--tmpdir={self._folder}",
            f"--socket={self._folder / 'socket'}",
            f"--pid-file={self._folder / 'pid'}",
            f"--init-file={self._folder / 'init.sql'}",
            "--skip-networking=0",
            "--bind-address=127.0.0.1",
            f"--port={self.port}",
            "--skip-name-resolve",
            "--loose-mysqlx=OFF",
            "--character-set-server=utf8mb4",
            "--innodb-buffer-pool-size=64M",
            "--innodb-buffer-pool-dump-at-shutdown=OFF",
            "--innodb-buffer-pool-load-at-startup=OFF",
            "--performance-schema=OFF",
            *([] if self._durable else HASTY),
            *self._more,
            *self._as_root(),
        ]

    @staticmethod
    def _as_root() -> list[str]:
        return ["--user=root"] if os.geteuid() == 0 else []

    def _accepts_logins(self) -> bool:
        engine = create_engine(self.url, connect_args={"connect_timeout": 2})
        try:
            engine.connect().close()
        except OperationalError:
            return False
        finally:
            engine.dispose()
        return True

    def _failure(self, what: str) -> str:
        log = (self._folder / "server.log").read_text(errors="replace")
        last_lines = "\n".join(log.splitlines()[-15:])
        return f"{self._program} {what}; set TEST_MYSQL_URL to use another server.\n{last_lines}"


@contextlib.contextmanager
def running_server(*, durable: bool = False) -> Iterator[URL]:
    """A private server for as long as the block runs; gives its URL, which names no database.

    Where commits are measured it has to be durable, as in production.
    """
    server = PrivateServer(durable=durable)
    try:
        server.start()
        yield server.url
    finally:
        server.remove()


def create_database(server: URL, name: str) -> None:
    """Create an empty database."""
    _execute(server, f"CREATE DATABASE {name} CHARACTER SET utf8mb4")


@contextlib.contextmanager
def empty_database(server: URL | str) -> Iterator[str]:
    """An empty database under a name of its own, dropped after the block; gives its URL.

    The URL is a string with the password in it, as `DATABASE_URL` takes it.
    """
    url = make_url(server)
    name = f"skillgap_test_{os.getpid()}_{secrets.token_hex(4)}"
    create_database(url, name)
    try:
        yield url.set(database=name).render_as_string(hide_password=False)
    finally:
        _execute(url, f"DROP DATABASE {name}")


def _execute(server: URL, statement: str) -> None:
    engine = create_engine(
        server.set(database=""), isolation_level="AUTOCOMMIT", poolclass=NullPool
    )
    with engine.connect() as connection:
        # A test that leaves a transaction open fails here instead of waiting a day.
        connection.execute(text("SET SESSION lock_wait_timeout = 10"))
        connection.execute(text(statement))
