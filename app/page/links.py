"""Addresses of the page: all that it shows is in its query string."""

from typing import NamedTuple
from urllib.parse import urlencode

from app.transitions.choice import Direction
from onet_client.content_model import DOMAINS


class Asked(NamedTuple):
    """What the page is asked: occupations as codes or titles, empty where none is named.

    Attributes:
        direction: of the next steps, `to` from the source or `from` others to the target.
        job_zone: of the next steps; None for all.
    """

    source: str = ""
    target: str = ""
    domain: str = DOMAINS[0]
    direction: Direction = "to"
    job_zone: int | None = None


def address(asked: Asked) -> str:
    """Write the address of a view, without what it would be taken for anyhow."""
    given = {
        "from": asked.source,
        "to": asked.target,
        "domain": "" if asked.domain == DOMAINS[0] else asked.domain,
        "direction": "" if asked.direction == "to" else asked.direction,
        "job_zone": asked.job_zone,
    }
    query = urlencode({name: value for name, value in given.items() if value})
    return f"/?{query}" if query else "/"


def with_side(asked: Asked, side: str, code: str) -> Asked:
    """Name another occupation on one side, `from` or `to`."""
    return asked._replace(source=code) if side == "from" else asked._replace(target=code)
