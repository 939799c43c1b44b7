"""The look-alike as an object: started, asked what it saw, stopped."""

from collections.abc import Callable, Sequence
from threading import Event, Thread
from types import MappingProxyType
from typing import Any, Self

from onet_client.sandbox.api import Api, Credentials
from onet_client.sandbox.control import Record, RequestLog
from onet_client.sandbox.faults import Fault, Script
from onet_client.sandbox.message import ApiVersion
from onet_client.sandbox.release import ReleaseTables
from onet_client.sandbox.server import SandboxState, Server
from onet_client.sandbox.taxonomy import Taxonomy


class Sandbox:
    """A look-alike of O*NET Web Services in threads of this process.

    Use it as a context manager, or `start` and `stop` it; started again it keeps its port.

    Args:
        release: what it serves.
        api: the version of the API, `2` or `1.9`.
        host: the address it listens on.
        port: 0 takes a free one.
        api_key: the only key API 2.0 accepts; None accepts any that is not empty.
        username: the only name API 1.9 accepts, likewise.
        password: the only password API 1.9 accepts, likewise.
        faults: the rules in force from the start.
        taxonomy: what became of codes of the 2010 taxonomy, as `load_taxonomy` reads it; other
            codes are their own successors.
        on_request: called with each request once it was answered, or the client gone.
    """

    def __init__(
        self,
        release: ReleaseTables,
        api: ApiVersion = "2",
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        api_key: str | None = None,
        username: str | None = None,
        password: str | None = None,
        faults: Sequence[Fault] = (),
        taxonomy: Taxonomy = MappingProxyType({}),
        on_request: Callable[[Record], None] | None = None,
    ) -> None:
        self._address = (host, port)
        served = Api(release, api, Credentials(api_key, username, password), taxonomy)
        self._state = SandboxState(served, api, Script(faults), RequestLog(), on_request)
        self._server: Server | None = None
        self._thread: Thread | None = None

    @property
    def url(self) -> str:
        """The base URL with its trailing slash; API 1.9 is at `/ws/`."""
        host, port = self._address
        path = {"2": "", "1.9": "ws/"}[self._state.api_version]
        return f"http://{host}:{port}/{path}"

    @property
    def requests(self) -> list[Record]:
        """The requests so far, in order of arrival; those to the paths of control are not here."""
        return self._state.log.records()

    @property
    def request_count(self) -> int:
        """How many requests there were, more than `requests` holds after the 200,000th."""
        return self._state.log.count

    @property
    def faults(self) -> list[dict[str, Any]]:
        """The rules in force, each with how many requests it `fitted` and how many it `struck`."""
        return self._state.script.state()

    def set_faults(self, *faults: Fault) -> None:
        """Replace all rules by these; without any, every reply is right."""
        self._state.script.set(faults)

    def clear_requests(self) -> None:
        """Forget the requests so far."""
        self._state.log.clear()

    def start(self) -> Self:
        """Listen and answer in the background.

        Raises:
            OSError: the address cannot be listened on.
        """
        self._state.stopping = Event()
        self._server = Server(self._address, self._state)
        self._address = (self._address[0], self._server.server_address[1])
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        """Close every connection and the port; does nothing where it is not started."""
        if self._server and self._thread:
            self._server.end()
            self._thread.join()
            self._server = self._thread = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()
