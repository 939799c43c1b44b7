"""A server with all its processes, an upstream that counts, and clients that choose the process.

Which process has a connection is read from `/proc`, so this is for Linux.
"""

import http.client
import json
import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Engine, delete, make_url, select
from support.processes import Serving, serving
from support.structured_fields import Member, parse_list

from cache.db.database import connect
from cache.db.migrate import upgrade
from cache.db.onet_tables import CacheEntry, UpstreamGovernor
from cache.entries.purge import purge
from onet_client.sandbox import Fault, Record, ReleaseTables, Sandbox

TOKEN = "canary-token"
AUTHORIZED = {"Authorization": f"Bearer {TOKEN}"}
Connection = http.client.HTTPConnection


@dataclass(frozen=True)
class Answer:
    """What came back over the wire."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def kind(self) -> str:
        """The end of a problem's type."""
        return str(self.json["type"]).rpartition(":")[2]

    @property
    def members(self) -> list[Member]:
        """Those of Cache-Status."""
        return parse_list(self.headers.get("Cache-Status", ""))


def of(code: str) -> str:
    """The path of an occupation."""
    return f"/occupations/{code}"


def titled(code: str, title: str) -> Fault:
    """The upstream calls an occupation something else from now on."""
    overview = {"code": code, "title": title, "description": "They do.", "tags": {}}
    return Fault(path=f"occupations/{code}", status=200, body=overview)


def receive(connection: Connection) -> Answer:
    """Read the answer to what was sent."""
    answer = connection.getresponse()
    return Answer(answer.status, answer.headers, answer.read())


def ask(connection: Connection, target: str, method: str = "GET", **headers: str) -> Answer:
    """Send a request over a connection that stays open, and read its answer."""
    connection.request(method, target, headers=headers)
    return receive(connection)


def patiently(connection: Connection, target: str, seconds: float) -> Answer:
    """Ask again after each Retry-After, until there is an answer or the time is up."""
    deadline = time.monotonic() + seconds
    while (answer := ask(connection, target)).status == 503 and time.monotonic() < deadline:
        time.sleep(int(answer.headers["Retry-After"]))
    return answer


def worker_pids(server: Serving) -> list[int]:
    """The processes that answer, as far as they live."""
    return [pid for pid in server.http_pids if Path(f"/proc/{pid}/fd").exists()]


