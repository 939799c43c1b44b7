"""From the server to the application: requests of RSGI become calls of WSGI (PEP 3333).

RSGI hands over a request when its head is there, in one of the server's threads, which works on
it at once. A body is read first, by the event loop, so that no thread waits for a client.
"""

import asyncio
import io
import re
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import get_ident
from typing import Any, Final

from app.problem_responses import ABANDONED
from app.problems import Problem
from app.response_cache.middleware import KeptAnswer
from app.server.bodies import Bodies
from app.server.refusals import Refusals

Environ = dict[str, Any]
Wsgi = Callable[[Environ, Any], Iterable[bytes]]
Find = Callable[[str, str, Callable[[str], str | None]], KeptAnswer | None]
"""Returns the answer to a GET where it is kept, as `ResponseCache.find` does."""

BODILESS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods whose bodies mean nothing (RFC 9110 section 9.3) and are not read."""


HOST: Final = re.compile(r"[\w.~!$&'()*+,;=%:\[\]-]+", re.ASCII)
"""What a Host may be (RFC 9110 section 7.2); HTTP/1.0 has none."""


class HungUp:
    """Whether the client has hung up; it is watched from the first time that this is asked."""

    def __init__(self, proto: Any, loop: asyncio.AbstractEventLoop) -> None:
        self._proto = proto
        self._loop = loop
        self._gone: Future[None] | None = None

    def is_set(self) -> bool:
        """Say whether nobody waits for the answer any more."""
        if self._gone is None:
            self._gone = asyncio.run_coroutine_threadsafe(self._wait(), self._loop)
        return self._gone.done()

    async def _wait(self) -> None:
        await self._proto.client_disconnect()


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
        refusals: Refusals,
        loop: asyncio.AbstractEventLoop,
        threads: int,
    ) -> None:
        """Make one for a process.

        Args:
            app: what answers the others.
            find: what answers kept answers without the application; None where nothing does.
            refusals: what answers requests that do not reach the application.
            loop: what reads bodies.
            threads: how many requests with a body are worked on at once.
        """
        self._app = app
        self._refusals = refusals
        self._find = find
        self._loop = loop
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="body")
        self._bodies = Bodies()
        self._gives_up = False
        self._reading: set[asyncio.Task[None]] = set()
        self._working: set[int] = set()
        self._common: Environ = {
            "SCRIPT_NAME": "",
            "SERVER_SOFTWARE": "skillgap",
            "wsgi.version": (1, 0),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
        }

    @property
    def is_busy(self) -> bool:
        """Whether requests are being worked on."""
        return bool(self._working or self._reading)

    def schedule(self, watcher: Any) -> None:
        """Answer a request, or begin to read its body; the server calls this in its threads."""
        try:
            if self._answer_at_once(watcher):
                return
            environ = self._environ(watcher)
            if environ["REQUEST_METHOD"] in BODILESS or not _has_body(environ):
                self._answer(watcher, environ)
            else:
                self._loop.call_soon_threadsafe(self._begin_to_read, watcher, environ)
        except Exception as error:  # noqa: BLE001 - answered, and logged there
            self._refusals.answer(watcher, error)

    def _answer_at_once(self, watcher: Any) -> bool:
        """Answer what is kept; not where a header comes twice, which the application looks at."""
        scope = watcher.scope
        headers = scope.headers
        get = headers.get
        if self._find is None or scope.method != "GET" or len(headers) != len(headers.values()):
            return False
        if not HOST.fullmatch(get("host") or ""):
            return False
        found = self._find(_native(scope.path), scope.query_string, get)
        if found is None:
            return False
        watcher.proto.response_bytes(*found)
        watcher.done()
        return True

    def give_up_reading(self) -> None:
        """Read no more of bodies from here on; in the event loop."""
        self._gives_up = True
        for task in self._reading:
            task.cancel()

    def _environ(self, watcher: Any) -> Environ:
        """Describe a request as PEP 3333 does.

        Raises:
            Problem: where it has not the one Host that it should (RFC 9112 section 3.2).
        """
        scope = watcher.scope
        server, _, port = scope.server.rpartition(":")
        environ = {
            **self._common,
            "REQUEST_METHOD": scope.method,
            "PATH_INFO": _native(scope.path),
            "QUERY_STRING": _native(scope.query_string),
            "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
            "SERVER_NAME": server.strip("[]"),
            "SERVER_PORT": port,
            "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
            "wsgi.url_scheme": scope.scheme,
            "wsgi.input": io.BytesIO(),
            ABANDONED: HungUp(watcher.proto, self._loop),
            "HTTP_HOST": "",
        }
        hosts, modern = 0, scope.http_version != "1"
        for name, value in scope.headers.items():
            if "_" in name:
                continue  # reads as another header, one of a proxy perhaps
            key = "HTTP_" + name.upper().replace("-", "_")
            hosts += name == "host"
            environ[key] = f"{environ[key]},{value}" if environ.get(key) else value
        for key in ("CONTENT_LENGTH", "CONTENT_TYPE"):
            if f"HTTP_{key}" in environ:
                environ[key] = environ.pop(f"HTTP_{key}")
        if hosts > 1 or not HOST.fullmatch(environ["HTTP_HOST"] or "unnamed" * (not modern)):
            raise Problem(400, "bad-request", "A request has one Host, the name of a server.")
        return environ

    def _begin_to_read(self, watcher: Any, environ: Environ) -> None:
        task = self._loop.create_task(self._read(watcher, environ))
        self._reading.add(task)
        task.add_done_callback(self._reading.discard)
        if self._gives_up:
            task.cancel()

    async def _read(self, watcher: Any, environ: Environ) -> None:
        """Read the body, then have a thread answer."""
        declared = environ.get("CONTENT_LENGTH")
        try:
            body = await self._bodies.receive(watcher.proto, int(declared) if declared else None)
            environ.pop("HTTP_TRANSFER_ENCODING", None)
            environ |= {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
            self._pool.submit(self._answer, watcher, environ)
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
        except Exception as error:  # noqa: BLE001 - answered, and logged there
            self._refusals.answer(watcher, error)
        finally:
            self._working.discard(thread)


def _native(text: str) -> str:
    """Write a text as PEP 3333 has it: a character for each byte."""
    return text if text.isascii() else text.encode().decode("latin-1")


def _has_body(environ: Environ) -> bool:
    return environ.get("CONTENT_LENGTH", "0") != "0" or "HTTP_TRANSFER_ENCODING" in environ
