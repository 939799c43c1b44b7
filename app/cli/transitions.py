"""`flask transitions`: the occupations in reach, in the terminal."""

import click

from app.cli.base import AS_CSV, AS_JSON, Command, OccupationName, in_formats
from app.wiring.container import services


@click.command(
    "transitions",
    cls=Command,
    examples=(
        'flask transitions "Web Developers"',
        "flask transitions 15-1254 --from --domains skills --limit 5",
        "flask transitions 15-1254 --job-zone 3,4 --zone-change -1..0",
        "flask transitions 15-1254 --min-readiness 0.9 --csv > steps.csv",
        "flask transitions 15-1254 --json | jq -r '.transitions[].title'",
    ),
)
@click.argument("occupation", metavar="OCCUPATION", type=OccupationName())
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
def command(occupation: str, form: str | None, **asked: object) -> None:
    """Rank the occupations that are in reach of OCCUPATION, a code or a title."""
    from app.cli.complaints import complaining
    from app.cli.screen import print_csv, print_json
    from app.cli.transitions_table import NAMES, print_transitions
    from app.gaps.json_body import plain
    from app.occupations.fields import OccupationQuery
    from app.transitions.csv_body import csv_body
    from app.transitions.json_body import transitions_body
    from app.transitions.schema import TransitionsQuery, chosen_domains, transitions_choice
    from app.transitions.subject import read_subject

    given = {name: value for name, value in asked.items() if value is not None}
    with complaining(NAMES, form):
        text = OccupationQuery().load({"code": occupation})["code"]
        query = TransitionsQuery().load(given)
        choice, transitions = transitions_choice(query), services().transitions
        subject = read_subject(services().lookup, transitions, text, chosen_domains(query))
        transitions.check_zones(subject.held, [subject.code], choice)
        body = plain(transitions_body(transitions, subject, choice))
    if form == AS_JSON:
        print_json(body)
    elif form == AS_CSV:
        print_csv(csv_body(body))
    else:
        print_transitions(body, choice)
