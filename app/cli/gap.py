"""`flask gap`: a skill gap in the terminal."""

import click

from app.cli.base import Command, OccupationName, in_domain
from app.wiring.container import services


@click.command("gap", cls=Command)
@click.argument("source", metavar="FROM", type=OccupationName())
@click.argument("target", metavar="TO", type=OccupationName())
@in_domain
@click.option("--json", "as_json", is_flag=True, help="Print the body of /skill-gap instead.")
def command(source: str, target: str, domain: str, as_json: bool) -> None:
    """Print what occupation TO demands that FROM does not."""
    from app.cli.complaints import complaining
    from app.cli.gap_table import print_gap
    from app.cli.screen import print_json
    from app.gaps.json_body import gap_body, plain
    from app.gaps.schema import SkillGapQuery, gap_choice

    with complaining({}):
        query = SkillGapQuery().load({"from": source, "to": target, "domain": domain})
        found = services().lookup.pair(query["source"], query["target"], query["domain"])
    body = plain(gap_body(found, gap_choice(query), services().baseline.closer_than))
    if as_json:
        print_json(body)
    else:
        print_gap(body, services().now())
