"""`flask warm`: fills the cache ahead of requests."""

import time
from threading import Event
from typing import TYPE_CHECKING, Final

import click

from app.cli.base import Command, OccupationCode, in_domain, on_signals
from app.wiring.container import services

if TYPE_CHECKING:
    from cache.warm.jobs import JobStatus

INTERRUPTED: Final = 130
"""The exit status of a command that Ctrl-C ended."""
ENDED: Final = ("done", "failed")
IDLE: Final = 0.5
"""Seconds between two looks at what others work on."""


@click.command(
    "warm",
    cls=Command,
    examples=(
        "flask warm 15-1254 11-1011",
        "flask warm --all --domain knowledge",
        "flask warm --stale",
    ),
)
@click.argument("codes", metavar="[CODE...]", nargs=-1, type=OccupationCode())
@click.option("--all", "everything", is_flag=True, help="Fill every occupation O*NET lists.")
@click.option("--stale", is_flag=True, help="Refresh what is past its expiry.")
@in_domain
def command(codes: tuple[str, ...], everything: bool, stale: bool, domain: str) -> None:
    """Fill the cache now: the CODEs, --all or what is --stale; can be stopped and run again."""
    from onet_client.errors import NotConfigured

    scopes = {"codes": bool(codes), "all": everything, "stale": stale}
    asked = [scope for scope, given in scopes.items() if given]
    if len(asked) != 1:
        raise click.UsageError("give either codes, --all or --stale")
    try:
        services().upstream.check()
    except NotConfigured as missing:
        raise click.ClickException(f"nothing can be filled: {missing}") from missing
    job = services().warm_jobs.request(domain, asked[0], codes)  # type: ignore[arg-type]  # the keys above
    stop = Event()
    with on_signals(stop.set):
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

    worker, jobs = services().new_worker(), services().warm_jobs
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
