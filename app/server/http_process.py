"""A worker process of the server: Granian's reading and writing, our gateway between."""

import asyncio
import ctypes
import gc
import logging
import os
import signal
import sys
import time
from asyncio.tasks import _enter_task, _leave_task
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from multiprocessing import parent_process
from threading import Thread
from typing import TYPE_CHECKING, Any, Final

from flask import Flask
from granian._granian import CallbackScheduler, RSGIWorker, WorkerSignal
from granian.server.common import WORKERS_METHODS
from granian.server.mp import WorkerProcess

from app.server.listener import close_what_is_not_read, url_of
from app.server.worker_process import end_with_parent
from app.wiring.container import services_of

if TYPE_CHECKING:
    from app.server.gateway import Gateway

log = logging.getLogger(__name__)

THREADS: Final = 256
"""Requests a worker process works on at once; most of them may wait for the upstream."""
STOP_SECONDS: Final = 30
"""How long a stopping worker may finish what is under way."""
SEND_SECONDS: Final = 1.0
"""How long what was answered may take to be sent while the worker stops."""
STALLED_SECONDS: Final = 20
"""For how long a client may take nothing of its answers before its connection is closed."""
LISTENING_SECONDS: Final = 2.0
"""How long the server may take until it listens."""
LOOK_SECONDS: Final = 0.05
STOPPING: Final = frozenset({signal.SIGINT, signal.SIGTERM})
M_ARENA_MAX: Final = -8
"""mallopt(3): how many heaps there may be; by default as many as 16 on two cores."""
ARENAS: Final = 2
"""Threads that come and go leave what they freed in their heaps: some 15 MB with more of them."""


@contextmanager
def prepared_process() -> Iterator[None]:
    """Make ready a worker process, which only its server stops, while its application is made.

    It has a process group of its own, so that a Ctrl-C at the terminal reaches only the server, and
    it ends with the server, even one that is killed. Signals that stop it are blocked, for the one
    thread that waits for them: a handler would run in the main thread, whose event loop hears of
    signals through a pipe, and loses them while that is full.
    """
    signal.set_wakeup_fd(-1)
    signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)
    os.setpgid(0, 0)
    server = parent_process()
    if server is not None and server.pid is not None:
        end_with_parent(server.pid, signal.SIGTERM)
    libc = ctypes.CDLL(None)
    with suppress(AttributeError):  # glibc only
        libc.mallopt(M_ARENA_MAX, ARENAS)
    gc.disable()  # what is loaded now stays: to look for garbage among it would take 0.1 s
    yield
    gc.freeze()
    gc.enable()
    with suppress(AttributeError):
        libc.malloc_trim(0)  # what the index of titles was made in, some 8 MB


class _Scheduler(CallbackScheduler):
    """Hands requests to the gateway in the thread they come in, without a turn of the event loop.

    That turn costs a request half of what a hit takes.
    """

    __slots__ = ()

    def __init__(self, _loop: asyncio.AbstractEventLoop, schedule: Any, *_of_tasks: Any) -> None:
        super().__init__()
        self._schedule_fn = schedule


@WorkerProcess.wrap_target  # type: ignore[untyped-decorator]
def run(
    worker_id: int,
    app: Flask,
    sock: Any,
    _ipc: Any,
    loop: asyncio.AbstractEventLoop,
    runtime_mode: Any,
    runtime_threads: int,
    runtime_blocking_threads: int,
    _blocking_threads: int,  # of the gateway's own number
    *options: Any,
) -> None:
    """Serve an application until SIGTERM; Granian calls this in a new process.

    It takes the arguments that Granian passes to its own function for serving RSGI.
    """
    # Here, since the process that starts the workers has no use for them.
    from app.server.gateway import Gateway
    from app.server.posted_gaps import PostedGaps
    from app.server.refusals import Refusals

    idle, backpressure, _, mode, http1, http2, sockets, files, _, tls, _, metrics = options
    parts = services_of(app)
    refusals = Refusals(parts.request_ids, parts.metrics.http_request, parts.cors)
    find, find_posted = getattr(app.wsgi_app, "find", None), PostedGaps(parts).find
    gateway = Gateway(app, find, find_posted, refusals, loop, THREADS)
    stop, stopped = WorkerSignal(), asyncio.Event()
    stop.add_cb(lambda: loop.call_soon_threadsafe(stopped.set))
    threads = runtime_threads, runtime_blocking_threads, THREADS, idle, backpressure
    make_worker: Any = RSGIWorker
    worker = make_worker(
        worker_id, sock, None, *threads, mode, http1, http2, sockets, files, *tls, metrics
    )
    listener = sock[0] or sock[1]
    serve = getattr(worker, WORKERS_METHODS[runtime_mode][listener.is_uds()])
    turns = partial(_enter_task, loop), partial(_leave_task, loop)
    serve(_Scheduler(loop, gateway.schedule, None, *turns), loop, stop)
    watched = stop, gateway, loop, worker_id, url_of(parts.settings.host, parts.settings.port)
    Thread(target=_watch, args=watched, name="watch", daemon=True).start()
    loop.run_until_complete(stopped.wait())


def _watch(
    stop: Any, gateway: "Gateway", loop: asyncio.AbstractEventLoop, number: int, url: str
) -> None:
    """Bound what connections may hold, and say that it listens; when told, end the process.

    It ends once all is answered.

    Whoever still holds a connection is not waited for.
    """
    soon = time.monotonic() + LISTENING_SECONDS
    while not close_what_is_not_read(STALLED_SECONDS) and time.monotonic() < soon:
        time.sleep(LOOK_SECONDS)
    log.info("worker process %d (PID %d) answers at %s", number, os.getpid(), url)
    signal.sigwait(STOPPING)
    stop.set()
    loop.call_soon_threadsafe(gateway.give_up_reading)
    until = time.monotonic() + STOP_SECONDS
    while gateway.is_busy and time.monotonic() < until:
        time.sleep(LOOK_SECONDS)
    time.sleep(SEND_SECONDS)
    sys.stderr.flush()
    os._exit(0)
