"""A Galera cluster of three MariaDB nodes on loopback, each of which can be lost in every way."""

import os
import re
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path

from sqlalchemy import URL, NullPool, create_engine, text
from sqlalchemy.exc import DBAPIError
from support.mysql_server import Daemon, find_program, is_driver_installed

PROVIDERS = ("/usr/lib/galera/libgalera_smm.so", "/usr/lib64/galera-4/libgalera_smm.so")
NAME = "skillgap"
PORT = 33306
SECONDS = 60.0
"""What a node may take to start, to join, or to be told as ready."""
PROMPT = {
    "evs.keepalive_period": "PT0.25S",
    "evs.inactive_check_period": "PT0.25S",
    "evs.suspect_timeout": "PT1S",
    "evs.inactive_timeout": "PT2S",
    "evs.install_timeout": "PT1S",
    "evs.join_retrans_period": "PT0.3S",
}
"""A node that is silent is left out after a second, instead of five."""
CONFIGURATION = """[mysqld]
datadir={folder}/data
tmpdir={folder}
socket={folder}/socket
pid-file={folder}/pid
log-error={folder}/log.err
bind-address={address}
port={port}
skip-name-resolve
character-set-server=utf8mb4
innodb-buffer-pool-size=64M
innodb-log-file-size=16M
innodb-flush-log-at-trx-commit=0
innodb-doublewrite=OFF
innodb-buffer-pool-dump-at-shutdown=OFF
innodb-buffer-pool-load-at-startup=OFF
performance-schema=OFF
binlog-format=ROW
default-storage-engine=InnoDB
innodb-autoinc-lock-mode=2
wsrep-on=ON
wsrep-provider={provider}
wsrep-cluster-name={name}
wsrep-cluster-address=gcomm://{members}
wsrep-node-address={address}
wsrep-node-incoming-address={address}:{port}
wsrep-sst-method=rsync
wsrep-sst-receive-address={address}:4444
wsrep-slave-threads=2
wsrep-provider-options="{options}"
"""


def why_without_galera() -> str | None:
    """Say what is missing for a cluster; None where nothing is."""
    needed = {
        "mysqlclient": is_driver_installed(),
        "mariadbd": "mariadb" in Path(find_program() or "").resolve().name,
        "galera-4": any(Path(provider).exists() for provider in PROVIDERS),
        "wsrep_sst_rsync": shutil.which("wsrep_sst_rsync") is not None,
        "rsync": shutil.which("rsync") is not None,
        "haproxy": _tool("haproxy") is not None,
        "iptables, as root": os.geteuid() == 0 and _may_cut(),
    }
    missing = [name for name, is_there in needed.items() if not is_there]
    return f"no cluster: {', '.join(missing)} is missing" if missing else None


def _tool(name: str) -> str | None:
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")


def _iptables(*words: str) -> subprocess.CompletedProcess[bytes]:
    command = [_tool("iptables") or "iptables", "-w", *words]
    return subprocess.run(command, capture_output=True, check=False)


def _may_cut() -> bool:
    with suppress(OSError):
        return _iptables("-L", "INPUT", "-n").returncode == 0
    return False


