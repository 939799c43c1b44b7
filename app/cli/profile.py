"""`flask profile`: writes a file of ratings to start from."""

from pathlib import Path

import click

from app.cli.base import Command, OccupationName, in_domain
from app.cli.own import and_more
from app.wiring.container import services


@click.command(
    "profile",
    cls=Command,
    examples=(
        'flask profile "Web Developers" --output new.toml',
        "flask profile 15-1254 --and 19-2031 > both.toml",
        "flask profile 15-1254 --csv --output mine.csv",
        'flask gap --ratings my.toml "Software Quality Assurance Analysts and Testers"',
    ),
)
@click.argument("occupation", metavar="OCCUPATION", type=OccupationName())
@and_more
@in_domain
@click.option(
    "--output",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write to FILE, which must not be there yet, not to standard output.",
)
@click.option("--csv", "as_csv", is_flag=True, help="Write CSV, for a spreadsheet.")
def command(
    occupation: str, more: tuple[str, ...], domain: str, output: Path | None, as_csv: bool
) -> None:
    """Write the ratings of OCCUPATION as a file to change, for --ratings of other commands.

    It is TOML, with what each element is and what its levels take, as far as a release is loaded
    that tells; CSV has no more than what each element is. Of several occupations each element has
    the highest level. Read back as it is, it gives the figures of the occupation.
    """
    from app.cli.complaints import complaining
    from app.cli.own import own_words
    from app.profiles.schema import OwnGapQuery, own_of
    from app.profiles.template import csv_template, template

    wired = services()
    words = own_words(occupation, more, None, [domain], "OCCUPATION")
    with complaining(words.names):
        own = own_of(OwnGapQuery(only=("source",)).load({"from": words.said}))
        found = wired.profiles.occupations(own, domain)
    meanings = wired.elements.of(domain)
    text = (csv_template if as_csv else template)(found, meanings)
    if output is None:
        click.echo(text.encode(), nl=False)
        return
    try:
        file = output.open("x", encoding="utf-8")
    except FileExistsError as error:
        raise click.ClickException(f"{output} is there already; name another file.") from error
    except OSError as error:
        raise click.ClickException(f"{output}: {error.strerror}.") from error
    try:
        with file:
            file.write(text)
    except OSError:
        output.unlink()
        raise
