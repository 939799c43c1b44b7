"""`flask search`: the occupations that a title may mean."""

import click

from app.cli.base import AS_CSV, AS_JSON, Command, in_domain, in_formats
from app.wiring.container import services


@click.command(
    "search",
    cls=Command,
    examples=(
        "flask search web developer",
        "flask search 15-12 --limit 50",
        'flask search "sofware enginer" --csv',
        "flask search nurse --json | jq -r '.occupations[0].code'",
    ),
)
@click.argument("words", metavar="TITLE", nargs=-1, required=True)
@in_domain
@click.option("--limit", metavar="N", help="List N at most, by default 20.")
@in_formats(AS_JSON, AS_CSV)
def command(words: tuple[str, ...], form: str | None, **asked: str | None) -> None:
    """Find the occupations that TITLE may mean, best first, by any of their titles.

    It may be misspelt, half typed, or the beginning of a code; --domain says in what an occupation
    is rated or not. The exit status is 1 where nothing is found.
    """
    from app.cli.complaints import complaining
    from app.cli.screen import print_csv, print_json
    from app.cli.search_table import print_found
    from app.occupations.csv_body import list_csv
    from app.occupations.json_body import occupations_body
    from app.occupations.schema import OccupationsQuery

    given = {name: value for name, value in asked.items() if value is not None}
    wired = services()
    with complaining({"q": "TITLE", "limit": "--limit"}, form):
        query = OccupationsQuery().load({"q": " ".join(words), **given})
        del query["format"], query["ignored"]
        body = occupations_body(wired.catalogue, wired.titles.index, **query)
        codes = [one["code"] for one in body["occupations"]]
        releases = wired.catalogue.releases(query["domain"], codes)
    if form == AS_JSON:
        print_json(body)
    elif form == AS_CSV:
        print_csv(list_csv(body, query["domain"], releases))
    elif codes:
        print_found(body, query["domain"], releases.values())
    if not codes:
        raise click.ClickException(body.get("hint", "No occupation is listed."))
