"""`flask gap`: skill gaps in the terminal, one or many."""

from typing import IO, Final

import click

from app.cli.base import AS_CSV, AS_JSON, Command, OccupationName, in_domain, in_formats
from app.wiring.container import services

NAMES: Final = {"sort": "--sort", "limit": "--limit"}


@click.command(
    "gap",
    cls=Command,
    examples=(
        'flask gap "Chief Executives" "Web Developers"',
        "flask gap 11-1011 15-1254 --significant --sort gain --limit 5",
        "flask gap 11-1011 15-1254 --json | jq .summary.readiness",
        "flask gap 11-1011 15-1254 --csv > gap.csv",
        "flask gap --batch pairs.csv --limit 3 --csv > gaps.csv",
        "cut -f1,2 people.tsv | flask gap --batch - --json",
    ),
)
@click.argument("source", metavar="FROM", required=False, type=OccupationName())
@click.argument("target", metavar="TO", required=False, type=OccupationName())
@click.option(
    "--batch",
    metavar="FILE",
    type=click.File("rb"),
    help="Compare the pairs in FILE, or of standard input (-), instead.",
)
@in_domain
@click.option("--significant", is_flag=True, help="List only gaps wider than chance (95 %).")
@click.option(
    "--sort",
    metavar="FIGURE",
    help="By `priority`, which is the default, `gain`, `level_gap`, `importance` or `name`.",
)
@click.option("--limit", metavar="N", help="List N gaps at most.")
@in_formats(AS_JSON, AS_CSV)
def command(
    source: str | None,
    target: str | None,
    batch: IO[bytes] | None,
    form: str | None,
    significant: bool,
    **asked: str | None,
) -> None:
    """Print what occupation TO demands that FROM does not; each is a code or a title.

    A FILE for --batch has a pair a line: FROM and TO with a comma or a tab between, a title that
    has a comma in quotes. Each pair has one line, or with --json one object a line, or its rows
    of CSV. A line that cannot be answered is named on standard error and does not stop the others.

    The exit status is 0; 1 where there is no answer, to one line at least; 2 where the command
    line cannot be understood. With --json the problem is printed too, as the API would answer it.
    """
    from app.cli.complaints import complaining
    from app.gaps.schema import SkillGapQuery

    given = {name: value for name, value in asked.items() if value is not None}
    given |= {"significant": "true"} if significant else {}
    if batch is not None:
        from app.cli.gap_batch import print_batch

        if source is not None:
            raise click.UsageError("give either FROM and TO, or --batch")
        with complaining(NAMES, form):
            query = SkillGapQuery(exclude=("source", "target")).load(given)
        print_batch(batch, query, form)
        return
    if source is None or target is None:
        raise click.UsageError(f"Missing argument '{'TO' if source else 'FROM'}'.")
    with complaining(NAMES, form):
        query = SkillGapQuery().load({"from": source, "to": target, **given})
        _print_one(query["source"], query["target"], query, form)


def _print_one(source: str, target: str, query: dict[str, object], form: str | None) -> None:
    from app.cli.gap_table import print_gap
    from app.cli.screen import print_csv, print_json
    from app.gaps.csv_body import csv_body
    from app.gaps.json_body import gap_body, plain
    from app.gaps.schema import gap_choice

    found = services().lookup.pair(source, target, str(query["domain"]))
    choice = gap_choice(query)
    if form == AS_CSV:
        print_csv(csv_body(found, choice))
        return
    body = plain(gap_body(found, choice, services().baseline.closer_than))
    if form == AS_JSON:
        print_json(body)
    else:
        print_gap(body, services().now())
