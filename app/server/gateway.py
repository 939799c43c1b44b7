"""From the server to the application: requests of RSGI become calls of WSGI (PEP 3333).

RSGI hands over a request when its head is there, in one of the server's threads, which works on
it at once, with its body if that is there too. Else the event loop reads that first, so that no
thread waits for a client.
"""

import asyncio
import io
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from threading import get_ident
from typing import Any

from app.response_cache.middleware import ReadyAnswer
from app.server.bodies import SHORT, Bodies, Whole, arrived
from app.server.environ import (
    Environ,
    Header,
    declared_length,
    environ_of,
    has_body,
    is_plain,
    native,
)  # fmt: skip
from app.server.refusals import Refusals

Wsgi = Callable[[Environ, Any], Iterable[bytes]]
Find = Callable[[str, str, Header], ReadyAnswer | None]
"""Returns the answer to a GET where it is kept, as `ResponseCache.find` does."""
FindPosted = Callable[[str, str, Header, bytes], ReadyAnswer | None]
"""Returns the answer to a POST where all is at hand, as `PostedGaps.find` does."""


class _Started:
    """What an application says of its answer before the body."""

    __slots__ = ("headers", "status")

    status: int
    headers: list[tuple[str, str]]

    def __call__(
        self, status: str, headers: list[tuple[str, str]], _exc_info: object = None
    ) -> None:
        self.status = int(status[:3])
        self.headers = headers


class Gateway:
    """Answers the requests of a worker process by its application."""

    def __init__(
        self,
        app: Wsgi,
        find: Find | None,
        find_posted: FindPosted | None,
        refusals: Refusals,
        loop: asyncio.AbstractEventLoop,
        threads: int,
    ) -> None:
        """Make one for a process.

        Args:
            app: what answers all other requests.
            find: what gives kept answers without the application; None where nothing does.
            find_posted: what answers posts without the application; None where nothing does.
            refusals: what answers requests that do not reach the application.
            loop: what reads bodies.
            threads: how many requests with a body are worked on at once.
        """
        self._app = app
        self._refusals = refusals
        self._find = find
        self._find_posted = find_posted
        self._loop = loop
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="body")
        self._bodies = Bodies()
        self._gives_up = False
        self._reading: set[asyncio.Task[None]] = set()
        self._working: set[int] = set()

    @property
    def is_busy(self) -> bool:
        """Whether requests are being worked on."""
        return bool(self._working or self._reading)

    def schedule(self, watcher: Any) -> None:
        """Answer a request, or begin to read its body; the server calls this in its threads."""
        try:
            if has_body(watcher.scope):
                self._answer_with_body(watcher)
            elif not self._answer_kept(watcher):
                self._answer(watcher, environ_of(watcher, self._loop))
        except Exception as error:  # noqa: BLE001 - answered, and logged there
            self._refusals.answer(watcher, error)

    def _answer_kept(self, watcher: Any) -> bool:
        """Answer what is kept; not where a header comes twice, which the application looks at."""
        scope = watcher.scope
        headers = scope.headers
        if self._find is None or scope.method != "GET" or not is_plain(headers):
            return False
        found = self._find(native(scope.path), scope.query_string, headers.get)
        return self._give(watcher, found)

    def _answer_with_body(self, watcher: Any) -> None:
        """Answer at once where the body is there with the head; else begin to read it."""
        declared = declared_length(watcher.scope.headers.get)
        whole: Whole | None = None
        if declared is not None and declared <= SHORT:
            whole = watcher.proto()
            body = arrived(whole, declared)
            if body is not None:
                self._answer_posted(watcher, body)
                return
        self._loop.call_soon_threadsafe(self._begin_to_read, watcher, declared, whole)

    def _answer_posted(self, watcher: Any, body: bytes) -> None:
        """Answer a request whose body is here."""
        scope = watcher.scope
        headers = scope.headers
        if self._find_posted is not None and scope.method == "POST" and is_plain(headers):
            path, query = native(scope.path), scope.query_string
            if self._give(watcher, self._find_posted(path, query, headers.get, body)):
                return
        environ = environ_of(watcher, self._loop)
        environ.pop("HTTP_TRANSFER_ENCODING", None)
        environ |= {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
        self._answer(watcher, environ)

    @staticmethod
    def _give(watcher: Any, answer: ReadyAnswer | None) -> bool:
        """Send what was found; say whether it was."""
        if answer is None:
            return False
        watcher.proto.response_bytes(*answer)
        watcher.done()
        return True

    def give_up_reading(self) -> None:
        """Read no more of bodies from here on; in the event loop."""
        self._gives_up = True
        for task in self._reading:
            task.cancel()

    def _begin_to_read(self, watcher: Any, declared: int | None, whole: Whole | None) -> None:
        task = self._loop.create_task(self._read(watcher, declared, whole))
        self._reading.add(task)
        task.add_done_callback(self._reading.discard)
        if self._gives_up:
            task.cancel()

    async def _read(self, watcher: Any, declared: int | None, whole: Whole | None) -> None:
        """Read the body, then have a thread answer."""
        try:
            if whole is not None and declared is not None:
                body = await self._bodies.receive_whole(whole, declared)
            else:
                body = await self._bodies.receive(watcher.proto, declared)
            self._pool.submit(self._answer_read, watcher, body)
        except Exception as error:  # noqa: BLE001 - answered, and logged there
            self._refusals.answer(watcher, error)

    def _answer_read(self, watcher: Any, body: bytes) -> None:
        try:
            self._answer_posted(watcher, body)
        except Exception as error:  # noqa: BLE001 - answered, and logged there
            self._refusals.answer(watcher, error)

    def _answer(self, watcher: Any, environ: Environ) -> None:
        """Have the application answer."""
        thread = get_ident()
        self._working.add(thread)
        started = _Started()
        try:
            answer = self._app(environ, started)
            body = b"".join(answer)
            if not isinstance(answer, list):
                close = getattr(answer, "close", None)
                if close is not None:
                    close()
            watcher.proto.response_bytes(started.status, started.headers, body)
            watcher.done()
        finally:
            self._working.discard(thread)
