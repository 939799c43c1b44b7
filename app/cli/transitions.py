"""`flask transitions`: the occupations in reach, in the terminal."""

import click

from app.cli.base import Command, OccupationName, in_domain
from app.container import services


@click.command("transitions", cls=Command)
@click.argument("occupation", metavar="OCCUPATION", type=OccupationName())
@click.option("--from", "backwards", is_flag=True, help="Rank who can come to it instead.")
@in_domain
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 2000))
@click.option("--job-zone", metavar="N[,N...]", help="List those of these job zones, such as 3,4.")
@click.option("--json", "as_json", is_flag=True, help="Print the body of the API's answer instead.")
def command(
    occupation: str, backwards: bool, domain: str, limit: int, job_zone: str | None, as_json: bool
) -> None:
    """Rank the occupations that are in reach of OCCUPATION, a code or a title."""
    from app.cli.complaints import complaining
    from app.cli.screen import print_json
    from app.cli.transitions_table import NAMES, print_transitions
    from app.gaps.json_body import plain
    from app.occupations.fields import OccupationQuery
    from app.occupations.resolve import resolve
    from app.transitions.json_body import check_job_zones, transitions_body
    from app.transitions.schema import TransitionsQuery, transitions_choice

    given = {"domain": domain, "limit": limit, "job_zone": job_zone}
    given = {name: value for name, value in given.items() if value is not None}
    with complaining(NAMES):
        text = OccupationQuery().load({"code": occupation})["code"]
        query = TransitionsQuery().load(given | {"direction": "from" if backwards else "to"})
        choice, transitions = transitions_choice(query), services().transitions
        code = resolve({"code": text}, services().titles.index)["code"]
        check_job_zones(transitions, choice, domain)
        found = services().lookup.one(code, domain)
    body = plain(transitions_body(transitions, found, choice))
    if as_json:
        print_json(body)
    else:
        print_transitions(body, choice)
