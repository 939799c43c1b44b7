"""Callers who go on asking several servers, and what became of each request."""

import http.client
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread
from urllib.parse import urlsplit

PAUSE = 0.03
"""Seconds between two hits that a caller asks for."""
WINDOW = 0.35
"""Seconds for which all callers who want misses ask for the same one."""


@dataclass(frozen=True)
class Asked:
    """A request, and its answer; the times are of `time.monotonic`."""

    server: str
    target: str
    began: float
    ended: float
    status: int
    kind: str
    body: bytes

    @property
    def failed(self) -> bool:
        return self.status != 200


@dataclass
class Callers:
    """Threads that ask; `asked` has all that was answered, or broke off (status 0)."""

    servers: Mapping[str, str]
    hits: Sequence[str]
    asked: list[Asked] = field(default_factory=list)
    _stop: Event = field(default_factory=Event)

    def ask(
        self, server: str, target: str, method: str = "GET", body: str | None = None, **headers: str
    ) -> Asked:
        """Ask once, on a connection of its own."""
        connection = http.client.HTTPConnection(urlsplit(self.servers[server]).netloc, timeout=60)
        began = time.monotonic()
        try:
            connection.request(method, target, body, headers)
            answer = connection.getresponse()
            status, said = answer.status, answer.read()
        except (OSError, http.client.HTTPException) as error:
            status, said = 0, repr(error).encode()
        finally:
            connection.close()
        kind = _kind_of(said) if status >= 400 or not status else ""
        return Asked(server, target, began, time.monotonic(), status, kind, said)

    def note(self, server: str, target: str) -> Asked:
        """Ask once, and count it."""
        asked = self.ask(server, target)
        self.asked.append(asked)
        return asked

    @contextmanager
    def asking(
        self,
        missing: Sequence[str],
        misses_at: Sequence[str],
        hits_at: Sequence[str] | None = None,
    ) -> Iterator[None]:
        """Ask servers (default: all) for hits, and some for one miss after the other, meanwhile."""
        self._stop.clear()
        began = time.monotonic()
        works: list[Callable[[], None]] = [
            lambda server=server: self._ask_hits(server)  # type: ignore[misc]
            for server in hits_at or self.servers
        ]
        works += [
            lambda server=server: self._ask_misses(server, missing, began)  # type: ignore[misc]
            for server in misses_at
        ]
        threads = [Thread(target=work) for work in works]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._stop.set()
            for thread in threads:
                thread.join(60)

    def _ask_hits(self, server: str) -> None:
        number = 0
        while not self._stop.wait(PAUSE):
            self.note(server, self.hits[number % len(self.hits)])
            number += 1

    def _ask_misses(self, server: str, missing: Sequence[str], began: float) -> None:
        for number, target in enumerate(missing):
            if self._stop.wait(max(0.0, began + number * WINDOW - time.monotonic())):
                return
            self.note(server, target)

    def counts(self) -> str:
        """Tell how many were sent, answered and failed, and how long the slowest took."""
        failed = Counter((one.server, one.status, one.kind) for one in self.asked if one.failed)
        slowest = max((one.ended - one.began for one in self.asked), default=0.0)
        return (
            f"{len(self.asked)} sent, {len(self.asked) - failed.total()} answered, "
            f"{failed.total()} failed {dict(failed) or ''}, slowest {slowest:.2f} s"
        )


def _kind_of(body: bytes) -> str:
    try:
        return str(json.loads(body)["type"]).rpartition(":")[2]
    except (ValueError, KeyError):
        return body[:80].decode(errors="replace")