@dataclass
class Rig:
    """Everything that one test needs to hold."""

    server: Serving
    upstream: Sandbox
    engine: Engine
    deadline: float
    """Seconds that a fill may take."""
    last_words: list[tuple[str, float]] = field(default_factory=list)
    """Paths that the upstream has answered, each with the moment (`time.monotonic`)."""
    _open: list[Connection] = field(default_factory=list)

    def connect(self) -> Connection:
        """Open a connection, whichever process accepts it."""
        connection = Connection(urlsplit(self.server.url).netloc, timeout=60)
        connection.connect()
        self._open.append(connection)
        return connection

    def connections(self, number: int) -> list[Connection]:
        """Open so many new connections, spread evenly over the processes."""
        pids = worker_pids(self.server)
        each = -(-number // len(pids))
        kept: list[Connection] = []
        for _ in range(100):
            found = self._by_worker([*kept, *(self.connect() for _ in range(each))], pids)
            if all(len(found[pid]) >= each for pid in pids):
                rows = zip(*(found[pid][:each] for pid in pids), strict=True)
                return [connection for row in rows for connection in row][:number]
            kept = [connection for those in found.values() for connection in those[:each]]
            for those in found.values():
                for connection in those[each:]:
                    connection.close()
            time.sleep(0.1)  # a process that has just begun accepts none yet
        raise AssertionError({pid: len(found[pid]) for pid in pids})

    def _by_worker(
        self, opened: Sequence[Connection], pids: Sequence[int]
    ) -> dict[int, list[Connection]]:
        """Tell which process has which connection, once all are accepted."""
        for _ in range(500):
            owners = _socket_owners(pids)
            ends = _server_ends(urlsplit(self.server.url).port or 0)
            found: dict[int, list[Connection]] = defaultdict(list)
            for connection in opened:
                pid = owners.get(ends.get(connection.sock.getsockname()[1], ""))
                if pid is not None:
                    found[pid].append(connection)
            if sum(map(len, found.values())) == len(opened):
                return found
            time.sleep(0.01)
        raise AssertionError("a connection that no process accepts")

    def asked(self, about: str = "") -> Counter[str]:
        """How often each path with its query was asked for, of those that hold a text."""
        targets = (f"{record.path}?{record.query}" for record in self.upstream.requests)
        return Counter(target for target in targets if about in target)

    def purge(self, code: str) -> Answer:
        """Forget an occupation by the admin API."""
        return ask(self.connect(), f"/admin/cache/entries/{code}", "DELETE", **AUTHORIZED)

    def state(self, code: str) -> str | None:
        """The state of the entry in the database; None where it has no row."""
        query = select(CacheEntry.state).where(CacheEntry.occupation_code == code)
        with self.engine.connect() as connection:
            return connection.execute(query).scalar()

    def metrics(self, name: str) -> dict[str, float]:
        """The values of a metric by its label, for all processes together."""
        text = ask(self.connect(), "/metrics").body.decode()
        lines = re.findall(rf'^{name}(?:{{\w+="(\w+)"}})? (\S+)$', text, re.MULTILINE)
        return {label: float(value) for label, value in lines}

    def close(self) -> None:
        """Close the connections."""
        for connection in self._open:
            connection.close()
        self._open.clear()

    def reset(self) -> None:
        """Have an upstream without faults or past, and an empty cache."""
        self.close()
        self.upstream.set_faults()
        self.upstream.clear_requests()
        self.last_words.clear()
        purge(self.engine, None)
        with self.engine.execution_options(writes=True).begin() as connection:
            connection.execute(delete(UpstreamGovernor))


@contextmanager
def running_rig(
    url: str,
    release: ReleaseTables,
    folder: Path,
    processes: int,
    deadline: float = 2.0,
    **more: str,
) -> Iterator[Rig]:
    """Serve an empty database by so many processes, with a sandbox behind it."""
    engine = connect(make_url(url))
    upgrade(engine)
    words: list[tuple[str, float]] = []

    def note(record: Record) -> None:
        words.append((record.path, time.monotonic()))

    with (
        Sandbox(release, on_request=note) as upstream,
        serving(
            folder,
            **settings(url, upstream, deadline) | more,
            WEB_CONCURRENCY=str(processes),
        ) as server,
    ):
        rig = Rig(server, upstream, engine, deadline, words)
        try:
            yield rig
        finally:
            rig.close()
            engine.dispose()


def settings(url: str, upstream: Sandbox, deadline: float) -> dict[str, str]:
    """What a server needs to know to stand behind a rig."""
    return {
        "DATABASE_URL": url,
        "ONET_API_URL": upstream.url,
        "ONET_API_KEY": "canary-key",
        "ONET_MAX_RATE": "1000",
        "ONET_DEADLINE": str(deadline),
        "ADMIN_TOKEN": TOKEN,
    }


def _socket_owners(pids: Sequence[int]) -> dict[str, int]:
    """Which process has a socket, by its inode."""
    owners = {}
    for pid in pids:
        for link in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(FileNotFoundError):  # closed meanwhile
                kind, _, inode = str(link.readlink()).partition(":")
                if kind == "socket":
                    owners[inode.strip("[]")] = pid
    return owners


def _server_ends(port: int) -> dict[int, str]:
    """The inode of the server's end of each connection to a port, by the client's port."""
    ends = {}
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, local, remote, *rest = line.split()
        if int(local.rpartition(":")[2], 16) == port:
            ends[int(remote.rpartition(":")[2], 16)] = rest[6]
    return ends
