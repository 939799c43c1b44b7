"""The log of requests, and the paths by which another process reads it and scripts faults."""

from collections import deque
from dataclasses import asdict, dataclass
from threading import Lock

from onet_client.sandbox.faults import FaultError, Script, parse_faults
from onet_client.sandbox.message import SandboxReply, html

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


def is_control(path: str) -> bool:
    """Whether a path is one of control, which no client of O*NET ever asks for."""
    return path.startswith("/sandbox/")


def control(script: Script, log: RequestLog, method: str, path: str, body: bytes) -> SandboxReply:
    """`GET` and `DELETE /sandbox/requests`; `GET`, `POST` and `DELETE /sandbox/faults`.

    Rules that are not possible get a 422.
    """
    match method, path.removeprefix("/sandbox/"):
        case "GET", "requests":
            pass
        case "DELETE", "requests":
            log.clear()
        case "GET", "faults":
            return SandboxReply(200, script.state())
        case "POST" | "DELETE", "faults":
            try:
                script.set(parse_faults(body) if method == "POST" else ())
            except FaultError as error:
                return SandboxReply(422, {"error": str(error)})
            return SandboxReply(200, script.state())
        case _:
            return SandboxReply(404, html(404))
    records = [asdict(record) for record in log.records()]
    return SandboxReply(200, {"count": log.count, "requests": records})
