"""The production server: Granian, a Rust HTTP server, with worker processes of our gateway."""

import resource
import sys
from contextlib import closing
from tempfile import TemporaryDirectory
from typing import Final

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings

from app import logs
from app.server import http_process
from app.server.listener import AddressError, Listener, claim
from app.server.supervisor import Supervisor
from app.server.worker_process import worker_beside
from app.settings import Settings, share_metrics

APPLICATION: Final = "app:create_served_app"
"""What a worker process loads."""
CONNECTIONS: Final = 8192
"""Open connections a worker process takes; newer ones wait until one of these ends."""
SPARE_DESCRIPTORS: Final = 512
"""Of a process beside its connections: files, and connections to the database and O*NET."""
IDLE_SECONDS: Final = 5
"""Until a connection is closed that sends nothing, or no whole head of a request."""
LONGEST_HEAD: Final = 32_768
"""Bytes of a request's first line and headers; a longer one is refused with 431 or 414."""


def serve(settings: Settings) -> None:
    """Serve, and run a worker, until SIGTERM or Ctrl-C; what is under way is finished first.

    Ends where the address cannot be had.
    """
    logs.configure(settings)
    try:
        listener = claim(settings.host, settings.port)
    except AddressError as error:
        sys.exit(f"bad setting: {error}")
    with closing(listener.guard):
        server = make_server(APPLICATION, listener, settings.port, settings.web_concurrency)
        # Set before a worker process first imports the metrics' library, which looks for it then.
        with TemporaryDirectory(prefix="skillgap-metrics-", ignore_cleanup_errors=True) as folder:
            share_metrics(folder)
            with worker_beside():
                server.serve(spawn_target=http_process.run)


def make_server(target: str, listener: Listener, port: int, workers: int) -> Supervisor:
    """Make a server of an application, which `http_process.run` serves in each worker process."""
    return Supervisor(
        target,
        factory=True,
        address=listener.address,
        port=port,
        interface=Interfaces.RSGI,
        workers=workers,
        backpressure=_connections(),
        # HTTP/1.1 only: a stream of HTTP/2 holds no connection, so nothing bounds them.
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(
            header_read_timeout=1000 * IDLE_SECONDS, max_buffer_size=LONGEST_HEAD
        ),
        workers_kill_timeout=http_process.STOP_SECONDS,
        respawn_failed_workers=True,
        websockets=False,
        log_dictconfig=logs.passed_on("_granian"),
    )


def _connections() -> int:
    """How many connections a worker process can take, having raised its limit of descriptors."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS + SPARE_DESCRIPTORS
    if soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return max(1, min(CONNECTIONS, soft - SPARE_DESCRIPTORS))
