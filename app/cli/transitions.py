"""`flask transitions`: the occupations in reach, in the terminal."""

import click

from app.cli.base import Command, OccupationName
from app.wiring.container import services


@click.command("transitions", cls=Command)
@click.argument("occupation", metavar="OCCUPATION", type=OccupationName())
@click.option(
    "--from", "direction", flag_value="from", default="to", help="Rank who can come to it instead."
)
@click.option("--rank", metavar="FIGURE", help="By `fit`, which is the default, or `readiness`.")
@click.option("--domains", metavar="D[,D...]", help="Compare by these, not skills,knowledge.")
@click.option("--domain", hidden=True)
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 2000))
@click.option("--min-readiness", metavar="SHARE", help="List those of at least this, such as 0.7.")
@click.option("--job-zone", metavar="N[,N...]", help="List those of these job zones, such as 3,4.")
@click.option("--zone-change", metavar="N..N", help="How much higher the zone may be: -1..1.")
@click.option("--json", "as_json", is_flag=True, help="Print the body of the API's answer instead.")
def command(occupation: str, as_json: bool, **asked: object) -> None:
    """Rank the occupations that are in reach of OCCUPATION, a code or a title."""
    from app.cli.complaints import complaining
    from app.cli.screen import print_json
    from app.cli.transitions_table import NAMES, print_transitions
    from app.gaps.json_body import plain
    from app.occupations.fields import OccupationQuery
    from app.transitions.json_body import transitions_body
    from app.transitions.schema import TransitionsQuery, chosen_domains, transitions_choice
    from app.transitions.subject import read_subject

    given = {name: value for name, value in asked.items() if value is not None}
    with complaining(NAMES):
        text = OccupationQuery().load({"code": occupation})["code"]
        query = TransitionsQuery().load(given)
        choice, transitions = transitions_choice(query), services().transitions
        subject = read_subject(services().lookup, transitions, text, chosen_domains(query))
        transitions.check_zones(subject.held, [subject.code], choice)
    body = plain(transitions_body(transitions, subject, choice))
    if as_json:
        print_json(body)
    else:
        print_transitions(body, choice)
