"""What `flask cache status` prints."""

from typing import TYPE_CHECKING

import click

from app.cli.base import AS_JSON
from app.cli.complaints import complaining
from app.cli.screen import print_json
from app.occupations.cache_summary import cache_summary
from app.occupations.provenance import timestamp
from app.wiring.container import services

if TYPE_CHECKING:
    from cache.inventory import Summary


def print_status(form: str | None) -> None:
    """Print what GET /admin/cache answers, as JSON or line by line.

    Raises:
        click.ClickException: where the database cannot be reached or used.
    """
    with complaining({}, form):
        held = services().inventory.summary()
    is_configured = services().upstream.is_configured
    if form == AS_JSON:
        print_json(cache_summary(held, is_configured=is_configured))
    else:
        _print_lines(held, is_configured=is_configured)


def _print_lines(held: "Summary", *, is_configured: bool) -> None:
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
        ("codes that no list has", f"{held.unlisted:,} of at most {held.unlisted_cap:,}"),
    ]
    if held.oldest_fetched_at and held.newest_fetched_at:
        ends = map(timestamp, (held.oldest_fetched_at, held.newest_fetched_at))
        lines.append(("fetched", " to ".join(ends)))
    if held.last_load:
        load = held.last_load
        what = f"{load['release'] or 'release unknown'} from {load['source']}, {load['state']}"
        if load["state"] == "running":  # one that is killed is left so
            what += f" or interrupted, begun {timestamp(load['started_at'])}"
        lines.append(("last load", what))
    lines += [("fills under way", f"{held.fills:,}"), ("refreshes waiting", f"{held.refreshes:,}")]
    lines += [(f"job {job['id']}", f"{job['scope']}, {job['state']}") for job in held.jobs]
    left_alone = f"left alone, since it failed: {held.pace.breaker_cause}"
    asked = left_alone if held.pace.breaker_open else "configured"
    lines.append(("upstream", asked if is_configured else "not configured"))
    spent, budget = held.pace.spent_today, held.pace.daily_budget
    lines.append(("asked today", f"{spent:,} of at most {budget:,} requests"))
    if held.pace.paused_until:
        lines.append(("paused until", timestamp(held.pace.paused_until)))
    for what, value in lines:
        click.echo(f"{what:<26}{value}")
