"""What commands print: tables and progress, plain where it is not a terminal."""

import json
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import click

from app.services import services
from cache.seed import SeedReport

if TYPE_CHECKING:
    from rich.table import Table

SIGNIFICANCE: Final = {True: "yes", False: "no", None: "unknown"}


@contextmanager
def progress_bar(label: str) -> Iterator[Callable[[int, int], None]]:
    """Yield what to call with the steps done and the steps in all."""
    if not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeElapsedColumn

    columns = ("{task.description}", BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(label, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def print_report(report: SeedReport) -> None:
    """Print what a seeding did."""
    click.echo(f"O*NET {report.release or '(release unknown)'} from {report.source}")
    for what, count in (
        ("occupations", report.occupations),
        ("ratings", report.ratings),
        ("rated occupations", report.rated),
        ("empty occupations", report.empty),
    ):
        click.echo(f"  {what:<18}{count:>8,}")
    kind = "complete" if report.complete else "partial: what it does not hold stays as it was"
    click.echo(f"The release is {kind}.")
    click.echo("Published." if report.changed else "Already loaded; nothing changed.")


def print_status() -> None:
    """Print what the cache holds, as GET /admin/cache tells it.

    Raises:
        DatabaseUnavailable: where the database cannot be reached or used.
    """
    from app.api.sources import timestamp
    from onet_client.errors import NotConfigured

    held, upstream = services().inventory.summary(), services().upstream
    lines = [
        (f"{domain}, {state}", f"{count:,}")
        for domain, counts in held.entries.items()
        for state, count in counts.items()
    ]
    lines += [
        (f"{one['domain']}, release {one['release'] or 'unknown'}", f"{one['entries']:,}")
        for one in held.releases
    ]
    lines += [
        ("ratings", f"{held.ratings:,}"),
        ("entries without content", f"{held.unlisted:,} of at most {held.unlisted_cap:,}"),
    ]
    if held.oldest_fetched_at and held.newest_fetched_at:
        ends = map(timestamp, (held.oldest_fetched_at, held.newest_fetched_at))
        lines.append(("fetched", " to ".join(ends)))
    if held.last_load:
        load = held.last_load
        what = f"{load['release'] or 'release unknown'} from {load['source']}, {load['state']}"
        lines.append(("last load", what))
    lines += [("fills under way", f"{held.fills:,}"), ("refreshes waiting", f"{held.refreshes:,}")]
    lines += [(f"job {job['id']}", f"{job['scope']}, {job['state']}") for job in held.jobs]
    asked = "left alone, since it failed" if held.pace.breaker_open else "configured"
    lines.append(("upstream", "not configured" if isinstance(upstream, NotConfigured) else asked))
    if held.pace.paused_until:
        lines.append(("paused until", timestamp(held.pace.paused_until)))
    for what, value in lines:
        click.echo(f"{what:<26}{value}")


def print_gap(source: str, target: str, *, as_json: bool) -> None:
    """Print a skill gap as a table, or the body of the API's answer.

    Raises:
        click.ClickException: with the problem's detail where there is no answer.
    """
    from rich.console import Console

    from app import create_app

    # What is said here of an error is all there is to say: without a handler of any kind, the
    # request's own line would go to standard error too.
    logging.getLogger("app.errors").addHandler(logging.NullHandler())
    app = create_app(services=services())
    response = app.test_client().get("/skill-gap", query_string={"from": source, "to": target})
    body = response.get_json()
    if response.status_code != 200:
        raise click.ClickException(body["detail"])
    if as_json:
        click.echo(json.dumps(body, indent=2))
        return
    Console().print(_gap_table(body))
    summary = body["summary"]
    click.echo(
        f"{summary['gaps']} gaps of {summary['compared']} compared, {summary['missing']} missing; "
        f"readiness {summary['readiness']:.4f}."
    )
    click.echo(body["attribution"])


def _gap_table(body: dict[str, Any]) -> "Table":
    from rich.table import Table

    table = Table(title=f"{body['from']['title']} -> {body['to']['title']}")
    table.add_column("skill")
    table.add_column("kind")
    for figure in ("from", "to", "gap", "priority"):
        table.add_column(figure, justify="right")
    table.add_column("significant")
    for item in body["gaps"]:
        table.add_row(
            item["name"],
            item["kind"].replace("_", " "),
            f"{item['from']['level']:.2f}",
            f"{item['to']['level']:.2f}",
            f"{item['level_gap']:.2f}",
            f"{item['priority']:.4f}",
            SIGNIFICANCE[item["significant"]],
        )
    return table
