"""`flask warm` and `flask worker`: filling the cache ahead of requests."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import TYPE_CHECKING, Final

import click

from app.container import services
from onet_client.errors import NotConfigured

if TYPE_CHECKING:
    from cache.warm.jobs import JobStatus, Scope
    from cache.warm.worker import Worker

INTERRUPTED: Final = 130
"""The exit status of a command that Ctrl-C ended."""
ENDED: Final = ("done", "failed")
IDLE: Final = 0.5
"""Seconds between two looks at what others work on."""


def warm(domain: str, scope: "Scope", codes: tuple[str, ...]) -> None:
    """Make or join a job, work on it until it has ended, and say what became of it.

    Raises:
        click.ClickException: where nothing can be fetched.
        DatabaseUnavailable: where the database cannot be reached or used.
        click.exceptions.Exit: with 1 where items failed, with 130 where it was stopped.
    """
    try:
        services().upstream.check()
    except NotConfigured as missing:
        raise click.ClickException(f"nothing can be filled: {missing}") from missing
    job = services().warm_jobs.request(domain, scope, codes)
    stop = Event()
    with _on_signals(stop.set):
        status = _work(job.id, stop)
    click.echo(
        f"{status.done:,} filled, {status.empty:,} without ratings, {status.failed:,} failed, "
        f"of {status.total:,}."
    )
    for error in status.errors:
        click.echo(f"  {error['code'] or 'the job'}: {error['error']}", err=True)
    if status.state not in ENDED:
        click.echo("Stopped. The same command, or a worker, goes on from here.", err=True)
        raise click.exceptions.Exit(INTERRUPTED)
    if status.failed or status.state == "failed":
        raise click.exceptions.Exit(1)


def _work(job: str, stop: Event) -> "JobStatus":
    """Work on a job until it has ended, here or elsewhere, or until the stop."""
    from app.cli.progress import progress_bar

    worker, jobs = _new_worker(), services().warm_jobs
    with progress_bar("Filling the cache") as progress:
        while True:
            status = jobs.find(job)
            if status is None:
                raise click.ClickException("the job is gone")
            progress(status.done + status.empty + status.failed, status.total)
            if status.state in ENDED or stop.is_set():
                worker.close()
                return status
            if not worker.attempt(job):
                time.sleep(IDLE)  # not on the event, whose lock a signal's handler needs


def work() -> None:
    """Refresh and fill what is due until SIGTERM or Ctrl-C; the step under way is finished."""
    from app import logs

    logs.configure(services().settings)
    worker, stop = _new_worker(), Event()
    # In another thread, for the handlers of signals run in this one and need the event's lock.
    thread = Thread(target=worker.run, args=(stop,), name="worker")
    with _on_signals(stop.set):
        thread.start()
        thread.join()


def _new_worker() -> "Worker":
    """Make what refreshes entries and works on warm jobs."""
    from cache.warm.prepare import WholeTables
    from cache.warm.publish import Publication
    from cache.warm.queue import WarmQueue
    from cache.warm.worker import Worker

    wired = services()
    settings = wired.settings
    return Worker(
        WarmQueue(wired.writer, wired.telemetry),
        wired.refresh_requests,
        wired.pull_through,
        wired.revalidation,
        WholeTables(wired.writer, wired.revalidation, wired.upstream, wired.now),
        Publication(wired.writer, settings.onet_api_url, wired.limits),
        settings.onet_deadline,
    )


@contextmanager
def _on_signals(end: Callable[[], None]) -> Iterator[None]:
    """Call `end` at the first SIGTERM or Ctrl-C; a second one does what it always does."""

    def handle(number: int, _frame: object) -> None:
        signal.signal(number, before[signal.Signals(number)])
        end()

    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    for number in before:
        signal.signal(number, handle)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
