"""O*NET's archive of text releases on a loopback socket, honest or not."""

import http.server
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Any

PAGE = "/database.html"
RELEASES = "/db_releases.html"
FOLDER = "/dl_files/database/"


@dataclass(frozen=True)
class Fault:
    """What goes wrong with an answer.

    Attributes:
        status: sent instead, without a body.
        headers: sent as well, or instead of those of the same name; None leaves one out.
        longer: bytes by which Content-Length is too large; too small where negative.
        after: bytes of the body after which no more is sent.
        stalls: whether the connection stays open then.
        pause: seconds before each of twenty pieces of the body.
    """

    status: int | None = None
    headers: dict[str, str | None] = field(default_factory=dict)
    longer: int = 0
    after: int | None = None
    stalls: bool = False
    pause: float = 0.0


@dataclass
class File:
    """What is answered at one path.

    Attributes:
        ranges: whether Range is heeded, and If-Range.
        faults: of the next answers, one each.
        fault: of all others.
    """

    body: bytes
    kind: str = "application/zip"
    etag: str | None = '"1"'
    modified: str | None = None
    ranges: bool = True
    faults: list[Fault] = field(default_factory=list)
    fault: Fault = field(default_factory=Fault)


@dataclass
class LocalArchive:
    """An archive at work: its URL, its files by path, and the requests it was sent."""

    url: str
    files: dict[str, File] = field(default_factory=dict)
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def publish(self, number: str, body: bytes, **more: Any) -> File:
        """Have a release, and link it on the page beside what that links already."""
        path = f"{FOLDER}db_{number.replace('.', '_')}_text.zip"
        page = self.files.setdefault(PAGE, File(b"<!DOCTYPE html>\n", "text/html", None))
        page.body += f'<p><a class="dl" href="{path}">Text</a></p>\n'.encode()
        self.files[path] = File(body, **more)
        return self.files[path]

    def asked(self, ending: str) -> list[dict[str, str]]:
        """The headers of the requests for paths that end so."""
        return [headers for path, headers in self.requests if path.endswith(ending)]


@contextmanager
def local_archive() -> Iterator[LocalArchive]:
    """Serve an archive that is empty at first until the block ends."""
    stopping = Event()

    class Handler(_Handler):
        pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    archive = LocalArchive(f"http://127.0.0.1:{server.server_port}/")
    Handler.archive, Handler.stopping = archive, stopping
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield archive
    finally:
        stopping.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    archive: LocalArchive
    stopping: Event

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        self.archive.requests.append((self.path, dict(self.headers.items())))
        self.close_connection = True
        file = self.archive.files.get(self.path)
        if file is None:
            self._send(404, {"Content-Length": "0"})
            return
        fault = file.faults.pop(0) if file.faults else file.fault
        with suppress(OSError):  # the other side has gone
            self._answer(file, fault)

    def _answer(self, file: File, fault: Fault) -> None:
        headers: dict[str, str | None] = {
            "Content-Type": file.kind,
            "ETag": file.etag,
            "Last-Modified": file.modified,
        }
        status, start, size = 200, 0, len(file.body)
        wanted = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        if wanted and file.ranges and self.headers["If-Range"] in (file.etag, file.modified):
            status, start = 206, int(wanted[1])
            headers["Content-Range"] = f"bytes {start}-{size - 1}/{size}"
        if start >= size and status == 206:
            status, headers["Content-Range"] = 416, f"bytes */{size}"
        body = file.body[start:]
        if fault.status is not None:
            status, body = fault.status, b""
        headers["Content-Length"] = str(len(body) + fault.longer)
        self._send(status, headers | fault.headers)
        self._send_body(body[: fault.after], fault.pause)
        if fault.stalls:
            self.stopping.wait()

    def _send(self, status: int, headers: dict[str, str | None]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            if value is not None:
                self.send_header(name, value)
        self.end_headers()
        self.wfile.flush()

    def _send_body(self, body: bytes, pause: float) -> None:
        step = max(1, len(body) // 20)
        for at in range(0, len(body), step):
            if pause:
                time.sleep(pause)
            self.wfile.write(body[at : at + step])
            self.wfile.flush()
