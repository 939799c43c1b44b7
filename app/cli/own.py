"""What someone can do, as commands take it: several occupations, and a file of own ratings."""

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import click

from app.cli.base import OccupationName


class OwnWords(NamedTuple):
    """A profile as the command line and a file say it.

    Attributes:
        said: what the API takes as `from`.
        names: what the API's parameters are called here.
    """

    said: dict[str, Any]
    names: dict[str, str]


and_more = click.option(
    "--and",
    "more",
    metavar="OCCUPATION",
    multiple=True,
    type=OccupationName(),
    help="Add another occupation to the first, wherever this stands; any number of times.",
)


def of_profiles(function: Callable[..., None]) -> Callable[..., None]:
    """Take several occupations, and own ratings from a file."""
    ratings = click.option(
        "--ratings",
        metavar="FILE",
        type=click.Path(path_type=Path, dir_okay=False, exists=True, allow_dash=True),
        help="Use the levels (0-7) in FILE, TOML or CSV, or - for standard input, in place of "
        "the occupations'.",
    )
    return and_more(ratings(function))


def own_words(
    first: str | None, more: Sequence[str], file: Path | None, domains: Collection[str], name: str
) -> OwnWords:
    """Put together what is given of a profile.

    Args:
        first: the occupation that the command names, if any.
        more: those of --and.
        file: of own ratings; what it has of other domains is passed over.
        domains: those that are compared.
        name: what the command calls the first occupation.

    Raises:
        ValidationError: where the file cannot be used, or has nothing of these domains.
    """
    from marshmallow import ValidationError

    from app.profiles.ratings_file import RatingsFile, RatingsFileError, called, read_ratings
    from app.transitions.choice import in_words
    from onet_client.content_model import domain_of, domain_words

    try:
        read = RatingsFile([], {}, {}) if file is None else read_ratings(file)
    except RatingsFileError as error:
        raise ValidationError({"--ratings": [str(error)]}) from error
    at_file = None if file is None else called(file)
    given = [(name, first)] if first is not None else []
    given += [("--and", one) for one in more]
    given += [(f"{at_file}: occupations[{at}]", one) for at, one in enumerate(read.occupations)]
    ratings = {id_: one for id_, one in read.ratings.items() if domain_of(id_) in domains}
    if not given and read.ratings and not ratings:
        raise ValidationError(
            {"--ratings": [f"{at_file}: Rates no {in_words(map(domain_words, domains), 'or')}."]}
        )
    names = {f"from.occupations[{at}]": called for at, (called, _) in enumerate(given)}
    names |= {f"from.ratings.{id_}": read.places[id_] for id_ in ratings}
    names |= {"from": at_file or name, "from.occupations": "occupations"}
    return OwnWords({"occupations": [one for _, one in given], "ratings": ratings}, names)


def named_subject(subject: Mapping[str, Any]) -> str:
    """Name whose gaps or transitions an answer has: an occupation, or a profile."""
    if "title" in subject:
        return str(subject["title"])
    titles = [one["title"] for one in subject["occupations"]]
    if subject["ratings"]:
        own = "1 own rating" if subject["ratings"] == 1 else f"{subject['ratings']} own ratings"
        return " and ".join([*titles, own])
    return " and ".join(titles)
