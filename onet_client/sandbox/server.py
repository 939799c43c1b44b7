"""The look-alike on a socket: HTTP/1.1 with kept connections, one thread for each."""

import socketserver
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from itertools import chain
from socket import SHUT_RDWR, socket
from threading import Condition, Event
from typing import Any

from onet_client.sandbox.api import Api
from onet_client.sandbox.control import Record, RequestLog, control, is_control
from onet_client.sandbox.faults import Fault, Script
from onet_client.sandbox.message import ApiVersion, Request, SandboxReply, render

_CHUNK = 64 * 1024  # bytes
_UNSTRUCK = Fault()


@dataclass(slots=True)
class SandboxState:
    """What the threads of one sandbox share."""

    api: Api
    api_version: ApiVersion
    script: Script
    log: RequestLog
    on_request: Callable[[Record], None] | None
    stopping: Event = field(default_factory=Event)

    def pause(self, seconds: float) -> None:
        """Wait; if the sandbox stops meanwhile, end the connection by `ConnectionAbortedError`."""
        if seconds and self.stopping.wait(seconds):
            raise ConnectionAbortedError


class Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    """A TCP server that can end the connections its clients keep open.

    Not `http.server.ThreadingHTTPServer`, which looks up its own host name when it binds.
    """

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], state: SandboxState) -> None:
        self.state = state
        self._changed = Condition()
        self._open: set[socket] = set()
        super().__init__(address, Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve a connection in a thread of its own, and remember it."""
        with self._changed:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Close a connection and forget it."""
        super().shutdown_request(request)
        with self._changed:
            self._open.discard(request)
            self._changed.notify_all()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Report what went wrong here, not that a client went away or was sent away."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def end(self) -> None:
        """Stop accepting, end every connection, and wait a second at most until they are closed."""
        self.state.stopping.set()
        self.shutdown()
        self.server_close()
        with self._changed:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(SHUT_RDWR)
            self._changed.wait_for(lambda: not self._open, timeout=1)


class Handler(BaseHTTPRequestHandler):
    """Reads requests from one connection and writes the replies, spoilt where a rule says so."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def answer(self) -> None:
        """Answer one request of any method."""
        state = self.server.state
        headers = {name.lower(): value for name, value in self.headers.items()}
        host, port = self.connection.getsockname()
        origin = f"http://{headers.get('host') or f'{host}:{port}'}"
        request = Request(self.command, self.path, headers, origin)
        # Read even where it is not used, or it would be taken for the next request.
        length = headers.get("content-length", "0")
        body = self.rfile.read(int(length)) if length.isdecimal() else b""
        if is_control(request.path):
            reply = control(state.script, state.log, request.method, request.path, body)
            self._write(reply, request)
            return
        record = Record(time.time(), request.method, request.path, self.path.partition("?")[2])
        state.log.add(record)
        reply, fault = state.script.strike(request, state.api.answer(request))
        try:
            self._write(reply, request, fault or _UNSTRUCK, record)
        finally:
            if state.on_request:
                state.on_request(record)

    # The names are those http.server looks for.
    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = answer  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Print nothing: requests are in the log, and `on_request` reports them."""

    def _write(
        self,
        reply: SandboxReply,
        request: Request,
        fault: Fault = _UNSTRUCK,
        record: Record | None = None,
    ) -> None:
        state = self.server.state
        state.pause(fault.delay)
        if fault.close == "before":
            self.close_connection = True
            return
        # The paths of control, whose requests have no record, speak JSON always.
        content_type, body = render(reply, request, state.api_version if record else "2")
        if record:
            record.status = reply.status
        head = self._head(reply, content_type, len(body))
        broken = fault.close == "mid"
        self.close_connection = self.close_connection or broken
        parts: Iterable[bytes] = [body[: len(body) // 2] if broken else body]
        if reply.padding:
            parts = _padded(reply.padding, b"" if broken else body)
        self._send(head, () if request.method == "HEAD" else parts, fault)

    def _head(self, reply: SandboxReply, content_type: str, length: int) -> bytes:
        """Compose the status line and the headers."""
        size = {"Transfer-Encoding": "chunked"} if reply.padding else {"Content-Length": length}
        headers = {
            "Server": "sandbox",
            "Date": self.date_time_string(),
            "Content-Type": content_type,
            **size,
            **({"Connection": "close"} if self.close_connection else {}),
            **reply.headers,
        }
        phrase = HTTPStatus(reply.status).phrase if reply.status in _STATUSES else "Unknown"
        lines = [f"HTTP/1.1 {reply.status} {phrase}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")

    def _send(self, head: bytes, parts: Iterable[bytes], fault: Fault) -> None:
        """Write the reply; its body a byte at a time where it drips."""
        if not fault.drip:
            self.wfile.writelines(chain([head], parts))
            return
        self.wfile.write(head)
        for byte in chain.from_iterable(parts):
            self.wfile.write(bytes([byte]))
            self.server.state.pause(fault.drip)


_STATUSES = frozenset(HTTPStatus)


def _padded(padding: int, body: bytes) -> Iterator[bytes]:
    """Yield the body in chunks (RFC 9112, 7.1), white space ahead of it: it is still JSON.

    Without a body the last chunk is missing, as if the connection had broken before it.
    """
    space = b"%x\r\n%b\r\n" % (_CHUNK, b" " * _CHUNK)
    for _ in range(padding // _CHUNK):
        yield space
    if body:
        yield b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
