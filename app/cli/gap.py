"""`flask gap`: skill gaps in the terminal, one or many."""

from pathlib import Path
from typing import IO

import click

from app.cli.base import AS_CSV, AS_JSON, Command, OccupationName, in_domain, in_formats
from app.cli.own import of_profiles


@click.command(
    "gap",
    cls=Command,
    examples=(
        'flask gap "Chief Executives" "Web Developers"',
        "flask gap 11-1011 15-1254 --significant --sort gain --limit 5",
        "flask gap Chemists --and Actuaries 'Web Developers'",
        "flask gap --ratings my.toml 'Web Developers'",
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
@of_profiles
@in_domain
@click.option("--significant", flag_value="true", help="List only gaps wider than chance (95 %).")
@click.option(
    "--sort",
    metavar="FIGURE",
    help="By `priority`, which is the default, `gain`, `level_gap`, `importance` or `name`.",
)
@click.option("--limit", metavar="N", help="List N gaps at most, by default all.")
@in_formats(AS_JSON, AS_CSV)
def command(
    source: str | None,
    target: str | None,
    batch: IO[bytes] | None,
    form: str | None,
    more: tuple[str, ...],
    ratings: Path | None,
    **asked: str | None,
) -> None:
    """Print what occupation TO demands that FROM does not; each is a code or a title.

    FROM may be several occupations, of which the highest level counts: FROM, and one more with each
    --and. With --ratings it may be left out. `flask profile` writes a FILE to start from.

    A FILE for --batch has a pair on each line: FROM and TO with a comma or a tab between; a title
    with a comma in it goes in quotes. Each pair is printed as a line, with --json as an object on a
    line. A line that cannot be answered is named on standard error and does not stop the others.

    The exit status is 0; 1 where there is no answer, to one line at least; 2 where the command
    line cannot be understood. With --json the problem is printed too, as the API would answer it.
    """
    from app.cli.gap_answers import print_batch_of, print_one, print_own

    given = {name: value for name, value in asked.items() if value is not None}
    if batch is not None:
        if source is not None or more or ratings is not None:
            raise click.UsageError("--batch goes without FROM, TO, --and and --ratings")
        print_batch_of(batch, given, form)
        return
    if ratings is not None and target is None:
        source, target = None, source
    if target is None or (source is None and ratings is None):
        raise click.UsageError(f"Missing argument '{'TO' if source or ratings else 'FROM'}'.")
    if more and source is None:
        raise click.UsageError("--and adds to FROM, which is not there")
    if source is None or more or ratings is not None:
        print_own(source, more, ratings, {"to": target, **given}, form)
    else:
        print_one({"from": source, "to": target, **given}, form)
