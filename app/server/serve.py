"""The production server: Granian, a Rust HTTP server, with worker processes of our gateway."""

import logging
import os
from contextlib import closing
from typing import Final

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from app import logs
from app.server import http_process
from app.server.descriptors import FOR_SERVER, raise_limit
from app.server.listener import Listener, claim
from app.server.metrics_folder import shared_metrics
from app.server.supervisor import Supervisor
from app.server.worker_process import worker_beside
from app.settings import Settings

log = logging.getLogger(__name__)

APPLICATION: Final = "app:create_served_app"
"""What a worker process loads."""
CONNECTIONS: Final = 8192
"""Open connections a worker process takes; newer ones wait until one of these ends."""
SPARE_FILES: Final = 512
"""Open files of a process beside its connections, for the database, O*NET and metrics. Where the
system allows few in all, half of them."""
IDLE_SECONDS: Final = 10
"""Until a connection is closed that sends nothing, or no whole head of a request."""
LONGEST_HEAD: Final = 32_768
"""Bytes of a request's first line and headers; a longer one is refused with 431 or 414."""


def serve(settings: Settings) -> None:
    """Serve, and run a worker, until SIGTERM or Ctrl-C; what is under way is finished first.

    Raises:
        AddressError: where the address cannot be had.
        TooFewDescriptors: where the system lets too few files be open.
    """
    logs.configure(settings)
    listener = claim(settings.host, settings.port)
    with closing(listener.guard):
        server = make_server(APPLICATION, listener, settings.port, settings.web_concurrency)
        count = settings.web_concurrency
        log.info("starting worker processes: %d (from PID %d)", count, os.getpid())
        with shared_metrics(settings.metrics_dir), worker_beside():
            server.serve(spawn_target=http_process.run)


def make_server(target: str, listener: Listener, port: int, workers: int) -> Supervisor:
    """Make a server of an application, which `http_process.run` serves in each worker process."""
    files = raise_limit(FOR_SERVER, CONNECTIONS + SPARE_FILES)
    return Supervisor(
        target,
        factory=True,
        address=listener.address,
        port=port,
        interface=Interfaces.RSGI,
        workers=workers,
        backpressure=max(files // 2, files - SPARE_FILES),
        # HTTP/1.1 only: a stream of HTTP/2 holds no connection, so nothing bounds them.
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(
            header_read_timeout=1000 * IDLE_SECONDS, max_buffer_size=LONGEST_HEAD
        ),
        workers_kill_timeout=http_process.STOP_SECONDS,
        respawn_failed_workers=True,
        websockets=False,
        log_dictconfig={
            "version": 1,
            "disable_existing_loggers": False,
            "loggers": {"_granian": {"propagate": True, "handlers": []}},  # ours have its records
        },
        log_level=LogLevels.warning,  # what happens otherwise we say, in the API's terms
    )
