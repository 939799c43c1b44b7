"""`flask transitions`: the occupations in reach, in the terminal."""

from pathlib import Path

import click

from app.cli.base import AS_CSV, AS_JSON, Command, OccupationName, in_formats
from app.cli.own import of_profiles


@click.command(
    "transitions",
    cls=Command,
    examples=(
        'flask transitions "Web Developers"',
        "flask transitions Chemists --and Actuaries --ratings my.toml",
        "flask transitions 15-1254 --from --domains skills --limit 5",
        "flask transitions 15-1254 --job-zone 3,4 --zone-change -1..0",
        "flask transitions 15-1254 --min-readiness 0.9 --csv > steps.csv",
        "flask transitions 15-1254 --json | jq -r '.transitions[].title'",
    ),
)
@click.argument("occupation", metavar="OCCUPATION", required=False, type=OccupationName())
@of_profiles
@click.option(
    "--from", "direction", flag_value="from", default="to", help="Rank who can come to it instead."
)
@click.option("--rank", metavar="FIGURE", help="By `fit`, which is the default, or `readiness`.")
@click.option("--domains", metavar="D[,D...]", help="Compare by these, not skills,knowledge.")
@click.option("--domain", hidden=True)
@click.option("--limit", metavar="N", help="List N at most, by default 20.")
@click.option("--min-readiness", metavar="SHARE", help="List those of at least this, such as 0.7.")
@click.option("--job-zone", metavar="N[,N...]", help="List those of these job zones, such as 3,4.")
@click.option("--zone-change", metavar="N..N", help="How much higher the zone may be: -1..1.")
@in_formats(AS_JSON, AS_CSV)
def command(
    occupation: str | None,
    more: tuple[str, ...],
    ratings: Path | None,
    form: str | None,
    **asked: str | None,
) -> None:
    """Rank the occupations that are in reach of OCCUPATION, a code or a title.

    It may be several, of which the highest level counts: OCCUPATION, and one more with each --and.
    With --ratings it may be left out. `flask profile` writes a FILE to start from.
    """
    from app.cli.transitions_answers import print_of_occupation, print_of_profile

    given = {name: value for name, value in asked.items() if value is not None}
    if occupation is None and (more or ratings is None):
        raise click.UsageError("Missing argument 'OCCUPATION'.")
    if occupation is not None and not more and ratings is None:
        print_of_occupation(occupation, given, form)
    elif given["direction"] != "to":
        raise click.UsageError("--from is for one OCCUPATION, without --and and --ratings")
    else:
        print_of_profile(occupation, more, ratings, given, form)
