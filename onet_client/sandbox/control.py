"""The log of requests, and the paths by which another process reads it and scripts faults."""

from collections import deque
from dataclasses import asdict, dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any

from onet_client.sandbox.faults import FaultError, Script, parse_faults
from onet_client.sandbox.message import SandboxReply, html

if TYPE_CHECKING:
    from collections.abc import Callable

_KEPT = 200_000


@dataclass(slots=True)
class Record:
    """One request as it arrived.

    Attributes:
        at: when its headers had been read, in seconds since the epoch.
        method: such as `GET`.
        path: as sent.
        query: as sent, without the question mark.
        status: of the reply; None until it begins, and for ever if the connection was closed.
    """

    at: float
    method: str
    path: str
    query: str
    status: int | None = None


class RequestLog:
    """The latest 200,000 requests in order of arrival, and how many there were in all."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.clear()

    def clear(self) -> None:
        """Forget every request."""
        with self._lock:
            self._records: deque[Record] = deque(maxlen=_KEPT)
            self._count = 0

    def add(self, record: Record) -> None:
        """Append a request that has just arrived."""
        with self._lock:
            self._records.append(record)
            self._count += 1

    @property
    def count(self) -> int:
        """How many requests arrived since the log was last cleared."""
        with self._lock:
            return self._count

    def records(self) -> list[Record]:
        """Return the requests kept, the oldest first."""
        with self._lock:
            return list(self._records)


class Control:
    """`GET` and `DELETE /sandbox/requests`; `GET`, `POST` and `DELETE /sandbox/faults`."""

    def __init__(self, script: Script, log: RequestLog) -> None:
        self._script = script
        self._log = log
        self._actions: dict[tuple[str, str], Callable[[bytes], Any]] = {
            ("GET", "/sandbox/requests"): lambda _: self._requests(),
            ("DELETE", "/sandbox/requests"): lambda _: self._forget(),
            ("GET", "/sandbox/faults"): lambda _: script.state(),
            ("POST", "/sandbox/faults"): self._set_faults,
            ("DELETE", "/sandbox/faults"): lambda _: self._set_faults(b"[]"),
        }

    @staticmethod
    def owns(path: str) -> bool:
        """Tell whether a path is one of control, which no request of a client's ever is."""
        return path.startswith("/sandbox/")

    def answer(self, method: str, path: str, body: bytes) -> SandboxReply:
        """Carry out an order and return its outcome; rules that are not possible get a 422."""
        action = self._actions.get((method, path))
        if action is None:
            return SandboxReply(404, html(404))
        try:
            return SandboxReply(200, action(body))
        except FaultError as error:
            return SandboxReply(422, {"error": str(error)})

    def _requests(self) -> dict[str, Any]:
        return {
            "count": self._log.count,
            "requests": [asdict(record) for record in self._log.records()],
        }

    def _forget(self) -> dict[str, Any]:
        self._log.clear()
        return self._requests()

    def _set_faults(self, body: bytes) -> list[dict[str, Any]]:
        self._script.set(parse_faults(body))
        return self._script.state()
