"""The process of the server that keeps its worker processes running."""

import logging
import os
import select
import signal
import time
from collections import defaultdict
from contextlib import suppress
from multiprocessing.connection import wait
from typing import Any, Final

from granian.server.mp import MPServer

from app.server.pauses import LONGEST_PAUSE, GrowingPause

log = logging.getLogger(__name__)

FIRST_SECONDS: Final = 5.0
"""Where a worker fails that soon after the start, the server cannot serve, and ends."""


class _Wakeup:
    """An event that signal handlers may set, and that every signal with a handler sets.

    Granian's own is a `threading.Event`, whose lock a handler waits for without end where the
    signal came while the main thread held it: two signals at once, as a process group and `make`
    send them, hang the server. A pipe has no lock. And a signal that another thread gets, or the
    main one just before it waits, has no handler run until the main one wakes: hence the signal
    itself writes.
    """

    def __init__(self) -> None:
        """Begin to hear signals; in the main thread only."""
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._reader, False)
        os.set_blocking(self._writer, False)
        signal.set_wakeup_fd(self._writer, warn_on_full_buffer=False)

    def set(self) -> None:
        with suppress(BlockingIOError):  # full, so set
            os.write(self._writer, b"!")

    def wait(self, timeout: float | None = None) -> None:
        select.select([self._reader], [], [], timeout)
        self.clear()  # the handlers have noted what is to be done

    def clear(self) -> None:
        with suppress(BlockingIOError):
            while os.read(self._reader, 4096):
                pass


class Supervisor(MPServer):
    """Granian's server, which goes on with the workers it can have.

    Granian's own gives up when a worker ends twice within seconds; here it is started again after a
    pause that grows, unless it failed at the start.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.main_loop_interrupt = _Wakeup()  # type: ignore[assignment]
        self._pauses: defaultdict[int, GrowingPause] = defaultdict(GrowingPause)
        self._due: dict[int, float] = {}

    def _serve_loop(self, spawn_target: Any, target_loader: Any) -> None:
        began = time.monotonic()
        while not self.interrupt_signal:
            self.main_loop_interrupt.wait(self._next_due())
            if self.interrupt_signal:
                return
            if self.reload_signal:
                self._reload(spawn_target, target_loader)  # type: ignore[no-untyped-call]
            if time.monotonic() - began < FIRST_SECONDS and self._has_failed():
                return  # with status 1
            self._note_ended()
            self._restart(spawn_target, target_loader)

    def _has_failed(self) -> bool:
        """Say whether a worker has ended with an error, other than by a signal."""
        return any(self.wrks[number].inner.exitcode > 0 for number in self.interrupt_children)

    def _stop_workers(self) -> None:
        """Tell all to stop, and kill those that do not within the time they have."""
        log.info("stopping: what is under way is finished first")
        for each in self.wrks:
            each.terminate()  # type: ignore[no-untyped-call]
        until = time.monotonic() + (self.workers_kill_timeout or 0)
        for each in self.wrks:
            if not wait([each.inner.sentinel], max(0.0, until - time.monotonic())):
                log.warning("worker %d did not stop and is killed", each.idx + 1)
                each.inner.kill()
            each.inner.join()
        self.wrks.clear()
        log.info("stopped")

    def _next_due(self) -> float | None:
        """Seconds until a worker is to be started; None where all run."""
        return max(0.0, min(self._due.values()) - time.monotonic()) if self._due else None

    def _note_ended(self) -> None:
        now = time.monotonic()
        for number in self.interrupt_children:
            pause = self._pauses[number].after(now - self.wrks[number].birth)
            log.error("worker %d has ended; another starts in %.0f s", number + 1, pause)
            self._due[number] = now + pause
        self.interrupt_children.clear()

    def _restart(self, spawn_target: Any, target_loader: Any) -> None:
        now = time.monotonic()
        for number in [each for each, due in self._due.items() if due <= now]:
            del self._due[number]
            try:
                self._respawn_workers([number], spawn_target, target_loader)
            except OSError as error:  # no process, no memory, no descriptor
                log.warning("worker %d could not be started: %s", number + 1, error)
                self._due[number] = now + LONGEST_PAUSE
