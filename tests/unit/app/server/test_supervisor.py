"""What wakes the server's main thread, how it keeps workers, and what it does not load."""

import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Event, Thread, get_ident
from types import SimpleNamespace

import pytest

from app.server.supervisor import Supervisor, _Wakeup


@pytest.fixture
def wakeup():
    """One that hears signals while the test runs."""
    before = signal.set_wakeup_fd(-1)
    wakeup = _Wakeup()
    yield wakeup
    signal.set_wakeup_fd(before)
    os.close(wakeup._reader)
    os.close(wakeup._writer)


@pytest.fixture
def heard():
    """The signals that were handled."""
    numbers = []
    before = signal.signal(signal.SIGUSR1, lambda number, _: numbers.append(number))
    yield numbers
    signal.signal(signal.SIGUSR1, before)


def test_a_signal_that_another_thread_gets_wakes_the_main_one(wakeup, heard):
    woken, late = Event(), []

    def get_it():
        signal.pthread_kill(get_ident(), signal.SIGUSR1)
        if not woken.wait(10):
            late.append(True)
            wakeup.set()

    thread = Thread(target=get_it)
    thread.start()
    wakeup.wait()
    woken.set()
    thread.join()

    assert ([], [signal.SIGUSR1]) == (late, heard)


def test_what_is_set_before_wakes_once_and_is_over_then(wakeup):
    for _ in range(100_000):  # more than a pipe holds
        wakeup.set()
    wakeup.wait()
    Thread(target=wakeup.set).start()
    wakeup.wait()


def test_what_starts_the_worker_processes_leaves_heavy_libraries_to_them():
    code = (
        "import sys, app.server.serve, app.cli; from app.wiring.container import Services;"
        "from app.settings import Settings; Services(Settings());"
        "metrics = 'prometheus_client' in sys.modules;"
        "from app import create_app; create_app(Settings());"
        "sys.exit(metrics or 'numpy' in sys.modules)"
    )
    root = Path(__file__).parents[4]

    assert 0 == subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode


@pytest.fixture
def supervisor():
    """One of three workers that run, and of what it was asked to start again."""
    before = signal.set_wakeup_fd(-1)
    supervisor = Supervisor("no:app", workers=3)
    supervisor.wrks = [worker(lived=100) for _ in range(3)]
    yield supervisor
    signal.set_wakeup_fd(before)
    os.close(supervisor.main_loop_interrupt._reader)
    os.close(supervisor.main_loop_interrupt._writer)


def worker(lived, exitcode=-9):
    return SimpleNamespace(birth=time.monotonic() - lived, inner=SimpleNamespace(exitcode=exitcode))


def pauses(supervisor, number, lived):
    """End a worker that lived so long; return the seconds until it is started again."""
    supervisor.wrks[number] = worker(lived)
    supervisor.interrupt_children.append(number)
    supervisor._note_ended()
    return round(supervisor._due.pop(number) - time.monotonic())


def test_a_worker_that_ends_again_and_again_is_started_after_pauses_that_grow(supervisor):
    assert [1, 2, 4, 8, 16, 30, 30] == [pauses(supervisor, 1, lived=2) for _ in range(7)]
    assert 1 == pauses(supervisor, 0, lived=2)  # each has its own
    assert 1 == pauses(supervisor, 1, lived=100)


def test_a_worker_that_cannot_be_started_is_tried_again_later(supervisor, monkeypatch, caplog):
    tried = []

    def refuse(numbers, *_):
        tried.append(numbers)
        raise OSError(errno.EAGAIN, "Resource temporarily unavailable")

    monkeypatch.setattr(supervisor, "_respawn_workers", refuse)
    supervisor._due = {0: time.monotonic() + 60, 2: time.monotonic() - 1}
    supervisor._restart(None, None)
    supervisor._restart(None, None)

    assert [[2]] == tried
    assert 29 < supervisor._next_due() < 31
    assert "worker 3 could not be started" in caplog.text


@pytest.mark.parametrize(("exitcode", "failed"), [(1, True), (-9, False), (0, False)])
def test_only_a_worker_that_ends_with_an_error_has_failed(supervisor, exitcode, failed):
    supervisor.wrks[1] = worker(lived=1, exitcode=exitcode)
    supervisor.interrupt_children.append(1)

    assert failed == supervisor._has_failed()