class Node(Daemon):
    """A node on an address of loopback, with data of its own; run as the user `mysql`."""

    def __init__(self, cluster: "Cluster", number: int) -> None:
        self.number = number
        self.address = cluster.address_of(number)
        self.url = cluster.account.set(host=self.address)
        self._cluster = cluster
        self._folder = cluster.folder / f"node-{number}"
        self._cut_from: list[tuple[str, str]] = []

    def prepare(self) -> None:
        """Make its folder and configuration."""
        (self._folder / "data").mkdir(parents=True)
        members = ",".join(f"{each.address}:4567" for each in self._cluster.nodes)
        options = {
            "gmcast.listen_addr": f"tcp://{self.address}:4567",
            "ist.recv_addr": f"{self.address}:4568",
            "gcache.size": "32M",
            "gcache.page_size": "16M",
            **self._cluster.options,
        }
        self._configuration.write_text(
            CONFIGURATION.format(
                folder=self._folder,
                address=self.address,
                port=PORT,
                provider=next(each for each in PROVIDERS if Path(each).exists()),
                name=self._cluster.folder.name,
                members=members,
                options=";".join(f"{name}={value}" for name, value in options.items()),
            )
        )
        for path in (self._folder, *self._folder.iterdir()):
            shutil.chown(path, "mysql", "mysql")

    def install(self) -> None:
        """Make the tables of the server's own; other nodes get theirs from this one."""
        command = ["mariadb-install-db", f"--defaults-file={self._configuration}", "--user=mysql"]
        command += ["--wsrep-on=OFF", "--skip-test-db", "--auth-root-authentication-method=normal"]
        done = subprocess.run(command, capture_output=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    def start(self, *, first: bool = False) -> None:
        """Begin a cluster, or join it, and wait until it is ready."""
        options = ["--wsrep-new-cluster"] if first else self._position()
        if first:
            script = self._folder / "init.sql"
            script.write_text(self._cluster.first_statements)
            options.append(f"--init-file={script}")
        self._process = self._run(*options)
        self._await_ready()

    def _position(self) -> list[str]:
        """Tell how far it has come, as a service manager does: what it lacks is sent, not all."""
        if not (self._folder / "data" / "ibdata1").exists():
            return []
        self._run("--wsrep-recover").wait(SECONDS)
        found = re.findall(r"Recovered position: (\S+:\d+)", self.log)
        return [f"--wsrep-start-position={found[-1]}"] if found else []

    def _run(self, *options: str) -> "subprocess.Popen[bytes]":
        # The kernel ends the node with the thread that started it, even one that is killed.
        command = ["setpriv", "--pdeathsig", "TERM", find_program() or "mariadbd"]
        command += [f"--defaults-file={self._configuration}", "--user=mysql", *options]
        return subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )

    @property
    def _configuration(self) -> Path:
        return self._folder / "my.cnf"

    @property
    def log(self) -> str:
        return (self._folder / "log.err").read_text(errors="replace")

    @property
    def is_ready(self) -> bool:
        """Whether it is part of the cluster and takes statements."""
        return self.status("wsrep_local_state_comment") == "Synced"

    def status(self, name: str) -> str | None:
        """Read a value of its status; None where it tells none."""
        try:
            rows = self.execute(f"SHOW GLOBAL STATUS LIKE '{name}'")
        except DBAPIError:
            return None
        return str(rows[0][1]) if rows else None

    def execute(self, statement: str) -> Sequence[Sequence[object]]:
        """Run a statement; return its rows."""
        engine = create_engine(
            self.url.set(database=""),
            isolation_level="AUTOCOMMIT",
            poolclass=NullPool,
            connect_args={"connect_timeout": 1, "read_timeout": 10},
        )
        with engine.connect() as connection:
            result = connection.execute(text(statement))
            return result.all() if result.returns_rows else []

    def thaw(self) -> None:
        """Let it go on, and wait until it is part of the cluster."""
        super().thaw()
        self._await_ready()

    def cut(self) -> None:
        """Drop what it and the other nodes send each other; its clients reach it."""
        for other in self._cluster.others(self):
            ways = (self.address, other.address), (other.address, self.address)
            for way in ways:
                self._drop("-A", way)
            self._cut_from += ways

    def join(self) -> None:
        """Let it and the others hear each other, and wait until it is part of the cluster."""
        self._hear()
        self._await_ready()

    def _hear(self) -> None:
        for way in self._cut_from:
            self._drop("-D", way)
        self._cut_from = []

    @staticmethod
    def _drop(change: str, way: tuple[str, str]) -> None:
        source, target = way
        _iptables(change, "INPUT", "-i", "lo", "-s", source, "-d", target, "-j", "DROP")

    def _await_ready(self) -> None:
        deadline = time.monotonic() + SECONDS
        while not self.is_ready:
            assert self._process is not None
            assert self._process.poll() is None, self.log
            assert time.monotonic() < deadline, self.log
            time.sleep(0.1)

    def remove(self) -> None:
        """End it, whatever became of it."""
        self._hear()
        self.kill()


class Cluster:
    """Nodes that hold one database, `NAME`; they end with this process."""

    def __init__(self, **options: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="skillgap-galera-"))
        self.folder.chmod(0o755)
        self.options = {**PROMPT, **options}
        self.account = URL.create(
            "mysql+mysqldb", "tester", secrets.token_urlsafe(16), port=PORT, database=NAME
        )
        self.nodes = [Node(self, number) for number in (1, 2, 3)]

    @staticmethod
    def address_of(number: int) -> str:
        """An address of loopback that no other test session has."""
        pid = os.getpid()
        return f"127.{64 + pid % 128}.{pid // 128 % 256}.{number}"

    @cached_property
    def first_statements(self) -> str:
        return (
            f"CREATE USER 'tester'@'127.%' IDENTIFIED BY '{self.account.password}';\n"
            "GRANT ALL ON *.* TO 'tester'@'127.%' WITH GRANT OPTION;\n"
            "CREATE USER 'haproxy_check'@'127.%';\n"
            f"CREATE DATABASE {NAME} CHARACTER SET utf8mb4;\n"
        )

    def others(self, node: Node) -> list[Node]:
        return [each for each in self.nodes if each is not node]

    @property
    def hosts(self) -> str:
        """The value of the option `host` of a URL."""
        return ",".join(f"{node.address}:{PORT}" for node in self.nodes)

    @property
    def url(self) -> URL:
        """That names all nodes."""
        return self.account.set(port=None).update_query_dict({"host": self.hosts})

    def total(self, status: str) -> int:
        """The sum of a counter of all nodes."""
        return sum(int(node.status(status) or 0) for node in self.nodes)

    def start(self) -> None:
        first, *others = self.nodes
        for node in self.nodes:
            node.prepare()
        first.install()
        first.start(first=True)
        for node in others:
            node.start()

    def remove(self) -> None:
        for node in self.nodes:
            node.remove()
        shutil.rmtree(self.folder, ignore_errors=True)


@contextmanager
def running_cluster(**options: str) -> Iterator[Cluster]:
    """A cluster for as long as the block runs."""
    cluster = Cluster(**options)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.remove()


def text_of(url: URL) -> str:
    """The URL as `DATABASE_URL` takes it."""
    return url.render_as_string(hide_password=False)
