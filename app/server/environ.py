"""Requests of RSGI described as PEP 3333 does."""

import asyncio
import io
import re
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from app.problem_responses import ABANDONED
from app.problems import Problem

if TYPE_CHECKING:
    from concurrent.futures import Future

Environ = dict[str, Any]
Header = Callable[[str], str | None]
"""Returns the header of a name in lower case; None where there is none."""

BODILESS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods whose bodies mean nothing (RFC 9110 section 9.3) and are not read."""
HOST: Final = re.compile(r"[\w.~!$&'()*+,;=%:\[\]-]+", re.ASCII)
"""What a Host may be (RFC 9110 section 7.2); HTTP/1.0 has none."""
COMMON: Final[Environ] = {
    "SCRIPT_NAME": "",
    "SERVER_SOFTWARE": "skillgap",
    "wsgi.version": (1, 0),
    "wsgi.errors": sys.stderr,
    "wsgi.multithread": True,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
}


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


def environ_of(watcher: Any, loop: asyncio.AbstractEventLoop) -> Environ:
    """Describe a request as PEP 3333 does.

    Raises:
        Problem: where it has not the one Host that it should (RFC 9112 section 3.2).
    """
    scope = watcher.scope
    server, _, port = scope.server.rpartition(":")
    environ = {
        **COMMON,
        "REQUEST_METHOD": scope.method,
        "PATH_INFO": native(scope.path),
        "QUERY_STRING": native(scope.query_string),
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "SERVER_NAME": server.strip("[]"),
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": io.BytesIO(),
        ABANDONED: HungUp(watcher.proto, loop),
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


def native(text: str) -> str:
    """Write a text as PEP 3333 has it: a character for each byte."""
    return text if text.isascii() else text.encode().decode("latin-1")


def declared_length(header: Header) -> int | None:
    """Return the `Content-Length`; None where the body is chunked."""
    declared = header("content-length")
    return int(declared) if declared and header("transfer-encoding") is None else None


def has_body(scope: Any) -> bool:
    """Say whether a request of RSGI has a body that means something."""
    if scope.method in BODILESS:
        return False
    header = scope.headers.get
    return header("content-length") not in (None, "0") or header("transfer-encoding") is not None


def is_plain(headers: Any) -> bool:
    """Say whether a request has a Host, and each of its headers once."""
    return len(headers) == len(headers.values()) and bool(HOST.fullmatch(headers.get("host") or ""))
