"""Addresses of the page: its query string holds all that it shows."""

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple
from urllib.parse import urlencode

from app.transitions.choice import Direction
from onet_client.content_model import DOMAINS

OWN_PLACE: Final = "own-levels"


class Question(NamedTuple):
    """The question of a page: occupations as codes or titles, empty where none is named.

    Attributes:
        direction: of the transitions: `to` others from the source, `from` others to the target.
        job_zone: of the transitions listed; None for all.
    """

    source: str = ""
    target: str = ""
    domain: str = DOMAINS[0]
    direction: Direction = "to"
    job_zone: int | None = None


class Link(NamedTuple):
    """A link that the page offers, and what is said beside it."""

    text: str
    href: str
    more: str = ""


def address(asked: Question) -> str:
    """Return the address of a page, relative to it; what has its default value is left out."""
    given = {
        "from": asked.source,
        "to": asked.target,
        "domain": "" if asked.domain == DOMAINS[0] else asked.domain,
        "direction": "" if asked.direction == "to" else asked.direction,
        "job_zone": asked.job_zone,
    }
    query = urlencode({name: value for name, value in given.items() if value})
    return f"./?{query}" if query else "./"


def csv_address(asked: Question) -> str:
    """Return the address of the comparison as a file for spreadsheets, what is covered with it."""
    given = {"from": asked.source, "to": asked.target, "domain": asked.domain}
    return "skill-gap?" + urlencode(given | {"include": "covered", "format": "csv"})


def own_page(occupations: Iterable[str], target: str, domain: str) -> str:
    """Return the address of the page of own levels: all that is asked but the levels."""
    query = [("from", text) for text in occupations]
    query += [("to", target)] if target else []
    query += [("domain", domain)] if domain != DOMAINS[0] else []
    return f"{OWN_PLACE}?{urlencode(query)}" if query else OWN_PLACE


def about_one(asked: Question, codes: Mapping[str, str]) -> Question:
    """Return the question about one occupation: where it leads to, or who could come to it."""
    if "from" in codes:
        return asked._replace(source=codes["from"], direction="to")
    return asked._replace(target=codes["to"], direction="from") if "to" in codes else asked


def swapped(asked: Question) -> Question:
    """Return the question with the occupations in each other's place."""
    return asked._replace(source=asked.target, target=asked.source)


def turned(asked: Question) -> Question:
    """Return the question for the transitions of the other direction.

    Of one occupation alone it is about the same one.
    """
    if asked.source and asked.target:
        return asked._replace(direction="from" if asked.direction == "to" else "to")
    if asked.source:
        return asked._replace(source="", target=asked.source, direction="from")
    return asked._replace(source=asked.target, target="", direction="to")


def with_side(asked: Question, side: str, code: str) -> Question:
    """Return the question with another occupation on one side, `from` or `to`."""
    return asked._replace(source=code) if side == "from" else asked._replace(target=code)
