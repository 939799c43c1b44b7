"""Addresses of the page: its query string holds all that it shows."""

from typing import NamedTuple
from urllib.parse import urlencode

from app.transitions.choice import Direction
from onet_client.content_model import DOMAINS


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


def with_side(asked: Question, side: str, code: str) -> Question:
    """Return the question with another occupation on one side, `from` or `to`."""
    return asked._replace(source=code) if side == "from" else asked._replace(target=code)
